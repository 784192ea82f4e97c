"""One of the processes of row 15: sends what is in the outbox, over and over."""

import os
import sys
import threading
from datetime import timedelta

import django
from django.conf import settings
from django.utils.module_loading import import_string

SECOND = timedelta(seconds=1)

if __name__ == "__main__":
    django.setup()
    from mail import sending

    settings.EMAIL_BACKEND = "mail.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_TIMEOUT = 1
    # Days in seconds; what is not shortened is the order in which things happen.
    sending.PAUSES = [SECOND / 5]
    sending.PAUSE_OF_SERVER = SECOND / 5
    sending.LEASE = 8 * SECOND  # type: ignore[attr-defined]
    if control := os.environ["CONTROL"]:
        import_string(f"tests.torture.{control}")()
    sys.stdout.write("ready\n")
    while True:
        sending.send_mails()
        threading.Event().wait(0.05)
