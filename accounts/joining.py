"""Two records of one person become one: apps above say what belongs to a person.

What a record had goes to the one that is kept; the other is closed and names it. Nobody who works
here is joined with anybody, for rights would go with it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.events import SecurityEvent, tell
from accounts.logins.services import end_logins
from accounts.models import Customer, Login, User
from accounts.rights import rights_of


class Belonging(NamedTuple):
    """What people have of one kind. `move` is given whose it was and whose it is to be."""

    label: Any
    rows: Callable[[User], QuerySet[Any]]
    move: Callable[[User, User], object]
    # What somebody without an account has left under an address, or with the number of a phone
    # alone, of which `field` names nobody.
    guest: Callable[[str], QuerySet[Any]] | None = None
    field: str = "customer"


BELONGINGS: list[Belonging] = []


class CannotJoin(Exception):
    def __init__(self, sentence: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)


def moved_by(
    label: Any,
    rows: Callable[[User], QuerySet[Any]],
    field: str = "customer",
    guest: Callable[[str], QuerySet[Any]] | None = None,
) -> Belonging:
    """What is moved by writing another person into one column."""
    return Belonging(
        label, rows, lambda lost, kept: rows(lost).update(**{field: kept}), guest, field
    )


def what_goes_along(lost: User | str) -> list[str]:
    """What a record has that would be moved: "3 orders"; of a guest, by address or phone."""
    counted = [(belonging.label, number_of(belonging, lost)) for belonging in BELONGINGS]
    return [str(label % number) for label, number in counted if number]


def number_of(belonging: Belonging, lost: User | str) -> int:
    mine = belonging.rows(lost).count() if isinstance(lost, User) else 0
    # Only its owner has shown that what stands under the address of an account is theirs.
    known_by = (lost.email if lost.is_checked else "") if isinstance(lost, User) else lost
    return mine + (belonging.guest(known_by).count() if belonging.guest and known_by else 0)


def works_here(user: User) -> bool:
    """Whether somebody gets into the admin, or has rights there that sleep."""
    known = user.is_staff or user.is_superuser or user.groups.exists()
    return bool(known or rights_of(user))


def check_may_join(lost: User, kept: User) -> None:
    """Raise CannotJoin with why these two must stay two."""
    if lost.pk == kept.pk:
        raise CannotJoin(_("This is the same record."))
    for user in (kept, lost):
        check_is_customer(user)
    check_is_open(kept)
    if not lost.is_active:
        raise CannotJoin(_("The record that is to go is closed already."))


def check_is_open(kept: User) -> None:
    if not kept.is_active:
        raise CannotJoin(_("The record that is to be kept is closed."))


def check_is_customer(user: User) -> None:
    """Raise CannotJoin for somebody with rights, and for who may be a stranger."""
    if works_here(user):
        raise CannotJoin(_("Somebody who works here is joined with nobody."))
    if user.is_strangers:
        raise CannotJoin(
            _(
                "Nobody has shown yet that the account %s belongs to its address: a stranger may "
                "have opened it. Its owner follows the link in our mail, or you mark the address "
                "as checked."
            )
            % user
        )


@transaction.atomic
def join_people(*, lost_id: int, kept_id: int, request: HttpRequest) -> User:
    """Give all that one record has to another, and close it. Raises CannotJoin.

    The locks let others write rows that name these people: else whoever has locked a ticket and
    writes of it waits for this, and this for the ticket.
    """
    found = (
        User.objects.select_for_update(no_key=True).filter(pk__in=[lost_id, kept_id]).order_by("pk")
    )
    locked = {user.pk: user for user in found}
    lost, kept = locked[lost_id], locked[kept_id]
    check_may_join(lost, kept)
    for belonging in BELONGINGS:
        belonging.move(lost, kept)
        if belonging.guest and lost.is_checked:
            belonging.guest(lost.email).update(**{belonging.field: kept})
    join_contacts(lost, kept)
    close(lost, kept)
    tell(SecurityEvent.PEOPLE_JOINED, kept, request, f"{lost} ({lost.pk}), by {request.user}")
    return kept


@transaction.atomic
def join_guest(*, guest: str, kept_id: int, request: HttpRequest) -> User:
    """Give an account what was ordered and asked under an address, or a phone, without one.

    Raises CannotJoin.
    """
    kept = User.objects.select_for_update(no_key=True).get(pk=kept_id)
    check_may_join_guest(guest, kept)
    for belonging in BELONGINGS:
        if belonging.guest:
            belonging.guest(guest).update(**{belonging.field: kept})
    tell(SecurityEvent.PEOPLE_JOINED, kept, request, f"guest {guest}, by {request.user}")
    return kept


def check_may_join_guest(guest: str, kept: User) -> None:
    """Raise CannotJoin with why what somebody has left as a guest stays without an account."""
    if not guest:
        raise CannotJoin(_("There is no e-mail address."))
    check_is_customer(kept)
    check_is_open(kept)
    owner = User.objects.filter(email=guest).exclude(pk=kept.pk).first()
    if owner and owner.merged_into_id != kept.pk:
        raise CannotJoin(_("There is an account with this address: join that one."))


def join_contacts(lost: User, kept: User) -> None:
    """What is known of one fills what is empty of the other; notes stand below each other."""
    theirs = Customer.objects.filter(user=lost).first()
    if theirs is None:
        return
    ours, _made = Customer.objects.get_or_create(user=kept)
    notes = [ours.staff_notes, theirs.staff_notes]
    if not ours.phone:
        ours.phone = theirs.phone
    elif theirs.phone and theirs.phone != ours.phone:
        notes.append(theirs.phone)
    if not ours.address_lines:
        for name in Customer.ALL_COLUMNS:
            setattr(ours, name, getattr(theirs, name))
    ours.staff_notes = "\n".join(filter(None, notes))
    ours.save()


def close(lost: User, kept: User) -> None:
    """Nobody logs in with it any more, nor is it opened again."""
    lost.is_active, lost.closed_at, lost.merged_into, lost.new_email = False, None, kept, ""
    lost.set_unusable_password()
    lost.save(update_fields=["is_active", "closed_at", "merged_into", "new_email", "password"])
    # Whoever was merged into it before is found in one step.
    User.objects.filter(merged_into=lost).update(merged_into=kept)
    end_logins(Login.objects.filter(user=lost))


@transaction.atomic
def give_address(*, person: User, email: str, request: HttpRequest) -> User:
    """Write down the address of somebody who has none; return whose record it is now.

    Where there is an account with it, that has all from now on. Raises CannotJoin.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not person.is_active:
        raise CannotJoin(_("This record is closed."))
    if person.email:
        # To join with anybody else is more than this, and for managers.
        raise CannotJoin(_("There is an e-mail address already."))
    if known := User.objects.filter(email=email).first():
        kept = known.merged_into or known
        return join_people(lost_id=person.pk, kept_id=kept.pk, request=request)
    person.email = email
    person.save(update_fields=["email"])
    tell(SecurityEvent.ADDRESS_CHANGED, person, request, f"–, by {request.user}")
    return person
