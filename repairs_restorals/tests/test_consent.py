"""Who has agreed that photos are shown takes it back by the link of a mail."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import mails_sent
from repairs_restorals.consent import consent_link
from repairs_restorals.models import BeforeAfter
from repairs_restorals.tests.factories import make_photo, make_ticket

pytestmark = pytest.mark.django_db
PAIRS = "/admin/repairs_restorals/beforeafter/"


@pytest.fixture
def pair() -> BeforeAfter:
    ticket = make_ticket(title="Viola")
    photos = {"before": make_photo(ticket), "after": make_photo(ticket)}
    pair = BeforeAfter.objects.create(ticket=ticket, caption="A viola", consent="note", **photos)
    pair.refresh_from_db()
    return pair


def form_of(pair: BeforeAfter, **typed: Any) -> dict[str, Any]:
    photos = {"before": pair.before_id, "after": pair.after_id}
    return {**photos, "caption": pair.caption, "consent": pair.consent, "shown": "on", **typed}


def test_photos_go_from_the_page_by_one_button(client: Client, pair: BeforeAfter) -> None:
    assert "A viola" in client.get("/workshop/").text
    page = f"/workshop/consent/{consent_link(pair)}/"
    assert "A viola" in client.get(page).text
    assert BeforeAfter.objects.filter(shown=True).exists()

    client.post(page)
    client.post(page)

    pair.refresh_from_db()
    assert not pair.shown
    assert pair.taken_back_at
    assert "A viola" not in client.get("/workshop/").text
    assert client.get(f"/workshop/shown/{pair.pk}/before.jpg").status_code == 404
    assert "You took your consent back" in client.get(page).text


@pytest.mark.parametrize("key", ["1-738488-aaaaaaaaaaaaaaaaaaaaaa", "nonsense", "0"])
def test_a_guessed_link_opens_nothing(client: Client, pair: BeforeAfter, key: str) -> None:
    assert client.get(f"/workshop/consent/{key}/").status_code == 404
    assert client.post(f"/workshop/consent/{key}/").status_code == 404
    assert BeforeAfter.objects.filter(shown=True).exists()


def test_staff_who_show_photos_have_the_link_mailed(
    admin_client: Client, pair: BeforeAfter
) -> None:
    admin_client.post(f"{PAIRS}add/?ticket={pair.ticket_id}", form_of(pair, caption="Another"))

    [letter] = [mail for mail in mails_sent() if "Another" in str(mail.body)]
    found = re.search(r"https?://[^/\s]+(/workshop/consent/\S+)", str(letter.body))
    assert found
    assert letter.to == [pair.ticket.customer.email]
    assert "Another" in Client().get(found[1]).text


def test_other_changes_are_not_mailed(admin_client: Client, pair: BeforeAfter) -> None:
    admin_client.post(f"{PAIRS}{pair.pk}/change/", form_of(pair, caption="Better words"))

    pair.refresh_from_db()
    assert pair.caption == "Better words"
    assert not [mail for mail in mails_sent() if "Better words" in str(mail.body)]


def test_without_a_new_consent_they_are_not_shown_again(
    admin_client: Client, pair: BeforeAfter
) -> None:
    admin_client.post(f"/workshop/consent/{consent_link(pair)}/")

    refused = admin_client.post(f"{PAIRS}{pair.pk}/change/", form_of(pair))
    assert "has taken the consent back" in refused.text
    assert not BeforeAfter.objects.filter(shown=True).exists()

    admin_client.post(f"{PAIRS}{pair.pk}/change/", form_of(pair, consent="asked again"))
    pair.refresh_from_db()
    assert pair.shown
    assert pair.taken_back_at is None


def act(client: Client, *pairs: BeforeAfter) -> str:
    chosen = {"action": "tell_owners", "_selected_action": [pair.pk for pair in pairs]}
    return client.post(PAIRS, chosen, follow=True).text


def test_owners_of_what_was_shown_before_are_told_once(
    admin_client: Client, pair: BeforeAfter
) -> None:
    assert "A viola" in admin_client.get(f"{PAIRS}?told=no").text

    assert "Mailed to owners: 1." in act(admin_client, pair)
    assert "Mailed to owners: 0." in act(admin_client, pair)

    [letter] = [mail for mail in mails_sent() if "A viola" in str(mail.body)]
    assert consent_link(pair) in str(letter.body)
    assert "A viola" not in admin_client.get(f"{PAIRS}?told=no").text


def test_of_whoever_has_no_address_staff_are_told(admin_client: Client, pair: BeforeAfter) -> None:
    User.objects.filter(pk=pair.ticket.customer_id).update(email="")

    assert "Without an e-mail address: 1." in act(admin_client, pair)
    pair.refresh_from_db()
    assert pair.told_at is None
