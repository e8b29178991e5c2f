"""No step that names the data team, or asks us for something, ends in nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.components.common import submit_link
from dashboard.components.common.steps import About, with_links
from dashboard.components.words import advice, failures, guides, task_words, wording
from dashboard.web.prerender import to_html
from performance_store.definitions.vocabulary import TASK_KINDS, TaskKind
from tests.support.provider_rows import MISSING
from tests.support.task_rows import FIX

ABOUT = About("tree", "local-authority:AAA", endpoint="e1", task="0f", giving="replace")
LONG_BROKEN = replace(MISSING, status="error", access_band="long_broken")
CAUSES = [value for value in vars(failures).values() if isinstance(value, failures.Failure)]
TASKS = [
    replace(FIX, kind=kind, code="", detail="2025-12-31" if kind == "review" else "404")
    for kind in TASK_KINDS
]
SENTENCES = {
    *advice.UNPROCESSED,
    *guides.STEPS,
    wording.RETIRE,
    *wording.next_steps(LONG_BROKEN),
    *(step for cause in CAUSES for step in cause.steps),
    *(step.words for task in TASKS for step in task_words.steps(task)),
}
NAMING = sorted(words for words in SENTENCES if re.search("data team|ask us", words, re.IGNORECASE))


def test_there_are_such_steps() -> None:
    assert len(NAMING) >= 12


@pytest.mark.parametrize("sentence", NAMING)
def test_each_leads_to_a_form(sentence: str) -> None:
    step = with_links(sentence, ABOUT)
    assert re.sub("<[^>]+>", "", to_html(step)) == sentence
    assert to_html(step).count('href="/submit?dataset=tree') == 1
    assert not re.search("provide planning data", sentence)


@pytest.mark.parametrize(
    ("sentence", "query"),
    [
        ("Ask us why it is not processed.", "kind=help"),
        ("If so, ask us to retire it.", "kind=retire&amp;endpoint=e1"),
        ("Say it, and ask us to register it.", "kind=correct&amp;endpoint=e1"),
        ("Give its new address to the data team.", "kind=replace&amp;endpoint=e1"),
    ],
)
def test_each_asks_for_what_it_says(sentence: str, query: str) -> None:
    assert f'task=0f&amp;{query}">' in to_html(with_links(sentence, ABOUT))


@pytest.mark.parametrize(
    ("kind", "detail", "sends"),
    [
        ("provide", None, ["provide", "help"]),
        ("provide", "not_processed", ["help"]),
        ("access", "404", ["replace", "help"]),
        ("documentation", None, ["correct", "help"]),
        ("tidy", None, ["retire", "help"]),
        ("confirm", None, ["help"]),
    ],
)
def test_a_task_leads_to_what_closes_it(kind: TaskKind, detail: str, sends: list[str]) -> None:
    task = replace(FIX, kind=kind, detail=detail, subject="e1")
    page = to_html(submit_link.section(task))
    assert re.findall(r"kind=(\w+)", page) == sends
    assert ("endpoint=e1" in page) == (kind in ("access", "documentation"))
    assert page.count(f"task={task.public_id}") == len(sends)
