"""What a batch of rows would change, worked out before anything is written."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _

from store.imports.addresses import ITEM_LENGTH, category_slug, free_slug, item_slugs
from store.imports.languages import translated
from store.imports.look_alikes import LookAlikes, Twin
from store.imports.lookup import Known
from store.imports.options import Options
from store.imports.report import BadRow
from store.imports.rows import Row
from store.models import Category, Item, Piece
from store.models.legal_nature import TaxScheme
from store.models.watched import TEXTS, SentTo
from store.publishing import why_no_margin
from store.services import search_text
from store.watched import why_no_papers

PAPERS = ("watched_material", "certificate", "sent_to")
ASKS_FOR_PAPERS = {"published", *TEXTS, *PAPERS}


class Clash(Exception):
    """A row wants what belongs to another row or item; the message says what."""


def check_in_shop(item: Item) -> None:
    """Raise Clash for a thing in the bin: nobody would see what a file has changed of it."""
    if item.binned_at:
        text = _("“%(title)s” is in the bin: put it back first, or delete it for good")
        raise Clash(text % {"title": item.title})


@dataclass
class Claims:
    """Which line of the file has taken a stock number or an item.

    Asking again for the same line changes nothing, so a batch can be planned twice.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    items: dict[int, int] = field(default_factory=dict)

    def check_number(self, number: str, line: int) -> None:
        if (other := self.numbers.get(number, line)) != line:
            taken = {"number": number, "line": other}
            raise Clash(_("stock number %(number)s repeats, line %(line)d has it") % taken)

    def check_item(self, item: Item, row: Row) -> None:
        if (other := self.items.get(item.pk, row.line)) != row.line:
            taken = {"number": row.stock_number, "line": other}
            raise Clash(_("%(number)s is the same item as in line %(line)d") % taken)

    def take(self, row: Row, numbers: list[str], item: Item | None) -> None:
        self.numbers.update(dict.fromkeys([row.stock_number, *numbers], row.line))
        if item:
            self.items[item.pk] = row.line


@dataclass
class Plan:
    known: Known
    claims: Claims
    look_alikes: LookAlikes
    options: Options
    categories: list[Category] = field(default_factory=list)
    new: list[Item] = field(default_factory=list)
    changed: list[Item] = field(default_factory=list)
    changed_fields: set[str] = field(default_factory=set)
    # Items that get pieces although nothing else about them changes.
    grown: list[Item] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    unchanged: int = 0
    # Rows that bring pieces of the margin scheme without saying what they cost.
    lacking_price: int = 0
    # Rows that came in without being shown, and why.
    unpublished: list[BadRow] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    # Rows beside the things that look like theirs, and those that went in with their items.
    held_back: list[tuple[Row, Twin]] = field(default_factory=list)
    done: list[tuple[Row, Item]] = field(default_factory=list)

    def add(self, row: Row) -> None:
        try:
            self.claims.check_number(row.stock_number, row.line)
            item = self.known.find(row)
            if item:
                check_in_shop(item)
                self.claims.check_item(item, row)
            numbers = self.missing_numbers(row, item)
            self.check_tax(row, item, numbers)
        except Clash as clash:
            self.bad_rows.append(BadRow(row.line, str(clash)))
            return
        twin = None if item else self.twin_of(row)
        if twin and self.options.look_alikes != "new":
            self.held_back.append((row, twin))
            return
        self.claims.take(row, numbers, item)
        if item:
            self.update(item, row, numbers)
        else:
            item = self.create(row, numbers)
        self.pieces += [Piece(item=item, stock_number=n, **row.piece_fields) for n in numbers]
        if numbers and item.tax_scheme == TaxScheme.MARGIN:
            self.lacking_price += row.piece_fields.get("purchase_price") is None
        self.done.append((row, item))

    def twin_of(self, row: Row) -> Twin | None:
        """What has a number like that of a row which would be a new thing."""
        twin = self.look_alikes.twin_of(row.stock_number)
        if twin and (twin.line is None or twin.line != row.line):
            return twin
        self.look_alikes.add(row.stock_number, Twin(row.stock_number, line=row.line))
        return None

    def missing_numbers(self, row: Row, item: Item | None) -> list[str]:
        """Stock numbers for the pieces that an item still lacks. Raises Clash."""
        owner_of, pk = self.known.owner_of, item.pk if item else None
        number_taken = _("stock number %s belongs to another item")
        if owner_of.get(row.stock_number, pk) != pk:
            raise Clash(number_taken % row.stock_number)
        lacking = row.quantity - (self.known.pieces_of.get(pk, 0) if pk else 0)
        others = [n for n in row.stock_numbers if n not in owner_of or owner_of[n] != pk]
        chosen = others[: max(lacking, 0)]
        for number in chosen:
            if number in owner_of:
                raise Clash(number_taken % number)
            self.claims.check_number(number, row.line)
        return chosen

    def check_tax(self, row: Row, item: Item | None, numbers: list[str]) -> None:
        """Refuse the margin scheme where the law does: the rows of a file are typed, too."""
        before = as_it_is(item or Item())
        said = {**before, **({} if item else self.said_of_new(row)), **row.fields}
        bought = str(row.piece_fields.get("purchase_tax", "")) if numbers else ""
        if why := why_no_margin(said["tax_scheme"], nature=said["nature"], purchase_tax=bought):
            raise Clash(why.rstrip("."))
        if said["sent_to"] == SentTo.NOWHERE and said["shipping"] is not None:
            raise Clash(_("it may be sent nowhere, and has a price of shipping"))

    def said_of_new(self, row: Row) -> dict[str, str]:
        """What a new thing is and how it is taxed, as far as the file leaves it open."""
        category = self.known.categories.get(row.category.casefold(), Category())
        return {
            "nature": category.nature,
            "tax_scheme": self.options.tax_scheme or category.tax_scheme or TaxScheme.STANDARD,
        }

    def update(self, item: Item, row: Row, numbers: list[str]) -> None:
        values = {**row.fields, "translations": translated(item, row.translations)}
        changes = {name for name, value in values.items() if getattr(item, name) != value}
        if changes & ASKS_FOR_PAPERS and values.get("published", item.published):
            said = {name: getattr(item, name) for name in (*TEXTS, *PAPERS)}
            known = {"published": True, **said, **values}
            self.hold_for_papers(row, known)
            values["published"] = known["published"]
            changes.discard("published")
            if item.published != known["published"]:
                changes.add("published")
        if row.category_is_given:
            values["category"] = category = self.category(row.category)
            # By key: the item's own category is not loaded.
            if item.category_id != category.pk:
                changes.add("category")
        if changes:
            for name in changes:
                setattr(item, name, values[name])
            item.updated_at = now()
            self.changed.append(item)
            self.changed_fields |= {*changes, "updated_at"}
        elif numbers:
            self.grown.append(item)
        else:
            self.unchanged += 1

    def create(self, row: Row, numbers: list[str]) -> Item:
        candidates = item_slugs(row.fields["title"], row.stock_number)
        slug = free_slug(candidates, ITEM_LENGTH, self.known.has_slug)
        self.known.slugs[slug] = True
        fields = {**self.said_of_new(row), **row.fields_when_new, **row.fields}
        if not self.options.published:
            fields["published"] = False
        self.hold_for_papers(row, fields)
        item = Item(slug=slug, import_ref=row.ref, category=self.category(row.category), **fields)
        item.translations = translated(item, row.translations)
        item.search_text = search_text(item, numbers)
        self.new.append(item)
        return item

    def hold_for_papers(self, row: Row, fields: dict[str, Any]) -> None:
        """Bring what lacks papers in unpublished, and say why."""
        reason = why_no_papers(fields)[1]
        if reason and fields.get("published", True):
            fields["published"] = False
            self.unpublished.append(BadRow(row.line, reason.rstrip(".")))

    def category(self, name: str) -> Category:
        """The category of that name, in whatever case; a new one if there is none."""
        known = self.known.categories
        if name.casefold() not in known:
            slug = category_slug(name, {category.slug for category in known.values()})
            known[name.casefold()] = Category(name=name, slug=slug)
            self.categories.append(known[name.casefold()])
        return known[name.casefold()]


def as_it_is(item: Item) -> dict[str, Any]:
    names = ("nature", "tax_scheme", "sent_to", "shipping")
    return {name: getattr(item, name) for name in names}
