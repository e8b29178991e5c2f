"""Server time of whole pages: the first answer with an empty cache, and the next ones."""

from __future__ import annotations

import gc
import re
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from bench.inputs import BUC, DATASET
from bench.table import Section, milliseconds, percentile, verdict
from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.pages import PAGES
from dashboard.urls import addresses
from performance_store.database import connect, make_engine
from performance_store.settings import Settings
from providers.submissions import working_days


def _addresses(engine: Engine) -> list[tuple[str, float, float]]:
    """Pages, with the limits on their server time: warm p95 and first request."""
    with engine.connect() as connection:
        worst = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, t.issue_type, s.field FROM issue_summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "JOIN issue_type t ON t.id = s.issue_type_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) "
                "ORDER BY s.problems DESC LIMIT 1"
            )
        ).one()
    issue = addresses.issue(*worst)
    of_one = (
        *("/", "/organisations", "/organisations?q=buck", f"/organisations/{BUC}"),
        *(f"/organisations/{BUC}?view=table", f"/organisations/{BUC}/{DATASET}"),
        *(issue, f"{issue}?q=1", f"{issue}?sort=value&page=100"),
        addresses.tasks(BUC),
    )
    of_all = [
        page.PATH for page in PAGES if page.PATH.startswith("/national") and "<" not in page.PATH
    ]
    of_all += [addresses.DATASETS, addresses.national_dataset(DATASET)]
    with_filters = [f"{path}?set=any&region=E12000007" for path in of_all]
    return [(path, 100.0, 300.0) for path in of_one] + [
        (path, 150.0, 500.0) for path in (*of_all, *with_filters)
    ]


def page_table(section: Section, url: str, *, warm_limit: float | None = None) -> None:
    """Server time of whole pages beside their limits: those of each page, or one when warm."""
    # With the connections that the web server keeps.
    engine = make_engine(url, application_name="bench")
    rows = []
    for address, usual_limit, cold_limit in _addresses(engine):
        limit = warm_limit or usual_limit
        folder = Path(tempfile.mkdtemp(prefix="performance-bench-"))
        app = create_app(
            Settings(home=folder, downloads_per_minute=0),
            connect=lambda: connect(engine),
            read_state=read_state,
        )
        client = app.server.test_client()
        client.get("/about")
        # As the web server does before its workers start (gunicorn.conf.py).
        working_days.after(date.today(), working_days.PROMISE)
        gc.collect()
        gc.freeze()
        start = time.perf_counter()
        assert client.get(address).status_code == 200, address
        first = (time.perf_counter() - start) * 1000
        warm = milliseconds(lambda c=client, a=address: c.get(a).get_data(), 30)  # type: ignore[misc]
        p95 = percentile(warm, 0.95)
        rows.append(
            [
                # The path of an issue would make the table too wide to read.
                re.sub(r"^.*/issues/[^?]*", "the issue with most rows", address),
                f"{first:.0f}",
                f"{percentile(warm, 0.5):.0f}",
                f"{p95:.0f}",
                f"{verdict(p95, limit)} ({limit:.0f})",
                f"{verdict(first, cold_limit)} ({cold_limit:.0f})",
            ]
        )
        gc.unfreeze()
        shutil.rmtree(folder, ignore_errors=True)
    section.say("Server time of whole pages, in milliseconds: empty cache, then warm (file cache).")
    section.table(
        ["page", "empty cache", "warm median", "warm p95", "warm limit", "cold limit"], rows
    )
