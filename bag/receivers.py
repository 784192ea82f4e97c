from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from bag.cookie import wear_out
from bag.models import WaitlistEntry, Wish
from bag.reservations import keep_reservations
from bag.saved.services import hand_to_account
from bag.services import release_holds
from bag.session import Bag
from bag.waitlist.mail import notify_of_removal
from bag.waitlist.services import leave_waitlists
from store.models import Item, Piece

# What becomes of the bag of who logs out, as its form says it.
KEEP, RELEASE = "keep", "release"


@receiver(user_logged_in, dispatch_uid="bag.name_holder_on_login")
def name_holder_on_login(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """From now on the holds of this visitor are those of a customer, whom staff can name."""
    if request and (key := Bag(request).key):
        # Locked in the order of everybody else, who may be emptying this bag in another tab.
        with transaction.atomic():
            Piece.objects.held_by(key).lock().update(held_for=user)


@receiver(user_logged_in, dispatch_uid="bag.wear_cookie_out_on_login")
@receiver(user_logged_out, dispatch_uid="bag.wear_cookie_out_on_logout")
def wear_cookie_out(request: HttpRequest | None, **kwargs: Any) -> None:
    """What a guest has opened becomes a customer's: nobody opens it by the cookie again."""
    if request:
        wear_out(request)


@receiver(user_logged_in, dispatch_uid="bag.keep_saved_items_on_login")
def keep_saved_items_on_login(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    if request:
        hand_to_account(session=request.session, customer=user)


@receiver(user_logged_out, dispatch_uid="bag.release_on_logout")
def release_on_logout(request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    """Free the holds of somebody who leaves. The session, and with it the bag, ends next."""
    if request and (key := Bag(request).key):
        keep_reservations(bag_key=key, customer=user)
        if request.POST.get("bag") != KEEP:
            release_holds(bag_key=key, actor=user)


@receiver(pre_delete, sender=Item, dispatch_uid="bag.notify_of_removal")
def tell_who_waits_for_what_is_removed(instance: Item, **kwargs: Any) -> None:
    notify_of_removal(instance)


@receiver(post_save, sender=User, dispatch_uid="bag.leave_waitlists_on_closing")
def leave_waitlists_on_closing(instance: User, **kwargs: Any) -> None:
    """Nobody waits or wishes for an account that is closed, whoever closed it."""
    if not instance.is_active:
        with transaction.atomic():
            leave_waitlists(WaitlistEntry.objects.filter(customer=instance))
            Wish.objects.filter(customer=instance).delete()
