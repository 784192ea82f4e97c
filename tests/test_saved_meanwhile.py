"""Two of the staff at one page of the admin: nobody reverts what the other has saved meanwhile."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from operator import attrgetter
from typing import Any
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, models, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Customer, RetentionPeriod, User
from accounts.retention import table
from bag.asked.models import ShippingRequest
from bag.models import Hold
from desk.merging import MergedForm
from invoices.models import Withdrawal
from mail.models import Wording
from repairs_restorals.models import BeforeAfter, ServiceTicket, Task, Workshop
from repairs_restorals.tests.factories import SITE, make_photo, make_ticket
from store.models import Category, Item, Order, Piece, Question, ShippingZone, ShopProfile
from store.tests.factories import make_item, make_order
from store.tests.zones import make_zone
from tests.browsing import value_of

pytestmark = pytest.mark.django_db
SINGLE_ROWS = (ShopProfile, Workshop)
# No page of Django saves these: tests below are about the first two, the others are acted upon.
PAGES_OF_THEIR_OWN = (Wording, RetentionPeriod, ServiceTicket, Hold, Withdrawal)


def sent_by(html: bytes) -> dict[str, list[str]]:
    """What the form of a page sends, when nothing in it is touched."""
    soup = BeautifulSoup(html, "html.parser")
    [form, *_] = soup.select("#content form:has(.submit-row, [name$=TOTAL_FORMS])")
    found: dict[str, list[str]] = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        kind, name = field.get("type", field.name), str(field["name"])
        if kind in {"submit", "file", "button"} or "__prefix__" in name:
            continue
        if field.has_attr("multiple"):
            found[name] = [str(each["value"]) for each in field.select("option[selected]")]
        elif kind not in {"checkbox", "radio"} or field.has_attr("checked"):
            # A browser leaves out the line break with which Django begins a text.
            found.setdefault(name, []).append(value_of(field).removeprefix("\n"))
    return found


def place_of(row: models.Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@pytest.fixture
def rows(alice: User, wren: User) -> None:
    """One of all that has a form."""
    clock = make_item(title="Clock")
    make_order(make_item(title="Vase"), customer=alice)
    ticket = make_ticket(alice)
    pair = [make_photo(ticket), make_photo(ticket)]
    BeforeAfter.objects.create(ticket=ticket, before=pair[0], after=pair[1], caption="Then, now")
    Task.objects.create(title="Glue", assignee=wren)
    Customer.objects.update_or_create(user=alice, defaults={"city": "Neustadt"})
    asked = {"item": clock, "email": alice.email, "site": SITE}
    Question.objects.create(**asked, name="Alice", text="Why?")
    ShippingRequest.objects.create(**asked, country_code="BR", city="Santos")
    make_zone("FR", rates={})
    for single in SINGLE_ROWS:
        single.get_solo()


def forms(boss: User) -> Iterator[tuple[models.Model, list[Any]]]:
    """A row of each kind that has a form in the admin, with the columns that stand in that."""
    request = RequestFactory().get("/")
    request.user = boss
    for model, page in admin.site._registry.items():
        if model in PAGES_OF_THEIR_OWN or not page.has_change_permission(request):
            continue
        row: Any = page.get_queryset(request).order_by("pk").first()
        names = {*page.get_form(request, row, change=bool(row)).base_fields}
        names -= {*page.get_readonly_fields(request, row)}
        columns = [field for field in model._meta.concrete_fields if field.name in names]
        if columns:
            assert row, f"No row of {model._meta.label} to try its form with"
            yield row, columns


def another(column: Any, now: Any) -> Any:
    """What somebody else may have put there; None for what is of no simple kind."""
    if column.choices:
        return next(value for value, _label in column.flatchoices if value != now)
    match column:
        case models.BooleanField():
            return not now
        case models.EmailField():
            return "another@example.com"
        case models.CharField() | models.TextField():
            return "another"[: column.max_length]
        case models.DecimalField() | models.IntegerField():
            return (now or 1) + 1
        case models.DateField() if not isinstance(column, models.DateTimeField):
            return (now or date(2020, 2, 2)) + timedelta(days=1)
    return None


def saved_by_another(row: models.Model, columns: list[Any]) -> dict[str, Any]:
    changed = {}
    for column in columns:
        value = another(column, getattr(row, column.attname))
        # Not everything goes with everything else.
        with suppress(IntegrityError), transaction.atomic():
            if value is not None:
                type(row)._base_manager.filter(pk=row.pk).update(**{column.name: value})
                changed[column.name] = value
    return changed


def reverted(client: Client, row: models.Model, columns: list[Any]) -> tuple[int, list[str]]:
    """How many columns somebody saved while a page was open, and which of them it took back."""
    opened = sent_by(client.get(place_of(row)).content)
    before = {each.name: getattr(row, each.attname) for each in columns}
    changed = saved_by_another(row, columns)
    answer = client.post(place_of(row), opened)
    for _round in range(3):
        if answer.status_code == 302:
            break
        # Not every word makes a rule of the form happy.
        wrong = {*answer.context["adminform"].form.errors} & {*changed}
        undo = {name: before[name] for name in wrong}
        type(row)._base_manager.filter(pk=row.pk).update(**undo)
        changed = {name: value for name, value in changed.items() if name not in wrong}
        # As somebody would who only presses the button once more.
        answer = client.post(place_of(row), sent_by(answer.content))
    assert answer.status_code == 302, (row._meta.label, answer.context["errors"])
    now = type(row)._base_manager.values(*changed).get(pk=row.pk) if changed else {}
    return len(changed), [
        f"{row._meta.label}.{name}" for name in changed if now[name] != changed[name]
    ]


@pytest.mark.usefixtures("rows")
def test_no_form_of_the_admin_takes_back_what_others_have_saved(
    admin_client: Client, admin_user: User
) -> None:
    tried, lost = {}, []
    for row, columns in forms(admin_user):
        tried[row._meta.label], taken_back = reverted(admin_client, row, columns)
        lost += taken_back

    assert lost == []
    assert len(tried) > 10
    assert not [label for label, count in tried.items() if not count]


@pytest.mark.usefixtures("rows")
def test_control_a_page_that_does_not_say_what_it_showed_takes_it_back(
    admin_client: Client, admin_user: User
) -> None:
    with patch.object(MergedForm, "as_shown", ""):
        [(row, columns)] = [each for each in forms(admin_user) if isinstance(each[0], Category)]
        tried, lost = reverted(admin_client, row, columns)

    assert len(lost) == tried > 0


def test_both_stays_what_one_and_the_other_have_changed(admin_client: Client) -> None:
    place = place_of(make_item(title="Clock", price="165.00"))
    opened = sent_by(admin_client.get(place).content)
    Item.objects.update(price=512, maker="Leroy")
    assert "pieces-0-purchase_price" in opened
    Piece.objects.update(purchase_price=33)

    answer = admin_client.post(
        place, {**opened, "title": "Old clock", "pieces-0-serial_number": "7"}
    )

    assert answer.status_code == 302, answer.context["errors"]
    [now], [piece] = Item.objects.all(), Piece.objects.all()
    assert (now.title, str(now.price), now.maker) == ("Old clock", "512.00", "Leroy")
    assert (piece.serial_number, str(piece.purchase_price)) == ("7", "33.00")
    changed = LogEntry.objects.latest("pk").get_change_message()
    assert ("Title" in changed, "Price" in changed) == (True, False)


def test_who_changes_the_same_is_told_first(admin_client: Client) -> None:
    place = place_of(make_item(title="Clock", price="165.00"))
    opened = sent_by(admin_client.get(place).content)
    Item.objects.update(title="Wall clock")

    refused = admin_client.post(place, {**opened, "title": "Mantel clock", "maker": "Leroy"})

    [said] = refused.context["adminform"].form.errors["title"]
    assert "It says now: Wall clock." in said
    assert Item.objects.get().title == "Wall clock"
    again = sent_by(refused.content)
    assert (again["title"], again["maker"]) == (["Mantel clock"], ["Leroy"])
    assert admin_client.post(place, again).status_code == 302
    assert (Item.objects.get().title, Item.objects.get().maker) == ("Mantel clock", "Leroy")


def test_a_list_saves_the_rows_that_were_changed(admin_client: Client) -> None:
    clock, vase = make_item(title="Clock"), make_item(title="Vase")
    place = reverse("admin:store_item_changelist")
    opened = sent_by(admin_client.get(place).content)
    Item.objects.filter(pk=clock.pk).update(price=777, published=False)
    [row] = [name for name in opened if name.endswith("-id") and opened[name] == [f"{vase.pk}"]]

    admin_client.post(place, {**opened, row.replace("-id", "-price"): "5", "_save": "Save"})

    stand = dict(Item.objects.values_list("title", "price"))
    assert stand == {"Clock": 777, "Vase": 5}
    assert not Item.objects.get(pk=clock.pk).published


def test_words_of_mails_and_times_are_kept_as_well(admin_client: Client) -> None:
    place = reverse("admin:mail_wording_change", args=["store.answer"])
    opened = sent_by(admin_client.get(place).content)
    admin_client.post(place, {**opened, "subject": "Your question"})
    admin_client.post(place, {**opened, "text": f"Good day.\n\n{opened['text'][0]}"})

    wording = Wording.objects.get()
    assert (wording.subject, wording.text.split("\n")[0]) == ("Your question", "Good day.")

    place = reverse("admin:accounts_retentionperiod_changelist")
    opened = sent_by(admin_client.get(place).content)
    first, second = [name for name, values in opened.items() if values == [""]][:2]
    bounds = {rule.name: rule.most for rule in map(attrgetter("rule"), table())}
    admin_client.post(place, {**opened, first: bounds[first]})
    admin_client.post(place, {**opened, second: bounds[second]})

    assert dict(RetentionPeriod.objects.values_list("kind", "length")) == {
        first: bounds[first],
        second: bounds[second],
    }


@pytest.mark.usefixtures("rows")
def test_no_forged_number_of_a_row_below_ends_in_a_fault(admin_client: Client) -> None:
    ShippingZone.objects.get().rates.create(size="small", price=5)
    answers = {}
    for model in (Order, Item, ShippingZone, User):
        place = place_of(model._default_manager.earliest("pk"))
        opened = sent_by(admin_client.get(place).content)
        for name in opened:
            for forged in ("2147483648", "null") if name.endswith("-0-id") else ():
                answer = admin_client.post(place, {**opened, name: forged})
                answers[model, name, forged] = answer.status_code

    assert {model for model, *_rest in answers} == {Order, Item, ShippingZone, User}
    assert {*answers.values()} <= {200, 302, 400}
