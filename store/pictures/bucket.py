"""Files in a bucket of S3, for which no request waits long."""

from collections.abc import Callable
from typing import Any, TypeVar

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from outside.bulkhead import Bulkhead, Unavailable
from outside.last_calls import note

Result = TypeVar("Result")
bulkhead = Bulkhead("S3", threads=2, seconds=8, rest=10)


class Bucket(S3Storage):  # type: ignore[misc]
    """Each call is made whole, in a thread of S3's own: no file is read later, bit by bit.

    Raises Unavailable, FileNotFoundError.
    """

    config = Config(
        connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
    )

    def get_default_settings(self) -> dict[str, Any]:
        # Else each transfer starts up to ten threads more.
        one_thread = TransferConfig(use_threads=False)
        return {**super().get_default_settings(), "transfer_config": one_thread}

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("Files in a bucket are read whole and written with `save`.")
        return asked(lambda: ContentFile(super(Bucket, self)._open(name, mode).read(), name))

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        return asked(lambda: str(super(Bucket, self).save(name, content, max_length)))

    def delete(self, name: str) -> None:
        asked(lambda: super(Bucket, self).delete(name))

    def exists(self, name: str) -> bool:
        return asked(lambda: bool(super(Bucket, self).exists(name)))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        folders, files = asked(lambda: super(Bucket, self).listdir(name))
        return folders, files

    def size(self, name: str) -> int:
        return asked(lambda: int(super(Bucket, self).size(name)))

    def get_modified_time(self, name: str) -> Any:
        return asked(lambda: super(Bucket, self).get_modified_time(name))


def asked(call: Callable[[], Result]) -> Result:
    try:
        result = bulkhead.run(call)
    except (BotoCoreError, Boto3Error, ClientError) as failure:
        note(bulkhead.name, failure)
        raise Unavailable(f"S3: {failure}") from failure
    except Unavailable as failure:
        note(bulkhead.name, failure)
        raise
    except FileNotFoundError:
        note(bulkhead.name)
        raise
    note(bulkhead.name)
    return result
