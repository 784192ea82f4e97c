"""What somebody has wished, saved and waited for goes."""

from accounts.erasing import ERASERS, Eraser
from accounts.personal_data import Person
from bag.asked.services import forget_requests
from bag.models import SavedItem, ShippingRequest, WaitlistEntry, Wish


def erase(person: Person) -> None:
    SavedItem.objects.filter(customer=person.user or 0).delete()
    WaitlistEntry.objects.filter(person.owned()).delete()
    Wish.objects.filter(person.owned()).delete()
    mine = ShippingRequest.objects.filter(person.owned())
    forget_requests(list(mine.values_list("pk", flat=True)))


ERASERS.append(Eraser(lambda person: [], erase, lambda user: erase(Person(user, ""))))
