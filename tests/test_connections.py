"""Whom the shop talks to, by which keys, and that nobody reads along."""

import ast
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from invoices.exceptions import PaymentUnavailable
from invoices.payments import stripe_client
from repairshop.environment import database_variable, read_secret_files, require_tls
from store.models import Item
from store.pictures.web import FetchRefused, place_of
from store.tests.factories import make_item
from tests.papers import ROOT, tracked

TLS_ONLY = ["/stripe/webhook/", "/csp-report/"]


@pytest.mark.parametrize("path", TLS_ONLY)
def test_programs_are_refused_and_not_led_on_to_tls(
    client: Client, settings: Settings, path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.post(path, b"{}", content_type="application/json").status_code == 403
    assert client.post(path, b"{}", content_type="application/json", secure=True).status_code < 401
    assert client.get("/robots.txt").status_code == 301


class Elsewhere(BaseHTTPRequestHandler):
    """Leads whoever comes with the shop's key to another place, and counts who follows."""

    followed = 0

    def do_GET(self) -> None:
        if self.path == "/there":
            Elsewhere.followed += 1
        self.send_response(307)
        self.send_header("Location", "/there")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def leading_on() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_cards_follow_nobody_with_our_key(settings: Settings, leading_on: str) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_1", leading_on

    with pytest.raises(PaymentUnavailable):
        stripe_client.fetch("cs_1")
    assert Elsewhere.followed == 0


def test_pictures_come_only_from_where_they_may(settings: Settings) -> None:
    settings.PICTURES_FROM = ["8.8.8.8"]

    assert place_of("https://8.8.8.8/a.jpg").address == "8.8.8.8"
    for host in ("9.9.9.9", "8.8.8.8.example.com", "not8.8.8.8"):
        with pytest.raises(FetchRefused):
            place_of(f"https://{host}/a.jpg")


@pytest.mark.parametrize(
    ("host", "mode"),
    [
        ("db.example.com", "require"),
        ("8.8.8.8", "require"),
        ("database", None),
        ("127.0.0.1", None),
        ("10.0.0.3", None),
        ("/var/run/postgresql", None),
        ("", None),
    ],
)
def test_a_database_elsewhere_is_reached_by_tls(host: str, mode: str | None) -> None:
    database: dict[str, Any] = {"HOST": host, "OPTIONS": {}}
    require_tls(database)

    assert database["OPTIONS"].get("sslmode") == mode


def test_tls_cannot_be_switched_off_but_checked_more() -> None:
    with pytest.raises(ImproperlyConfigured):
        require_tls({"HOST": "db.example.com", "OPTIONS": {"sslmode": "prefer"}})
    checked = {"HOST": "db.example.com", "OPTIONS": {"sslmode": "verify-full"}}
    require_tls(checked)

    assert checked["OPTIONS"] == {"sslmode": "verify-full"}


def test_secrets_come_out_of_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("of-a-vault\n")
    monkeypatch.setenv("EMAIL_HOST_PASSWORD", "")
    monkeypatch.delenv("EMAIL_HOST_PASSWORD")
    monkeypatch.setenv("EMAIL_HOST_PASSWORD_FILE", str(file))
    read_secret_files()

    with pytest.raises(ImproperlyConfigured, match="one of them is enough"):
        read_secret_files()
    monkeypatch.delenv("EMAIL_HOST_PASSWORD")
    monkeypatch.setenv("EMAIL_HOST_PASSWORD_FILE", str(tmp_path / "gone"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read_secret_files()


@pytest.mark.parametrize("command", ["migrate", "backup", "restore"])
def test_only_who_makes_and_copies_tables_owns_them(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://owner@localhost/shop")
    monkeypatch.setattr("sys.argv", ["manage.py", command])
    assert database_variable() == "DATABASE_OWNER_URL"
    monkeypatch.setattr("sys.argv", ["gunicorn"])

    assert database_variable() == "DATABASE_URL"


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_web_process_can_do_without_owning_tables(client: Client) -> None:
    clock = make_item()
    paper = (ROOT / "docs/deploying.md").read_text("utf-8")
    found = re.search(r"```sql\n(.*?)```", paper, re.DOTALL)
    assert found
    with connection.cursor() as cursor:
        cursor.execute(found[1])
        cursor.execute("SET LOCAL ROLE shop_web")
        assert client.post(f"/bag/add/{clock.pk}/", follow=True).status_code == 200
        assert clock.pieces.get().held_by
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(f"DROP TABLE {Item._meta.db_table} CASCADE")
        cursor.execute("RESET ROLE")


def imported_by(file: str) -> set[str]:
    """The modules that a file names in its imports."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = (node.names for node in ast.walk(tree) if isinstance(node, ast.Import))
    return found | {alias.name for each in names for alias in each}


def test_what_runs_needs_nothing_that_is_left_out_of_it() -> None:
    left_out = {"tests", "bench", "conftest"}
    files = [file for file in tracked() if file.endswith(".py")]
    served = [file for file in files if not left_out & {*Path(file).with_suffix("").parts}]
    needing = [
        file for file in served if any(left_out & {*n.split(".")} for n in imported_by(file))
    ]

    assert len(served) > 300
    assert needing == []
    for name in (".dockerignore", ".slugignore"):
        lines = {line.removeprefix("**/") for line in (ROOT / name).read_text().splitlines()}
        assert {"tests", "bench"} <= lines
