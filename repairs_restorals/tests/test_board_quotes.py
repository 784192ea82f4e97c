import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.models import Quote, ServiceTicket, Status, Workshop
from repairs_restorals.quote_services import send_quote, write_draft
from repairs_restorals.tests.board_steps import action, lines_data, messages_in, page_of, quote_page
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket

IN_A_WEEK = (timezone.localdate() + timedelta(days=7)).isoformat()
HEAD = {
    "intro": "We glue it.",
    "deposit": "",
    "deposit_share": "",
    "valid_until": IN_A_WEEK,
    "estimated_on": "",
}


def edit(client: Client, quote: Quote, *lines: dict[str, Any], **data: Any) -> Any:
    sent = {**HEAD, **lines_data(*lines, written=quote.lines.count()), **data}
    return client.post(quote_page(quote, "edit"), sent, follow=True)


def version_on(client: Client, quote: Quote, page: str = "preview") -> str:
    return version_in(client.get(quote_page(quote, page)))


def version_in(page: Any) -> str:
    [version] = re.findall('name="version" value="([^"]+)"', page.content.decode())
    return str(version)


def test_writing_a_quote_begins_with_the_rate_of_an_hour(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    Workshop.objects.update_or_create(defaults={"hourly_rate": "72.50", "tax_rate": "7.00"})

    answer = workshop.post(action(ticket, "quote"), follow=True)

    quote = ticket.quotes.get()
    assert (quote.state, quote.created_by) == ("draft", wren)
    rows = answer.context["lines"].forms
    assert [row["kind"].value() for row in rows] == ["labour", "part", "part"]
    assert str(rows[0]["price"].value()) == "72.50"
    assert {str(row["tax_rate"].value()) for row in rows} == {"7.00"}


def test_pressing_twice_opens_the_same_draft(workshop: Client, ticket: ServiceTicket) -> None:
    for _ in range(2):
        workshop.post(action(ticket, "quote"))
    assert ticket.quotes.count() == 1


def test_a_closed_ticket_gets_no_quote(workshop: Client, alice: User) -> None:
    ticket = make_ticket(alice, status=Status.CANCELLED)
    answer = workshop.post(action(ticket, "quote"), follow=True)

    assert messages_in(answer) == ["This ticket is closed and takes nothing more."]
    assert not ticket.quotes.exists()


def test_lines_are_written_changed_and_taken_away(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket, "10.00", "20.00")
    kept = {"description": "Glue", "quantity": "1.5"}
    gone = {"description": "Polish", "DELETE": "on"}
    new = {"description": "Strings", "kind": "part", "price": "30.00"}

    answer = edit(workshop, quote, kept, gone, {"description": ""}, new, deposit="15")

    assert messages_in(answer) == ["The draft is saved. Nothing is sent yet."]
    quote = ticket.quotes.get()
    lines = [(line.kind, line.description, str(line.total)) for line in quote.lines.all()]
    assert lines == [("labour", "Glue", "90.00"), ("part", "Strings", "30.00")]
    assert (quote.intro, str(quote.deposit), quote.state) == ("We glue it.", "15.00", "draft")
    assert mails_sent() == []


def test_bad_input_is_shown_beside_its_field_and_kept(
    workshop: Client, ticket: ServiceTicket
) -> None:
    quote = make_quote(ticket)
    bad = {"description": "Glue", "price": "much"}
    nameless = {"description": "", "price": "30.00"}

    answer = edit(workshop, quote, bad, nameless, intro="Kept words", valid_until="2020-01-01")

    assert set(answer.context["form"].errors) == {"valid_until"}
    assert [set(row.errors) for row in answer.context["lines"]][:2] == [{"price"}, {"description"}]
    text = answer.content.decode()
    assert "Kept words" in text
    assert 'value="much"' in text
    assert quote.lines.get().description == "Glue the neck"


def test_a_deposit_may_be_a_share_of_the_total(workshop: Client, ticket: ServiceTicket) -> None:
    glue = {"description": "Glue", "price": "99.99"}
    edit(workshop, make_quote(ticket), glue, deposit_share="33.33")

    quote = ticket.quotes.get()
    assert quote.deposit_due == Decimal("33.33")
    edit(workshop, quote, {**glue, "quantity": "2"}, deposit_share="33.33")
    assert ticket.quotes.get().deposit_due == Decimal("66.65")


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"deposit": "500"}, "This is more than the whole quote, which comes to €60.00."),
        ({"deposit": "5", "deposit_share": "20"}, "Give an amount or a share, not both."),
        ({"deposit_share": "101"}, "less than or equal to 100"),
        ({"deposit_share": "NaN"}, "Enter a number."),
    ],
)
def test_a_deposit_that_cannot_be_is_refused(
    workshop: Client, ticket: ServiceTicket, typed: dict[str, str], error: str
) -> None:
    answer = edit(workshop, make_quote(ticket), {"description": "Glue"}, **typed)

    assert error in answer.content.decode()
    assert ticket.quotes.get().deposit_due == 0


def test_more_than_can_be_paid_is_not_quoted(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket)
    dear = {"description": "Gold", "price": "99999999.99"}

    answer = edit(workshop, quote, dear, dear)

    assert "more money than an invoice can ask for" in answer.text
    assert quote.lines.get().description == "Glue the neck"


@pytest.mark.parametrize("total", ["", "-1", "nonsense", "999999"])
def test_a_forged_number_of_rows_is_no_error_of_ours(
    workshop: Client, ticket: ServiceTicket, total: str
) -> None:
    answer = edit(workshop, make_quote(ticket), **{"lines-TOTAL_FORMS": total})
    assert answer.status_code == 200


def test_a_quote_that_was_sent_meanwhile_keeps_what_was_typed(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    quote = make_quote(ticket)
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)

    answer = edit(workshop, quote, {"description": "Typed"})

    assert messages_in(answer) == ["This quote was sent meanwhile and cannot be changed."]
    assert b'value="Typed"' in answer.content
    assert quote.lines.get().description == "Glue the neck"
    assert workshop.get(quote_page(quote, "edit")).status_code == 302


def test_what_the_preview_shows_is_what_goes(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket, "60.00", intro="Ünïcode & <tags>")
    shown = workshop.get(quote_page(quote, "preview")).context["mail"]

    data = {"version": version_on(workshop, quote)}
    answer = workshop.post(quote_page(quote, "preview"), data, follow=True)

    [sent] = mails_sent()
    assert (sent.to, sent.subject, sent.body) == ([shown.to], shown.subject, shown.text)
    assert "Ünïcode & <tags>" in sent.body
    quote.refresh_from_db()
    assert (quote.state, quote.ticket.status) == ("sent", "quoted")
    assert messages_in(answer) == ["The quote is sent to alice@example.com."]


def test_only_what_was_seen_is_sent(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket)
    before = version_on(workshop, quote)
    write_draft(quote_id=quote.pk, values={"intro": "Changed by a colleague"}, lines=[])

    answer = workshop.post(quote_page(quote, "preview"), {"version": before}, follow=True)

    assert messages_in(answer) == ["It was changed meanwhile: please look once more."]
    assert b"Changed by a colleague" in answer.content
    assert ticket.quotes.get().state == "draft"


def test_a_quote_without_lines_is_not_sent(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket)
    quote.lines.all().delete()
    data = {"version": version_on(workshop, quote)}

    answer = workshop.post(quote_page(quote, "preview"), data, follow=True)

    assert messages_in(answer) == ["A quote needs a line at least."]


def test_a_quote_that_nobody_could_accept_is_not_sent(
    workshop: Client, ticket: ServiceTicket
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    quote = make_quote(ticket, valid_until=yesterday)
    data = {"version": version_on(workshop, quote)}

    answer = workshop.post(quote_page(quote, "preview"), data, follow=True)

    assert messages_in(answer) == ["“Valid until” has passed: choose another day."]
    assert ticket.quotes.get().state == "draft"


def test_a_second_click_sends_nothing_more(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket)
    data = {"version": version_on(workshop, quote)}
    workshop.post(quote_page(quote, "preview"), data)

    answer = workshop.post(quote_page(quote, "preview"), data, follow=True)

    assert messages_in(answer)[-1].startswith("Somebody was quicker")
    assert ticket.events.filter(kind="quoted").count() == 1


def test_within_the_limit_work_begins_without_asking(workshop: Client, alice: User) -> None:
    quote = make_quote(make_ticket(alice, go_ahead_limit=80), "80.00")
    assert b"Go ahead without asking" in workshop.get(quote_page(quote, "preview")).content
    shown = workshop.get(quote_page(quote, "go-ahead")).context["mail"]

    data = {"version": version_on(workshop, quote, "go-ahead")}
    workshop.post(quote_page(quote, "go-ahead"), data)

    quote.refresh_from_db()
    assert (quote.state, quote.decided_via, quote.ticket.status) == (
        *("accepted", "limit"),
        "approved",
    )
    assert [(sent.subject, sent.body) for sent in mails_sent()] == [(shown.subject, shown.text)]


@pytest.mark.parametrize("limit", [None, 79])
def test_beyond_the_limit_the_customer_is_asked(
    workshop: Client, alice: User, limit: int | None
) -> None:
    quote = make_quote(make_ticket(alice, go_ahead_limit=limit), "80.00")
    assert b"Go ahead without asking" not in workshop.get(quote_page(quote, "preview")).content

    for method in (workshop.get, workshop.post):
        answer = method(quote_page(quote, "go-ahead"), follow=True)
        assert messages_in(answer) == ["The customer did not allow this without asking."]

    quote.refresh_from_db()
    assert quote.state == "draft"


@pytest.mark.parametrize(("decision", "state"), [("accept", "accepted"), ("decline", "declined")])
def test_an_answer_by_phone_is_written_down(
    workshop: Client, wren: User, ticket: ServiceTicket, decision: str, state: str
) -> None:
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    assert workshop.get(quote_page(quote, "decide")).status_code == 200
    quote.refresh_from_db()
    assert quote.state == "sent"

    workshop.post(quote_page(quote, "decide"), {"decision": decision, "reason": "On the phone"})

    quote.refresh_from_db()
    assert (quote.state, quote.decided_via) == (state, "staff")
    assert (quote.decided_by, quote.reason) == (wren, "On the phone")


def test_an_answer_says_who_gave_it(workshop: Client, wren: User, ticket: ServiceTicket) -> None:
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)

    for data in ({"decision": "accept"}, {"decision": "maybe", "reason": "Perhaps"}):
        answer = workshop.post(quote_page(quote, "decide"), data)
        assert answer.context["form"].errors
    quote.refresh_from_db()
    assert quote.state == "sent"


def test_the_first_answer_stands(workshop: Client, wren: User, ticket: ServiceTicket) -> None:
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    said = {"decision": "accept", "reason": "On the phone"}
    workshop.post(quote_page(quote, "decide"), said)

    answer = workshop.post(
        quote_page(quote, "decide"), {**said, "decision": "decline"}, follow=True
    )

    assert messages_in(answer)[-1].startswith("Somebody was quicker")
    assert ticket.quotes.get().state == "accepted"
    assert b"can no longer be answered" in workshop.get(quote_page(quote, "decide")).content


def test_the_ticket_leads_to_the_draft(workshop: Client, ticket: ServiceTicket) -> None:
    quote = make_quote(ticket)
    page = workshop.get(page_of(ticket)).content.decode()

    assert quote_page(quote, "preview") in page
    assert "Write a quote" not in page


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("quantity", "Enter a number."),
        ("price", "Enter an amount such as 45.00."),
        ("tax_rate", "Enter a number."),
    ],
)
def test_what_cannot_be_compared_is_no_amount(
    field: str, says: str, workshop: Client, ticket: ServiceTicket
) -> None:
    page = edit(workshop, make_quote(ticket), {"description": "Glue", field: "sNaN"})

    assert page.context["lines"].errors[0] == {field: [says]}


def test_two_clerks_do_not_write_over_each_other_unseen(
    workshop: Client, ticket: ServiceTicket
) -> None:
    quote = make_quote(ticket, "10.00")
    before = version_on(workshop, quote, "edit")
    edit(workshop, quote, {"description": "Glue"}, version=before)

    refused = edit(workshop, quote, {"description": "Polish"}, version=before)

    assert "Somebody else has changed this draft." in refused.content.decode()
    assert quote.lines.get().description == "Glue"
    edit(workshop, quote, {"description": "Polish"}, version=version_in(refused))
    assert quote.lines.get().description == "Polish"
