"""A customer withdraws online: two steps, no log-in, three things asked, a receipt at once."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from invoices.models import Withdrawal
from invoices.withdrawals.contracts import contract_of_words, link_from_order, link_from_quote
from mail.models import Mail
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Item, Order
from store.tests.factories import make_item, make_order
from tests.browsing import Page

pytestmark = pytest.mark.django_db
SAID = {"name": "Ann Old", "email": "ann@example.com"}


def withdraw(client: Client, page: str = "/withdraw/", **fields: Any) -> Withdrawal:
    """Both steps, as a browser without scripts takes them."""
    summary = client.post(page, {**SAID, **fields}, follow=True)
    assert summary.redirect_chain == [("/withdraw/confirm/", 302)], summary.content.decode()
    answer = client.post("/withdraw/confirm/")
    assert answer.status_code == 302
    return Withdrawal.objects.get(secret=answer.headers["Location"].split("/")[2])


def read(client: Client, address: str) -> Page:
    answer = client.get(address)
    return Page(address, answer.status_code, answer.content, answer.headers["Content-Type"])


def mails() -> list[tuple[str, str]]:
    return sorted(Mail.objects.values_list("event", "to"))


@pytest.fixture
def order(clock: Item) -> Order:
    return make_order(clock, customer=None)


@pytest.mark.parametrize(
    "page", ["/", "/store/", "/bag/", "/terms/", "/accounts/login/", "/no/such/page/"]
)
def test_every_page_leads_there_by_the_words_of_the_law(client: Client, page: str) -> None:
    links = read(client, page).soup.select("a[href='/withdraw/']")

    assert [link.get_text(strip=True) for link in links] == ["Withdraw from contract here"]


def test_three_things_are_asked_and_no_reason(client: Client) -> None:
    form = read(client, "/withdraw/").form()
    asked = [str(field["name"]) for field in form.select("[name]:not([type=hidden])")]

    assert asked == ["name", "contract", "email"]


def test_the_second_step_has_one_button_with_the_words_of_the_law(client: Client) -> None:
    client.post("/withdraw/", {**SAID, "contract": "a lamp"})
    form = read(client, "/withdraw/confirm/").form()

    assert [button.get_text(strip=True) for button in form.select("button")] == [
        "Confirm withdrawal"
    ]
    assert not Withdrawal.objects.exists()


def test_what_was_declared_is_acknowledged_at_once(client: Client, order: Order) -> None:
    before = timezone.now()
    declared = withdraw(client, f"/withdraw/{link_from_order(order)}/")
    after = timezone.now()

    assert before <= declared.declared_at <= after
    assert (declared.order, declared.proven_by) == (order, "link")
    receipt = Mail.objects.get(event="invoices.withdrawn")
    page = read(client, declared.get_absolute_url()).text
    for said in ("Ann Old", order.reference, declared.declared_words):
        assert said in receipt.text
        assert said in page
    assert receipt.to == "ann@example.com"
    assert f"/withdrawals/{declared.secret}/" in receipt.text


def test_the_time_is_said_to_the_second_with_its_zone(settings: Any) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with timezone.override(berlin):
        # Half past two comes twice in that night.
        said = [
            Withdrawal(declared_at=datetime(2026, 10, 25, hour, 30, 7, tzinfo=UTC)).declared_words
            for hour in (0, 1)
        ]

    assert [re.sub(r".*, ", "", each) for each in said] == [
        "02:30:07 CEST (UTC+0200)",
        "02:30:07 CET (UTC+0100)",
    ]


def test_who_is_logged_in_need_not_say_again_who_they_are(client: Client, alice: User) -> None:
    client.force_login(alice)
    fields = read(client, "/withdraw/").form()

    assert fields.select("[name=name]")[0]["value"] == alice.name
    assert fields.select("[name=email]")[0]["value"] == alice.email


def test_twice_the_same_is_once(client: Client, order: Order) -> None:
    page = f"/withdraw/{link_from_order(order)}/"
    first = withdraw(client, page)
    again = client.post("/withdraw/confirm/")

    assert again.headers["Location"] == first.get_absolute_url()
    assert withdraw(Client(), page) == first
    assert mails().count(("invoices.withdrawn", "ann@example.com")) == 1


def test_a_stranger_learns_nothing(client: Client, order: Order) -> None:
    pages = []
    for number in (order.pk, order.pk + 1000):
        reference = f"R{number:05}"
        visitor = Client()
        declared = withdraw(visitor, contract=reference)
        page = read(visitor, declared.get_absolute_url()).text
        mail = Mail.objects.filter(event="invoices.withdrawn").latest("pk").text
        pages.append(
            re.sub(r"\d\d:\d\d:\d\d|withdrawals/\S+", "", page + mail).replace(reference, "")
        )

    assert pages[0] == pages[1]
    assert order.email not in pages[0]
    assert not client.get(f"/withdraw/?contract={order}").context["contract"].subject


def test_a_stranger_is_acknowledged_and_the_contracts_mailbox_is_asked(
    client: Client, order: Order
) -> None:
    declared = withdraw(client, contract=f"{order}")

    assert (declared.order, declared.is_proven) == (order, False)
    assert mails() == [
        ("invoices.withdrawal_check", "alice@example.com"),
        ("invoices.withdrawn", "ann@example.com"),
    ]


def test_whoever_reads_the_contracts_mail_says_that_it_is_theirs(
    client: Client, order: Order
) -> None:
    declared = withdraw(client, contract=f"{order}")
    asked = Mail.objects.get(event="invoices.withdrawal_check").text
    link = re.search(r"/withdrawals/\S+/mine/\S+/", asked)
    assert link

    client.get(link[0])
    declared.refresh_from_db()
    assert not declared.is_proven

    client.post(link[0])
    declared.refresh_from_db()
    assert declared.proven_by == Withdrawal.Proof.MAILBOX


def test_nobody_makes_up_the_mailed_link(client: Client, order: Order) -> None:
    declared = withdraw(client, contract=f"{order}")
    link = link_from_order(order)

    assert client.post(f"{declared.get_absolute_url()}mine/{link}/").status_code == 404


def test_the_receipt_asks_when_it_goes_to_the_contracts_mailbox(
    client: Client, order: Order
) -> None:
    withdraw(client, contract=f"order {order.pk} {order}", email="Alice@example.com")

    assert mails() == [("invoices.withdrawn", "alice@example.com")]
    assert "/mine/" in Mail.objects.get().text


def test_what_nobody_understands_is_taken(client: Client) -> None:
    declared = withdraw(client, contract="The brown lamp I bought in May")

    assert (declared.order, declared.ticket) == (None, None)
    assert mails() == [("invoices.withdrawn", "ann@example.com")]


def test_single_things_may_be_chosen(client: Client) -> None:
    order = make_order(make_item(title="Chair", pieces=2))
    first = order.lines.earliest("pk")
    page = f"/withdraw/{link_from_order(order)}/"

    assert client.post(page, {**SAID, "lines": []}).status_code == 200
    declared = withdraw(client, page, lines=[first.pk])
    assert [*declared.lines.all()] == [first]
    assert declared.things == f"Chair ({first.piece})"


def test_lines_of_another_order_cannot_be_chosen(client: Client, order: Order) -> None:
    other = make_order(make_item(pieces=2))
    page = f"/withdraw/{link_from_order(other)}/"

    answer = client.post(page, {**SAID, "lines": [order.lines.get().pk]})

    assert answer.status_code == 200


def test_the_page_of_an_order_leads_there_but_proves_nothing(client: Client, order: Order) -> None:
    address = f"/withdraw/{order.secret}/"
    assert address in read(client, order.get_absolute_url()).links

    assert not withdraw(client, address).is_proven


def test_the_owners_log_in_proves(client: Client, alice: User, bob: User, clock: Item) -> None:
    order = make_order(clock, customer=alice)
    client.force_login(bob)
    assert not withdraw(client, contract=f"{order}").is_proven

    client.force_login(alice)
    assert withdraw(client, contract=f"{order}").proven_by == Withdrawal.Proof.ACCOUNT


def test_a_repair_has_its_own_link(client: Client, alice: User, wren: User) -> None:
    quote = make_quote(make_ticket(alice), "100.00")
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    link = link_from_quote(quote)
    mail = Mail.objects.get(event="repairs_restorals.accepted")

    assert f"Withdraw from contract here: {SITE}/withdraw/{link}/" in mail.text
    declared = withdraw(client, f"/withdraw/{link}/")
    assert (declared.ticket, declared.proven_by) == (quote.ticket, "link")


def test_what_was_declared_is_never_changed(client: Client) -> None:
    declared = withdraw(client, contract="a lamp")
    declared.name = "Somebody else"

    with pytest.raises(TypeError):
        declared.save()


@pytest.mark.parametrize(
    "words",
    ["R{pk:05}", "r {pk}", "Order R{pk:05}, the lamp", "https://x.example/orders/{secret}/"],
)
def test_a_contract_is_found_by_number_or_link(order: Order, words: str) -> None:
    assert contract_of_words(words.format(pk=order.pk, secret=order.secret)).order == order


@pytest.mark.parametrize("words", ["", "R0", "R1 or R2", "R99999999999999999999", "XR{pk}", "{pk}"])
def test_what_is_vague_is_left_to_staff(order: Order, words: str) -> None:
    assert contract_of_words(words.format(pk=order.pk)).subject is None


def test_of_too_many_the_page_alone_is_the_receipt(client: Client) -> None:
    declared = [withdraw(client, contract="a lamp") for _ in range(7)]

    assert mails() == [("invoices.withdrawn", "ann@example.com")] * 6
    pages = [read(client, each.get_absolute_url()).text for each in declared[5:]]
    assert "is on its way to ann@example.com" in pages[0]
    assert "so no mail goes to ann@example.com: print this page" in pages[1]
    assert declared[6].declared_words in pages[1]


def test_who_is_known_is_acknowledged_by_mail_whatever_others_did(
    client: Client, order: Order
) -> None:
    for _ in range(7):
        withdraw(Client(), contract="a lamp", email=order.email)
    withdraw(client, f"/withdraw/{link_from_order(order)}/", email=order.email)

    receipt = Mail.objects.filter(event="invoices.withdrawn").latest("pk")
    assert f"{order}" in receipt.text
    assert Withdrawal.objects.latest("pk").is_receipt_mailed
