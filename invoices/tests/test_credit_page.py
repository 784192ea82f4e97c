from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.models import Invoice
from invoices.tests.admin_steps import action, again, make_invoice, messages_in, page_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(db: None) -> Invoice:
    """Of an order of one clock, 120.00."""
    return make_invoice()


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def form_data(staff_client: Client, invoice: Invoice, **typed: Any) -> dict[str, Any]:
    form = staff_client.get(action(invoice, "credit")).context["form"]
    data = {form.add_prefix(field.name): field.value() or "" for field in form}
    return {**data, **{f"credit-{name}": value for name, value in typed.items()}}


def line_of(invoice: Invoice) -> str:
    return f"line{invoice.lines.get().pk}"


def test_all_is_taken_back_after_a_second_look(
    staff_client: Client, sam: User, issued: Invoice
) -> None:
    data = form_data(staff_client, issued, reason="Broken")
    look = staff_client.post(action(issued, "credit"), data)
    assert "€120.00" in look.content.decode()
    assert not issued.credit_notes.exists()

    answer = staff_client.post(action(issued, "credit"), {**data, "confirmed": "yes"}, follow=True)

    note = issued.credit_notes.get()
    assert messages_in(answer) == f"Credit note {note.number} of €120.00 is issued and mailed."
    assert (note.reason, again(issued).state) == ("Broken", Invoice.State.CANCELLED)
    assert issued.events.get(kind="credited").actor == sam
    assert str(note.number) in str(mails_sent()[-1].subject)
    assert note.reason in str(mails_sent()[-1].body)


def test_a_part_is_taken_back(staff_client: Client, issued: Invoice) -> None:
    data = form_data(
        staff_client, issued, reason="Scratch", extent="parts", **{line_of(issued): "20.50"}
    )
    staff_client.post(action(issued, "credit"), {**data, "confirmed": "yes"})

    assert again(issued).balance == Decimal("99.50")


def test_two_clicks_issue_one_credit_note(staff_client: Client, issued: Invoice) -> None:
    data = form_data(
        staff_client, issued, reason="Scratch", extent="parts", **{line_of(issued): "20"}
    )
    for _click in range(2):
        answer = staff_client.post(
            action(issued, "credit"), {**data, "confirmed": "yes"}, follow=True
        )

    assert issued.credit_notes.count() == 1
    assert "something else has happened" in messages_in(answer)
    assert "Scratch" in answer.content.decode()


def test_of_two_clicks_on_all_the_second_is_told(staff_client: Client, issued: Invoice) -> None:
    data = form_data(staff_client, issued, reason="Broken")
    for _click in range(2):
        answer = staff_client.post(
            action(issued, "credit"), {**data, "confirmed": "yes"}, follow=True
        )

    assert "something else has happened" in messages_in(answer)
    assert answer.redirect_chain[-1][0] == page_of(issued)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"extent": "parts"}, "extent"),
        ({"extent": "all", "line": "5"}, "extent"),
        ({"extent": "parts", "line": "120.01"}, "line"),
        ({"extent": "parts", "line": "-1"}, "line"),
        ({"extent": "some"}, "extent"),
    ],
)
def test_nonsense_is_refused_beside_its_field(
    staff_client: Client, issued: Invoice, typed: dict[str, str], field: str
) -> None:
    names = {"line": line_of(issued)}
    typed = {names.get(name, name): value for name, value in typed.items()}
    data = form_data(staff_client, issued, **{"reason": "Broken", **typed})
    answer = staff_client.post(action(issued, "credit"), {**data, "confirmed": "yes"})

    assert list(answer.context["form"].errors) == [names.get(field, field)]
    assert not issued.credit_notes.exists()


def test_a_step_back_loses_nothing(staff_client: Client, issued: Invoice) -> None:
    data = form_data(staff_client, issued, reason="Broken")
    answer = staff_client.post(action(issued, "credit"), {**data, "back": "yes"})

    assert 'value="Broken"' in answer.content.decode()
    assert not issued.credit_notes.exists()


def test_drafts_and_credit_notes_are_not_credited(staff_client: Client, db: None) -> None:
    draft = make_invoice(issued=False)
    answer = staff_client.get(action(draft, "credit"), follow=True)

    assert "nothing to do that for" in messages_in(answer)
    assert "something else" in messages_in(staff_client.post(action(draft, "credit"), follow=True))


def test_after_cash_went_back_the_books_are_even(staff_client: Client, issued: Invoice) -> None:
    send(staff_client, issued, "payment")
    data = form_data(staff_client, issued, reason="Returned")
    staff_client.post(action(issued, "credit"), {**data, "confirmed": "yes"})
    send(staff_client, issued, "back")

    assert (again(issued).balance, again(issued).state) == (Decimal(0), Invoice.State.CANCELLED)


def test_without_card_money_none_is_offered_back(admin_client: Client, issued: Invoice) -> None:
    form = admin_client.get(action(issued, "credit")).context["form"]

    assert "to_card" not in form.fields
