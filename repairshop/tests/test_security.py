"""Reports by browsers and people, and what is refused as no honest request."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from repairshop.security import LARGEST_REPORT, REPORTS_A_MINUTE
from store.models import ShopProfile

pytestmark = pytest.mark.django_db


def report(client: Client, body: object) -> int:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post("/csp-report/", text, content_type="application/csp-report").status_code


def violation(**changes: str) -> dict[str, Any]:
    named = {
        "document-uri": "http://testserver/store/?q=ann@example.com",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/x.js?secret=1",
    }
    return {"csp-report": {**named, **changes}}


def test_a_report_is_one_line_without_addresses(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert report(client, violation()) == 204
    page = f"http://testserver/orders/{'x' * 43}/"
    assert report(client, violation(**{"document-uri": page, "blocked-uri": "inline"})) == 204

    lines = [record.getMessage() for record in caplog.records if "kept from" in record.msg]
    assert lines == [
        "A page (store:list) was kept from 'https://evil.example' by 'script-src-elem'",
        "A page (store:order) was kept from 'inline' by 'script-src-elem'",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '{"csp-report": 5}',
        '{"csp-report": {}}',
        '{"csp-report": {"effective-directive": 1, "blocked-uri": 2, "document-uri": 3}}',
        "[" * 4000,
        "\ufffe\ufffd",
    ],
)
def test_whatever_is_sent_is_taken_in_silence(
    client: Client, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    assert report(client, body) == 204
    assert "kept from" not in caplog.text


def test_reports_write_so_many_lines_and_no_more(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2 * REPORTS_A_MINUTE):
        assert report(client, violation()) == 204
    large = violation(**{"script-sample": "x" * LARGEST_REPORT})
    assert report(client, large) == 204

    # Twice as many only when the minute ended in between.
    assert caplog.text.count("kept from") in {REPORTS_A_MINUTE, 2 * REPORTS_A_MINUTE}


def test_pages_name_where_reports_go(client: Client) -> None:
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]

    assert "report-uri /csp-report/" in policy
    assert client.get("/csp-report/").status_code == 405


def test_security_txt_names_the_shop_until_a_day_to_come(client: Client) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": "shop@example.com"})
    answer = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:shop@example.com"
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"


def test_without_an_address_it_leads_to_who_keeps_the_shop(client: Client) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": ""})
    answer = client.get("/.well-known/security.txt")

    assert "Contact: http://testserver/imprint/\n" in answer.content.decode()


def test_a_mail_without_a_server_leaves_no_link_in_the_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"
    caplog.set_level(logging.INFO)
    link = "https://shop.example.com/accounts/reset/Mg/set-password/"
    message = EmailMessage("A new password", f"Go to {link}", to=["ann@example.com"])

    assert message.send() == 1
    assert "Not sent, for there is no mail server: A new password" in caplog.text
    assert "reset" not in caplog.text
    assert "ann@example.com" not in caplog.text


@pytest.mark.parametrize("term", ["%00", "a%00b"])
def test_a_search_of_the_admin_takes_no_zero_byte(client: Client, sam: User, term: str) -> None:
    client.force_login(sam)
    asked = "app_label=store&model_name=piece&field_name=item"

    assert client.get(f"/admin/autocomplete/?term={term}&{asked}").status_code < 500
