"""What was mailed to a wrong address opens nothing, once staff have set it right."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.mail.confirm_links import confirm_path, order_of
from invoices.mail.order_keys import CANCEL, OTHERWISE, key_of, opens
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice
from invoices.orders.correcting import Corrected, correct_order
from invoices.tests.admin_steps import SITE, again, make_invoice
from invoices.withdrawals.contracts import NO_CONTRACT, contract_of_link, link_from_order
from mail.models import Mail
from store.models import Order
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db

OLD, NEW = "alise@example.com", "alice@example.com"


@pytest.fixture
def draft() -> Invoice:
    return make_invoice(make_item(), issued=False, email=OLD)


def corrected(actor: User) -> Corrected:
    order = Order.objects.get()
    return correct_order(
        order_id=order.pk, version=order.version, values={"email": NEW}, actor=actor
    )


def status(path: str) -> int:
    return Client().get(path).status_code


def links_in(mail: Mail) -> set[str]:
    """The addresses in a mail, as paths."""
    return set(re.findall(rf"{SITE}(/[^\s\"<]+)", mail.text + mail.html))


def test_what_is_in_the_wrong_mailbox_opens_nothing(draft: Invoice, sam: User) -> None:
    order = Order.objects.get()
    page = order.get_absolute_url()
    keys = {power: key_of(power, order) for power in (CANCEL, OTHERWISE)}
    withdrawing = link_from_order(order)
    assert status(page) == 200

    corrected(sam)

    order = Order.objects.get()
    assert status(page) == 404
    assert not any(opens(key, power, order) for power, key in keys.items())
    assert contract_of_link(withdrawing) == NO_CONTRACT
    assert status(order.get_absolute_url()) == 200
    assert again(draft).secret != draft.secret


@pytest.mark.parametrize("state", ["queued", "failed"])
@pytest.mark.parametrize("is_hidden", [False, True])
def test_links_in_mails_that_follow_are_good(
    draft: Invoice, sam: User, state: str, is_hidden: bool
) -> None:
    if is_hidden:
        first = Order.objects.get()
        Order.objects.update(secret="x" * 32, first_link=first.nonce)
    mail = notify_about_order(draft.order_id or 0, "placed", SITE)
    assert mail is not None
    before = links_in(mail)
    Mail.objects.update(state=state)

    assert corrected(sam).mails == 1

    (mail,) = Mail.objects.all()
    order = Order.objects.get()
    assert (mail.to, mail.state) == (NEW, "queued")
    after = links_in(mail)
    assert reverse("invoices:withdraw-from", args=[link_from_order(order)]) in after
    assert {status(link) for link in after} == {200}
    assert before & after == {reverse("invoices:withdraw")}
    assert len(before) == len(after)


def test_the_link_that_confirms_follows_too(draft: Invoice, sam: User) -> None:
    Order.objects.update(is_unconfirmed=True)
    notify_about_order(draft.order_id or 0, "unconfirmed", SITE)
    (wrong,) = (link for link in links_in(Mail.objects.get()) if "confirm" in link)

    corrected(sam)

    (right,) = (link for link in links_in(Mail.objects.get()) if "confirm" in link)
    assert right == confirm_path(Order.objects.get())
    assert order_of(wrong.split("/")[-2]) is None


def test_what_had_arrived_elsewhere_is_written_once_more(draft: Invoice, sam: User) -> None:
    notify_about_order(draft.order_id or 0, "placed", SITE)
    Mail.objects.update(state="sent")

    assert corrected(sam).mails == 1

    mail = Mail.objects.latest("pk")
    assert (mail.event, mail.to, Mail.objects.count()) == ("invoices.placed", NEW, 2)
    assert Order.objects.get().get_absolute_url() in links_in(mail)


def test_who_is_at_the_page_of_the_card_comes_back(sam: User) -> None:
    draft = make_invoice(make_item(), issued=False, email=OLD, payment_method="card")
    page = Order.objects.get().get_absolute_url()

    assert corrected(sam).mails == 0

    assert (status(page), again(draft).secret) == (200, draft.secret)
    assert not Mail.objects.exists()


def test_what_is_issued_keeps_its_link(sam: User) -> None:
    issued = make_invoice(make_item(), email=OLD)

    corrected(sam)

    assert again(issued).secret == issued.secret
