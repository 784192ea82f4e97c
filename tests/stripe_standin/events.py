"""Events, signed as Stripe signs them and sent until the shop takes them."""

import http.client
import itertools
import json
import threading
import time
from heapq import heappop, heappush
from typing import Any
from urllib.parse import urlsplit

from stripe import WebhookSignature

from tests.stripe_standin.faults import Faults

SENDERS = 4
# Stripe goes on for days; seconds are enough for those who wait here.
PAUSES = (0.5, 1, 2, 4, 8, 15)


class Sender:
    def __init__(self, webhook: str, secret: str, faults: Faults) -> None:
        self.send_to(webhook)
        self.secret = secret
        self.faults = faults
        self.waiting: list[tuple[float, int, dict[str, Any], int]] = []
        self.order = itertools.count()
        self.wake = threading.Condition()

    def send_to(self, webhook: str) -> None:
        self.webhook = urlsplit(webhook)

    def start(self) -> None:
        for _ in range(SENDERS):
            threading.Thread(target=self.run, daemon=True).start()

    def post(self, event: dict[str, Any]) -> None:
        """Send an event soon: once, unless the faults of the day want it otherwise."""
        if self.webhook.hostname:
            for pause in self.faults.pauses():
                self.put(pause, event, tries=0)

    def put(self, pause: float, event: dict[str, Any], tries: int) -> None:
        with self.wake:
            heappush(self.waiting, (time.monotonic() + pause, next(self.order), event, tries))
            self.wake.notify()

    def run(self) -> None:
        while True:
            event, tries = self.take()
            if not 200 <= self.send(event) < 300 and tries < len(PAUSES):
                self.put(PAUSES[tries], event, tries + 1)

    def take(self) -> tuple[dict[str, Any], int]:
        with self.wake:
            while True:
                rest = self.waiting[0][0] - time.monotonic() if self.waiting else None
                if rest is not None and rest <= 0:
                    _due, _order, event, tries = heappop(self.waiting)
                    return event, tries
                self.wake.wait(rest)

    def send(self, event: dict[str, Any], *, age: int = 0, secret: str = "") -> int:
        """Send an event now; return the answer's status, 0 for none."""
        body = json.dumps(event, indent=2)
        signature = WebhookSignature.generate_signature_header(
            body, secret or self.secret, int(time.time()) - age
        )
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        connection = http.client.HTTPConnection(
            self.webhook.hostname or "", self.webhook.port, timeout=20
        )
        try:
            connection.request("POST", self.webhook.path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
