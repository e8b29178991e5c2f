"""What the platform holds for an authority, for a check to compare with: asked for once a day."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import zstandard
from sqlalchemy import Engine, text

from checking.specification import linked_datasets
from performance_store.database import transaction

log = logging.getLogger("worker")

MOST_BYTES = 200_000_000


def write(
    engine: Engine, api_url: str | None, *, organisation: str | None, dataset: str, folder: Path
) -> Path | None:
    """A file with what is held, as `checking.model.Held` in MessagePack; None where it is not
    known, or there is nobody to ask for."""
    if api_url is None or organisation is None:
        return None
    packed = _of_today(engine, organisation, dataset)
    if packed is None:
        packed = _ask(engine, api_url, organisation, dataset)
    if packed is None:
        return None
    path = folder / "held"
    path.write_bytes(zstandard.ZstdDecompressor().decompress(packed, max_output_size=MOST_BYTES))
    return path


def _of_today(engine: Engine, organisation: str, dataset: str) -> bytes | None:
    with transaction(engine) as connection:
        body: bytes | None = connection.execute(
            text(
                "SELECT body FROM providers.check_holdings WHERE organisation = :organisation "
                "AND dataset = :dataset AND at > now() - interval '1 day'"
            ),
            {"organisation": organisation, "dataset": dataset},
        ).scalar()
    return body


def _ask(engine: Engine, api_url: str, organisation: str, dataset: str) -> bytes | None:
    """Ask the platform, and keep what it said where it said all that was asked for."""
    from providers.fetching import entities

    with transaction(engine) as connection:
        number = connection.execute(
            text("SELECT entity FROM organisation WHERE organisation = :organisation"),
            {"organisation": organisation},
        ).scalar()
    if number is None:
        return None
    linked = linked_datasets(dataset)
    answer = entities.holdings(
        api_url, organisation_entity=number, dataset=dataset, reference_datasets=linked
    )
    packed = zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode(answer))
    # What failed is asked for again by the next check.
    if answer["entities"] is not None:
        with transaction(engine) as connection:
            connection.execute(
                text(
                    "INSERT INTO providers.check_holdings (organisation, dataset, body) "
                    "VALUES (:organisation, :dataset, :body) ON CONFLICT (organisation, dataset) "
                    "DO UPDATE SET body = EXCLUDED.body, at = now()"
                ),
                {"organisation": organisation, "dataset": dataset, "body": packed},
            )
    return packed
