"""What somebody has wished, saved and waited for goes."""

from accounts.erasing import ERASERS, Eraser
from accounts.personal_data import Person
from bag.asked.services import forget_requests
from bag.models import SavedItem, ShippingRequest, WaitlistEntry, Wish
from store.erasing import forget_words


def erase(person: Person) -> None:
    SavedItem.objects.filter(customer=person.user or 0).delete()
    WaitlistEntry.objects.filter(person.owned()).delete()
    Wish.objects.filter(person.owned()).delete()
    mine = list(ShippingRequest.objects.filter(person.owned()))
    forget_requests([asked.pk for asked in mine])
    forget_words(person, [asked.piece_id for asked in mine if asked.piece_id])


ERASERS.append(Eraser(lambda person: [], erase, lambda user: erase(Person(user, ""))))
