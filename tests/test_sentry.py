"""What leaves for Sentry: where the program failed, and nothing of whoever was there."""

import json
from typing import Any

from tests.processes import run
from tests.test_settings import PRODUCTION

DSN = "https://key@sentry.example.com/1"
FAIL = """
import json, django
django.setup()
from django.test import Client
import sentry_sdk
from sentry_sdk.transport import Transport
from repairshop import sentry

class Kept(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            print("SENT", json.dumps(item.payload.json))

assert sentry_sdk.get_client().dsn == "{dsn}"
sentry.start("{dsn}", transport=Kept({{"dsn": "{dsn}"}}))
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "ann-s-session"
page = client.post("/fails/bug/?email=ann@example.com", {{"name": "Ann Old"}})
assert page.status_code == 500
"""
SETTINGS = """
from repairshop.settings import *
ROOT_URLCONF = "tests.broken_urls"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
"""


def sent(tmp_path: Any) -> list[Any]:
    (tmp_path / "broken_settings.py").write_text(SETTINGS)
    shop = {**PRODUCTION, "ALLOWED_HOSTS": "testserver", "SECURE": "False", "TIMER": "off"}
    shop |= {"DJANGO_SETTINGS_MODULE": "broken_settings", "PYTHONPATH": f"{tmp_path}:."}
    done = run("python", "-c", FAIL.format(dsn=DSN), **shop, SENTRY_DSN=DSN)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("SENT ")]
    return [json.loads(line.removeprefix("SENT ")) for line in lines]


def test_it_hears_what_failed_where_and_nothing_of_anybody(tmp_path: Any) -> None:
    [event] = sent(tmp_path)

    [failure] = event["exception"]["values"]
    assert failure["type"] == "RuntimeError"
    assert failure["stacktrace"]["frames"][-1]["filename"] == "tests/broken_urls.py"
    assert event["transaction"] == "/fails/{how}/"
    assert len(event["tags"]["request_id"]) == 32
    told = json.dumps(event)
    for word in ("ann@", "Ann Old", "ann-s-session", "a bug'", "127.0.0.1", "cookie", "vars"):
        assert word not in told


def test_without_the_setting_it_is_not_even_imported() -> None:
    asked = "import django, sys; django.setup(); print('sentry_sdk' in sys.modules)"
    shop = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "repairshop.settings", "SENTRY_DSN": ""}
    done = run("python", "-c", asked, **shop)
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr
