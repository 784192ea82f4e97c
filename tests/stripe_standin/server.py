"""HTTP around the account: Stripe's API, its pay page, and what tests ask for."""

import json
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.stripe_standin.account import Account, Thing
from tests.stripe_standin.api import find_call, shown
from tests.stripe_standin.errors import Refusal, missing
from tests.stripe_standin.events import Sender
from tests.stripe_standin.faults import Faults, Rule
from tests.stripe_standin.idempotency import Answer, Table, in_use
from tests.stripe_standin.pages import pay_page, success_url
from tests.stripe_standin.params import decode

# Stripe says so of an error that it would only repeat.
NO_RETRY = {"Stripe-Should-Retry": "false"}
RESET = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, port: int, webhook: str, secret: str, keep: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.keep = keep
        kept = json.loads(keep.read_text()) if keep and keep.exists() else None
        self.faults = Faults()
        self.sender = Sender(webhook, secret, self.faults)
        self.account = Account(self.post_event, kept)
        self.table = Table(lambda: self.account.now)
        self.sender.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections break off here on purpose, and clients give up: no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def post_event(self, event: Thing) -> None:
        self.sender.post(shown(event, self.origin))

    def save(self) -> None:
        """Remember everything for the next start, when asked to."""
        if self.keep:
            self.keep.parent.mkdir(parents=True, exist_ok=True)
            new = self.keep.with_suffix(".new")
            new.write_text(json.dumps(self.account.things))
            new.replace(self.keep)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Small answers must not wait for the acknowledgement of the one before.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.handle_call("GET")

    def do_POST(self) -> None:
        self.handle_call("POST")

    def handle_call(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        parts = urlsplit(self.path)
        try:
            if parts.path.startswith("/v1/"):
                self.api(method, parts.path, body or parts.query)
            elif parts.path.startswith("/c/pay/"):
                self.pay(method, parts.path.removeprefix("/c/pay/"), body)
            else:
                self.tests(method, parts.path, json.loads(body or "{}"))
        except Refusal as refusal:
            self.answer(Answer(refusal.status, refusal.body, {}))
        except (ValueError, TypeError, LookupError) as problem:
            self.answer(Answer(400, {"error": {"message": repr(problem)}}, {}))

    def api(self, method: str, path: str, form: str) -> None:
        if not self.headers.get("Authorization", "").startswith("Bearer sk_"):
            raise Refusal("Invalid API Key provided", status=401)
        fault = self.server.faults.of_call(method, path)
        self.strike_before(fault)
        key = self.headers.get("Idempotency-Key", "") if method == "POST" else ""
        answer = self.server.table.answer(
            key, (path, form), lambda: self.carry_out(method, path, form, fault)
        )
        if fault and fault.kind == "hang":
            time.sleep(fault.seconds)
        if fault and fault.kind == "reset":
            self.reset()
        else:
            self.answer(answer)

    def strike_before(self, fault: Rule | None) -> None:
        """The faults that keep a call from being carried out."""
        if fault and fault.kind == "429":
            raise Refusal("Too many requests", status=429, code="rate_limit")
        if fault and fault.kind == "409":
            raise in_use()
        if fault and fault.kind == "reset_before":
            self.reset()
            raise ConnectionResetError

    def carry_out(self, method: str, path: str, form: str, fault: Rule | None) -> Answer:
        kind = fault.kind if fault else ""
        if fault and kind == "slow":
            time.sleep(fault.seconds)
        if kind == "error_before":
            return broken()
        call, name = find_call(method, path)
        account = self.server.account
        try:
            with account.lock:
                body = shown(call(account, name, decode(form)), self.server.origin)
                if method == "POST":
                    self.server.save()
        except Refusal as refusal:
            if not refusal.executed:
                raise
            return Answer(refusal.status, refusal.body, {})
        return broken() if kind == "error" else Answer(200, body, {})

    def pay(self, method: str, name: str, body: str) -> None:
        account = self.server.account
        with account.lock:
            session = account.get("checkout.session", name)
            account.expire_if_over(session)
            action = parse_qs(body).get("action", [""])[0] if method == "POST" else ""
            if action == "pay":
                session = account.pay(name)
            if action == "decline":
                account.decline(name)
            self.server.save()
            paid = session["status"] == "complete"
            page = pay_page(session, declined=action == "decline")
        if paid:
            self.send(303, b"", {"Location": success_url(session)})
        else:
            self.send(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def tests(self, method: str, path: str, sent: Thing) -> None:
        """What only tests ask for; see the package's docstring."""
        account = self.server.account
        _, what, *names = [*path.split("/"), ""]
        with account.lock:
            answer = self.asked(f"{method} {what}", names[0], sent, account)
            self.server.save()
        if what == "_send":
            status = self.server.sender.send(
                answer, age=sent.get("age", 0), secret=sent.get("secret", "")
            )
            answer = {"event": answer, "status": status}
        self.answer(Answer(200, answer, {}))

    def asked(self, what: str, name: str, sent: Thing, account: Account) -> Any:
        match what:
            case "GET _ledger":
                return account.ledger()
            case "GET _events":
                found = account.events_about(name) if name else account.all("event")
                return [shown(event, self.server.origin) for event in found][::-1]
            case "POST _faults":
                return self.server.faults.set(sent)
            case "POST _clock":
                account.ahead = float(sent["ahead"])
                return account.expire_sessions()
            case "POST _webhook":
                return self.server.sender.send_to(sent["url"])
            case "POST _send":
                return shown(event_to_send(account, sent), self.server.origin)
        return self.moved(what, name, sent, account)

    def moved(self, what: str, name: str, sent: Thing, account: Account) -> Any:
        match what:
            case "POST _pay":
                return shown(account.pay(name, late=True), self.server.origin)
            case "POST _refund" if name:
                return account.fail_refund(name)
            case "POST _refund":
                return account.refund(sent["payment_intent"], sent.get("amount"), {}, None)
            case "POST _dispute" if name:
                return account.close_dispute(name, sent["status"])
            case "POST _dispute":
                return account.dispute(sent["payment_intent"])
        raise missing("page", self.path)

    def answer(self, answer: Answer) -> None:
        body = json.dumps(answer.body).encode()
        self.send(answer.status, body, {"Content-Type": "application/json", **answer.headers})

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """Break the connection off, as a failing network does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.close()

    def log_message(self, *arguments: Any) -> None:
        """Thousands of calls would fill the log."""


def broken() -> Answer:
    body = {"error": {"type": "api_error", "message": "An error of the stand-in, as asked for."}}
    return Answer(500, body, NO_RETRY)


def event_to_send(account: Account, sent: Thing) -> Thing:
    if name := sent.get("event"):
        return account.get("event", name)
    about = account.find(sent["object"])
    return account.new("evt", type=sent["type"], data={"object": about.copy()}, pending_webhooks=1)
