"""Who asks for it is forgotten: nothing of them is left in any table or folder but on invoices."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, Model, TextField
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import erasing
from accounts.erasing import pseudonym_of
from accounts.models import Login, SecurityLogEntry, User
from accounts.retention import retain_all
from accounts.tests.factories import PASSWORD, link_in_mail, mails_sent
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice, Payment, Withdrawal
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import cash
from mail.models import Mail
from repairs_restorals.custody import keep
from repairs_restorals.models import Loan, ServiceTicket, TicketImage, Workshop
from repairs_restorals.models.photos import private_storage
from repairs_restorals.quote_services import send_quote
from repairs_restorals.services import file_ticket, write_message
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket
from repairs_restorals.ticket_views import TicketCreateView
from store.models import Order, Question, ShopProfile
from store.pictures.files import files_in
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
ERASE, ASK = "/accounts/my-data/erase/", "/accounts/my-data/ask/"
# Of whoever is erased; bob has other ones.
TRACES = ["quilla", "Lindenallee", "5557812", "heirloom"]
BOUGHT: dict[str, Any] = {
    "name": "Quilla",
    "email": "quilla@example.com",
    "phone": "030 5557812",
    "street": "Lindenallee 12",
    "note": "An heirloom, please.",
    "state": "collected",
}


@pytest.fixture
def quilla() -> User:
    user = User.objects.create_user("quilla@example.com", PASSWORD, name="Quilla")
    User.objects.update(email_checked_at=timezone.now(), checked_email=user.email)
    user.refresh_from_db()
    return user


def buy(**fields: Any) -> Order:
    """Buy a lamp, pay it and take it along."""
    order = make_order(make_item(title="Lamp"), paid=True, **{**BOUGHT, **fields})
    invoice = issue(invoice_id=bill_order(order).pk)
    received = Received(**cash(str(invoice.total)))
    record_payment(invoice_id=invoice.pk, actor=None, received=received)
    return order


def have_mended(user: User) -> ServiceTicket:
    ticket = make_ticket(user, title="Heirloom of Quilla")
    make_photo(ticket)
    text: dict[str, Any] = {"author": user, "site": SITE, "from_workshop": False}
    write_message(ticket_id=ticket.pk, body="Quilla's heirloom.", **text)
    send_quote(quote_id=make_quote(ticket, intro="Dear Quilla").pk, actor=user, site=SITE)
    # Whatever can be said of a thing, also what nobody asked for when this was written.
    words = {field.name: "Heirloom of Quilla" for field in free_texts(ServiceTicket)}
    ServiceTicket.objects.filter(pk=ticket.pk).update(**words, status="cancelled")
    return ticket


def free_texts(model: type[Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField) and field.editable and not field.choices
    ]


def traces(*, but: frozenset[str] = frozenset()) -> list[tuple[str, str, str]]:
    """Where any of it still stands, in all tables."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.all():
            for field in row._meta.concrete_fields:
                text = str(getattr(row, field.attname)).casefold()
                name = f"{model._meta.label}.{field.name}"
                if name not in but and any(trace.casefold() in text for trace in TRACES):
                    found.append((name, str(row.pk), text[:80]))
    return found


def test_nothing_is_left_of_a_customer_but_on_invoices(
    client: Client, quilla: User, bob: User
) -> None:
    buy(customer=quilla)
    buy(customer=bob, name="Bob", email=bob.email, phone="", street="Elm 3", note="")
    have_mended(quilla)
    Question.objects.create(
        item=make_item(), customer=quilla, name="Quilla", email=quilla.email, text="?", site=SITE
    )
    client.post("/accounts/login/", {"username": quilla.email, "password": PASSWORD})
    before = Payment.objects.count(), Invoice.objects.issued().count()

    answer = client.post(ERASE, {"password": PASSWORD}, follow=True)

    assert "erased" in answer.text
    [last] = [mail for mail in mails_sent() if "erased" in mail.subject]
    assert last.to == ["quilla@example.com"]
    Mail.objects.filter(event="accounts.erased").delete()
    assert traces(but=frozenset({"invoices.Invoice.snapshot"})) == []
    assert not TicketImage.objects.exists()
    assert (Payment.objects.count(), Invoice.objects.issued().count()) == before
    assert {invoice.due_now for invoice in Invoice.objects.issued().with_parts()} == {Decimal(0)}
    assert Order.objects.filter(customer=bob, name="Bob", street="Elm 3").exists()
    assert not Login.objects.filter(user=quilla).exists()


def test_files_of_photos_go_when_it_is_sure(
    quilla: User, django_capture_on_commit_callbacks: Any
) -> None:
    have_mended(quilla)
    client = Client()
    client.force_login(quilla)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(ERASE, {"password": PASSWORD})

    assert list(files_in(private_storage())) == []


def test_what_was_done_from_where_outlives_an_erasure_without_whose_it_was(quilla: User) -> None:
    misused = Client(REMOTE_ADDR="203.0.113.9")
    misused.post("/accounts/login/", {"username": quilla.email, "password": "wrong-harbour-39"})
    misused.post("/accounts/login/", {"username": quilla.email, "password": PASSWORD})
    other = Client(REMOTE_ADDR="203.0.113.9")
    other.post("/accounts/login/", {"username": "bob@example.com", "password": "wrong-harbour-39"})

    misused.post(ERASE, {"password": PASSWORD})

    log = SecurityLogEntry.objects.filter(address="203.0.113.9").order_by("pk")
    kept = {event: who for event, who in log.values_list("event", "who") if "bob" not in who}
    assert {"login_failed", "logged_in"} < {*kept}
    assert kept["login_failed"] == kept["logged_in"] == pseudonym_of("quilla@example.com")
    assert log.get(event="logged_in").user == quilla
    assert log.filter(who="bob@example.com").exists()
    Mail.objects.all().delete()
    assert traces() == []

    SecurityLogEntry.objects.update(at=timezone.now() - timedelta(days=366))
    retain_all()
    assert not SecurityLogEntry.objects.exists()


def test_the_address_may_have_a_new_account(client: Client, quilla: User) -> None:
    client.force_login(quilla)
    client.post(ERASE, {"password": PASSWORD})
    new = {"name": "Q", "email": "quilla@example.com", "password": PASSWORD}

    Client().post("/accounts/register/", new)

    assert User.objects.get(email="quilla@example.com").pk != quilla.pk
    quilla.refresh_from_db()
    assert not quilla.has_usable_password()


def test_nothing_goes_while_something_is_under_way(client: Client, quilla: User) -> None:
    order = make_order(make_item(), customer=quilla)
    ticket = make_ticket(quilla, title="Viola")
    client.force_login(quilla)

    answer = client.post(ERASE, {"password": PASSWORD})

    assert str(order) in answer.text
    assert "Viola" in answer.text
    assert User.objects.filter(email=quilla.email, is_active=True).exists()
    assert ticket.customer == quilla


def test_who_is_erased_files_nothing_at_the_same_moment(client: Client, quilla: User) -> None:
    """The page was sent before, and has read the account as it was."""
    client.force_login(quilla)
    begun = User.objects.get(pk=quilla.pk)
    client.post(ERASE, {"password": PASSWORD})
    sent = {"title": "Heirloom", "description": "It is broken.", "kind": "repair"}
    request = RequestFactory().post("/workshop/tickets/new/", {**sent, "idempotency_key": "1" * 32})
    request.user, request.session = begun, client.session

    answer: Any = TicketCreateView.as_view()(request)

    assert answer.context_data["form"].non_field_errors() == ["The account is closed."]
    assert not ServiceTicket.objects.exists()


def test_what_somebody_files_while_two_records_are_joined_is_of_the_one_that_stays(
    quilla: User, bob: User
) -> None:
    User.objects.filter(pk=quilla.pk).update(is_active=False, merged_into=bob)

    filed = file_ticket(ticket=ServiceTicket(customer=quilla, title="Viola"), site=SITE)

    assert filed.customer == bob


def test_a_wrong_password_erases_nothing(client: Client, quilla: User) -> None:
    client.force_login(quilla)

    client.post(ERASE, {"password": "wrong-harbour-39"})

    assert User.objects.filter(email=quilla.email).exists()


def test_staff_are_not_erased(client: Client, quilla: User) -> None:
    User.objects.update(is_staff=True)
    client.force_login(quilla)

    client.post(ERASE, {"password": PASSWORD})

    assert User.objects.filter(email=quilla.email).exists()


def test_a_guest_is_erased_by_the_mailed_link(client: Client) -> None:
    order = buy()
    link_of_order = order.get_absolute_url()
    Withdrawal.objects.create(
        name="Quilla", email="quilla@example.com", contract="Quilla's lamp", order=order, site=SITE
    )
    client.post(ASK, {"email": "quilla@example.com"})
    page = f"{link_in_mail()}erase/"
    client.post(page)
    assert Order.objects.filter(name="Quilla").exists(), "a withdrawal is open"

    Withdrawal.objects.update(closed_at=timezone.now())
    assert client.post(page).status_code == 302

    mails_sent()
    Mail.objects.filter(event="accounts.erased").delete()
    assert traces(but=frozenset({"invoices.Invoice.snapshot"})) == []
    assert client.get(link_of_order).status_code == 404


def test_an_account_with_another_persons_address_erases_nothing_of_theirs(
    client: Client, quilla: User
) -> None:
    order = buy()
    User.objects.update(email_checked_at=None)
    mails = Mail.objects.create(to=quilla.email, event="x", subject="s", text="t", message_id="1")
    client.force_login(quilla)

    client.post(ERASE, {"password": PASSWORD})

    assert not User.objects.filter(email=quilla.email).exists()
    assert Order.objects.get(pk=order.pk).name == "Quilla"
    assert Mail.objects.filter(pk=mails.pk).exists()
    # Else a manager could give accounts addresses, to see who stands behind a number.
    assert not SecurityLogEntry.objects.filter(who=pseudonym_of(quilla.email)).exists()
    assert SecurityLogEntry.objects.filter(user=quilla, event="logged_in").exists()
    assert not Mail.objects.filter(event="accounts.erased").exists()


def guest_link(client: Client, email: str) -> str:
    Question.objects.create(item=make_item(), name="Q", email=email, text="?", site=SITE)
    client.post(ASK, {"email": email})
    return f"{link_in_mail()}erase/"


@pytest.mark.parametrize("of", ["profile", "workshop", "sender"])
def test_whoever_reads_the_mail_of_the_shop_erases_none_of_it(
    client: Client, settings: Any, of: str
) -> None:
    ours = "front@shop.example"
    if of == "sender":
        settings.DEFAULT_FROM_EMAIL = f"The shop <{ours}>"
    else:
        row = ShopProfile.get_solo() if of == "profile" else Workshop.get_solo()
        type(row).objects.update(email=ours)
    mail = {"event": "x", "subject": "s", "text": "t", "message_id": "1", "reply_to": ours}
    Mail.objects.create(to="quilla@example.com", **mail)

    answer = client.post(guest_link(client, ours))

    assert "the address of the shop itself" in answer.text
    assert Mail.objects.filter(to="quilla@example.com").exists()


def test_whoever_worked_here_and_was_switched_off_takes_no_trace_away(
    client: Client, quilla: User
) -> None:
    User.objects.update(is_staff=True, is_active=False)
    SecurityLogEntry.objects.create(
        user=quilla, who=quilla.email, event="logged_in", address="93.184.215.14"
    )

    answer = client.post(guest_link(client, quilla.email))

    assert "You work here" in answer.text
    assert SecurityLogEntry.objects.filter(who=quilla.email, address="93.184.215.14").exists()


def test_what_staff_did_stands_in_the_log_also_of_who_is_erased(
    client: Client, quilla: User
) -> None:
    entry = {"user": quilla, "who": quilla.email, "address": "93.184.215.14"}
    for event, about in [
        ("money_back", "RE-1"),
        ("exported", "items"),
        ("exported", "my data"),
        ("address_changed", "–, by clerk@example.com"),
        ("factor_added", "Quilla's phone"),
    ]:
        SecurityLogEntry.objects.create(event=event, about=about, **entry)
    colleague = User.objects.create_user("mo@example.com", PASSWORD, name="Mo")
    SecurityLogEntry.objects.create(
        event="link_asked", user=colleague, who="mo@example.com", about=quilla.email
    )
    client.force_login(quilla)

    client.post(ERASE, {"password": PASSWORD})

    left = SecurityLogEntry.objects.exclude(event__in=["erased", "logged_in"]).order_by("pk")
    who = pseudonym_of(quilla.email)
    assert [(each.event, each.who, each.about) for each in left] == [
        ("money_back", quilla.email, "RE-1"),
        ("exported", quilla.email, "items"),
        ("exported", who, ""),
        ("address_changed", who, "by clerk@example.com"),
        ("factor_added", who, ""),
        ("link_asked", "mo@example.com", who),
    ]
    assert {each.address for each in left.exclude(who="mo@example.com")} == {"93.184.215.14"}


@pytest.mark.parametrize("why", ["lent", "here", "owed"])
def test_a_closed_ticket_is_known_while_something_is_to_go_back(
    client: Client, quilla: User, why: str
) -> None:
    ticket = make_ticket(quilla, title="Viola")
    if why == "lent":
        piece = make_item(title="Spare viola").pieces.get()
        Loan.objects.create(ticket=ticket, piece=piece, due_on=timezone.localdate())
    elif why == "here":
        keep(ticket_id=ticket.pk, place="shelf", actor=None)
    else:
        received = Received(**cash("50"))
        record_payment(invoice_id=ticket.invoice.pk, actor=None, received=received)
    ServiceTicket.objects.update(status="cancelled")
    client.force_login(quilla)

    answer = client.post(ERASE, {"password": PASSWORD})

    said = {"lent": "lent you Spare viola", "here": "still here", "owed": "we owe you money"}
    assert said[why] in answer.text
    assert ServiceTicket.objects.get().title == "Viola"


def test_what_waits_for_its_invoice_keeps_its_buyer(client: Client, quilla: User) -> None:
    bill_order(make_order(make_item(), customer=quilla, paid=True, **BOUGHT))
    client.force_login(quilla)

    client.post(ERASE, {"password": PASSWORD})

    assert Order.objects.get().name == "Quilla"


def test_an_account_with_another_persons_address_reads_of_no_thing_of_theirs(
    client: Client, quilla: User, bob: User
) -> None:
    file_ticket(
        ticket=ServiceTicket(customer=quilla, title="Viola", idempotency_key="v"),
        actor=bob,
        site=SITE,
    )
    User.objects.update(email_checked_at=None)
    client.force_login(quilla)

    answer = client.get(ERASE)

    assert "Viola" not in answer.text
    assert "A repair that we have written down for you." in answer.text


def test_what_comes_in_meanwhile_is_seen_before_it_is_too_late(
    client: Client, quilla: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order(make_item(), customer=quilla, name="Quilla")
    make_ticket(quilla, title="Viola")
    look, looked = erasing.reasons_to_keep, []

    def sees_nothing_at_first(person: Any) -> list[str]:
        looked.append(person)
        return look(person) if looked[1:] else []

    monkeypatch.setattr(erasing, "reasons_to_keep", sees_nothing_at_first)
    client.force_login(quilla)

    client.post(ERASE, {"password": PASSWORD})

    assert User.objects.filter(email=quilla.email, is_active=True).exists()
    assert Order.objects.get().name == "Quilla"
    assert ServiceTicket.objects.get().title == "Viola"
