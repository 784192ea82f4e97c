"""Pictures that a file names by their addresses: written down here, fetched under the timer."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from store.imports.rows import Picture
from store.models import ImportRun, Item, PictureFetch

REFS_PER_BATCH = 500
LONGEST_URL = 1000
LONGEST_TEXT = 200
LAST_POSITION = 32_767


def queue_pictures(pictures: Mapping[str, Sequence[Picture]], run: ImportRun | None) -> int:
    """Have pictures fetched that no item has been promised yet; return how many.

    `pictures` are by `Item.import_ref`. A picture that was fetched once, and deleted by staff
    since, does not come again.
    """
    count = 0
    refs = iter(pictures)
    while some := list(islice(refs, REFS_PER_BATCH)):
        items = dict(Item.objects.filter(import_ref__in=some).values_list("import_ref", "pk"))
        known = set(
            PictureFetch.objects.filter(item__in=items.values()).values_list("item_id", "url")
        )
        wanted = {
            (fetch.item_id, fetch.url): fetch
            for ref, pk in items.items()
            for fetch in fetches_of(pk, pictures[str(ref)], run)
        }
        new = [fetch for key, fetch in wanted.items() if key not in known]
        PictureFetch.objects.bulk_create(new, ignore_conflicts=True)
        count += len(new)
    return count


def fetches_of(
    item_id: int, pictures: Sequence[Picture], run: ImportRun | None
) -> Iterator[PictureFetch]:
    for picture in pictures:
        yield PictureFetch(
            item_id=item_id,
            run=run,
            url=picture.url[:LONGEST_URL],
            alt_text=picture.alt_text[:LONGEST_TEXT],
            position=min(picture.position, LAST_POSITION),
        )
