"""How long withdrawals and invoices are kept, and what money still needs of orders and tickets."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ERASED
from accounts.retention import LETTERS, RULES, Rule, keep_while
from invoices.erasing import forget_invoices, forget_withdrawals
from invoices.models import (
    Invoice,
    InvoiceEvent,
    InvoiceLine,
    Payment,
    PaymentAttempt,
    Refund,
    StripeEvent,
    Withdrawal,
)
from repairs_restorals.models import ServiceTicket
from store.models import Order, ShopProfile

# Whole years after that of the invoice: § 147(3), (4) AO and § 14b UStG (Germany), § 132 BAO
# (Austria), Article 52 AWR (the Netherlands), Article 30 Código de Comercio (Spain).
YEARS_OF_BOOKS = {"DE": 8, "AT": 7, "NL": 7, "ES": 6}
# Such as of Belgium, France and Italy; of others, which nobody has looked up, it is enough.
USUAL_YEARS = 10


def years_of_books() -> int:
    """What the law of the shop's country asks for at least."""
    # Also where nobody has written anything into the profile yet.
    shop = ShopProfile.objects.first() or ShopProfile()
    return YEARS_OF_BOOKS.get(shop.country_code, USUAL_YEARS)


def invoices_over(before: datetime) -> QuerySet[Any]:
    """Those that name their buyer and of which nothing is due, nor too much was paid."""
    old = Invoice.objects.issued().filter(issued_at__lt=before)
    named = old.exclude(snapshot__buyer__name=ERASED).filter(~money_moves(OuterRef("pk"), "pk"))
    return named.annotate(over_since=F("issued_at"))


def withdrawals_over(before: datetime) -> QuerySet[Any]:
    closed = Withdrawal.objects.filter(closed_at__lt=before).exclude(name=ERASED, contract=ERASED)
    return closed.annotate(over_since=F("closed_at"))


def money_moves(of: OuterRef, field: str) -> Any:
    """Whether an invoice is still to be issued, something of it is due or too much was paid, or
    money is on its way by card."""
    mine = Invoice.objects.filter(**{field: of})
    balances: Any = mine.with_balance()
    live = Q(attempts__state__in=PaymentAttempt.LIVE)
    refunds = Q(attempts__refunds__state=Refund.State.PENDING)
    to_issue = mine.to_issue().filter(total__gt=0)
    unbalanced = balances.exclude(balance_due=0)
    return Exists(unbalanced) | Exists(mine.filter(live | refunds)) | Exists(to_issue)


def has_open_withdrawal(field: str) -> Any:
    return Exists(Withdrawal.objects.open().filter(**{field: OuterRef("pk")}))


keep_while(Order, lambda: money_moves(OuterRef("pk"), "order"))
keep_while(Order, lambda: has_open_withdrawal("order"))
keep_while(ServiceTicket, lambda: money_moves(OuterRef("pk"), "ticket"))
keep_while(ServiceTicket, lambda: has_open_withdrawal("ticket"))
RULES.extend(
    [
        Rule(
            "withdrawals",
            _("Withdrawals from contracts, in your words"),
            _("to show what was declared and what we did; that there was one stays without a name"),
            (Withdrawal,),
            over=withdrawals_over,
            take=forget_withdrawals,
            **LETTERS,
        ),
        Rule(
            "invoices",
            _("Invoices and credit notes with the name and address on them, and payments"),
            _("because the law on books asks for it; numbers and sums stay without a name"),
            (Invoice, InvoiceLine, InvoiceEvent, Payment, PaymentAttempt, Refund, StripeEvent),
            over=invoices_over,
            take=forget_invoices,
            default=years_of_books,
            least=years_of_books,
            most=30,
            in_years=True,
        ),
    ]
)
