"""One of the processes of row 9: tidies lapsed holds over and over, so many at a time."""

import os
import sys
import threading

import django
from django.utils.module_loading import import_string

if __name__ == "__main__":
    django.setup()
    import bag.services

    bag.services.LAPSED_HOLDS_PER_ROUND = int(sys.argv[1])
    if control := os.environ["CONTROL"]:
        import_string(f"tests.torture.{control}")()
    sys.stdout.write("ready\n")
    while True:
        bag.services.release_lapsed_holds()
        threading.Event().wait(0.05)
