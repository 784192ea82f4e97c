"""A stand-in for S3 on loopback, with both buckets of a shop."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer

from tests.processes import free_port

KEY, SECRET = "key", "secret"
# As docs/deploying.md tells a shop owner: anybody may look at a picture, nobody may list them.
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


@contextmanager
def two_buckets(address: str = "127.0.0.1") -> Iterator[dict[str, str]]:
    """Serve them, empty, until the block ends; yields the settings of a shop that name them.

    All such servers of a process have the same buckets, unless they are told to forget them.
    """
    server = ThreadedMotoServer(address, free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")) as answer:  # noqa: S310
        assert answer.status == 200
    client = client_of(endpoint)
    client.create_bucket(Bucket="pictures")
    client.put_bucket_policy(Bucket="pictures", Policy=json.dumps(PUBLIC))
    client.create_bucket(Bucket="photos")
    yield {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_S3_ENDPOINT_URL": endpoint,
        "AWS_STORAGE_BUCKET_NAME": "pictures",
        "AWS_PRIVATE_BUCKET_NAME": "photos",
    }
    server.stop()


def client_of(endpoint: str) -> Any:
    """Whoever has the key, and may look at and list both."""
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)
