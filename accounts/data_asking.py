"""Links to what is kept about somebody, mailed to whoever has no account, or to the account."""

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.addresses import site_of
from accounts.checks import opened, sealed
from accounts.data_links import GOOD_FOR
from accounts.events import SecurityEvent, tell
from accounts.mail import mail_my_data
from accounts.models import DataLink, User
from accounts.personal_data import Person, is_known, person_at
from accounts.registering import kept_if

MY_DATA = "accounts.my_data"


def data_token(link: DataLink) -> str:
    return sealed(link.pk, MY_DATA)


def is_somebodys(email: str) -> bool:
    """Whether somebody has an account with it. One that waits is nobody's.

    Else whoever registers with an address would keep its owner from what is kept about it.
    """
    return any(not user.is_waiting for user in User.objects.filter(email=email, is_active=True))


@transaction.atomic
def ask_for_my_data(*, email: str, request: HttpRequest) -> None:
    """Mail a link to an address about which anything is kept, and nothing to any other.

    Who has an account reads it there: a mailbox alone does not pass a second factor.
    """
    tell(SecurityEvent.LINK_ASKED, None, request, email)
    has_account = is_somebodys(email)
    # Both are asked for always, for the time that it takes tells who is known.
    known = is_known(person_at(email))
    with kept_if(has_account or known):
        path = reverse("accounts:my-data")
        if not has_account:
            link = DataLink.objects.create(email=email)
            path = reverse("accounts:my-data-link", args=[data_token(link)])
        mail_my_data(email, path, site_of(request))


def person_of_link(token: str) -> Person | None:
    """Whose data a link opens: for a day, and while no account has the address."""
    match opened(token, MY_DATA, GOOD_FOR):
        case int(pk):
            link = DataLink.objects.filter(pk=pk).first()
            if link and not is_somebodys(link.email):
                return person_at(link.email)
    return None
