"""The things of the demo shop: labels in `things.toml`, pictures in `drawings/`."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from repairshop.demo.pictures import render
from repairshop.demo.translations import translate
from store.models import Category, Item, Piece
from store.pictures.images import add_image
from store.services import withdraw_pieces

THINGS = Path(__file__).parent / "things.toml"
CATEGORIES = [
    "Clocks & watches",
    "Instruments",
    "Bicycles",
    "Cameras & machines",
    "Furniture",
    "Ceramics & glass",
]
# What an item was made from stays in `import_ref`, whatever staff make of its title.
REFERENCE = "demo:"
NOT_PUBLISHED = "chainset-with-fluted-cranks"
WITHDRAWN = "salt-glazed-jug"


def load_things() -> list[dict[str, Any]]:
    """The things as `things.toml` has them, first the one that is to be seen first."""
    text = THINGS.read_text("utf-8")
    things: list[dict[str, Any]] = tomllib.loads(text, parse_float=Decimal)["thing"]
    return things


def demo_item(slug: str) -> Item | None:
    """The item that was made from this thing, even if it has another title and address now."""
    return Item.objects.filter(import_ref=REFERENCE + slug).first()


def add_things(report: Callable[[str], object]) -> int:
    """Add the things that are not in the shop yet; return how many."""
    there = set(
        Item.with_bin.filter(import_ref__startswith=REFERENCE).values_list("import_ref", flat=True)
    )
    missing = [thing for thing in load_things() if REFERENCE + thing["slug"] not in there]
    # The lists show the newest first.
    for thing in reversed(missing):
        report(thing["title"])
        add_thing(**thing)
    return len(missing)


@transaction.atomic
def add_thing(
    *,
    slug: str,
    category: str,
    description: str,
    stock: dict[str, Any],
    pictures: list[list[str]],
    **label: Any,
) -> None:
    taken = Item.with_bin.filter(slug=slug).exists()
    item = Item(
        import_ref=REFERENCE + slug,
        slug=f"demo-{slug}" if taken else slug,
        category=category_named(category),
        description=description.strip(),
        published=slug != NOT_PUBLISHED,
        **label,
    )
    translate(item, "title", "titles", slug)
    translate(item, "description", "descriptions", slug)
    item.save()
    pieces = add_pieces(item, **stock)
    for position, (drawing, alt_text) in enumerate(pictures):
        add_image(item=item, file=render(drawing), alt_text=alt_text, position=position)
    if slug == WITHDRAWN:
        withdraw_pieces(pieces)


def add_pieces(item: Item, *, number: str, quantity: int = 1, **bought: Any) -> list[Piece]:
    numbers = [f"{number}-{n}" for n in range(1, quantity + 1)] if quantity > 1 else [number]
    return [Piece.objects.create(item=item, stock_number=number, **bought) for number in numbers]


def category_named(name: str) -> Category:
    slug = slugify(name)
    found = Category.objects.filter(Q(slug=slug) | Q(name=name)).first()
    if found:
        return found
    category = Category(name=name, slug=slug, position=CATEGORIES.index(name))
    translate(category, "name", "categories", name)
    category.save()
    return category
