"""The stand-in beside a shop, as `make run` starts them."""

import json
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.processes import free_port, run, running, wait_until
from tests.stripe_standin.server import Server

SHOW = "import json, os; print(json.dumps({k: v for k, v in os.environ.items() if 'STRIPE' in k}))"


def beside(code: str, *options: str) -> tuple[str, ...]:
    standin = ("python", "-m", "tests.stripe_standin", "--port", str(free_port()))
    return (*standin, *options, "--", sys.executable, "-c", code)


def answers(base: str) -> bool:
    connection = HTTPConnection(urlsplit(base).netloc, timeout=5)
    try:
        connection.request("GET", "/_ledger")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_the_shop_is_told_where_the_stand_in_is_and_both_end_together() -> None:
    with running(*beside("import time\n" + SHOW + "\ntime.sleep(60)")) as shop:
        wait_until(lambda: shop.log.endswith("}\n"))
        told = json.loads(shop.log)
        wait_until(lambda: answers(told["STRIPE_API_BASE"]))

        shop.stop()

        wait_until(lambda: not answers(told["STRIPE_API_BASE"]))
        assert told["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")


def test_a_shop_with_a_key_of_its_own_gets_no_stand_in() -> None:
    shown = run(*beside(SHOW), STRIPE_SECRET_KEY="sk_test_of_my_own")

    assert json.loads(shown.stdout) == {"STRIPE_SECRET_KEY": "sk_test_of_my_own"}


def test_sessions_outlive_a_restart_when_they_are_kept(tmp_path: Path) -> None:
    first = Server(0, "", "whsec_1", tmp_path / "kept" / "stripe.json")
    with first.account.lock:
        made: Any = first.account.new("cs_test", status="open", expires_at=0)
        first.save()
    first.server_close()

    second = Server(0, "", "whsec_1", tmp_path / "kept" / "stripe.json")
    second.server_close()
    assert second.account.get("checkout.session", made["id"]) == made
