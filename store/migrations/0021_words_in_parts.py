import re
import unicodedata

from django.db import migrations, transaction

# As `store.search` folds and splits at the time of this migration.
WORD = re.compile(r"[^\W_]{1,100}")
PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
ITEMS_PER_ROUND = 500


def words_of(text):
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", folded.translate(PLAIN_LETTERS))
    return WORD.findall("".join(char for char in decomposed if not unicodedata.combining(char)))


def in_parts(item):
    """The same words as before, with a sign where those of the title, maker and so on end.

    What folding leaves out today is in the old text in another form, and stays: it is saved
    anew with its item.
    """
    known, tokens = item.search_text.split(), []
    for text in (item.title, item.maker, item.category.name, item.materials, item.period):
        words = [word for word in dict.fromkeys(words_of(text)) if word in known]
        known = [word for word in known if word not in words]
        tokens += [*words, "|"]
    return " ".join([*tokens, *known, "|"])


def mark_parts(apps, schema_editor):
    """A few at a time, so that nobody waits for long who takes one of them meanwhile."""
    items = apps.get_model("store", "Item").objects
    last = 0
    while True:
        with transaction.atomic():
            rows = items.filter(pk__gt=last).select_for_update(of=("self",))
            rows = list(rows.select_related("category").order_by("pk")[:ITEMS_PER_ROUND])
            for item in rows:
                if "|" not in item.search_text:
                    item.search_text = in_parts(item)
            items.bulk_update(rows, ["search_text"])
        if not rows:
            return
        last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("store", "0020_discounts_of_orders")]

    operations = [migrations.RunPython(mark_parts, migrations.RunPython.noop)]
