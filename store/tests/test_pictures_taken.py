"""Files that are not quite as they should be, of which nobody would see anything."""

from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image

from store.pictures.images import ImageRefused, prepare
from store.tests.pictures import picture_bytes


def photo(size: tuple[int, int] = (300, 200), **options: Any) -> bytes:
    """A JPEG with much to see in each of its corners."""
    file = BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(file, "JPEG", **options)
    return file.getvalue()


@pytest.mark.parametrize("missing", [1, 2, 3, 20, 100])
@pytest.mark.parametrize("size", [(300, 200), (900, 700)])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_last_bytes_is_taken(
    size: tuple[int, int], progressive: bool, missing: int
) -> None:
    whole = photo(size, progressive=progressive)

    largest = prepare(BytesIO(whole[:-missing])).largest

    assert (largest.width, largest.height) == size


@pytest.mark.parametrize("size", [(300, 200), (900, 700), (80, 60)])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 0.9])
def test_a_jpeg_without_a_part_that_shows_is_refused(size: tuple[int, int], share: float) -> None:
    whole = photo(size)

    with pytest.raises(ImageRefused, match="damaged"):
        prepare(BytesIO(whole[: int(len(whole) * share)]))


def test_half_a_progressive_jpeg_is_refused() -> None:
    whole = photo(progressive=True)

    with pytest.raises(ImageRefused, match="damaged"):
        prepare(BytesIO(whole[: len(whole) // 2]))


def test_a_jpeg_of_one_colour_without_its_end_is_taken() -> None:
    whole = picture_bytes()

    assert prepare(BytesIO(whole[:-2])) == prepare(BytesIO(whole))


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_other_pictures_without_their_last_bytes_are_taken(kind: str, missing: int) -> None:
    file = BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(file, kind)

    largest = prepare(BytesIO(file.getvalue()[:-missing])).largest

    assert (largest.width, largest.height) == (300, 200)


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(8))
def test_a_webp_is_taken_whatever_its_last_bytes_were(seed: int, missing: int) -> None:
    """Zeros in their place may be read as more than they were: with seeds 0, 1, 5, 6 they are."""
    file = BytesIO()
    noise = Random(seed).randbytes(300 * 200 * 3)
    Image.frombytes("RGB", (300, 200), noise).save(file, "WEBP")

    largest = prepare(BytesIO(file.getvalue()[:-missing])).largest

    assert (largest.width, largest.height) == (300, 200)


@pytest.mark.parametrize("options", [{}, {"mode": "L"}, {"mode": "P", "color": 3}])
def test_a_gif_that_stands_still_is_taken(options: dict[str, Any]) -> None:
    largest = prepare(BytesIO(picture_bytes(image_format="GIF", **options))).largest

    assert (largest.width, largest.height) == (60, 40)


def test_a_gif_is_seen_through_onto_white() -> None:
    file = BytesIO()
    Image.new("P", (60, 40), 0).save(file, "GIF", transparency=0)

    with Image.open(BytesIO(prepare(file).largest.content)) as seen:
        assert seen.convert("RGB").getpixel((5, 5)) == (255, 255, 255)
