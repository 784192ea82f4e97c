import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from store.pictures.uploads import MAX_FILE_BYTES, MAX_FORM_BYTES


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
