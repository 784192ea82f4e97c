"""What becomes of an order when the mail server works, hangs, refuses or drops."""

import socket
from collections.abc import Iterator
from email.message import Message as Received

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.test import Client
from pytest_django import Settings

from accounts.models import Mail
from invoices.tests.test_checkout import form_of, put_in_bag, send
from repairshop import timer
from store.models import Order, Piece
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db(transaction=True)


class Mailbox(Message):
    """Keeps what a real SMTP server was given."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Received] = []

    def handle_message(self, message: Received) -> None:
        self.messages.append(message)

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.messages]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def smtp(settings: Settings, free_port: int) -> Settings:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 1
    return settings


@pytest.fixture
def mailbox(smtp: Settings) -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=smtp.EMAIL_PORT)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def silent_server(smtp: Settings) -> Iterator[None]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", smtp.EMAIL_PORT)):
        yield


def order_a_clock(client: Client) -> Order:
    put_in_bag(client, make_item())
    page = send(client, form_of(client))
    order = Order.objects.get()
    assert order.reference in page
    assert Piece.objects.get().order == order
    return order


def waiting() -> Mail:
    return Mail.objects.queued().get(event="invoices.placed")


def test_the_confirmation_arrives(client: Client, mailbox: Mailbox) -> None:
    order = order_a_clock(client)
    assert mailbox.subjects == []

    assert timer.run_jobs().done["send_mails"] == 1
    assert mailbox.subjects == [f"Your order {order.reference} at Repairshop"]


@pytest.mark.usefixtures("silent_server")
def test_a_server_that_hangs_costs_nobody_an_order(client: Client) -> None:
    order_a_clock(client)

    assert timer.run_jobs().error == ""
    assert "timed out" in waiting().last_error


@pytest.mark.usefixtures("smtp")
def test_a_server_that_is_down_costs_nobody_an_order(client: Client) -> None:
    order_a_clock(client)

    assert timer.run_jobs().error == ""
    assert "refused" in waiting().last_error


@pytest.mark.usefixtures("smtp")
def test_no_request_talks_to_the_server(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr("smtplib.SMTP.connect", lambda *given: called.append(given))
    order_a_clock(client)

    assert called == []
