"""Things that somebody brings to the counter."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Customer, User
from accounts.phones import of_phone
from repairs_restorals.custody import keep
from repairs_restorals.models import ServiceTicket, Workshop
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
    place: str = "",
    value: Decimal | None = None,
    actor: User,
    site: str,
) -> ServiceTicket:
    """File a ticket for whoever stands at the counter, found again or written down.

    `place` is where the thing is laid, and `value` what its owner says that it is worth.
    """
    ticket.customer = find_or_add_customer(email=email, name=name, phone=phone)
    filed = file_ticket(ticket=ticket, photos=photos, site=site, actor=actor)
    if email:
        doubt_addresses(ServiceTicket.objects.filter(pk=filed.pk), actor)
    if not filed.custody.exists():
        keep(ticket_id=filed.pk, place=place or _("counter"), value=value, actor=actor)
    return filed


def doubt_addresses(tickets: QuerySet[ServiceTicket], actor: User) -> None:
    """Remember that the address which they got may be that of a clerk who may not stop them."""
    if not actor.has_perm("repairs_restorals.change_serviceticket"):
        tickets.update(email_doubted_at=Now())


def find_or_add_customer(*, email: str, name: str, phone: str) -> User:
    """The account with an address; a new one has no password until its owner sets one by mail.

    Name and phone of an account stay as they are: who knows an address is not its owner yet.
    Without an address, it is who has none either, and the same phone and name. Within a
    transaction.
    """
    if not email:
        return find_or_add_walk_in(name=name, phone=phone)
    user = User.objects.filter(email=email).select_related("merged_into").first()
    if user and user.merged_into:
        user = user.merged_into
    if user is None:
        user, _ = User.objects.get_or_create(
            email=email, defaults={"name": name, "password": make_password(None)}
        )
    known = "" if user.is_strangers else phone
    customer, _ = Customer.objects.get_or_create(user=user, defaults={"phone": known})
    if phone and not customer.phone:
        keep_phone(customer, phone)
    return user


def keep_phone(customer: Customer, phone: str) -> None:
    """Where its owner reads it; with a stranger's account, where staff alone do."""
    if not customer.user.is_strangers:
        customer.phone = phone
    elif phone not in customer.staff_notes:
        customer.staff_notes = f"{customer.staff_notes}\n{phone}".strip()
    customer.save(update_fields=["phone", "staff_notes"])


def find_or_add_walk_in(*, name: str, phone: str) -> User:
    """Whoever is known by name and phone alone. Two that come at once queue for it."""
    Workshop.objects.select_for_update().get(pk=Workshop.get_solo().pk)
    user: User
    known = User.objects.filter(email="", is_active=True).order_by("pk")
    for user in of_phone(known, "customer__phone", phone):
        if user.name.casefold() == name.casefold():
            return user
    user = User.objects.create(email="", name=name, password=make_password(None))
    Customer.objects.create(user=user, phone=phone)
    return user
