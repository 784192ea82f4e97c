"""Things that somebody brings to the counter."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import Customer, User
from repairs_restorals.models import ServiceTicket
from repairs_restorals.photos import StoredPhoto
from repairs_restorals.services import file_ticket


@transaction.atomic
def take_in(
    *,
    email: str,
    name: str,
    phone: str,
    ticket: ServiceTicket,
    photos: Sequence[StoredPhoto] = (),
    actor: User,
    site: str,
) -> ServiceTicket:
    """File a ticket for whoever stands at the counter, found by e-mail address or written down."""
    ticket.customer = find_or_add_customer(email=email, name=name, phone=phone)
    return file_ticket(ticket=ticket, photos=photos, site=site, actor=actor)


def find_or_add_customer(*, email: str, name: str, phone: str) -> User:
    """The account with an address; a new one has no password until its owner sets one by mail.

    Name and phone of an account stay as they are: who knows an address is not its owner yet.
    """
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, name=name)
        user.set_unusable_password()
        user, _ = User.objects.get_or_create(
            email=email, defaults={"name": name, "password": user.password}
        )
    customer, _ = Customer.objects.get_or_create(user=user, defaults={"phone": phone})
    if phone and not customer.phone:
        customer.phone = phone
        customer.save(update_fields=["phone"])
    return user
