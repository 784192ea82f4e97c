from typing import Any


class Refusal(Exception):
    """An answer with an error in Stripe's shape.

    `executed` tells errors of carrying something out, which are stored under the
    idempotency key, from those of reading what was asked for, which are not.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str = "",
        code: str = "",
        kind: str = "invalid_request_error",
        executed: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        said = {"type": kind, "message": message, "param": param, "code": code}
        self.body: dict[str, Any] = {"error": {k: v for k, v in said.items() if v}}


def missing(kind: str, name: str) -> Refusal:
    return Refusal(f"No such {kind}: '{name}'", status=404, param="id", code="resource_missing")
