"""A form of staff is saved at the moment at which somebody else changes the same row."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.admin.mixins import LockedMixin
from accounts.models import User
from repairs_restorals.consent import take_consent_back
from repairs_restorals.models import BeforeAfter, Task
from repairs_restorals.tests.factories import make_photo, make_ticket
from repairshop.front_desk.merging import MergingMixin
from store.models import Category, Item
from store.tests.factories import make_category, make_item
from tests.crowd import at_once, just_before, meeting, somebody_waits
from tests.processes import wait_until
from tests.test_saved_meanwhile import sent_by

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ROUNDS = 5
TYPED = "Better words"


def shown_pair(_owner: User) -> tuple[BeforeAfter, dict[str, Any]]:
    ticket = make_ticket()
    photos = {"before": make_photo(ticket), "after": make_photo(ticket)}
    pair = BeforeAfter.objects.create(ticket=ticket, caption="A viola", consent="note", **photos)
    keys = {name: photo.pk for name, photo in photos.items()}
    return pair, {**keys, "caption": TYPED, "consent": "note", "shown": "on"}


def open_task(owner: User) -> tuple[Task, dict[str, Any]]:
    today = timezone.localdate()
    task = Task.objects.create(title="Call", due_on=today, assignee=owner, created_by=owner)
    return task, {"title": TYPED, "due_on": today.isoformat(), "assignee": owner.pk}


def tick(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(done_at=Now())


def is_ended(row: BeforeAfter | Task) -> bool:
    row.refresh_from_db()
    if isinstance(row, Task):
        return row.done_at is not None
    return row.taken_back_at is not None and not row.shown


def save_form(client: Client, row: Model, typed: dict[str, Any]) -> int:
    change = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return client.post(reverse(change, args=[row.pk]), typed).status_code


both = pytest.mark.parametrize(
    ("make", "end"), [(shown_pair, take_consent_back), (open_task, tick)], ids=["consent", "task"]
)
Make = Callable[[User], tuple[Any, dict[str, Any]]]
End = Callable[[Any], None]


@both
def test_what_ends_while_its_form_is_saved_stays_ended(
    admin_client: Client, admin_user: User, make: Make, end: End
) -> None:
    for _ in range(ROUNDS):
        row, typed = make(admin_user)
        update = f'UPDATE "{row._meta.db_table}"'

        ends = meeting(update, [partial(save_form, admin_client, row, typed), partial(end, row)])

        assert ends == [302, None]
        assert is_ended(row)
        assert TYPED in str(vars(row))


@both
def test_control_a_row_that_is_not_locked_forgets_its_end(
    admin_client: Client, admin_user: User, make: Make, end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(LockedMixin, "get_object")
    row, typed = make(admin_user)
    ended: list[Any] = []
    act = partial(end, row)

    update = f'UPDATE "{row._meta.db_table}"'
    with just_before(update, lambda: ended.extend(at_once([act]))):
        save_form(admin_client, row, typed)

    assert ended == [None]
    assert not is_ended(row)


def test_clicks_at_once_write_down_one_person(admin_client: Client) -> None:
    typed = {"name": "Ann", "email": "ann@example.com", "role": ""}
    send = partial(admin_client.post, reverse("admin:accounts_user_add"), typed)

    ends = meeting('INSERT INTO "accounts_user"', [send] * 3)

    assert sorted(end.status_code for end in ends) == [200, 200, 302]
    refused = next(end for end in ends if end.status_code == 200)
    assert "has this address already" in refused.content.decode()
    assert User.objects.filter(email="ann@example.com").count() == 1


def test_clicks_at_once_on_the_same_thing_make_copies(admin_client: Client) -> None:
    item = make_item(title="Lamp")
    send = partial(admin_client.post, reverse("admin:store_item_duplicate", args=[item.pk]))

    ends = at_once([send] * 4)

    assert [end.status_code for end in ends] == [302] * 4
    assert Item.objects.count() == len({*Item.objects.values_list("slug", flat=True)}) == 5


def renamed_meanwhile(client: Client) -> str:
    """What a category is called after somebody has moved it in the list and another renamed it."""
    category = make_category("Clocks")
    rows, address = (
        Category.objects.filter(pk=category.pk),
        reverse("admin:store_category_changelist"),
    )
    typed = sent_by(client.get(address).content)
    [place] = [name for name in typed if name.endswith("-position")]
    typed |= {place: ["7"], "_save": ["Save"]}
    renamed = Event()

    def rename() -> None:
        try:
            with transaction.atomic():
                rows.update(name="Watches")
                renamed.set()
                wait_until(somebody_waits)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        end = other.submit(rename)
        renamed.wait()
        assert client.post(address, typed).status_code == 302
        end.result()
    category.refresh_from_db()
    assert category.position == 7
    return category.name


def test_a_list_keeps_what_is_saved_at_that_moment(admin_client: Client) -> None:
    assert renamed_meanwhile(admin_client) == "Watches"


def test_control_a_list_that_saves_what_it_has_read(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(MergingMixin, "save_form")

    assert renamed_meanwhile(admin_client) == "Clocks"
