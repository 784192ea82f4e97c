"""The address of an account changes when the new mailbox has answered; the old one can undo it."""

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.address_changes import SETTLED_AFTER, UNDONE_WITHIN
from accounts.addresses import site_of
from accounts.checks import LinkDead, check_token, lock_linked, undo_token
from accounts.events import SecurityEvent, tell
from accounts.factors.services import forget_factors_since
from accounts.joining import works_here
from accounts.locking import lock_account, lock_row
from accounts.logins.services import end_logins, end_other_logins
from accounts.mail import mail_about_change, mail_check, mail_password_page
from accounts.models import AddressChange, KnownBrowser, Login, User
from accounts.registering import mail_way_in, make_room_for
from accounts.services import address_was_reached
from mail.telling import gets_mail


def is_taken(email: str) -> bool:
    """Whether somebody may be in an account with this address, or staff have filed something."""
    return any(not user.is_waiting for user in User.objects.filter(email=email))


@transaction.atomic
def ask_for_email(*, user: User, email: str, request: HttpRequest) -> None:
    """Note what the address is to become, and mail a link there. Only the last one counts.

    The owner of an address that has an account hears of that instead; who asks does not. Raises
    AccountGone.
    """
    user = lock_account(user)
    user.new_email = email
    user.save(update_fields=["new_email"])
    tell(SecurityEvent.LINK_ASKED, user, request, email)
    if is_taken(email):
        mail_way_in("taken", email, request)
    else:
        mail_check(email, check_token(user), site_of(request))


@transaction.atomic
def ask_for_check(*, user: User, request: HttpRequest) -> None:
    """Mail a link to the address that an account has, or to the one that it is to have.

    Raises AccountGone.
    """
    user = lock_account(user)
    if user.new_email:
        ask_for_email(user=user, email=user.new_email, request=request)
    else:
        tell(SecurityEvent.LINK_ASKED, user, request, user.email)
        mail_check(user.email, check_token(user), site_of(request))


@transaction.atomic
def take_check(*, user: User, request: HttpRequest) -> None:
    """Note that whoever is in an account reads the mail to its address. Raises LinkDead."""
    address_was_reached(user=lock_linked(user))
    tell(SecurityEvent.ADDRESS_CHECKED, user, request)


@transaction.atomic
def take_new_email(*, user: User, request: HttpRequest) -> None:
    """Make the new address the account's, now that its mailbox was reached.

    Raises LinkDead, and IntegrityError when another account has it by now.
    """
    user = lock_linked(user)
    old, was_checked = user.email, user.is_checked
    make_room_for(user.new_email)
    user.email, user.new_email = user.new_email, ""
    user.save(update_fields=["email", "new_email"])
    address_was_reached(user=user)
    end_other_logins(request, user)
    tell(SecurityEvent.ADDRESS_CHANGED, user, request, old)
    tell_old_address(user, old, site_of(request), may_undo=was_checked)


def came_by_a_change(user: User) -> bool:
    """Whether the account had another address not long ago, or once had the one it has now."""
    since = timezone.now() - SETTLED_AFTER
    return AddressChange.objects.filter(Q(at__gt=since) | Q(old=user.email), user=user).exists()


@transaction.atomic
def email_was_changed_by_staff(*, user: User, before: User, request: HttpRequest) -> bool:
    """End the log-ins, mail a link to the new address, and tell the old one.

    That one can undo it when it was the account's for long: staff may have taken somebody else for
    the owner. When it came by a change it may be a thief's, from whom staff give the account back:
    then no link undoes anything, older ones included, and whoever was in by it is out.

    Whoever had none so far has no log-in yet: they ask for one themselves. Return whether the link
    is one to choose a password by.
    """
    site, is_rescue = site_of(request), request.user != user and came_by_a_change(user)
    User.objects.filter(pk=user.pk).update(new_email="")
    user.new_email = ""
    end_logins(Login.objects.filter(user=user).exclude(session_key=request.session.session_key))
    about = f"{before.email or '–'}, by {request.user}"
    tell(SecurityEvent.ADDRESS_CHANGED, user, request, about)
    if not before.email:
        return False
    if is_rescue:
        AddressChange.objects.filter(user=user, undone_at=None).update(undone_at=timezone.now())
    tell_old_address(user, before.email, site, may_undo=before.is_checked and not is_rescue)
    # Where no mail goes, nobody could choose another password.
    if is_rescue and before.is_checked and gets_mail(user.email):
        user.set_unusable_password()
        user.save(update_fields=["password"])
        KnownBrowser.objects.filter(user=user).delete()
    if user.has_usable_password() or user.is_waiting:
        mail_check(user.email, check_token(user), site)
        return False
    mail_password_page("password_link", user, site)
    return True


def tell_old_address(user: User, old: str, site: str, *, may_undo: bool) -> None:
    """Only an address that was the account's for sure may have it back.

    Of whoever works here a mailbox alone gets nothing: their colleagues see who it is.
    """
    change = AddressChange.objects.create(user=user, old=old, new=user.email, was_theirs=may_undo)
    may_undo = may_undo and not works_here(user)
    undo = site + reverse("accounts:email-undo", args=[undo_token(change)]) if may_undo else ""
    mail_about_change(old, user, undo, site)


@transaction.atomic
def undo_change(*, change: AddressChange, request: HttpRequest) -> User:
    """Give an account back to the address that it had, with no password and nobody in it.

    Later changes are undone as well, and the address that had it is told: this may be somebody's
    old mailbox. Factors go that were added meanwhile, or not long before: whoever changes an
    address that is not theirs may have begun there; and so do the browsers that were known. Raises
    LinkDead, and IntegrityError when another account has the address by now.
    """
    user = lock_row(change.user)
    # Whoever was erased meanwhile takes none back, and two clicks do so once.
    still_there = AddressChange.objects.filter(pk=change.pk, undone_at=None).exists()
    if works_here(user) or not still_there:
        raise LinkDead
    taken_from = user.email
    make_room_for(change.old)
    later = AddressChange.objects.filter(user=user, pk__gte=change.pk)
    later.update(undone_at=timezone.now())
    user.email, user.new_email = change.old, ""
    user.set_unusable_password()
    user.save(update_fields=["email", "new_email", "password"])
    address_was_reached(user=user)
    forget_factors_since(user, change.at - UNDONE_WITHIN)
    KnownBrowser.objects.filter(user=user).delete()
    end_logins(Login.objects.filter(user=user))
    tell(SecurityEvent.ADDRESS_CHANGED, user, request, f"{change.new}, taken back")
    mail_about_change(taken_from, user, "", site_of(request))
    return user
