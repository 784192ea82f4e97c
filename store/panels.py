"""What an app above says on pages of store and workshop, which do not know it.

Orders and tickets cost money, and the books stand above both. So whoever bills registers for a
model what to fetch along with many of its objects, how the bill of one stands, and a template for
each place that the pages leave open. Where nobody has registered, those places stay empty.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


class Bill(NamedTuple):
    """How the bill of one object stands."""

    # Whether nothing goes on before the customer has paid a part.
    deposit_due: bool = False
    # What is to be paid now or goes back, in a few words for staff; "" while that is nothing.
    remark: str = ""
    # What the templates are rendered with.
    context: Mapping[str, Any] = {}


class Source(NamedTuple):
    """Whoever bills a model."""

    # Makes a query fetch what `bill` reads, so that a list takes no more queries than one row.
    fetch: Callable[[Any], Any]
    bill: Callable[[Any], Bill]
    # By place, such as {"row": "invoices/panels/ticket_row.html"}.
    templates: Mapping[str, str]
    # What staff need to see amounts.
    permission: str


SOURCES: dict[type[models.Model], Source] = {}


def register(model: type[models.Model], source: Source) -> None:
    SOURCES[model] = source


def with_bills(rows: Rows) -> Rows:
    """Make a query bring along what the bills of its rows are read from."""
    source = SOURCES.get(rows.model)
    return source.fetch(rows) if source else rows


def bill_of(subject: models.Model) -> Bill:
    source = SOURCES.get(type(subject))
    return source.bill(subject) if source else Bill()


def may_see_bills(user: Any, model: type[models.Model]) -> bool:
    source = SOURCES.get(model)
    return source is not None and user.has_perm(source.permission)


def render_panel(context: Context, place: str, subject: models.Model) -> SafeString:
    """What stands at a place on a page about an order or ticket; "" where nobody has registered."""
    source = SOURCES.get(type(subject))
    if source is None:
        return mark_safe("")
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(**source.bill(subject).context):
        return engine.get_template(source.templates[place]).render(context)
