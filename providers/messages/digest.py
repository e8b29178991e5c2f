"""What a digest or an alert says: words made of facts, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from providers.messages.letter import one_line_of

MOST_LINES = 20
DUE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a dataset of an organisation: an event of the store."""

    organisation: str
    dataset: str
    dataset_name: str
    on: date
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that waits. ``due`` of what has a date; ``alert``: why an alert tells of it today
    (`broken`, `must`, `notice`), if it does."""

    organisation: str
    dataset: str
    dataset_name: str
    public_id: str
    kind: str
    code: str
    field: str
    urgency: str
    problems: int | None
    due: date | None
    alert: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to tell of one thing that a subscriber follows: an organisation, or one of its
    datasets ('': all). ``tasks`` are the open ones, the most urgent first."""

    organisation: str
    name: str
    dataset: str
    dataset_name: str
    since: date
    changes: tuple[Change, ...]
    tasks: tuple[OpenTask, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail's subject and text."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around the facts: this site, the day of the data and whether they are old, and where
    the reader chooses what they are told, and ends it."""

    site: str
    as_at: date
    is_old: bool
    preferences: str
    unsubscribe: str


def digest(facts: Sequence[Facts], frame: Frame, *, today: date) -> Draft | None:
    """The mail of a week: what changed, what is due in 30 days, what waits, 20 lines at most. None:
    there is nothing to say."""
    blocks: list[str] = []
    room = MOST_LINES
    until = today + timedelta(days=DUE_DAYS)
    for each in facts:
        due = [task for task in each.tasks if task.due is not None and task.due <= until]
        musts = [task for task in each.tasks if task.urgency == "must" and task not in due]
        lines = [
            *_part(f"Changed since {_day(each.since)}:", list(map(change_line, each.changes))),
            *_part(
                f"Due in the next {DUE_DAYS} days:",
                [f"{task_line(task)} by {_day(task.due)}" for task in due if task.due],
            ),
            *_part(_waiting(each.tasks), list(map(task_line, musts))),
        ]
        # What waits is no news: alone it is no reason for a mail, but for what must be done.
        if not (each.changes or due or musts):
            continue
        block, room = _fit(lines, room)
        blocks.append("\n".join([_title(each), *block, "", f"More: {page_of(frame.site, each)}"]))
    if not blocks:
        return None
    names = list(dict.fromkeys(one_line_of(each.name) for each in facts))
    what = names[0] if len(names) == 1 else f"{len(names)} organisations"
    return Draft(
        subject=f"This week: planning data of {what}",
        text="\n\n\n".join([*_age(frame), *blocks, _foot(frame)]) + "\n",
    )


def alert(facts: Sequence[Facts], frame: Frame) -> Draft | None:
    """The mail of a morning: what broke, became a must, or is to be done by a date from now on.
    None: there is nothing to say."""
    blocks, room, count = [], MOST_LINES, 0
    for each in facts:
        tasks = [task for task in each.tasks if task.alert]
        if not tasks:
            continue
        count += len(tasks)
        block, room = _fit([f"- {alert_line(task)}" for task in tasks], room)
        blocks.append("\n".join([_title(each), *block, "", f"More: {page_of(frame.site, each)}"]))
    if not blocks:
        return None
    first = next(task for each in facts for task in each.tasks if task.alert)
    subject = (
        f"{one_line_of(first.dataset_name)}: {_ALERT_SUBJECTS[first.alert or '']}"
        if count == 1
        else f"{count} things need attention in your planning data"
    )
    return Draft(subject=subject, text="\n\n\n".join([*blocks, _foot(frame)]) + "\n")


def change_line(change: Change) -> str:
    """An event in a line."""
    words = _CHANGES.get(change.kind, change.kind.replace("_", " "))
    sentence = words.format(before=_word(change.before), after=_word(change.after))
    return f"{one_line_of(change.dataset_name)}: {sentence} ({_day(change.on)})"


def task_line(task: OpenTask) -> str:
    """What is to be done, in a line."""
    words = _TASKS[task.kind].format(
        problems=f"{task.problems:,}" if task.problems else "some",
        code=_word(task.code),
        field=f" in {one_line_of(task.field)}" if task.field else "",
    )
    return f"{one_line_of(task.dataset_name)}: {words}"


def alert_line(task: OpenTask) -> str:
    """Why an alert tells of a task, in a line."""
    by = f" by {_day(task.due)}" if task.due else ""
    return f"{task_line(task)}{by}. {_ALERTS[task.alert or '']}"


def page_of(site: str, facts: Facts) -> str:
    """Where all of it stands."""
    return f"{site}/organisations/{quote(facts.organisation, safe=':')}/tasks"


_CHANGES = {
    "newly_provided": "is now provided",
    "lost": "is no longer provided",
    "newly_broken": "we could not collect it for 5 days",
    "recovered": "we can collect it again",
    "endpoint_replaced": "comes from another endpoint",
    "status_changed": "was {before} and is now {after}",
    "issue_type_appeared": "has a new kind of problem, {after}",
    "issue_type_cleared": "no longer has a kind of problem, {before}",
}
_TASKS = {
    "access": "make the endpoint work again",
    "provide": "provide it",
    "take_over": "provide it yourself: it comes from another source",
    "fix": "fix {problems} problems of the kind {code}{field}",
    "field": "add the column{field}",
    "review": "review it and confirm that it is right",
    "boundary": "check what lies outside your boundary",
    "confirm": "confirm that it is still right: it has not changed for long",
    "documentation": "say where it is described",
    "licence": "say under which licence it is",
    "tidy": "end the endpoints that are no longer used",
}
_ALERTS = {
    "broken": "We could not collect it two days in a row.",
    "must": "It must be done from now on.",
    "notice": "It is time for the yearly review.",
}
_ALERT_SUBJECTS = {
    "broken": "we could not collect it two days in a row",
    "must": "something must be done",
    "notice": "it is time for the yearly review",
}


def _title(facts: Facts) -> str:
    name = one_line_of(facts.name)
    title = f"{name}, {one_line_of(facts.dataset_name)}" if facts.dataset else name
    return f"{title}\n{'=' * min(len(title), 70)}\n"


def _waiting(tasks: Sequence[OpenTask]) -> str:
    """How many tasks wait, by urgency: the counts of the page."""
    counts = [
        f"{count:,} {words}"
        for urgency, words in (
            ("must", "that must be done"),
            ("should", "that should be done"),
            ("improve", "to improve"),
        )
        if (count := sum(task.urgency == urgency for task in tasks))
    ]
    return f"Waiting for you: {', '.join(counts)}." if counts else ""


def _part(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if heading and (lines or heading.endswith(".")):
        yield heading
        yield from (f"- {line}" for line in lines)


def _fit(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    """The first lines that there is room for, and a word of how many more there are. Out: also the
    room that is left."""
    items = [line for line in lines if line.startswith("- ")]
    over = len(items) - room
    if over <= 0:
        return list(lines), room - len(items)
    out, left = [], room
    for line in lines:
        if not line.startswith("- "):
            out.append(line)
        elif left:
            out.append(line)
            left -= 1
    return [*out, f"- and {over:,} more"], 0


def _age(frame: Frame) -> list[str]:
    if not frame.is_old:
        return []
    return [f"These figures are of {_day(frame.as_at)}: newer ones have not come."]


def _foot(frame: Frame) -> str:
    return (
        "--\nYou are told this because you confirmed that you want to follow it on Planning Data "
        f"Performance ({frame.site}).\nChoose what you are told, or pause: {frame.preferences}\n"
        f"Stop all of it: {frame.unsubscribe}"
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _word(text: str | None) -> str:
    return one_line_of(text or "unknown").replace("_", " ")
