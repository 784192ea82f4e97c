"""What stands against showing a thing in the shop, and against its tax scheme, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from store.models import Item, Piece
from store.models.legal_nature import NO_MARGIN, Nature, TaxScheme
from store.models.watched import TEXTS
from store.watched import why_no_papers

MOST_NAMED = 5


def named(texts: Iterable[str]) -> str:
    """Some names as a sentence holds them."""
    found = list(texts)
    return ", ".join(found[:MOST_NAMED]) + (" …" if len(found) > MOST_NAMED else "")


def why_no_margin(scheme: str, *, nature: str = "", purchase_tax: str = "") -> str:
    """Why a thing that was bought so is not sold by the margin scheme; "" when it may be.

    It is for second-hand goods, works of art, collectors' items and antiques: Article 311(1) of
    Directive 2006/112/EC.
    """
    if scheme != TaxScheme.MARGIN:
        return ""
    if nature == Nature.NEW:
        return _("What is new is not sold by the margin scheme.")
    if purchase_tax in NO_MARGIN:
        return _(
            "What was bought with a tax shown, or imported or bought at a reduced rate, is not "
            "sold by the margin scheme."
        )
    return ""


def why_no_margin_for(item: Item, scheme: str, nature: str) -> str:
    """The same of a thing with all the pieces that it has on sale; names those in the way."""
    if reason := why_no_margin(scheme, nature=nature):
        return reason
    if scheme != TaxScheme.MARGIN or item.pk is None:
        return ""
    pieces = Piece.objects.not_by_margin().filter(item=item.pk).order_by("pk")
    numbers = list(pieces.values_list("stock_number", flat=True))
    if not numbers:
        return ""
    return f"{why_no_margin(scheme, purchase_tax=NO_MARGIN[0])} ({named(numbers)})"


def items_without_margin(item_ids: Iterable[int]) -> set[int]:
    """Which of these things may not go under the margin scheme."""
    chosen = Item.objects.filter(pk__in=list(item_ids)).order_by()
    new = chosen.filter(nature=Nature.NEW).values_list("pk", flat=True)
    pieces = Piece.objects.not_by_margin().filter(item__in=chosen).order_by()
    return {*new, *pieces.values_list("item_id", flat=True)}


def items_lacking_price(item_ids: Iterable[int]) -> set[int]:
    """Which of these things are by the margin scheme, and have a piece that cost nobody knows what.

    Their tax could not be reckoned; see `invoices.books.stock_book`.
    """
    pieces = Piece.objects.on_sale().filter(
        item__in=list(item_ids), item__tax_scheme=TaxScheme.MARGIN, purchase_price=None
    )
    return set(pieces.order_by().values_list("item_id", flat=True))


def items_without_papers(item_ids: Iterable[int]) -> set[int]:
    """Which of these things hold, or may hold, what the law watches, and lack an answer to it."""
    asked = ("pk", *TEXTS, "watched_material", "certificate", "sent_to")
    found = Item.objects.filter(pk__in=list(item_ids)).order_by().values(*asked)
    return {values["pk"] for values in found if why_no_papers(values)[1]}


def items_lacking(item_ids: Iterable[int]) -> set[int]:
    """Which of these things are published from their own pages only, for something is missing."""
    chosen = list(item_ids)
    return items_lacking_price(chosen) | items_without_papers(chosen)
