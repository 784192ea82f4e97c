"""What is written about somebody under another name, address or table goes with all the rest."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.erasing import pseudonym_of
from accounts.groups import MANAGERS
from accounts.models import AddressChange, SecurityLogEntry, User
from accounts.retention import retain_all
from accounts.tests.factories import PASSWORD, link_in_mail, make_staff, make_user
from accounts.tests.test_user_admin import save
from bag.asked.models import ShippingRequest
from bag.reservations import extend_holds, release_pieces, reserve_piece
from bag.tests.test_asked import offer
from invoices.documents.drafts import bill_order, bill_quote
from invoices.documents.issuing import issue
from invoices.models import Invoice, PaymentAttempt, Withdrawal
from invoices.orders.undoing import slip_of, undo
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import cash
from mail.models import Mail
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quote_services import send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.exceptions import TransitionNotAllowed
from store.models import Item, Order, Piece, PieceEvent, Question, ShopProfile
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
ERASE = "/accounts/my-data/erase/"
ASK = "/accounts/my-data/ask/"
LEADS_TO = {"cancel": "cancelled", "collect": "collected"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def erase_account(user: User) -> None:
    answer: Any = client_of(user).post(ERASE, {"password": PASSWORD})
    assert answer.status_code == 302, answer.text


def erase_guest(client: Client, email: str) -> None:
    client.post(ASK, {"email": email})
    assert client.post(f"{link_in_mail()}erase/").status_code == 302


def put_aside(item: Item, actor: User, customer: User | None, why: str) -> None:
    piece = Piece.objects.get(item=item)
    until = timezone.now() + timedelta(days=2)
    reserve_piece(piece=piece, until=until, customer=customer, actor=actor, reason=why)


def notes() -> list[str]:
    return [*PieceEvent.objects.exclude(note="").order_by("pk").values_list("note", flat=True)]


def test_whose_rights_a_manager_changed_is_forgotten_and_which_manager_is_not(alice: User) -> None:
    manager = client_of(make_staff("mo@example.com", group=MANAGERS))
    save(manager, alice, is_active="")
    save(manager, alice, is_active="on")
    changed = SecurityLogEntry.objects.filter(event="rights_changed")
    assert [*changed.values_list("who", flat=True)] == [alice.email] * 2

    erase_account(alice)

    who = pseudonym_of(alice.email)
    assert {*changed.values_list("who", "about")} == {(who, "by mo@example.com")}


def test_what_staff_said_when_they_put_it_aside_goes_with_the_account(
    alice: User, bob: User, sam: User, clock: Item
) -> None:
    pieces = Piece.objects.filter(item=clock)
    put_aside(clock, sam, alice, "for Mrs Blue, phone 030 999")
    until = timezone.now() + timedelta(days=3)
    extend_holds(pieces=pieces, until=until, actor=sam, reason="Blue rang")
    release_pieces(pieces=pieces, actor=sam, reason="Blue did not come")
    put_aside(clock, sam, bob, "for Bob, phone 040 111")

    erase_account(alice)

    assert notes() == ["for Bob, phone 040 111"]
    kinds = PieceEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert [*kinds][-4:] == ["reserved", "extended", "released", "reserved"]


def test_what_was_said_of_pieces_they_ordered_goes_but_not_of_who_waits_for_them_now(
    alice: User, sam: User, clock: Item
) -> None:
    """Somebody without an account, who is known by these words alone."""
    put_aside(clock, sam, None, "Mrs Blue rang")
    release_pieces(pieces=Piece.objects.filter(item=clock), actor=sam, reason="She orders it")
    bill_order(make_order(clock, customer=alice, state="cancelled"))
    Piece.objects.update(order=None)
    put_aside(clock, sam, None, "for Mr Green, phone 050 222")

    erase_account(alice)

    assert notes() == ["for Mr Green, phone 050 222"]


def test_the_history_of_a_piece_names_no_guest_who_asked_what_sending_costs(
    client: Client, sam: User, clock: Item
) -> None:
    request = ShippingRequest.objects.create(
        item=clock, email="rosa@example.com", country_code="BR", city="Santos", site=SITE
    )
    offer(request, sam)
    assert notes() == [f"Shipping on request, #{request.pk}"]
    extend_holds(
        pieces=Piece.objects.filter(item=clock),
        until=timezone.now() + timedelta(days=4),
        actor=sam,
        reason="Rosa asks for a day more",
    )

    erase_guest(client, "rosa@example.com")

    assert notes() == []


def test_an_address_that_stood_in_the_history_from_before_goes(client: Client, clock: Item) -> None:
    piece = Piece.objects.get(item=clock)
    for email in ["rosa@example.com", "ambrosa@example.com", "rosa@example.com.br"]:
        note = f"Shipping on request, {email}"
        PieceEvent.objects.create(piece=piece, kind="reserved", note=note)
    make_order(make_item(), email="rosa@example.com", state="cancelled", reached_at=timezone.now())

    erase_guest(client, "rosa@example.com")

    left = ["ambrosa@example.com", "rosa@example.com.br"]
    assert notes() == [f"Shipping on request, {email}" for email in left]


def test_words_about_who_it_was_put_aside_for_go_in_time_but_not_while_it_is(
    sam: User, clock: Item
) -> None:
    radio = make_item(title="Radio")
    put_aside(clock, sam, None, "for Mrs Blue, phone 030 999")
    release_pieces(pieces=Piece.objects.filter(item=clock), actor=sam, reason="Blue did not come")
    put_aside(radio, sam, None, "for Mr Green")
    long_ago = timezone.now() - timedelta(days=91)
    PieceEvent.objects.update(at=long_ago)
    Piece.objects.filter(item=radio).update(held_since=long_ago - timedelta(days=1))

    retain_all()

    assert notes() == ["for Mr Green"]
    Piece.objects.filter(item=radio).update(held_until=long_ago)
    retain_all()
    assert notes() == []


def test_words_are_found_of_a_record_that_was_joined_with_anothers(
    alice: User, sam: User, clock: Item
) -> None:
    twin = make_user("al@example.com", name="Al")
    put_aside(clock, sam, twin, "for Al, phone 030 999")
    release_pieces(pieces=Piece.objects.filter(item=clock), actor=sam, reason="Al did not come")
    User.objects.filter(pk=twin.pk).update(is_active=False, merged_into=alice)

    erase_account(alice)

    assert notes() == []


def pay(invoice: Invoice) -> None:
    received = Received(**cash(str(invoice.total)))
    record_payment(invoice_id=invoice.pk, actor=None, received=received)


def links_of(invoice: Invoice) -> list[str]:
    here = invoice.get_absolute_url()
    return [here, f"{here}pdf/", f"{here}pay/", f"{here}paid/"]


def answers(links: list[str]) -> set[int]:
    return {Client().get(link).status_code for link in links}


def test_no_link_of_an_invoice_opens_it_once_its_buyer_is_erased(
    alice: User, sam: User, clock: Item
) -> None:
    order = make_order(clock, customer=alice, paid=True, state="collected")
    invoice = issue(invoice_id=bill_order(order).pk)
    pay(invoice)
    attempt = PaymentAttempt.objects.create(
        invoice=invoice, amount=invoice.total, state="expired", expires_at=timezone.now()
    )
    links = [*links_of(invoice), f"/invoices/{invoice.secret}/back/{attempt.idempotency_key}/"]
    assert answers(links[:2]) == {200}
    assert answers(links[2:]) == {302}

    erase_account(alice)

    assert answers(links) == {404}
    staff = client_of(sam)
    page = staff.get(f"/admin/invoices/invoice/{invoice.pk}/change/").text
    assert "What the customer sees" not in page
    assert staff.get(f"/admin/invoices/invoice/{invoice.pk}/pdf/").status_code == 200
    assert Invoice.objects.get().snapshot["buyer"]["name"] == "Alice"


def test_nor_one_of_a_repair_and_no_quote(alice: User) -> None:
    ticket = make_ticket(alice)
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=alice, site=SITE)
    kept = Quote.objects.get(pk=quote.pk)
    ServiceTicket.objects.update(status="collected")
    issued = issue(invoice_id=bill_quote(quote=kept).pk)
    pay(issued)
    links = [kept.get_absolute_url(), *links_of(issued)[:2]]
    assert answers(links) == {200}

    erase_account(alice)

    assert answers(links) == {404}
    assert Quote.objects.get().get_absolute_url() != kept.get_absolute_url()


def test_an_invoice_of_whoever_is_called_by_a_dash_is_shown(clock: Item) -> None:
    order = make_order(clock, name="–", email="dash@example.com", paid=True, state="collected")
    invoice = issue(invoice_id=bill_order(order).pk)

    assert answers(links_of(invoice)[:2]) == {200}


def test_no_link_opens_a_withdrawal_whose_words_are_gone(client: Client, clock: Item) -> None:
    withdrawal = Withdrawal.objects.create(
        name="Rosa",
        email="rosa@example.com",
        contract="The clock",
        site=SITE,
        closed_at=timezone.now(),
    )
    assert answers([withdrawal.get_absolute_url()]) == {200}

    erase_guest(client, "rosa@example.com")

    assert answers([withdrawal.get_absolute_url()]) == {404}


@pytest.mark.parametrize("transition", ["cancel", "collect"])
def test_nothing_is_undone_of_an_order_that_is_erased(
    alice: User, sam: User, clock: Item, transition: str
) -> None:
    is_paid = transition == "collect"
    order = make_order(clock, customer=alice, paid=is_paid, state=LEADS_TO[transition])
    if is_paid:
        pay(issue(invoice_id=bill_order(order).pk))
    else:
        bill_order(order)
        Piece.objects.update(order=None)
    order.record_event(Order.Transition(transition), sam)
    last = slip_of(order)
    assert last

    erase_account(alice)

    order = Order.objects.get()
    assert slip_of(order) is None
    with pytest.raises(TransitionNotAllowed):
        undo(order_id=order.pk, event_id=last.pk, actor=sam)


def mail(to: str, event: str = "x", **fields: Any) -> Mail:
    number = str(Mail.objects.count())
    words = {"subject": "s", "text": "Dear Alice", "message_id": number}
    return Mail.objects.create(to=to, event=event, **{**words, **fields})


def left_for(email: str) -> list[str]:
    reach = Q(to=email) | Q(reply_to=email)
    return [*Mail.objects.filter(reach).order_by("pk").values_list("event", flat=True)]


def test_mails_about_an_order_go_wherever_they_went(alice: User, clock: Item) -> None:
    order = make_order(clock, customer=alice, email="office@example.com", state="cancelled")
    bill_order(order)
    with override("de"):
        draft = str(Invoice.objects.get())
    mail("office@example.com", "invoices.placed", about=str(order))
    mail("office@example.com", "invoices.asked", about=draft)
    mail("shop@example.com", "invoices.placed_shop", about=str(order), reply_to=order.email)
    mail("office@example.com", "invoices.placed", about="R99999")

    erase_account(alice)

    assert [*Mail.objects.exclude(event="accounts.erased").values_list("about")] == [("R99999",)]


def test_mails_about_a_repair_go_that_went_to_an_address_of_before(alice: User) -> None:
    ticket = make_ticket(alice, status="cancelled")
    mail("before@example.com", "repairs_restorals.filed", about=ticket.reference)

    erase_account(alice)

    assert left_for("before@example.com") == []


@pytest.mark.parametrize("is_anothers", [False, True])
def test_what_was_asked_in_another_address_goes_unless_somebody_has_that(
    alice: User, clock: Item, is_anothers: bool
) -> None:
    asked = {"item": clock, "email": "office@example.com", "site": SITE}
    Question.objects.create(customer=alice, name="Alice", text="?", **asked)
    ShippingRequest.objects.create(customer=alice, country_code="BR", city="S", **asked)
    Withdrawal.objects.create(
        name="Alice",
        email="office@example.com",
        contract="The clock",
        order=make_order(make_item(), customer=alice, state="cancelled"),
        site=SITE,
        closed_at=timezone.now(),
    )
    events = ["store.answer", "bag.shipping_offer", "invoices.withdrawn"]
    for event in events:
        mail("office@example.com", event)
    mail("shop@example.com", "store.question_shop", reply_to="office@example.com")
    mail("office@example.com", "bag.wish")
    if is_anothers:
        make_user("office@example.com")

    erase_account(alice)

    left = [*events, "store.question_shop", "bag.wish"] if is_anothers else ["bag.wish"]
    assert left_for("office@example.com") == left


@pytest.fixture
def moved(alice: User) -> User:
    """Alice, who had another address a while ago, and what is kept under that."""
    for event in ("before", "since"):
        mail("old@example.com", event)
    AddressChange.objects.create(
        user=alice, old="old@example.com", new=alice.email, was_theirs=True
    )
    hour = timedelta(hours=1)
    Mail.objects.filter(event="before").update(created_at=timezone.now() - hour)
    Mail.objects.filter(event="since").update(created_at=timezone.now() + hour)
    Client().post("/accounts/login/", {"username": "old@example.com", "password": "wrong"})
    return alice


def tried_as(email: str) -> list[int]:
    tried = SecurityLogEntry.objects.filter(who=email).count()
    return [tried, AccessAttempt.objects.filter(username=email).count()]


def test_what_is_kept_under_an_address_of_before_goes(moved: User) -> None:
    assert tried_as("old@example.com") == [1, 1]

    erase_account(moved)

    assert left_for("old@example.com") == []
    assert tried_as("old@example.com") == [0, 0]
    assert SecurityLogEntry.objects.filter(who=pseudonym_of("old@example.com")).count() == 1


@pytest.mark.parametrize("has", ["account", "question"])
def test_what_came_since_somebody_else_has_that_address_stays(
    moved: User, clock: Item, has: str
) -> None:
    if has == "account":
        make_user("old@example.com")
    else:
        Question.objects.create(
            item=clock, name="Olga", email="old@example.com", text="?", site=SITE
        )

    erase_account(moved)

    assert left_for("old@example.com") == ["since"]
    assert tried_as("old@example.com") == [1, 1]


@pytest.mark.parametrize(
    "why", ["not shown to be theirs", "taken back", "of the shop", "of a colleague"]
)
def test_what_is_under_an_address_that_may_never_have_been_theirs_stays(
    moved: User, why: str
) -> None:
    if why == "not shown to be theirs":
        AddressChange.objects.update(was_theirs=False)
    elif why == "taken back":
        AddressChange.objects.update(undone_at=timezone.now())
    elif why == "of the shop":
        ShopProfile.get_solo()
        ShopProfile.objects.update(email="old@example.com")
    else:
        make_staff("old@example.com", group=MANAGERS)

    erase_account(moved)

    assert left_for("old@example.com") == ["before", "since"]
    assert tried_as("old@example.com") == [1, 1]


@pytest.mark.parametrize("was_checked", [True, False])
def test_a_change_notes_whether_the_address_of_before_was_theirs(
    alice: User, was_checked: bool
) -> None:
    if not was_checked:
        User.objects.filter(pk=alice.pk).update(email_checked_at=None)
    client = client_of(alice)
    client.post("/accounts/email/", {"email": "new@example.com", "password": PASSWORD})
    link = link_in_mail()

    client.post(link)

    assert AddressChange.objects.get().was_theirs is was_checked


def test_the_mail_that_asks_whether_a_withdrawal_is_theirs_goes(alice: User, clock: Item) -> None:
    order = make_order(clock, customer=alice, email="office@example.com", state="cancelled")
    withdrawal = Withdrawal.objects.create(
        name="A stranger",
        email="stranger@example.com",
        contract="The clock",
        order=order,
        site=SITE,
        closed_at=timezone.now(),
    )
    for about in (str(withdrawal), "Another: R2"):
        mail("office@example.com", "invoices.withdrawal_check", about=about)

    erase_account(alice)

    assert [*Mail.objects.filter(to=order.email).values_list("about")] == [("Another: R2",)]
