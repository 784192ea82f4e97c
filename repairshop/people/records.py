"""Who somebody is to the shop: an account, or what guests have left, an address or a phone.

A guest has no row. All that names the same address, or the same number in any spelling, is of one.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Customer, User
from accounts.phones import of_phone, with_phone
from bag.models import Hold, WaitlistEntry
from bag.wishes.models import Wish
from invoices.models import Invoice
from invoices.models.invoice_queries import InvoiceQuerySet
from mail.models import Mail
from repairs_restorals.models import ServiceTicket
from store.models import Order, PieceQuerySet, Question


@dataclass(frozen=True)
class Person:
    """One of the three: an account, an address without one, a number of a phone without either."""

    user: User | None = None
    guest_email: str = ""
    guest_phone: str = ""

    def __str__(self) -> str:
        if self.user:
            return self.user.name or self.user.email
        return self.guest_email or self.guest_phone

    @property
    def address(self) -> str:
        if self.user:
            return reverse("person", args=[self.user.pk])
        key = {"email": self.guest_email} if self.guest_email else {"phone": self.guest_phone}
        return f"{reverse('person-guest')}?{urlencode(key)}"

    @property
    def email(self) -> str:
        return self.user.email if self.user else self.guest_email

    @property
    def known_by(self) -> str:
        """What a guest is joined with an account by; "" for an account."""
        return "" if self.user else self.guest_email or self.guest_phone

    @cached_property
    def contact(self) -> Customer | None:
        return getattr(self.user, "customer", None)

    @property
    def phone(self) -> str:
        return self.contact.phone if self.contact else self.guest_phone

    def named(self) -> Q:
        """Rows that name the account, or none and the address."""
        of_guest = Q(email=self.email, customer=None) if self.email else Q(pk=None)
        return Q(customer=self.user) | of_guest if self.user else of_guest

    @property
    def orders(self) -> QuerySet[Order]:
        if self.user or self.guest_email:
            return Order.objects.filter(self.named())
        return of_phone(Order.objects.filter(customer=None, email=""), "phone", self.guest_phone)

    @property
    def tickets(self) -> QuerySet[ServiceTicket]:
        tickets: QuerySet[ServiceTicket] = ServiceTicket.objects.filter(customer=self.user)
        return tickets if self.user else tickets.none()

    @property
    def invoices(self) -> InvoiceQuerySet:
        mine = Q(order__in=self.orders.order_by().values("pk"))
        if self.user:
            mine |= Q(ticket__customer=self.user)
        issued = Invoice.objects.filter(corrects=None).filter(mine)
        corrections = Invoice.objects.filter(corrects__in=issued.order_by().values("pk"))
        found: InvoiceQuerySet = Invoice.objects.filter(
            Q(pk__in=issued.order_by().values("pk")) | Q(pk__in=corrections.order_by().values("pk"))
        )
        return found

    @property
    def owed(self) -> list[tuple[str, Decimal]]:
        """What is left to pay of what was issued, by currency."""
        sums: dict[str, Decimal] = {}
        issued = self.invoices.issued().filter(corrects=None).with_balance()
        for invoice in issued:
            due: Decimal = invoice.balance_due
            sums[invoice.currency] = sums.get(invoice.currency, Decimal(0)) + due
        return [(currency, due) for currency, due in sums.items() if due]

    @property
    def holds(self) -> PieceQuerySet:
        held = Hold.objects.held().filter(held_for=self.user) if self.user else None
        return Hold.objects.filter(pk__in=held.values("pk") if held is not None else [])

    @property
    def places(self) -> QuerySet[WaitlistEntry]:
        return WaitlistEntry.objects.filter(self.named())

    @property
    def wishes(self) -> QuerySet[Wish]:
        return Wish.objects.filter(self.named())

    @property
    def questions(self) -> QuerySet[Question]:
        return Question.objects.filter(self.named())

    def mails(self, staff: User) -> QuerySet[Mail]:
        """To the address, and to those that were joined with it."""
        to = Q(to=self.email) if self.email else Q(pk=None)
        if self.user:
            before = User.objects.filter(merged_into=self.user).exclude(email="")
            to |= Q(to__in=before.values("email"))
        return Mail.objects.for_staff(staff).filter(to)

    @property
    def others(self) -> QuerySet[User]:
        """Other records that may be of the same person: the same number, or the guest's address."""
        people = User.objects.filter(is_active=True).exclude(pk=self.user.pk if self.user else 0)
        found = with_phone(people, "customer__phone", self.phone) if self.phone else people.none()
        return (found | people.filter(email=self.guest_email)) if self.guest_email else found
