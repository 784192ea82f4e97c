from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from bag.services import release_holds
from bag.session import Bag


@receiver(user_logged_out, dispatch_uid="bag.release_on_logout")
def release_on_logout(request: HttpRequest | None, **kwargs: Any) -> None:
    """Free the holds of somebody who leaves. The session, and with it the bag, ends next."""
    if request and (key := Bag(request).key):
        release_holds(bag_key=key)
