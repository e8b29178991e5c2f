"""Write the documented examples of the API anew: `python -m tools.api_examples`.

They are what the API answers on a small sample of invented authorities. Run it after a change of
resources, rows or sample; tests/performance_api/test_examples.py says when.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection

from performance_api import create_app, examples
from performance_api.problems import BASE
from performance_api.resources import RESOURCES
from performance_store.database import DatabaseUnavailable, connect, make_engine, migrate
from performance_store.loading import load
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.sample.reader import Sample
from performance_store.settings import load_settings
from serving.guards import QUERY_BYTES

# Of the clock or of the order of a load. Another time they are others, so the examples hold these.
PASSING = {
    **{"id": 1, "issue_id": 1, "snapshot_id": 1},
    **{"published_at": "2026-08-21T05:00:00Z", "last_modified": "2026-08-21T05:00:00Z"},
}
PROBLEMS = {
    "400": f"{BASE}/organisations?limit=0",
    "404": f"{BASE}/organisations/local-authority:NONE/summary",
    "409": f"{BASE}/organisations?cursor=0.100",
    "414": f"{BASE}/coverage?region={'E12000001' * (QUERY_BYTES // 9)}",
}


def sample() -> Sample:
    """The sample that the examples are of."""
    return Sample(date(2026, 8, 21), authorities=40, weeks=6)


def record(client: FlaskClient) -> dict[str, Any]:
    """Every example as the API on that sample answers it."""
    answers: dict[str, Any] = {"resources": {}, "problems": {}}
    for resource in RESOURCES:
        answer = client.get(examples.address(resource))
        if answer.status_code != 200:
            raise ValueError(f"{resource.name}: {answer.text}")
        whole = client.get(examples.address(resource, format="csv")).text
        answers["resources"][resource.name] = {
            "json": steady(answer.get_json()),
            "csv": _first_lines(whole),
        }
    for status, address in PROBLEMS.items():
        answers["problems"][status] = client.get(address).get_json()
    answers["problems"]["429"] = _too_often()
    answers["problems"]["503"] = (
        create_app(_silent).test_client().get(f"{BASE}/datasets").get_json()
    )
    return answers


def steady(value: Any, name: str = "") -> Any:
    """The same with what passes replaced."""
    if isinstance(value, dict):
        return {key: steady(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [steady(item, name) for item in value]
    return PASSING.get(name, value)


def _first_lines(text: str) -> str:
    """The heading and the first rows of a CSV, with what passes replaced."""
    rows = list(csv.DictReader(io.StringIO(text)))[: examples.CSV_ROWS]
    output = io.StringIO()
    writer = csv.DictWriter(output, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(steady(rows))
    return output.getvalue()


def _too_often() -> Any:
    settings = load_settings({"API_PER_MINUTE": "1"})
    client = create_app(_silent, settings).test_client()
    client.get(f"{BASE}/nothing")
    return client.get(f"{BASE}/nothing").get_json()


@contextmanager
def _silent() -> Iterator[Connection]:
    raise DatabaseUnavailable("the database cannot be reached")
    yield


def main() -> int:
    """Load the sample into a database thrown away afterwards, ask, and write the file."""
    with tempfile.TemporaryDirectory(prefix="performance-examples-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root the server runs as another user, who must pass through
        with EmbeddedPostgres(home, durable=False) as server:
            engine = make_engine(server.ensure_database("examples"), application_name="examples")
            migrate(engine)
            load(engine, sample())
            answers = record(create_app(lambda: connect(engine)).test_client())
            engine.dispose()
    examples.FILE.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"Written: {examples.FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
