"""Faults with their place in the code to Sentry, and nothing of anybody; see `SENTRY_DSN`."""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration

from repairshop import __version__
from repairshop.middleware import request_id

# What is let out; all else stays here, whatever the library will find one day.
OF_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment")
OF_FAILURE = ("type", "module")
OF_FRAME = (
    *("filename", "function", "module", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)


def start(dsn: str, **options: Any) -> None:
    sentry_sdk.init(
        dsn,
        release=__version__,
        before_send=without_anybody,
        integrations=[DjangoIntegration()],
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        # No request to Stripe or S3 gets a header of theirs.
        trace_propagation_targets=[],
        **options,
    )


def without_anybody(event: Any, hint: Any = None) -> Any:
    """What failed and where: no words of the error, no address, no name of page that is one."""
    failures = event.get("exception", {}).get("values")
    if not failures:
        return None
    kept = only(event, OF_EVENT)
    kept["exception"] = {"values": [failed(each) for each in failures]}
    kept["tags"] = {"request_id": request_id.get()}
    if event.get("transaction_info", {}).get("source") == "route":
        kept["transaction"] = event["transaction"]
    return kept


def failed(failure: dict[str, Any]) -> dict[str, Any]:
    frames = (failure.get("stacktrace") or {}).get("frames", [])
    where = [only(frame, OF_FRAME) for frame in frames]
    return {**only(failure, OF_FAILURE), "stacktrace": {"frames": where}}


def only(found: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: found[name] for name in names if name in found}
