from collections.abc import Iterable

from store.imports.rows import Row
from store.models import ImportedDetail, Item

LONGEST_NAME = 200


def keep_details(done: Iterable[tuple[Row, Item]]) -> None:
    """Write down for staff what files say in columns that the shop does not have."""
    # By key: columns with very long names may be the same to us, and PostgreSQL takes none twice.
    details = {
        (item.pk, column[:LONGEST_NAME]): ImportedDetail(
            item=item, column=column[:LONGEST_NAME], text=text
        )
        for row, item in done
        for column, text in row.kept.items()
    }
    if details:
        ImportedDetail.objects.bulk_create(
            details.values(),
            update_conflicts=True,
            unique_fields=["item", "column"],
            update_fields=["text"],
        )
