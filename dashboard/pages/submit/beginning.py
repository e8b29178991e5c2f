"""What a draft begins with, and which address it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dashboard.data.door import Connection, ask
from dashboard.pages.provider.subject import subject_of
from dashboard.pages.submit import address, query, typed
from dashboard.pages.submit.access import Subject
from dashboard.pages.submit.query import Query
from performance_store.queries import tasks
from performance_store.rows import Task
from providers.submissions import drafts
from providers.submissions.rows import CHECKED, OF_ENDPOINT, Draft, Kind, Registered

_OF_TASKS: dict[Kind, tuple[str, ...]] = {
    "provide": ("provide", "take_over"),
    "replace": ("access",),
}
"""The kinds of tasks that a submission is to close."""


def begin(connection: Connection, person_id: int, kind: Kind, source: Query) -> Draft:
    """A draft with all that is source. In: who types, and what the address answer."""
    task = query.task_of(source.organisation, source.dataset, source.task)
    row = query.endpoint_of(
        source.organisation, source.dataset, source.endpoint or (task.subject if task else "")
    )
    values = _of_check(kind, source) | _of_row(kind, row)
    if kind == "correct" and task and task.kind in ("documentation", "licence"):
        values["field"] = task.kind
    task = task or _task(kind, source, row)
    draft = drafts.start(
        connection,
        person_id=person_id,
        organisation=source.organisation,
        acting_for=source.organisation,
        dataset=source.dataset,
        kind=kind,
        task=task.public_id if task else None,
        answers=values,
    )
    draft = _with_typed(connection, draft, source)
    page = row.documentation_url if row and kind in ("replace", "take_back") else None
    if page and not draft.answers.get("documentation_url"):
        draft = drafts.save(connection, draft=draft, answers={"documentation_url": page})
    return draft


def _with_typed(connection: Connection, draft: Draft, source: Query) -> Draft:
    """The draft with what the reader typed into one of another kind, where it has no answer yet."""
    if not source.draft:
        return draft
    before = drafts.get(connection, token=source.draft, person_id=draft.person_id)
    about = (draft.organisation, draft.dataset)
    if before is None or (before.organisation, before.dataset) != about:
        return draft
    values = typed.shared(before, draft.kind)
    new = {name: text for name, text in values.items() if not draft.answers.get(name)}
    return drafts.save(connection, draft=draft, answers=new) if new else draft


def _of_check(kind: Kind, source: Query) -> dict[str, str]:
    """The address that was checked, with the check."""
    check = query.check_of(source.organisation, source.dataset, source.check)
    if check is None or (kind not in CHECKED and kind != "help"):
        return {}
    if check.url is None:
        # A file: it can only go with a question.
        return {"check": check.secret} if kind == "help" else {}
    return {"check": check.secret, "url": check.url}


def _of_row(kind: Kind, row: Registered | None) -> dict[str, str]:
    """The registered address, if something of this kind can be about it."""
    if row is None or kind not in OF_ENDPOINT or row.is_active == (kind == "take_back"):
        return {}
    return {"endpoint": row.endpoint} | (
        {"url": row.url} if kind == "take_back" and row.url else {}
    )


def _task(kind: Kind, source: Query, row: Registered | None) -> Task | None:
    """The open task that it is to close, where the reader did not come from one."""
    rows = ask(
        tasks.of_organisation,
        organisation=source.organisation,
        snapshot_id=subject_of(source.organisation).snapshot.snapshot_id,
        dataset=source.dataset,
    )
    mine = [task for task in rows if task.kind in _OF_TASKS.get(kind, ())]
    if kind == "replace":
        mine = [task for task in mine if row and task.subject == row.endpoint]
    return mine[0] if mine else None


def as_kind(draft: Draft, kind: Kind) -> Draft:
    """A draft as one of another kind."""
    return replace(draft, kind=kind)


def read_address(
    subject: Subject, rows: Sequence[Registered], values: dict[str, str]
) -> tuple[Kind, Mapping[str, str]]:
    """What kind it is by what is typed of its address, and what is wrong with that by the names of
    the controls. In: the registered addresses to choose from, and what was typed, which is
    completed."""
    kind = subject.draft.kind
    row = next((row for row in rows if row.endpoint == values.get("endpoint")), None)
    if kind in ("provide", "replace"):
        return _read_new(kind, rows, row, values)
    mistakes = {}
    if row is None:
        mistakes["endpoint"] = address.NO_ADDRESS
    elif kind == "take_back" and row.url is None:
        mistakes["endpoint"] = address.NO_TEXT
    elif kind == "take_back" and row.url:
        values["url"] = row.url
    if kind == "correct" and values.get("field") not in ("documentation", "licence"):
        mistakes["field"] = address.NO_FIELD
    return kind, mistakes


def _read_new(
    kind: Kind, rows: Sequence[Registered], row: Registered | None, values: dict[str, str]
) -> tuple[Kind, Mapping[str, str]]:
    mistakes = {}
    if wrong := typed.wrong_url(values.get("url", "")):
        mistakes["url"] = wrong
    answer = values.get("endpoint")
    values["endpoint"] = row.endpoint if row else ""
    if row is None and rows and kind == "replace" and answer != address.NONE_OF_THEM:
        mistakes["endpoint"] = address.NO_REPLACED
        return kind, mistakes
    return "replace" if row else "provide", mistakes
