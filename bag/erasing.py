"""What somebody has wished, saved and waited for goes."""

from django.db.models import Model

from accounts.erasing import ERASERS, Eraser, erase_mails
from accounts.personal_data import Person
from bag.asked.services import forget_requests
from bag.models import SavedItem, ShippingRequest, WaitlistEntry, Wish
from store.erasing import forget_words_at

# The occasions on which is mailed about each.
MAILED: dict[type[Model], list[str]] = {
    WaitlistEntry: ["bag.turn", "bag.sold", "bag.withdrawn"],
    Wish: ["bag.wish"],
    ShippingRequest: ["bag.shipping_shop", "bag.shipping_offer", "bag.shipping_declined"],
}


def erase(person: Person) -> None:
    SavedItem.objects.filter(customer=person.user or 0).delete()
    for model, events in MAILED.items():
        erase_mails(person, model._default_manager.filter(person.owned()), events)
    WaitlistEntry.objects.filter(person.owned()).delete()
    Wish.objects.filter(person.owned()).delete()
    mine = list(ShippingRequest.objects.filter(person.owned()))
    forget_requests([asked.pk for asked in mine])
    forget_words_at([asked.piece_id for asked in mine if asked.piece_id])


ERASERS.append(Eraser(lambda person: [], erase, lambda user: erase(Person(user, ""))))
