"""Pictures in a bucket, against an S3 stand-in on loopback."""

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.test import Client

from outside.bulkhead import Unavailable
from repairshop.tests.factories import make_beat
from store.pictures.bucket import Bucket, bulkhead
from tests.buckets import client_of, two_buckets
from tests.environment import copy_migrated, migrated
from tests.processes import free_port, run
from tests.test_last_demo import as_autocommit
from tests.test_settings import PRODUCTION

SAVE = """
import django, json
django.setup()
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
name = default_storage.save("items/clock.webp", ContentFile(b"a picture"))
policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"]
print(json.dumps([name, default_storage.url(name), policy]))
"""
SEND = """
import django, json
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from django.urls import reverse
from repairs_restorals.models.photos import private_storage
from repairs_restorals.tests.factories import make_photo, make_ticket
photo = make_photo(make_ticket())
browser = Client(headers={"host": "shop.example.com"})
address = reverse("repairs:photo", args=[photo.ticket_id, photo.pk, "large"])
stranger = browser.get(address)
browser.force_login(photo.ticket.customer, "django.contrib.auth.backends.ModelBackend")
owner = browser.get(address)
private_storage().delete(photo.stored("large"))
gone = browser.get(address)
said = [answer.status_code for answer in (stranger, owner, gone)]
print(json.dumps([said, owner.content[:2] == b"\\xff\\xd8", photo.stored("thumb")]))
"""
BACK = """
import django, json, sys
django.setup()
from pathlib import Path
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from repairshop.backups.files import load_files, save_files
names = {"default": "items/a/clock.webp", "private": "tickets/scratch.jpg"}
for kind, name in names.items():
    storages[kind].save(name, ContentFile(kind.encode()))
save_files(Path(sys.argv[1]))
for kind, name in names.items():
    storages[kind].delete(name)
kept = [f"{kind}/{name}" for kind, name in names.items()]
counts = [load_files(Path(sys.argv[1]), kept) for _ in range(2)]
read = [storages[kind].open(name).read().decode() for kind, name in names.items()]
print(json.dumps([counts, read]))
"""


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """An empty bucket and the environment that names it."""
    with two_buckets() as settings:
        yield settings


@pytest.fixture
def database() -> str:
    """Of a shop of its own; it is migrated where that was done for the tests."""
    url = os.environ["DATABASE_URL"].rpartition("/")[0]
    with as_autocommit(f"{url}/postgres") as cursor:
        cursor.execute("CREATE DATABASE photos")
    if template := migrated():
        copy_migrated(template, f"{url}/photos")
    return f"{url}/photos"


def test_a_picture_goes_to_the_bucket_and_its_address_passes_the_policy(
    bucket: dict[str, str],
) -> None:
    environment = {**PRODUCTION, **bucket, "DJANGO_SETTINGS_MODULE": "repairshop.settings"}
    saved = run("python", "-c", SAVE, **environment)
    assert saved.returncode == 0, saved.stderr
    name, url, policy = json.loads(saved.stdout)

    assert url == f"{bucket['AWS_S3_ENDPOINT_URL']}/pictures/{name}"
    assert bucket["AWS_S3_ENDPOINT_URL"] in policy
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        assert answer.read() == b"a picture"
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.postgresql
def test_photos_of_repairs_are_handed_out_by_the_shop_alone(
    bucket: dict[str, str], database: str
) -> None:
    settings = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "repairshop.settings"}
    changes = {**PRODUCTION, **bucket, **settings, "DEBUG": "True"}
    sent = run("python", "-c", SEND, **changes)
    assert sent.returncode == 0, sent.stderr
    statuses, is_jpeg, thumb = json.loads(sent.stdout.splitlines()[-1])

    assert statuses == [404, 200, 404]
    assert is_jpeg
    client = client_of(bucket["AWS_S3_ENDPOINT_URL"])
    kept = client.get_object(Bucket="photos", Key=thumb)
    assert "public" not in kept.get("CacheControl", "")
    assert client.get_bucket_acl(Bucket="photos")["Grants"][0]["Permission"] == "FULL_CONTROL"


def test_a_backup_has_both_buckets(bucket: dict[str, str], tmp_path: Path) -> None:
    environment = {**PRODUCTION, **bucket, "DJANGO_SETTINGS_MODULE": "repairshop.settings"}
    done = run("python", "-c", BACK, str(tmp_path), **environment)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[2, 0], ["default", "private"]]


def test_no_object_of_others_leads_a_backup_out_of_its_folder(
    bucket: dict[str, str], tmp_path: Path
) -> None:
    client, backup = client_of(bucket["AWS_S3_ENDPOINT_URL"]), tmp_path / "home" / "backup"
    no_names = ("/x", "items//x", "items/../x", "./x", "items/x/..", "items/a", "y" * 256)
    for name in (*no_names, ".ssh/keys"):
        client.put_object(Bucket="pictures", Key=name, Body=b"an attacker was here")
    environment = {**PRODUCTION, **bucket, "DJANGO_SETTINGS_MODULE": "repairshop.settings"}
    done = run("python", "-c", BACK, str(backup), **environment)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Left out, as no file is so named") == 7
    made = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    kept = {"default/.ssh/keys", "default/items/a/clock.webp", "private/tickets/scratch.jpg"}
    assert made == {f"home/backup/{name}" for name in kept}


@pytest.mark.filterwarnings("ignore:The 'config' class property is deprecated")
@pytest.mark.django_db
def test_the_health_check_tells_of_a_bucket_until_it_answers(
    bucket: dict[str, str], client: Client
) -> None:
    make_beat("web.1:7")

    def ask(endpoint: str) -> tuple[int, str]:
        keys = {"access_key": bucket["AWS_ACCESS_KEY_ID"], "secret_key": "secret"}
        with suppress(Unavailable):
            Bucket(bucket_name="photos", endpoint_url=endpoint, **keys).exists("clock.jpg")
        bulkhead.rests_until = 0
        answer = client.get("/healthz")
        return answer.status_code, answer.json()["status"]

    silent = "The storage of pictures does not answer."
    assert ask(f"http://127.0.0.1:{free_port()}") == (200, silent)
    assert ask(bucket["AWS_S3_ENDPOINT_URL"]) == (200, "ok")
