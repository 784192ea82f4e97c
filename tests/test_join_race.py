"""Two records of one person are joined while a colleague has the form of one of them open."""

from functools import partial

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.admin.versions import version_of
from accounts.groups import MANAGERS
from accounts.joining import join_people
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from tests.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROUNDS = 5
NO_CHANGE = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}


def test_whoever_saves_a_form_writes_no_old_row_back() -> None:
    mo = make_staff("mo@example.com", group=MANAGERS)
    request = RequestFactory().get("/")
    request.user = mo
    client = Client()
    client.force_login(mo)
    for number in range(ROUNDS):
        kept, lost = (make_user(f"{name}{number}@example.com") for name in ("kept", "lost"))
        form = {"email": lost.email, "name": "Ann", "is_active": "on", "is_staff": "on"}
        address = reverse("admin:accounts_user_change", args=[lost.pk])
        form["version"] = version_of(lost)
        save = partial(client.post, address, {**form, **NO_CHANGE})
        join = partial(join_people, lost_id=lost.pk, kept_id=kept.pk, request=request)
        _saved, joined = at_once([save, join])

        lost.refresh_from_db()
        # Either the form came first, and nobody is joined who works here, or it was refused.
        if isinstance(joined, User):
            assert (lost.merged_into, lost.is_active, lost.is_staff) == (kept, False, False)
        else:
            assert lost.is_staff
