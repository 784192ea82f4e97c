"""A quote is given as a European Repair Information Form, is kept so, and binds for 30 days."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from mail.models import Mail
from mail.sending import message_of
from repairs_restorals.models import Quote, QuoteLine, RepairForm, ServiceTicket, Status
from repairs_restorals.pdf import repair_form
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.repair_forms import BoundByForm, EndsTooSoon, write_form
from repairs_restorals.services import cancel_ticket, transition_ticket
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket, seen_by_staff
from store.models import ShopProfile
from store.pictures.logo import LOGO, store_picture, use_picture
from store.tests.pictures import picture_bytes, upload

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]
# Article 4(4) of Directive (EU) 2024/1799, from (a) to (k).
SAID = {
    "good": "Violin, around 1900",
    "defect": "The neck is loose",
    "repair": "The neck is glued anew",
    "price_method": "By the hour",
    "time_needed": "Three weeks",
    "replacement": "Another violin, free",
    "handover": "At our workshop",
    "ancillary": "Transport: 20 euros",
    "further": "The varnish stays",
}


@pytest.fixture
def shop(db: None) -> ShopProfile:
    contact = {"phone": "+49 30 901820", "email": "shop@example.com"}
    ShopProfile.objects.update_or_create(pk=1, defaults={"name": "Old Things", **contact})
    return ShopProfile.get_solo()


def given(ticket: ServiceTicket, staff: User, *prices: str) -> Quote:
    quote = make_quote(ticket, *prices)
    write_form(quote=quote, values=SAID)
    return send_quote(quote_id=quote.pk, actor=staff, site=SITE)


def test_staff_are_asked_with_what_is_known(
    client: Client, wren: User, alice: User, shop: ShopProfile
) -> None:
    ticket = make_ticket(alice, title="Violin", serial_number="17", description="It buzzes.")
    quote = make_quote(ticket, intro="Glue the neck.")
    client.force_login(wren)
    page = f"/admin/repairs_restorals/serviceticket/quote/{quote.pk}/form/"

    form = client.get(page).context["form"]
    filled = {name: form[name].value() for name in ("good", "defect", "repair", "replacement")}
    assert [*filled.values()] == [
        "Violin, serial number 17",
        "It buzzes.",
        "Glue the neck.",
        "None",
    ]
    assert "Mill Lane 4" in form["handover"].value()

    refused = client.post(page, {**SAID, "time_needed": ""})
    assert refused.context["form"].errors.keys() == {"time_needed"}
    assert refused.context["form"]["good"].value() == SAID["good"]
    client.post(page, SAID)
    quote.refresh_from_db()
    assert quote.valid_until == timezone.localdate() + timedelta(days=30)
    client.post(page, {"drop": "yes"})
    assert not RepairForm.objects.exists()


def test_all_fields_are_given_on_a_page_a_pdf_and_with_the_mail(
    client: Client, wren: User, alice: User, shop: ShopProfile
) -> None:
    quote = given(make_ticket(alice), wren, "100.00")
    page = client.get(f"{quote.get_absolute_url()}form/").content.decode()
    for said in (*SAID.values(), "Old Things", "Mill Lane 4", shop.phone, shop.email):
        assert said in page
    assert "By the hour; at most €100.00, all taxes included" in page
    assert f"bound to this form until {date_format(quote.valid_until)}" in page
    assert client.get(f"{quote.get_absolute_url()}form.pdf").content.startswith(b"%PDF")

    mail = Mail.objects.get(event="repairs_restorals.quote")
    assert "With this comes the European Repair Information Form" in mail.text
    [paper] = message_of(mail).attachments
    assert paper[0] == f"{quote.ticket.reference}-1-repair-form.pdf"


def test_it_is_kept_as_it_was_given(
    client: Client, wren: User, alice: User, shop: ShopProfile
) -> None:
    quote = given(make_ticket(alice), wren)
    ShopProfile.objects.update(name="New Things", phone="0")
    RepairForm.objects.update(good="Cello")

    page = client.get(f"{quote.get_absolute_url()}form/").content.decode()
    assert "Old Things" in page
    assert SAID["good"] in page


def test_the_longest_form_is_on_one_page(wren: User, alice: User, shop: ShopProfile) -> None:
    use_picture(LOGO, shop, store_picture(LOGO, upload(picture_bytes((240, 40)))))
    shop.save()
    fields: list[Any] = [RepairForm._meta.get_field(name) for name in RepairForm.ASKED]
    cut = {field.name: ("word " * 200)[: field.max_length] for field in fields}
    quote = make_quote(make_ticket(alice), *["10.00"] * 12)
    form = write_form(quote=quote, values=cut)
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    form.refresh_from_db()

    pdf = repair_form(form)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert pdf == repair_form(form)


def test_a_quote_that_was_not_given_as_form_has_none(client: Client, wren: User) -> None:
    quote = send_quote(quote_id=make_quote(make_ticket()).pk, actor=wren, site=SITE)

    assert client.get(f"{quote.get_absolute_url()}form/").status_code == 404
    assert not Mail.objects.get(event="repairs_restorals.quote").attachment


def next_version(ticket: ServiceTicket, staff: User, price: str, days: int) -> Quote:
    until = timezone.localdate() + timedelta(days=days)
    quote = make_quote(ticket, price, valid_until=until)
    return send_quote(quote_id=quote.pk, actor=staff, site=SITE, seen=seen_by_staff(quote))


@pytest.mark.parametrize(
    ("price", "days", "passes"),
    [("100.00", 30, True), ("80.00", 40, True), ("100.01", 30, False), ("80.00", 29, False)],
)
def test_what_binds_is_neither_raised_nor_shortened(
    wren: User, alice: User, shop: ShopProfile, price: str, days: int, passes: bool
) -> None:
    ticket = make_ticket(alice)
    bound = given(ticket, wren, "100.00")

    if passes:
        next_version(ticket, wren, price, days)
    else:
        with pytest.raises(BoundByForm):
            next_version(ticket, wren, price, days)
    bound.refresh_from_db()
    assert bound.is_open != passes


@pytest.mark.parametrize("to", [Status.CANCELLED, Status.ASSESSING])
def test_what_binds_is_not_taken_back(
    wren: User, alice: User, shop: ShopProfile, to: Status
) -> None:
    quote = given(make_ticket(alice), wren)

    with pytest.raises(BoundByForm):
        transition_ticket(ticket_id=quote.ticket_id, to=to, actor=wren, site=SITE)
    # Its customer may.
    cancel_ticket(ticket_id=quote.ticket_id, actor=alice, site=SITE)


def test_after_its_time_or_an_answer_nobody_is_bound(
    wren: User, alice: User, shop: ShopProfile
) -> None:
    ticket = make_ticket(alice)
    quote = given(ticket, wren, "100.00")
    decide_quote(quote_id=quote.pk, accept=False, via=Quote.Via.LINK, site=SITE)
    assert next_version(ticket, wren, "120.00", 10).total == Decimal(120)

    late = given(make_ticket(alice), wren, "100.00")
    Quote.objects.filter(pk=late.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert next_version(late.ticket, wren, "120.00", 10).total == Decimal(120)


def test_a_form_that_would_end_too_soon_is_not_sent(
    wren: User, alice: User, shop: ShopProfile
) -> None:
    quote = make_quote(make_ticket(alice))
    write_form(quote=quote, values=SAID)
    Quote.objects.update(valid_until=timezone.localdate() + timedelta(days=29))

    with pytest.raises(EndsTooSoon):
        send_quote(quote_id=quote.pk, actor=wren, site=SITE)


def test_whatever_is_written_is_printed(wren: User, alice: User, shop: ShopProfile) -> None:
    said: dict[str, Any] = {**SAID, "defect": '#panic("boo")\n$ *bold \\', "good": "王小明"}
    quote = make_quote(make_ticket(alice))
    form = write_form(quote=quote, values=said)
    QuoteLine.objects.filter(quote=quote).update(description="#import <nothing>")
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    form.refresh_from_db()

    assert repair_form(form).startswith(b"%PDF")
