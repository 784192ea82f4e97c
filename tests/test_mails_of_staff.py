"""Staff read mails about what they may see, without what the links in them open."""

import re

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from accounts.models import User
from mail.models import Mail
from mail.outbox import EVENTS
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from tests.letters import write_all

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]
ADDRESS = re.compile(r"""https?://[^/\s"'<>]+(/[^\s"'<>?#]*)""")
# What stands in `tests.letters` for links that nobody has made.
NOT_MADE = {"abc"}


def opened_by(text: str) -> set[str]:
    """What addresses in a text give their pages as keys."""
    found = set()
    for path in ADDRESS.findall(text):
        try:
            given = resolve(path).kwargs
        except Resolver404:
            continue
        found |= {str(given[name]) for name in given if name in {"secret", "key", "token", "stop"}}
    return found - NOT_MADE


def test_no_mail_shows_staff_what_opens_anything(alice: User) -> None:
    letters = [mail for mail in write_all(alice).values() if mail.is_readable]
    opens = [mail.event for mail in letters if opened_by(mail.text)]

    assert {"invoices.placed", "repairs_restorals.quote", "invoices.withdrawal_check"} <= {*opens}
    for mail in letters:
        for shown in (mail.shown_text, mail.shown_html):
            assert opened_by(shown) <= {"…"}, mail.event


def pages_of(client: Client, mail: Mail) -> str:
    names = ("mail_mail_change", "mail_mail_html")
    return "".join(client.get(reverse(f"admin:{name}", args=[mail.pk])).text for name in names)


def test_the_page_of_a_mail_and_the_preview_of_a_quote_show_no_link(
    client: Client, wren: User, alice: User
) -> None:
    draft = make_quote(make_ticket(alice), "60.00")
    client.force_login(wren)
    preview = reverse("admin:repairs_restorals_serviceticket_quote_preview", args=[draft.pk])
    before = client.get(preview).text
    quote = send_quote(quote_id=draft.pk, actor=wren, site=SITE)
    pages = pages_of(client, Mail.objects.get(event="repairs_restorals.quote"))

    assert "/workshop/quotes/…" in before
    assert "/workshop/quotes/…" in pages
    assert Quote.objects.get().link
    assert quote.link not in before + pages


@pytest.mark.parametrize(
    "event", ["repairs_restorals.quote", "repairs_restorals.accepted", "repairs_restorals.message"]
)
def test_shop_staff_find_no_mails_between_customer_and_workshop(
    client: Client, sam: User, wren: User, alice: User, event: str
) -> None:
    mail = write_all(alice)[event]
    address = reverse("admin:mail_mail_change", args=[mail.pk])
    answers = []
    for user in (sam, wren):
        client.force_login(user)
        listed = address in client.get(f"/admin/mail/mail/?event={event}").text
        answers.append((listed, client.get(address).status_code))

    assert answers == [(False, 302), (True, 200)]


def test_every_mail_names_a_right_that_there_is(admin_user: User) -> None:
    known = admin_user.get_all_permissions()

    assert {event.seen_with for event in EVENTS.values()} <= known
