"""The mail server of the tests itself."""

import smtplib

import pytest

from tests.processes import free_port
from tests.smtp_server import serving


def test_it_does_not_log_what_it_hears(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    with serving(port) as server, smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("shop@example.com", ["ann@example.com"], "Subject: Hello\n\nHello")

    assert server.subjects == ["Hello"]
    assert [record for record in caplog.records if record.name == "mail.log"] == []
