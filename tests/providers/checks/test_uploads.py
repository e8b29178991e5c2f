"""Files are taken in and given out in pieces, by the database and by object storage alike."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine, text

from performance_store.database import transaction
from providers.checks import objects, uploads
from providers.checks.terms import Refused, Terms
from tests.support.checks import TERMS, write_of

pytestmark = pytest.mark.postgres
S3 = "s3://checks/files"
CONTENT = bytes(range(256)) * 10_000


@pytest.fixture(scope="module")
def object_storage() -> Iterator[str]:
    """A server that speaks S3, and boto3 told of it as an operator tells it."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "one",
        "AWS_SECRET_ACCESS_KEY": "two",
        "AWS_DEFAULT_REGION": "eu-west-2",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        objects.client.cache_clear()
        boto3.client("s3").create_bucket(
            Bucket="checks", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
        )
        yield S3
    objects.client.cache_clear()
    server.stop()


@pytest.fixture(params=["database", "objects"])
def terms(request: pytest.FixtureRequest) -> Terms:
    if request.param == "database":
        return TERMS
    return Terms(uploads_url=request.getfixturevalue("object_storage"))


class Slowly(io.BytesIO):
    """Gives little at a time, as a network does."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(10_007, size or 10_007) if size != -1 else 10_007)


def rows(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM providers.{table}")).scalar_one())


def stored(terms: Terms) -> list[Any]:
    if terms.uploads_url is None:
        return []
    return boto3.client("s3").list_objects_v2(Bucket="checks").get("Contents", [])


def test_a_file_comes_out_as_it_went_in(engine: Engine, terms: Terms) -> None:
    before = len(stored(terms))
    upload = uploads.receive(write_of(engine), Slowly(CONTENT), name="a.csv", terms=terms)
    assert (upload.size, upload.name) == (len(CONTENT), "a.csv")
    assert upload.sha256 == sha256(CONTENT).digest()
    assert rows(engine, "check_file_chunk") == (0 if terms.uploads_url else 3)
    assert len(stored(terms)) == before + bool(terms.uploads_url)
    with engine.connect() as connection:
        assert b"".join(uploads.open(connection, upload.id, terms)) == CONTENT
    with transaction(engine) as connection:
        uploads.remove(connection, upload.id, terms)
    assert len(stored(terms)) == before
    assert rows(engine, "check_file_chunk") == 0
    with engine.connect() as connection, pytest.raises(LookupError):
        next(uploads.open(connection, upload.id, terms))


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "The file is empty"), (b"x" * 30_001, "larger than 0.03 MB")]
)
def test_of_what_is_refused_nothing_is_kept(
    engine: Engine, terms: Terms, content: bytes, words: str
) -> None:
    before = len(stored(terms))
    with pytest.raises(Refused, match=words):
        uploads.receive(write_of(engine), io.BytesIO(content), name="a", terms=terms, limit=30_000)
    assert rows(engine, "check_upload") == 0
    assert len(stored(terms)) == before


def test_a_sender_who_breaks_off_leaves_nothing(engine: Engine) -> None:
    class BreaksOff(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 1_500_000:
                raise ConnectionError
            return super().read(500_000)

    with pytest.raises(ConnectionError):
        uploads.receive(write_of(engine), BreaksOff(CONTENT), name="a", terms=TERMS)
    assert rows(engine, "check_upload") == rows(engine, "check_file_chunk") == 0


def test_where_there_is_no_room_a_sentence_says_so(engine: Engine) -> None:
    terms = Terms(storage_bytes=1_000_000)
    noise = os.urandom(600_000)
    uploads.receive(write_of(engine), io.BytesIO(noise), name="a", terms=terms)
    with pytest.raises(Refused, match="There is no room for another check"):
        uploads.receive(write_of(engine), io.BytesIO(noise + noise), name="b", terms=terms)
    assert rows(engine, "check_upload") == 1
    full = Terms(storage_bytes=600_000)
    with pytest.raises(Refused, match="Try again tomorrow"):
        uploads.receive(write_of(engine), io.BytesIO(b"x"), name="c", terms=full)


def test_a_file_of_the_largest_size_is_never_whole_in_memory(engine: Engine) -> None:
    class Endless(io.RawIOBase):
        left = 100_000_000

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    stream: Any = Endless()
    tracemalloc.start()
    upload = uploads.receive(write_of(engine), stream, name="a", terms=TERMS)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert upload.size == 100_000_000
    assert most < 8_000_000
