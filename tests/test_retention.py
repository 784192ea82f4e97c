"""What is over goes by itself: after it a search of all tables and files finds nobody."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import retention
from accounts.admin.retention import save
from accounts.groups import MANAGERS, SHOP_STAFF
from accounts.models import RetentionPeriod, SecurityLogEntry, User
from accounts.personal_data import SOURCES
from accounts.retention import RULES, RetentionFailed, retain, retain_all, rule_of, take_batch
from accounts.tests.factories import PASSWORD, make_staff, make_user
from bag.models import WaitlistEntry, Wish
from invoices.documents.pdf import pdf_of
from invoices.models import Invoice, Payment, Withdrawal
from mail.models import Mail
from repairs_restorals.models import BeforeAfter, Custody, Loan, ServiceTicket, TicketImage
from repairs_restorals.tests.factories import make_photo, make_ticket
from repairshop.timer import JOBS
from store.models import Order, Piece, Question, ShopProfile
from store.tests.factories import make_item, make_order
from tests.retention_world import SITE, People, everything, places

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)
# Until the time of books is over, an order's buyer stands there and nowhere else.
FOR_BOOKS = {
    "invoices.Invoice.snapshot",
    "invoices.InvoiceEvent.note",
    "invoices.Payment.reference",
}


def ages(number: int) -> dict[int, timedelta]:
    """Odd ones were here an hour ago; of the others, every second one's books are kept still."""
    over = {0: 12 * YEAR, 2: 7 * YEAR + timedelta(days=200)}
    return {n: over.get(n % 4, timedelta(hours=1)) for n in range(number)}


def books() -> tuple[Any, ...]:
    invoices = Invoice.objects.issued()
    by_year = (
        invoices.values("issued_at__year").annotate(sum=Sum("total")).order_by("issued_at__year")
    )
    paid = Payment.objects.values("received_on__year").annotate(sum=Sum("amount"))
    balances = {invoice.pk: invoice.balance for invoice in Invoice.objects.with_parts()}
    return [*by_year], [*paid.order_by("received_on__year")], balances


def said_by(*arguments: str) -> dict[str, int]:
    out = StringIO()
    call_command("retain", *arguments, stdout=out)
    lines = [line.partition(": ") for line in out.getvalue().splitlines()]
    return {name: int(rest.split(",")[0]) for name, _, rest in lines}


def test_nobody_is_found_whose_time_is_over(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    people = People(ages(200))
    before, money, whole = places(), books(), everything()

    announced = said_by("--dry-run")
    assert everything() == whole
    with django_capture_on_commit_callbacks(execute=True):
        assert said_by() == announced

    after = places()
    for number, age in ages(200).items():
        if age < YEAR:
            assert after[number] == before[number]
        else:
            allowed = FOR_BOOKS if age < 11 * YEAR else set()
            assert {*after.get(number, {})} == allowed, number
    assert books() == money
    for number in (0, 1, 2):
        invoice = Invoice.objects.with_parts().get(pk=people.invoices[number].pk)
        assert pdf_of(invoice).startswith(b"%PDF")
    assert {*said_by("--dry-run").values()} == {0}
    assert announced["accounts"] == announced["orders"] == announced["tickets"] == 100
    assert announced["invoices"] == 50


def test_control_a_rule_that_is_left_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    People(ages(8))
    left = [rule for rule in RULES if rule.name != "withdrawals"]
    monkeypatch.setattr(retention, "RULES", left)

    retain_all()

    assert set(places()[0]) >= {"invoices.Withdrawal.name", "invoices.Withdrawal.email"}


def test_each_model_with_personal_data_has_one_rule() -> None:
    ruled = [model for rule in RULES for model in rule.models]

    assert {source.model for source in SOURCES} == {*ruled}, "Name it in a retention.py"
    assert len(ruled) == len({*ruled})
    assert {rule.name for rule in RULES if rule.like} < {rule.name for rule in RULES}
    assert retain in JOBS


def old_order(**fields: Any) -> Order:
    """Collected and paid, long ago."""
    own = {"state": "collected", "paid": True, **fields}
    order = make_order(
        make_item(), customer=make_user(f"c{Order.objects.count()}@example.com"), **own
    )
    Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - 20 * YEAR)
    return order


def old_ticket(**fields: Any) -> ServiceTicket:
    long_ago = timezone.now() - 20 * YEAR
    own = {"status": "collected", "touched_at": long_ago, **fields}
    ticket = make_ticket(make_user(f"t{ServiceTicket.objects.count()}@example.com"), **own)
    User.objects.update(date_joined=long_ago, last_login=long_ago)
    return ticket


def test_nothing_goes_that_is_under_way() -> None:
    kept = [old_order(state="ready"), old_order(), old_order(paid=False, state="shipped")]
    Withdrawal.objects.create(
        name="A", email="a@example.com", contract="x", order=kept[1], site=SITE
    )
    Invoice.objects.create(order=kept[2], total=Decimal(5))
    open_, lent, here, undone, over = (
        old_ticket(**fields) for fields in [{"status": "ready"}, {}, {}, {}, {}]
    )
    Withdrawal.objects.create(
        name="B", email="b@example.com", contract="x", ticket=undone, site=SITE
    )
    loan = Piece.objects.create(item=make_item(), stock_number="LOAN")
    Loan.objects.create(ticket=lent, piece=loan, due_on=timezone.localdate())
    Custody.objects.create(ticket=here, place="shelf", value=1)
    Mail.objects.create(
        event="x", to="a@example.com", subject="s", message_id="1", queued_at=timezone.now() - YEAR
    )

    retain_all()

    assert not Order.objects.filter(name="–").exists()
    assert {*ServiceTicket.objects.filter(title="–")} == {over}
    assert User.objects.filter(email__startswith="c").count() == 3
    left = User.objects.filter(email__startswith="t").order_by("pk")
    assert [*left] == [open_.customer, lent.customer, here.customer, undone.customer]
    assert Withdrawal.objects.filter(name="–").count() == 0
    assert Mail.objects.exists()


@pytest.mark.parametrize("is_reopened", [True, False], ids=["reopened", "control"])
def test_what_is_taken_up_again_meanwhile_stays(
    monkeypatch: pytest.MonkeyPatch,
    is_reopened: bool,
) -> None:
    order = old_order()
    lock = retention.locked_and_over

    def somebody_was_quicker(rule: Any, keys: list[Any]) -> list[Any]:
        if is_reopened and rule.name == "orders":
            assert keys == [order.pk]
            Order.objects.update(state="ready")
        return lock(rule, keys)

    monkeypatch.setattr(retention, "locked_and_over", somebody_was_quicker)

    retain_all()

    assert (Order.objects.get().name == "Alice") is is_reopened


def test_photos_that_their_owner_lets_us_show_stay_until_that_is_taken_back(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ticket = old_ticket(status="ready")
    before, after, _other = (make_photo(ticket) for _ in range(3))
    closed = {"status": "collected", "touched_at": timezone.now() - 20 * YEAR}
    ServiceTicket.objects.update(**closed)
    BeforeAfter.objects.create(ticket=ticket, before=before, after=after, caption="A", consent="x")

    retain_all()
    assert {*TicketImage.objects.all()} == {before, after}
    assert not User.objects.filter(pk=ticket.customer_id, email__gt="").exists()

    BeforeAfter.objects.update(shown=False)
    storage, names = before.image.storage, [before.stored("large"), after.stored("large")]
    with django_capture_on_commit_callbacks(execute=True):
        retain_all()
        assert all(map(storage.exists, names)), "not before it is sure"
    assert not TicketImage.objects.exists()
    assert not any(map(storage.exists, names))


def test_the_database_lets_young_invoices_and_sums_of_old_ones_be_as_they_are() -> None:
    people = People(ages(3))
    changes: list[tuple[int, dict[str, Any]]] = [
        (1, {"snapshot": {}}),
        (0, {"total": 1}),
        (0, {"snapshot": {}, "number": "X"}),
    ]
    for number, changed in changes:
        row = Invoice.objects.filter(pk=people.invoices[number].pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**changed)

    assert Invoice.objects.filter(pk=people.invoices[0].pk).update(snapshot={}) == 1


def test_what_piles_up_is_taken_in_batches_and_staff_are_told(client: Client) -> None:
    item, long_ago = make_item(), timezone.now() - 20 * YEAR
    asked = {"item": item, "name": "A", "email": "a@example.com", "site": SITE}
    Question.objects.bulk_create([Question(**asked, asked_at=long_ago) for _ in range(201)])

    assert retain() == 200
    lags = RetentionPeriod.objects.get(pk="questions")
    assert lags.behind_since is not None
    assert not RetentionPeriod.objects.behind().exists()
    RetentionPeriod.objects.update(behind_since=timezone.now() - timedelta(days=2))
    client.force_login(make_staff("boss@example.com", group=MANAGERS))
    assert "kept too long" in client.get("/admin/").text
    RetentionPeriod.objects.exclude(pk="questions").update(behind_since=None)

    assert retain() == 1
    assert RetentionPeriod.objects.filter(behind_since=None).count() == len(RULES)
    Question.objects.create(**asked, asked_at=long_ago)
    assert retain() == 0, "it was looked at a moment ago"


def test_a_kind_that_fails_stops_no_other_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Withdrawal.objects.create(
        name="A",
        email="a@example.com",
        contract="x",
        site=SITE,
        closed_at=timezone.now() - 20 * YEAR,
    )

    def fails(rule: Any) -> int:
        if rule.name == "mails":
            raise RuntimeError("no paper")
        return take_batch(rule)

    monkeypatch.setattr(retention, "take_batch", fails)

    with pytest.raises(RetentionFailed, match="mails"):
        retain()
    assert Withdrawal.objects.get().name == "–"


PAGE = "/admin/accounts/retentionperiod/"


def boss() -> Client:
    client = Client()
    make_staff("boss@example.com", group=MANAGERS)
    client.post("/accounts/login/", {"username": "boss@example.com", "password": PASSWORD})
    return client


def test_the_owner_changes_periods_and_the_privacy_page_says_so() -> None:
    client = boss()
    page = client.get(PAGE).text
    assert "3 to 10 years; empty for 6." in page

    client.post(PAGE, {"mails": "77", "orders": "4"})

    assert (rule_of("mails").length, rule_of("orders").length) == (77, 4)
    shown = client.get("/privacy/").text
    assert "77 days" in shown
    assert "4 years, counted from the end of the year" in shown
    told = SecurityLogEntry.objects.get(event="settings_changed")
    assert told.about == "orders, mails"
    client.post(PAGE, {})
    assert rule_of("mails").length == 30


@pytest.mark.parametrize(("country", "least"), [("Germany", 8), ("Österreich", 7), ("", 10)])
def test_books_are_kept_as_long_as_the_law_of_the_country_asks(country: str, least: int) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"country": country})
    client = boss()

    page = client.post(PAGE, {"invoices": str(least - 1), "mails": "99"}).text

    assert f"{least} at least" in page
    assert 'value="99"' in page
    assert rule_of("invoices").length == least
    save({"invoices": 1}, User.objects.get(email="boss@example.com"))
    assert rule_of("invoices").length == least


def test_only_who_runs_the_shop_changes_them() -> None:
    client = Client()
    client.force_login(make_staff("sam@example.com", group=SHOP_STAFF))

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"mails": "1"}).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_a_period_is_changed_by_the_table_alone() -> None:
    """It knows the bounds, asks for the password, and is logged."""
    client = boss()
    client.post(PAGE, {"mails": "77"})

    answer = client.post(f"{PAGE}mails/change/", {"kind": "mails", "length": "1"})

    assert answer.status_code == 403
    assert rule_of("mails").length == 77


def test_nobody_goes_for_whom_something_is_put_aside_or_who_waits() -> None:
    item, long_ago = make_item(), timezone.now() - 5 * YEAR
    reserved, waiting, wishing, gone = (
        make_user(f"w{number}@example.com", date_joined=long_ago, last_login=None)
        for number in range(4)
    )
    item.pieces.update(held_for=reserved, held_by="x", held_since=long_ago, held_until=long_ago)
    WaitlistEntry.objects.create(item=item, customer=waiting, email=waiting.email)
    Wish.objects.create(item=item, seen_item=item.pk, customer=wishing, email=wishing.email)

    retain_all()

    left = User.objects.filter(email__startswith="w").order_by("pk")
    assert [*left] == [reserved, waiting, wishing]
    assert gone not in left


def test_a_thing_is_here_also_where_staff_have_typed_a_dash_for_its_place() -> None:
    ticket = old_ticket()
    Custody.objects.create(ticket=ticket, place="–", value=1)

    retain_all()

    ticket.refresh_from_db()
    assert ticket.title != "–"
    assert User.objects.filter(email=ticket.customer.email).exists()


def test_strangers_keep_no_account_by_what_they_begin_under_its_address() -> None:
    long_ago = timezone.now() - 5 * YEAR
    strange, answered, reached, asked = (
        make_user(f"g{number}@example.com", date_joined=long_ago, last_login=None)
        for number in range(4)
    )
    guest: dict[str, Any] = {"customer": None, "state": "cancelled"}
    make_order(make_item(), email=strange.email, **guest)
    make_order(make_item(), email=reached.email, reached_at=timezone.now(), **guest)
    for user, at in ((answered, timezone.now()), (asked, None)):
        Question.objects.create(
            item=make_item(), email=user.email, name="S", text="Old?", site=SITE, answered_at=at
        )

    retain_all()

    assert {*User.objects.filter(email__startswith="g")} == {reached, asked}
