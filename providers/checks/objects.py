"""Object storage that speaks S3, where originals go if it is set. boto3 takes keys, region and
the server's address (AWS_ENDPOINT_URL_S3) from the environment, as everywhere; it is loaded when it
is needed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

PIECE_BYTES = 1_000_000


def new_key(url: str) -> str:
    """A key that nothing has, for something to be kept."""
    return f"{_place(url)[1]}{secrets.token_hex(16)}"


def put(url: str, key: str, stream: Any) -> None:
    """Keep what a stream (something with `read`) has. What came before an error is not kept."""
    from boto3.s3.transfer import TransferConfig

    # In parts of 8 MB, one after the other: what is in memory is one of them.
    one_by_one = TransferConfig(use_threads=False)
    client().upload_fileobj(stream, _place(url)[0], key, Config=one_by_one)


def get(url: str, key: str) -> Iterator[bytes]:
    """An object in pieces. Raises LookupError where there is none."""
    store, bucket = client(), _place(url)[0]
    try:
        body = store.get_object(Bucket=bucket, Key=key)["Body"]
    except store.exceptions.NoSuchKey as error:
        raise LookupError(key) from error
    yield from body.iter_chunks(PIECE_BYTES)


def remove(url: str, key: str) -> None:
    """Keep an object no longer; nothing where there is none."""
    client().delete_object(Bucket=_place(url)[0], Key=key)


def _place(url: str) -> tuple[str, str]:
    """Bucket and prefix of s3://bucket/prefix."""
    parts = urlsplit(url)
    prefix = parts.path.strip("/")
    return parts.netloc, f"{prefix}/" if prefix else ""


@lru_cache(maxsize=1)
def client() -> Any:
    """boto3's, made once."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3", config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3})
    )
