"""What the tests of submissions share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from performance_store.database import make_engine
from tests.support.servers import Databases
from tests.support.submission_nights import fill
from tests.support.submission_store import Submissions

Nights = Callable[[], AbstractContextManager[Submissions]]


@pytest.fixture(scope="session")
def nights(databases: Databases, template: str, open_folder: Callable[[], Path]) -> Nights:
    """``with nights() as submissions``: a store whose nights are to come. Loaded once, copied."""

    @contextmanager
    def copy() -> Iterator[Submissions]:
        name = databases.filled("nights", fill(open_folder()), template)
        with databases.fresh(name) as url:
            engine = make_engine(url, application_name="tests")
            yield Submissions(engine)
            engine.dispose()

    return copy


@pytest.fixture(scope="module")
def shared_submissions(nights: Nights) -> Iterator[Submissions]:
    with nights() as submissions:
        yield submissions


@pytest.fixture
def submissions(shared_submissions: Submissions) -> Submissions:
    """Submissions in a store whose nights are to come: nothing was sent. It may not be loaded
    into."""
    shared_submissions.forget()
    return shared_submissions


@pytest.fixture
def own_submissions(nights: Nights) -> Iterator[Submissions]:
    """As ``submissions``, in a store of the test's own."""
    with nights() as submissions:
        yield submissions
