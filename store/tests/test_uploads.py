import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from store.pictures.images import ImageRefused, check_bytes
from store.pictures.uploads import MAX_FILE_BYTES, MAX_FORM_BYTES, UploadWithoutRoom


def sent(*sizes: int) -> HttpRequest:
    files = [ContentFile(b"x" * size, name=f"{size}.jpg") for size in sizes]
    return RequestFactory().post("/", {"photos": files})


def there(file: UploadedFile) -> int:
    return file.seek(0, 2)  # type: ignore[no-any-return]


@pytest.mark.parametrize("size", [10, 5_000_000])
def test_files_within_the_limits_are_kept_whole(size: int) -> None:
    [file] = sent(size).FILES.getlist("photos")
    assert there(file) == file.size == size


def test_what_is_beyond_the_limit_of_a_file_does_not_reach_the_disk() -> None:
    large, small = sent(MAX_FILE_BYTES + 70_000, 10).FILES.getlist("photos")
    assert (there(large), large.size) == (MAX_FILE_BYTES, MAX_FILE_BYTES + 70_000)
    assert there(small) == small.size == 10


def test_what_is_beyond_the_limit_of_all_does_not_reach_the_disk() -> None:
    files = sent(*[MAX_FILE_BYTES] * 6).FILES.getlist("photos")
    assert [file.size for file in files] == [MAX_FILE_BYTES] * 6
    assert sum(there(file) for file in files) == MAX_FORM_BYTES


@pytest.fixture
def full_disk(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """No file of this process may grow beyond a megabyte."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("full_disk")
def test_of_what_a_full_disk_does_not_take_the_form_keeps_name_and_size() -> None:
    large, small, brim = sent(2_000_000, 10, 1_000_001).FILES.getlist("photos")

    assert [type(file) is UploadWithoutRoom for file in (large, small, brim)] == [True, False, True]
    assert (large.name, large.size, there(large)) == ("2000000.jpg", 2_000_000, 0)
    assert there(small) == 10
    with pytest.raises(ImageRefused, match="could not be stored just now"):
        check_bytes(large)
