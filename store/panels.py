"""What apps above say on pages of store and workshop, which do not know them.

A page leaves places open, and names them: `{% panel "buy" item %}`. Whoever stands above registers
a template for one, and what it is rendered with. A place for which nobody has registered is empty.

Orders and tickets cost money, and the books stand above both. So whoever bills also registers for
a model how the bill of one of its objects stands, and what to fetch along for many.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from store.models import Order

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


class Panel(NamedTuple):
    template: str
    # What the template needs on top of what the page has, made of the object.
    context: Callable[[Any], Mapping[str, Any]]


class Bill(NamedTuple):
    """How the bill of one object stands."""

    # Whether nothing goes on before the customer has paid a part.
    deposit_due: bool = False
    # What is to be paid now or goes back, in a few words for staff; "" while that is nothing.
    remark: str = ""
    # What may be paid now, and what is left in all, negative when it goes back. None: unknown.
    due: Decimal | None = None
    balance: Decimal | None = None
    # Whether nothing more can come onto it.
    is_issued: bool = False
    # What credit notes have taken off it.
    credited: Decimal = Decimal(0)
    # By what the money came that is here, in words; "" while there is none.
    paid_by: str = ""

    @property
    def overpaid(self) -> Decimal:
        return max(Decimal(0), -(self.balance or Decimal(0)))


class Biller(NamedTuple):
    """Whoever bills a model."""

    bill: Callable[[Any], Bill]
    # Makes a query fetch what `bill` and panels read: a list takes no more queries than one row.
    fetch: Callable[[Any], Any]
    # What staff need to see amounts.
    permission: str


PANELS: dict[tuple[type[models.Model], str], Panel] = {}
BILLERS: dict[type[models.Model], Biller] = {}


def render_panel(context: Context, place: str, subject: models.Model) -> SafeString:
    """What stands at a place of a page about an object."""
    panel = PANELS.get((type(subject), place))
    if panel is None:
        return mark_safe("")
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(**panel.context(subject)):
        return engine.get_template(panel.template).render(context)


def bill_of(subject: models.Model) -> Bill:
    biller = BILLERS.get(type(subject))
    return biller.bill(subject) if biller else Bill()


def left_of_total(order: Order) -> Decimal:
    """What lists show of an order: the total, less what was taken back once it was billed."""
    return order.total - bill_of(order).credited


def way_of_paying(order: Order) -> str:
    """How it is to be paid, or was: people may pay otherwise than they said. Cancelled: ""."""
    if order.state == Order.State.CANCELLED:
        return ""
    chosen = str(order.get_payment_method_display())
    return (order.paid_at and bill_of(order).paid_by) or chosen


def with_bills(rows: Rows) -> Rows:
    """Make a query bring along what the bills of its rows are read from."""
    biller = BILLERS.get(rows.model)
    return biller.fetch(rows) if biller else rows


def may_see_bills(user: Any, model: type[models.Model]) -> bool:
    biller = BILLERS.get(model)
    return biller is not None and user.has_perm(biller.permission)
