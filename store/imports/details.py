from collections.abc import Iterable

from store.imports.rows import Row
from store.models import ImportedDetail, Item


def keep_details(done: Iterable[tuple[Row, Item]]) -> None:
    """Write down for staff what files say in columns that the shop does not have."""
    details = [
        ImportedDetail(item=item, column=column[:200], text=text)
        for row, item in done
        for column, text in row.kept.items()
    ]
    if details:
        ImportedDetail.objects.bulk_create(
            details,
            update_conflicts=True,
            unique_fields=["item", "column"],
            update_fields=["text"],
        )
