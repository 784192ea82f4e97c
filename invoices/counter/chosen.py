"""What is being sold, as it stands in an address or a form."""

from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from invoices.counter.finding import by_currency, with_items
from invoices.models import Invoice
from money.currency import shop_currency
from store.admin.piece_states import moment
from store.models import Piece

# The names in the address, and which rows their numbers are of.
PIECE, TICKET, PERSON = "piece", "ticket", "person"


class Line(NamedTuple):
    """A piece, or what is left to pay of a ticket; `address` leads to the till with or without.

    `part` says to a form which it is.
    """

    name: str
    about: str
    amount: Decimal
    currency: str
    address: str
    part: str


class Chosen:
    """Pieces and tickets' invoices by number; what is not there is left out, and so is what is to
    be paid `elsewhere`, on its own page, for it is in another currency.
    """

    def __init__(self, query: QueryDict) -> None:
        pieces, invoices = numbers(query, PIECE), numbers(query, TICKET)
        found = {piece.pk: piece for piece in with_items().filter(pk__in=pieces)}
        self.pieces = [found[pk] for pk in pieces if pk in found]
        owed = Invoice.objects.with_parts().filter(pk__in=invoices, ticket__isnull=False)
        self.invoices, self.elsewhere = by_currency(owed.order_by("pk"))
        # Whose page has led here.
        person = numbers(query, PERSON)[:1]
        self.person = User.objects.filter(pk__in=person).first() if person else None

    @property
    def lines(self) -> list[Line]:
        """Each with the address that leaves it out."""
        rows: list[Piece | Invoice] = [*self.pieces, *self.invoices]
        parts = zip(self.fields, rows, strict=True)
        return [line_of(row, self.address(without=part)) for part, row in parts]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def in_bags(self) -> list[Piece]:
        """Those that are held for somebody otherwise than by staff, or in an order."""
        held = (piece for piece in self.pieces if piece.state == Piece.State.HELD)
        return [piece for piece in held if not (piece.is_reserved or piece.is_in_order)]

    @property
    def reserved(self) -> list[Piece]:
        return [each for each in self.pieces if each.state == Piece.State.HELD and each.is_reserved]

    @property
    def kept(self) -> list[str]:
        """What the page has shown of who they are kept for."""
        return [version_of(piece) for piece in self.reserved]

    @property
    def kept_for(self) -> str:
        """Names of those for whom staff have reserved some of it."""
        return ", ".join(dict.fromkeys(filter(None, map(name_of, self.reserved))))

    @property
    def owners_are_here(self) -> str:
        """What staff answer when it is they who buy; whoever has no account is but a reason."""
        names, who = self.kept_for, _("Whoever it is kept for is here")
        if all(piece.held_for for piece in self.reserved):
            many = len({piece.held_for_id for piece in self.reserved}) > 1
            return (_("%s are here") if many else _("%s is here")) % names
        return f"{who}: {names}" if names else who

    @property
    def not_for_sale(self) -> list[Piece]:
        """Those that nobody can buy, whatever staff say."""
        for_sale = {Piece.State.AVAILABLE, Piece.State.HELD}
        held = Piece.State.HELD
        return [
            piece
            for piece in self.pieces
            if piece.state not in for_sale or (piece.state == held and piece.is_in_order)
        ]

    @property
    def fields(self) -> list[tuple[str, int]]:
        parts = [(PIECE, piece.pk) for piece in self.pieces]
        return [*parts, *((TICKET, invoice.pk) for invoice in self.invoices)]

    def address(
        self, *, more: tuple[str, int] | None = None, without: tuple[str, int] | None = None
    ) -> str:
        parts = [part for part in self.fields if part != without]
        whose = [(PERSON, self.person.pk)] if self.person else []
        query = urlencode([*parts, *([more] if more and more not in parts else []), *whose])
        return f"{reverse('till')}?{query}"


def line_of(row: Piece | Invoice, address: str) -> Line:
    if isinstance(row, Invoice):
        part = f"{TICKET} {row.pk}"
        return Line(str(row.subject_name), str(row), row.due_now, row.currency, address, part)
    item, part = row.item, f"{PIECE} {row.pk}"
    return Line(f"{item.title} ({row})", state_of(row), item.price, shop_currency(), address, part)


def part_in(text: str) -> tuple[str, int] | None:
    """What the `part` of a line says."""
    name, _space, number = text.partition(" ")
    is_one = name in (PIECE, TICKET) and number.isdecimal() and len(number) <= 18
    return (name, int(number)) if is_one else None


def state_of(piece: Piece) -> str:
    """Such as "kept for somebody’s bag"; "" of what anybody may buy."""
    if piece.state == Piece.State.AVAILABLE:
        return ""
    if piece.state != Piece.State.HELD:
        return str(Piece.State(piece.state).label)
    if piece.is_reserved and piece.held_until:
        return reservation_of(piece, moment(piece.held_until))
    return _("kept for %s") % Piece.Holder(piece.holder).label


def reservation_of(piece: Any, until: str) -> str:
    """For whom staff have reserved it, until when, and what they have noted."""
    if piece.held_for is None:
        return _("reserved until %(time)s: %(note)s") % {"time": until, "note": piece.reason or ""}
    said = _("reserved for %(name)s until %(time)s") % {"name": name_of(piece), "time": until}
    return f"{said}: {piece.reason}" if piece.reason else said


def name_of(piece: Any) -> str:
    """For whom it is reserved: whoever has no account is named by the reason."""
    owner = piece.held_for
    return str(owner.name or owner if owner else piece.reason or "")


def version_of(piece: Piece) -> str:
    """What tells a reservation from a later one of the same piece."""
    return f"{piece.pk} {piece.held_since and piece.held_since.timestamp()}"


def numbers(query: QueryDict, name: str) -> list[int]:
    """Each number once, in the order in which it came; what is none is left out."""
    found = (text for text in query.getlist(name) if text.isdecimal() and len(text) <= 18)
    return [*dict.fromkeys(map(int, found))]
