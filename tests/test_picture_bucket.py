"""Pictures in a bucket, against an S3 stand-in on loopback."""

import json
import urllib.request
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.processes import free_port, run
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
# As the README tells a shop owner: anybody may look at a picture, nobody may list them.
PUBLIC = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::pictures/*",
        }
    ],
}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """An empty bucket and the environment that names it."""
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="pictures")
    client.put_bucket_policy(Bucket="pictures", Policy=json.dumps(PUBLIC))
    yield {**keys, "AWS_S3_ENDPOINT_URL": endpoint, "AWS_STORAGE_BUCKET_NAME": "pictures"}
    server.stop()


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
