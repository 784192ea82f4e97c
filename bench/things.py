"""Made-up antiques, as many as asked for and the same ones every time."""

import csv
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

COLUMNS = [
    *("stock_number", "title", "category", "maker", "period", "materials", "condition"),
    *("height_cm", "width_cm", "depth_cm", "description", "price", "shipping", "quantity"),
    *("purchase_price", "purchased_on", "purchased_from"),
]
KINDS = [
    *("Bowl", "Chair", "Clock", "Lamp", "Mirror", "Plate", "Spoon", "Table", "Teapot", "Tile"),
    *("Tray", "Vase", "Beaker", "Candlestick", "Casket", "Crèche", "Cup", "Ewer", "Flask"),
    *("Goblet", "Jar", "Jug", "Samovar", "Tankard"),
]
QUALITIES = ["Carved", "Covered", "Engraved", "Enamelled", "Gilt", "Inlaid", "Oval", "Turned"]
CATEGORIES = ["Ceramics", "Furniture", "Glass", "Lighting", "Metals", "Textiles", "Tools", "Wood"]
SYLLABLES = ["al", "ber", "dor", "fan", "gre", "hol", "kar", "lin", "mo", "ner", "sen", "tho"]
MAKERS = ["".join(parts).title() for parts in product(SYLLABLES, repeat=3)]
MATERIALS = ["brass", "bronze", "earthenware", "glass", "mahogany", "oak", "silver", "walnut"]
# The first so many things are there in so many pieces.
PLENTY, PIECES = 20, 50
SENTENCES = ["Bought at a country sale.", "An old repair to the foot.", "From a private house."]


def rows(number: int) -> Iterator[list[object]]:
    dice = random.Random(5511)
    for count in range(1, number + 1):
        yield [
            f"{dice.randint(20, 99)}.{count}",
            f"{dice.choice(QUALITIES)} {dice.choice(KINDS)}",
            dice.choice(CATEGORIES),
            f"{dice.choice(MAKERS)}, {dice.choice(MAKERS)}",
            f"c. {dice.randint(1650, 1970)}",
            f"{dice.choice(MATERIALS)} and {dice.choice(MATERIALS)}",
            dice.choice(["mint", "good", "worn", "for_restoration"]),
            *(dice.randint(30, 900) / 10 for _ in range(3)),
            " ".join(dice.choices(SENTENCES, k=dice.randint(1, 9))),
            f"{dice.randint(30, 9000)}.00",
            dice.choice(["0.00", "6.50", "29.00", ""]),
            PIECES if count <= PLENTY else 1,
            f"{dice.randint(10, 30)}.00",
            f"{dice.randint(1930, 2020)}-03-14",
            dice.choice(["Auction", "Estate", "Market"]),
        ]


def write_csv(path: Path, number: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(number))
