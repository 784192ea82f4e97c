from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models.functions import Now
from django.template.loader import render_to_string
from PIL import Image

from store.models import Item, ItemImage
from store.pictures import refining
from store.pictures.images import add_image
from store.pictures.refining import PAUSE, PICTURES_A_ROUND, refine_pictures
from store.pictures.sizes import sibling
from store.tests.pictures import picture_bytes, upload

pytestmark = pytest.mark.django_db(transaction=True)
Renditions = ItemImage.Renditions


def picture(item: Item, size: tuple[int, int] = (1200, 900)) -> ItemImage:
    return add_image(item=item, file=upload(picture_bytes(size)), alt_text="A clock")


def of_an_earlier_release(image: ItemImage) -> None:
    """As it was kept by releases that knew three sizes."""
    ItemImage.objects.filter(pk=image.pk).update(renditions=Renditions.FIRST)
    default_storage.delete(sibling(str(image.image.name), "medium"))


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def test_browsers_that_know_avif_are_given_it_once_it_is_made(clock: Item, media: Path) -> None:
    image = picture(clock)
    assert "avif" not in render_to_string("store/_image.html", {"image": image})

    assert refine_pictures() == 1

    image.refresh_from_db()
    assert [each.rsplit("/")[-1] for each in image.avif_srcset.split(", ")] == [
        *("thumb.avif 320w", "card.avif 640w", "medium.avif 960w", "large.avif 1200w")
    ]
    html = render_to_string("store/_image.html", {"image": image, "sizes": "50vw"})
    assert '<source type="image/avif"' in html
    for size in ("thumb", "card", "medium", "large"):
        with default_storage.open(sibling(str(image.image.name), size, "avif")) as file:
            made = Image.open(BytesIO(file.read()))
        assert (made.format, made.size) == ("AVIF", image.sizes[size])
    assert len(files(media)) == 8
    assert refine_pictures() == 0


def test_a_picture_of_an_earlier_release_gets_the_sizes_that_it_lacks(
    clock: Item, media: Path
) -> None:
    image = picture(clock)
    of_an_earlier_release(image)
    image.refresh_from_db()
    assert "medium" not in image.srcset
    assert "card.webp" in image.srcset

    refine_pictures()

    image.refresh_from_db()
    assert "medium.webp 960w" in image.srcset
    assert "medium.webp" in files(media)


@pytest.mark.usefixtures("media")
def test_a_round_of_the_timer_does_a_few_the_command_does_all(clock: Item) -> None:
    for _ in range(PICTURES_A_ROUND + 1):
        picture(clock, (30, 20))
    assert refine_pictures() == PICTURES_A_ROUND

    picture(clock, (30, 20))
    said = StringIO()
    call_command("refine_pictures", stdout=said)
    assert said.getvalue() == "2 refined\n"


@pytest.mark.usefixtures("media")
def test_what_another_process_has_begun_is_left_to_it(clock: Item) -> None:
    image = picture(clock)
    ItemImage.objects.update(refined_at=Now())
    assert refine_pictures() == 0
    # It was killed over it.
    ItemImage.objects.update(refined_at=Now() - PAUSE * 2)
    assert refine_pictures() == 1
    image.refresh_from_db()
    assert image.renditions == Renditions.AVIF


def test_files_that_a_killed_process_left_do_not_stand_in_the_way(clock: Item, media: Path) -> None:
    image = picture(clock, (100, 80))
    left = Path(media / str(image.image.name)).with_name("thumb.avif")
    left.write_bytes(b"half of it")

    assert refine_pictures() == 1
    assert Image.open(left).format == "AVIF"


def test_a_picture_whose_file_is_gone_costs_the_others_nothing(clock: Item, media: Path) -> None:
    picture(clock, (30, 20))
    gone = picture(clock, (30, 20))
    (media / str(gone.image.name)).unlink()

    assert refine_pictures() == 1
    assert ItemImage.objects.filter(renditions=Renditions.AVIF).count() == 1


def test_files_of_a_picture_that_is_replaced_meanwhile_are_removed(
    clock: Item, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = picture(clock, (30, 20))
    made = refining.missing

    def replaced(*given: object) -> object:
        yield from made(*given)  # type: ignore[arg-type]
        ItemImage.objects.update(image="items/other/large.webp")

    monkeypatch.setattr(refining, "missing", replaced)
    assert refine_pictures() == 0
    assert [name for name in files(media) if name.endswith("avif")] == []
    assert image.pk


def test_all_files_go_with_the_picture(clock: Item, media: Path) -> None:
    image = picture(clock, (2500, 2000))
    refine_pictures()
    assert len(files(media)) == 9

    image.delete()
    assert files(media) == []
