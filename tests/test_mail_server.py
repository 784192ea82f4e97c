"""What becomes of an order when the mail server works, hangs, refuses or drops."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message as Received
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from time import monotonic, sleep

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from invoices.tests.test_checkout import form_of, put_in_bag, send
from mail.models import Mail
from mail.outbox import enqueue_mail
from mail.sending import send_mails
from repairshop import timer
from repairshop.models import Heartbeat
from store.models import Order, Piece
from store.tests.factories import make_item
from tests import processes

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
    return processes.free_port()


@pytest.fixture
def smtp(settings: Settings, free_port: int) -> Settings:
    settings.EMAIL_BACKEND = "mail.smtp.EmailBackend"
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


class Drip(StreamRequestHandler):
    """Begins a greeting or, once it has greeted, an answer that goes on for five seconds."""

    greets = False

    def handle(self) -> None:
        if self.greets:
            self.wfile.write(b"220 Hello\r\n")
            self.rfile.readline()
        with suppress(OSError):
            for byte in b"220-" + bytes(b"." * 100):
                self.wfile.write(bytes([byte]))
                sleep(0.05)


class Greeting(Drip):
    greets = True


@pytest.fixture
def dripping(smtp: Settings, request: pytest.FixtureRequest) -> Iterator[None]:
    """Says one byte at a time, each well within the time-out."""
    with ThreadingTCPServer(("127.0.0.1", smtp.EMAIL_PORT), request.param) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=[0.05]).start()
        yield
        server.shutdown()


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


@pytest.mark.usefixtures("dripping")
@pytest.mark.parametrize("dripping", [Drip, Greeting], indirect=True)
def test_a_server_that_never_ends_an_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail.smtp.SECONDS_A_CONVERSATION", 0.5)
    with transaction.atomic():
        enqueue_mail("accounts.deactivated", to="ann@example.com", context={})
    begun = monotonic()
    send_mails()

    assert monotonic() - begun < 3
    assert "unexpectedly closed" in Mail.objects.get().last_error


@pytest.mark.usefixtures("smtp")
def test_a_server_that_is_down_costs_nobody_an_order(client: Client) -> None:
    order_a_clock(client)

    assert timer.run_jobs().error == ""
    assert "refused" in waiting().last_error


def test_the_health_check_tells_of_a_server_until_it_answers(
    client: Client, smtp: Settings, request: pytest.FixtureRequest
) -> None:
    order_a_clock(client)
    beat = Heartbeat(process="web.1:7")
    timer.run_round(beat)
    beat.refresh_from_db()

    answer = client.get("/healthz")
    said = (answer.status_code, answer.json())
    assert said == (200, {"status": "The mail server does not answer."})
    assert beat.outside
    assert beat.outside["SMTP"][0] == "ConnectionRefusedError"

    request.getfixturevalue("mailbox")
    Mail.objects.update(next_try_at=Now())
    timer.run_round(beat)
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.usefixtures("smtp")
def test_no_request_talks_to_the_server(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr("smtplib.SMTP.connect", lambda *given: called.append(given))
    order_a_clock(client)

    assert called == []
