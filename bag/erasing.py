"""What somebody has wished, saved and waited for goes."""

from accounts.erasing import ERASERS, Eraser
from accounts.personal_data import Person
from bag.models import SavedItem, WaitlistEntry, Wish


def erase(person: Person) -> None:
    SavedItem.objects.filter(customer=person.user or 0).delete()
    WaitlistEntry.objects.filter(person.owned()).delete()
    Wish.objects.filter(person.owned()).delete()


ERASERS.append(Eraser(lambda person: [], erase, lambda user: erase(Person(user, ""))))
