"""What each kind of staff may do to people, and by no forged form more than that."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.admin.versions import version_of
from accounts.confirmation import CONFIRMED
from accounts.groups import GROUPS, MANAGERS, SHOP_STAFF
from accounts.models import Customer, Login, SecurityLogEntry, User
from accounts.registering import welcome_back
from accounts.services import deactivate_account, reopen_account
from accounts.tests.factories import PASSWORD, mails_sent, make_staff, make_user

LIST = reverse("admin:accounts_user_changelist")
ADD = reverse("admin:accounts_user_add")
NO_CHANGE = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}
OTHER = "a rather different pass phrase"


def page(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def password_page(user: User) -> str:
    return reverse("admin:auth_user_password_change", args=[user.pk])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss@example.com", PASSWORD, name="Boss")


@pytest.fixture
def mia(db: None) -> User:
    return make_staff("mia@example.com", group=MANAGERS)


@pytest.fixture
def manager(mia: User) -> Client:
    return client_of(mia)


def save(client: Client, user: User, **fields: Any) -> Any:
    """Send the form of a person as it is, but for some fields."""
    form = {"email": user.email, "name": user.name, "is_active": "on", **NO_CHANGE}
    if user.is_staff:
        form["is_staff"] = "on"
    version = version_of(User.objects.get(pk=user.pk))
    return client.post(page(user), {**form, "version": version, **fields})


def groups_of(user: User) -> set[str]:
    return {group.name for group in user.groups.all()}


def test_manager_makes_a_customer_staff(manager: Client, alice: User) -> None:
    shop = Group.objects.get(name=SHOP_STAFF)
    assert save(manager, alice, is_staff="on", groups=[shop.pk]).status_code == 302

    alice.refresh_from_db()
    assert alice.is_staff
    assert groups_of(alice) == {SHOP_STAFF}


def choose_password(mailed: Any) -> None:
    """Follow the link of a mail, and set OTHER there."""
    link = re.search(r"http://testserver(\S+)", mailed)
    assert link
    browser = Client()
    shown = browser.get(link[1], follow=True)
    form = {"new_password1": OTHER, "new_password2": OTHER}
    assert browser.post(shown.request["PATH_INFO"], form).status_code == 302


def test_manager_adds_people_who_choose_their_password(manager: Client) -> None:
    form = {"email": " Zoe@Example.com", "name": "Zoe", "usable_password": "true"}
    answer = manager.post(ADD, {**form, "password1": PASSWORD, "password2": PASSWORD})

    zoe = User.objects.get(email="zoe@example.com")
    assert answer.headers["Location"] == page(zoe)
    assert not zoe.has_usable_password()
    assert not zoe.is_staff
    choose_password(mails_sent()[-1].body)
    zoe.refresh_from_db()
    assert zoe.check_password(OTHER)


def test_manager_writes_notes(manager: Client, alice: User) -> None:
    row = {"customer-0-id": alice.customer.pk, "customer-0-user": alice.pk}
    notes = {"customer-TOTAL_FORMS": "1", "customer-INITIAL_FORMS": "1"}
    save(manager, alice, **row, **notes, **{"customer-0-staff_notes": "pays late"})

    assert Customer.objects.get(user=alice).staff_notes == "pays late"


def test_manager_cannot_make_superusers(manager: Client, mia: User, alice: User) -> None:
    permission = Permission.objects.get(codename="delete_user")
    for person in (mia, alice):
        save(manager, person, is_superuser="on", user_permissions=[permission.pk])

        person.refresh_from_db()
        assert not person.is_superuser
        assert not person.user_permissions.exists()


def test_manager_hands_out_the_three_groups_only(manager: Client, alice: User) -> None:
    owners = Group.objects.create(name="Owners")
    answer = save(manager, alice, groups=[owners.pk])

    assert "groups" in answer.context["adminform"].form.errors
    choices = answer.context["adminform"].form.fields["groups"].queryset
    assert {group.name for group in choices} == {*GROUPS}


def make_beyond(user: User, how: str) -> None:
    if how == "superuser":
        User.objects.filter(pk=user.pk).update(is_superuser=True)
    if how == "permission":
        user.user_permissions.add(Permission.objects.get(codename="delete_user"))
    if how == "group":
        user.groups.add(Group.objects.create(name="Owners"))


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("how", ["superuser", "permission", "group"])
def test_manager_cannot_touch_who_may_more(
    manager: Client, bob: User, how: str, *, active: bool
) -> None:
    make_beyond(bob, how)
    User.objects.filter(pk=bob.pk).update(is_active=active)
    password = {"password1": OTHER, "password2": OTHER, "usable_password": "true"}

    assert save(manager, bob, email="mine@example.com").status_code == 403
    assert manager.get(password_page(bob)).status_code == 403
    assert manager.post(password_page(bob), password).status_code == 403
    bob.refresh_from_db()
    assert bob.email == "bob@example.com"
    assert bob.check_password(PASSWORD)


def test_manager_lets_a_colleague_choose_a_password(manager: Client, sam: User) -> None:
    assert "Nobody but sam@example.com needs to know" in manager.get(password_page(sam)).text
    password = {"password1": OTHER, "password2": OTHER, "usable_password": "true"}
    assert manager.post(password_page(sam), password).status_code == 302

    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)
    assert mails_sent()[-1].to == [sam.email]
    choose_password(mails_sent()[-1].body)
    sam.refresh_from_db()
    assert sam.check_password(OTHER)


def test_manager_cannot_delete_people(manager: Client, mia: User, alice: User) -> None:
    delete = reverse("admin:accounts_user_delete", args=[alice.pk])
    action = {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}

    assert manager.post(delete, {"post": "yes"}).status_code == 403
    manager.post(LIST, action)
    assert User.objects.filter(pk=alice.pk).exists()


def test_manager_has_no_way_to_the_groups(manager: Client) -> None:
    assert manager.get(reverse("admin:auth_group_changelist")).status_code == 403


def test_taken_address_is_told(manager: Client, alice: User, bob: User) -> None:
    answer = save(manager, bob, email="ALICE@example.com")
    assert list(answer.context["adminform"].form.errors) == ["email"]


def test_superuser_may_all(boss: User, mia: User) -> None:
    save(client_of(boss), mia, is_superuser="on")

    mia.refresh_from_db()
    assert mia.is_superuser


def test_shop_staff_look_but_do_not_touch(sam: User, alice: User) -> None:
    Customer.objects.filter(user=alice).update(staff_notes="pays late")
    client = client_of(sam)
    seen = client.get(page(alice)).text

    assert "pays late" in seen
    assert 'name="_save"' not in seen
    assert "pbkdf2" not in seen
    assert "md5" not in seen
    assert save(client, alice, email="mine@example.com").status_code == 403
    assert client.get(password_page(alice)).status_code == 403
    assert client.get(ADD).status_code == 403


def test_shop_staff_cannot_promote_themselves(sam: User) -> None:
    managers = Group.objects.get(name=MANAGERS)
    assert save(client_of(sam), sam, groups=[managers.pk]).status_code == 403
    assert groups_of(sam) == {SHOP_STAFF}


def test_customers_have_no_way_in(alice: User) -> None:
    assert client_of(alice).get(LIST).status_code == 302
    assert Client().get(LIST).status_code == 302


@pytest.mark.parametrize("words", ["alice", "ALICE@", "030", "a\0b"])
def test_list_is_searched(manager: Client, alice: User, words: str) -> None:
    Customer.objects.filter(user=alice).update(phone="030 12")
    answer = manager.get(LIST, {"q": words}, follow=True)

    assert answer.status_code == 200
    assert "alice@example.com" in answer.text


def test_list_asks_as_often_for_many_as_for_few(
    manager: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        make_user(f"person{number}@example.com")
    # The first page reads the shop's name for those of the next minute.
    manager.get(LIST)
    with django_assert_max_num_queries(8):
        assert "person9@example.com" in manager.get(LIST).text


def test_staff_change_their_own_password_where_guesses_count(manager: Client) -> None:
    answer = manager.get(reverse("admin:password_change"))

    assert answer.headers["Location"] == reverse("accounts:password_change")


def act(name: str, user: User) -> str:
    return reverse(f"admin:accounts_user_{name}", args=[user.pk])


def test_staff_end_the_log_ins_of_somebody(manager: Client, alice: User) -> None:
    assert act("end-logins", alice) not in manager.get(page(alice)).text
    browser = client_of(alice)
    browser.get(reverse("accounts:profile"))
    Login.objects.create(
        user=alice, session_key=str(browser.session.session_key), browser="Firefox"
    )
    assert act("end-logins", alice) in manager.get(page(alice)).text

    manager.get(act("end-logins", alice))
    assert browser.get(reverse("accounts:profile")).status_code == 200
    answer = manager.post(act("end-logins", alice), follow=True)

    assert "All log-ins of alice@example.com are ended." in answer.text
    assert browser.get(reverse("accounts:profile")).status_code == 302
    assert SecurityLogEntry.objects.get(event="logins_ended").about == "by mia@example.com"


@pytest.mark.parametrize("name", ["check", "end-logins"])
def test_acts_are_for_those_who_may_change_the_person(
    manager: Client, boss: User, alice: User, name: str
) -> None:
    sam = client_of(make_staff("sam@example.com", group=SHOP_STAFF))
    for client, user in ((manager, boss), (sam, alice)):
        assert client.get(act(name, user)).status_code == 403
        assert client.post(act(name, user)).status_code == 403
    missing = reverse(f"admin:accounts_user_{name}", args=[99999])
    assert manager.get(missing).status_code == 404


@pytest.mark.parametrize("name", ["check", "end-logins"])
def test_acts_ask_for_the_password_again(manager: Client, alice: User, name: str) -> None:
    session = manager.session
    session[CONFIRMED] = 0
    session.save()

    assert reverse("accounts:confirm") in manager.post(act(name, alice)).headers["Location"]


def test_an_address_that_staff_change_is_checked_anew(manager: Client, alice: User) -> None:
    browser = client_of(alice)
    Login.objects.create(user=alice, session_key=str(browser.session.session_key), browser="x")
    save(manager, alice, email="new@example.com")

    alice.refresh_from_db()
    assert (alice.email, alice.is_checked) == ("new@example.com", False)
    assert browser.get(reverse("accounts:profile")).status_code == 302
    told = {letter.to[0]: str(letter.body) for letter in mails_sent()}
    assert "/accounts/email/undo/" in told["alice@example.com"]
    assert "/accounts/check/" in told["new@example.com"]
    entry = SecurityLogEntry.objects.get(event="address_changed")
    assert entry.about == "alice@example.com, by mia@example.com"


def test_whom_staff_close_opens_nothing_again(manager: Client, alice: User) -> None:
    """Not even who had closed the account once, and was let in again by staff."""
    deactivate_account(user=alice)
    save(manager, alice, is_active="on")
    assert User.objects.get(pk=alice.pk).closed_at is None
    User.objects.filter(pk=alice.pk).update(closed_at=timezone.now())
    save(manager, alice, is_active="")

    assert welcome_back(alice.email) is None
    assert not reopen_account(user=alice)
