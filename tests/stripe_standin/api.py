"""The calls of Stripe's API that the shop makes."""

import re
from collections.abc import Callable
from typing import Any

from stripe import params
from stripe.params import checkout

from tests.stripe_standin.account import Account, Thing
from tests.stripe_standin.errors import Refusal
from tests.stripe_standin.params import check

Call = Callable[[Account, str, Thing], Thing]
HALF_HOUR, DAY = 1800, 24 * 3600
# Less than that is not charged: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LEAST = {"eur": 50, "usd": 50, "chf": 50, "gbp": 30}


def create_session(account: Account, _name: str, sent: Thing) -> Thing:
    values = check(sent, checkout.SessionCreateParams)
    items = values.get("line_items", [])
    if values.get("mode") != "payment" or not items:
        raise Refusal("Only sessions of mode payment with line items are known here.")
    prices = [item["price_data"] for item in items if "price_data" in item]
    if len(prices) < len(items):
        raise Refusal("You must specify price_data.", param="line_items[0]")
    check_session(account, values, prices)
    total = sum(item.get("quantity", 1) * item["price_data"]["unit_amount"] for item in items)
    currency = prices[0]["currency"]
    if total < LEAST.get(currency, 1):
        raise Refusal(
            "The Checkout Session's total amount due must add up to at least the least charge.",
            code="amount_too_small",
            executed=True,
        )
    session = account.new(
        "cs_test",
        amount_total=total,
        cancel_url=values.get("cancel_url"),
        client_reference_id=values.get("client_reference_id"),
        currency=currency,
        customer_email=values.get("customer_email"),
        expires_at=values.get("expires_at", account.now + DAY),
        locale=values.get("locale"),
        metadata=values.get("metadata", {}),
        mode="payment",
        payment_intent=None,
        payment_status="unpaid",
        status="open",
        success_url=values["success_url"],
        _name=prices[0]["product_data"]["name"],
        _intent_metadata=values.get("payment_intent_data", {}).get("metadata", {}),
    )
    session["url"] = f"/c/pay/{session['id']}"
    return session


def check_session(account: Account, values: Thing, prices: list[Thing]) -> None:
    """What types do not tell."""
    if not re.fullmatch(r"https?://[^\s/]+/.*", values.get("success_url", "")):
        raise Refusal("Not a valid URL", param="success_url", code="url_invalid")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", values.get("customer_email", "a@b.example")):
        raise Refusal("Invalid email address", param="customer_email", code="email_invalid")
    for price in prices:
        if not re.fullmatch("[a-z]{3}", price["currency"]):
            raise Refusal("Invalid currency", param="line_items[0][price_data][currency]")
        if not price.get("product_data", {}).get("name"):
            raise Refusal("You passed an empty string", param="product_data[name]")
        if not 0 <= price.get("unit_amount", -1) <= 99_999_999:
            raise Refusal("Invalid amount", param="line_items[0][price_data][unit_amount]")
    check_metadata(values)
    check_metadata(values.get("payment_intent_data", {}))
    if len(values.get("client_reference_id", "")) > 200:
        raise Refusal("Too long", param="client_reference_id")
    life = values.get("expires_at", account.now + DAY) - account.now
    if not HALF_HOUR <= life <= DAY:
        raise Refusal(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            param="expires_at",
            executed=True,
        )


def check_metadata(values: Thing) -> None:
    metadata = values.get("metadata") or {}
    too_long = any(len(name) > 40 or len(value) > 500 for name, value in metadata.items())
    if too_long or len(metadata) > 50:
        raise Refusal("Metadata is too long", param="metadata")


def retrieve_session(account: Account, name: str, sent: Thing) -> Thing:
    values = check(sent, checkout.SessionRetrieveParams)
    session = account.get("checkout.session", name)
    account.expire_if_over(session)
    return expanded(account, session, values)


def expire_session(account: Account, name: str, sent: Thing) -> Thing:
    check(sent, checkout.SessionExpireParams)
    session = account.get("checkout.session", name)
    account.expire_if_over(session)
    if session["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`.",
            executed=True,
        )
    account.close(session)
    return session


def retrieve_intent(account: Account, name: str, sent: Thing) -> Thing:
    values = check(sent, params.PaymentIntentRetrieveParams)
    return expanded(account, account.get("payment_intent", name), values)


def retrieve_charge(account: Account, name: str, sent: Thing) -> Thing:
    check(sent, params.ChargeRetrieveParams)
    return account.get("charge", name)


def create_refund(account: Account, _name: str, sent: Thing) -> Thing:
    values = check(sent, params.RefundCreateParams)
    check_metadata(values)
    if "payment_intent" not in values:
        raise Refusal("Only refunds of a payment_intent are known here.", param="payment_intent")
    if values.get("amount", 1) <= 0:
        raise Refusal("Invalid positive integer", param="amount")
    metadata = values.get("metadata") or {}
    return account.refund(
        values["payment_intent"], values.get("amount"), metadata, values.get("reason")
    )


def retrieve_refund(account: Account, name: str, sent: Thing) -> Thing:
    check(sent, params.RefundRetrieveParams)
    return account.get("refund", name)


def retrieve_dispute(account: Account, name: str, sent: Thing) -> Thing:
    check(sent, params.DisputeRetrieveParams)
    return account.get("dispute", name)


def list_refunds(account: Account, _name: str, sent: Thing) -> Thing:
    return page(account, "refund", "/v1/refunds", check(sent, params.RefundListParams))


def list_disputes(account: Account, _name: str, sent: Thing) -> Thing:
    return page(account, "dispute", "/v1/disputes", check(sent, params.DisputeListParams))


def page(account: Account, kind: str, url: str, values: Thing) -> Thing:
    """One page of a list, as https://docs.stripe.com/api/pagination says."""
    limit = values.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refusal("Invalid limit", param="limit")
    wanted = {name: values[name] for name in ("payment_intent", "charge") if name in values}
    if "payment_intent" in wanted:
        account.get("payment_intent", wanted["payment_intent"])
    found = list(account.all(kind, **wanted))
    if after := values.get("starting_after"):
        ids = [thing["id"] for thing in found]
        found = found[ids.index(account.get(kind, after)["id"]) + 1 :]
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": found[:limit]}


def expanded(account: Account, thing: Thing, values: Thing) -> Thing:
    """A copy with things in the place of their ids."""
    thing = thing.copy()
    for name in values.get("expand", []):
        first, *rest = name.split(".", 1)
        if first not in {"payment_intent", "latest_charge"} or first not in thing:
            raise Refusal(f"This property cannot be expanded ({name}).", param="expand")
        if inner := thing[first]:
            thing[first] = expanded(account, account.find(inner), {"expand": rest})
    return thing


ROUTES: list[tuple[str, str, Call]] = [
    ("POST", "/v1/checkout/sessions", create_session),
    ("GET", "/v1/checkout/sessions/([^/]+)", retrieve_session),
    ("POST", "/v1/checkout/sessions/([^/]+)/expire", expire_session),
    ("GET", "/v1/payment_intents/([^/]+)", retrieve_intent),
    ("GET", "/v1/charges/([^/]+)", retrieve_charge),
    ("POST", "/v1/refunds", create_refund),
    ("GET", "/v1/refunds", list_refunds),
    ("GET", "/v1/refunds/([^/]+)", retrieve_refund),
    ("GET", "/v1/disputes", list_disputes),
    ("GET", "/v1/disputes/([^/]+)", retrieve_dispute),
]


def find_call(method: str, path: str) -> tuple[Call, str]:
    for verb, pattern, call in ROUTES:
        if verb == method and (match := re.fullmatch(pattern, path)):
            return call, next(iter(match.groups()), "")
    raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)


def shown(value: Any, origin: str) -> Any:
    """What is answered of a thing: without what is only for us, with a whole address."""
    if isinstance(value, list):
        return [shown(part, origin) for part in value]
    if not isinstance(value, dict):
        return value
    answer = {k: shown(v, origin) for k, v in value.items() if not k.startswith("_")}
    if answer.get("object") == "checkout.session" and answer["url"]:
        answer["url"] = origin + answer["url"]
    return answer
