from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.exceptions import OverLimit, QuoteEmpty, QuoteFrozen, QuoteNotOpen
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.quote_services import decide_quote, draft_quote, go_ahead, send_quote
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket

pytestmark = pytest.mark.django_db
State = Quote.State
LINK = Quote.Via.LINK


def sent(ticket: ServiceTicket, wren: User, *prices: str, **fields: object) -> Quote:
    quote = make_quote(ticket, *prices, **fields)
    return send_quote(quote_id=quote.pk, actor=wren, site=SITE)


def test_a_quote_is_accepted_with_how_and_from_where(alice: User, wren: User) -> None:
    quote = sent(make_ticket(alice), wren)

    decide_quote(quote_id=quote.pk, accept=True, via=LINK, address="192.0.2.7", site=SITE)

    quote.refresh_from_db()
    assert (quote.state, quote.decided_via, quote.decided_from) == ("accepted", "link", "192.0.2.7")
    assert quote.decided_at
    assert quote.ticket.status == Status.APPROVED


def test_a_declined_quote_keeps_the_reason(alice: User, wren: User) -> None:
    quote = sent(make_ticket(alice), wren)

    decide_quote(quote_id=quote.pk, accept=False, via=LINK, reason="Too dear.", site=SITE)

    quote.refresh_from_db()
    assert (quote.state, quote.reason, quote.ticket.status) == ("declined", "Too dear.", "declined")


def test_the_first_decision_stands(alice: User, wren: User) -> None:
    quote = sent(make_ticket(alice), wren)
    decide_quote(quote_id=quote.pk, accept=True, via=LINK, site=SITE)

    with pytest.raises(QuoteNotOpen) as refusal:
        decide_quote(quote_id=quote.pk, accept=False, via=Quote.Via.ACCOUNT, site=SITE)

    assert refusal.value.quote.state == State.ACCEPTED


def test_a_newer_version_makes_the_older_one_void(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    older = sent(ticket, wren)
    newer = sent(ticket, wren, "75.00")

    with pytest.raises(QuoteNotOpen):
        decide_quote(quote_id=older.pk, accept=True, via=LINK, site=SITE)

    states = [quote.state for quote in ticket.quotes.all()]
    assert states == [State.VOID, State.SENT]
    assert newer.version == 2


def test_an_expired_quote_is_not_accepted(alice: User, wren: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    quote = sent(make_ticket(alice), wren, valid_until=yesterday)

    with pytest.raises(QuoteNotOpen):
        decide_quote(quote_id=quote.pk, accept=True, via=LINK, site=SITE)

    quote.refresh_from_db()
    assert quote.state == State.SENT


def test_a_quote_is_good_on_its_last_day(alice: User, wren: User) -> None:
    quote = sent(make_ticket(alice), wren, valid_until=timezone.localdate())

    decide_quote(quote_id=quote.pk, accept=True, via=LINK, site=SITE)

    assert Quote.objects.get().state == State.ACCEPTED


def test_a_sent_quote_is_frozen(alice: User, wren: User) -> None:
    quote = sent(make_ticket(alice), wren)
    line = quote.lines.get()

    for change in (quote.save, line.save, line.delete):
        with pytest.raises(QuoteFrozen):
            change()


def test_a_quote_without_lines_is_not_sent(alice: User, wren: User) -> None:
    quote = draft_quote(ticket_id=make_ticket(alice).pk, author=wren)

    with pytest.raises(QuoteEmpty):
        send_quote(quote_id=quote.pk, actor=wren, site=SITE)


def test_a_quote_is_sent_once(alice: User, wren: User) -> None:
    quote = sent(make_ticket(alice), wren)

    with pytest.raises(QuoteNotOpen):
        send_quote(quote_id=quote.pk, actor=wren, site=SITE)


def test_a_new_draft_begins_as_the_version_before(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    day = timezone.localdate() + timedelta(days=7)
    sent(ticket, wren, "75.00", deposit_share=Decimal(20), estimated_on=day)

    draft = draft_quote(ticket_id=ticket.pk, author=wren)

    assert (draft.version, draft.total) == (2, Decimal(75))
    assert (draft.deposit_due, draft.estimated_on) == (Decimal(15), day)
    assert draft_quote(ticket_id=ticket.pk, author=wren) == draft


def test_staff_start_within_the_limit(alice: User, wren: User) -> None:
    ticket = make_ticket(alice, go_ahead_limit=60)
    quote = make_quote(ticket)

    go_ahead(quote_id=quote.pk, actor=wren, site=SITE)

    quote.refresh_from_db()
    assert (quote.state, quote.decided_via) == (State.ACCEPTED, Quote.Via.LIMIT)
    assert quote.ticket.status == Status.APPROVED
    [sent] = mails_sent()
    assert sent.to == [alice.email]
    assert "60.00" in sent.body


def test_staff_ask_whoever_has_said_no(alice: User, wren: User) -> None:
    ticket = make_ticket(alice, go_ahead_limit=60)
    decide_quote(quote_id=sent(ticket, wren).pk, accept=False, via=LINK, site=SITE)
    transition_ticket(ticket_id=ticket.pk, to=Status.ASSESSING, actor=wren, site=SITE)

    with pytest.raises(OverLimit):
        go_ahead(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)

    ticket.refresh_from_db()
    assert ticket.status == Status.ASSESSING


@pytest.mark.parametrize("limit", [None, 59])
def test_staff_ask_beyond_the_limit(limit: int | None, alice: User, wren: User) -> None:
    ticket = make_ticket(alice, go_ahead_limit=limit)
    quote = make_quote(ticket)

    with pytest.raises(OverLimit):
        go_ahead(quote_id=quote.pk, actor=wren, site=SITE)

    assert Quote.objects.get().state == State.DRAFT


def test_the_mail_of_a_quote_names_its_lines_and_its_address(alice: User, wren: User) -> None:
    quote = sent(make_ticket(alice), wren, "75.50")

    [mail] = mails_sent()
    assert mail.to == [alice.email]
    assert "Glue the neck: 1 × €75.50 = €75.50" in mail.body
    assert "including 19 % tax: €12.05" in mail.body
    assert SITE + quote.get_absolute_url() in mail.body


def test_ten_hours_are_not_written_as_a_power(alice: User, wren: User) -> None:
    quote = make_quote(make_ticket(alice), "75.50")
    quote.lines.update(quantity=10, tax_rate=20)

    send_quote(quote_id=quote.pk, actor=wren, site=SITE)

    assert "Glue the neck: 10 × €75.50 = €755.00" in mails_sent()[0].body
    assert "including 20 % tax" in mails_sent()[0].body
