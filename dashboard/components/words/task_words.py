"""The words for a task: what is wrong, what it gains to fix it, the steps, and how it ended.

Pages, files, feeds and mails say it alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboard.components.words import amounts, formatting
from dashboard.components.words.failures import Failure, failure
from dashboard.components.words.issue_words import IssueWords, issue_words, row_heading
from performance_store.definitions.vocabulary import CloseReason, Urgency
from performance_store.rows import Task, TaskCount

Knowing = Literal["by data", "by you"]
SIGNS: dict[Knowing, str] = {"by data": "We see it in the data", "by you": "Only you know it"}
"""How a step is known to be done."""
UNKNOWN_COUNT = "?"


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks of one urgency: their heading, and what it means in a line."""

    title: str
    meaning: str


URGENCIES: dict[Urgency, Group] = {
    "must": Group(
        "Must do",
        "Without these, data that you have to provide are missing, broken or wrong.",
    ),
    "should": Group(
        "Should do",
        "These are expected of you, or will become something you must do if they wait.",
    ),
    "improve": Group(
        "Could improve",
        "The data are used without these. They make them easier to use and to trust.",
    ),
}
CLOSINGS: dict[CloseReason, str] = {
    "fixed": "Done",
    "endpoint_ended": "No longer needed: the endpoint has ended",
    "provision_ended": "No longer needed: the dataset is not asked of you any more",
    "organisation_ended": "No longer needed: the organisation has closed",
    "rule_changed": "No longer asked for: a check changed",
    "superseded": "Replaced by something newer",
}
KNOWING = (
    "What we see in the data shows when they are next collected, at night: then the task closes, "
    "and you do not need to tell us."
)
"""What stands below the steps of a task."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do for a task, and how it is known to be done. ``to_guidance``: it is to read
    the dataset's guidance."""

    words: str
    sign: Knowing
    to_guidance: bool = False


def of_issue(task: Task) -> IssueWords:
    """The words for the issue that a `fix` is about."""
    return issue_words(task.code)


def cause(task: Task) -> Failure:
    """Why the endpoint of an `access` task fails."""
    answer = task.detail or ""
    return failure(answer, None) if answer[:1].isdigit() else failure(None, answer)


def title(task: Task) -> str:
    """What is wrong or missing, in a few words that make sense under the dataset's name."""
    match task.kind:
        case "access":
            why = "" if task.detail is None else f": {cause(task).brief}"
            return f"The endpoint does not work{why}"
        case "provide" if task.detail == "not_processed":
            return "An address is registered, but the platform does not process it"
        case "provide":
            return "The dataset is not provided yet"
        case "take_over":
            return "Others provide this dataset in your place"
        case "fix":
            return _issue(task)
        case "field":
            return f"The required field “{task.field}” is missing"
        case "review":
            return f"The yearly review of {task.subject} is due by {_due(task)}"
        case "boundary":
            return "Some places are outside your area"
        case "confirm":
            since = f" since {formatting.day(task.since)}" if task.since else " for long"
            return f"The content has not changed{since}"
        case "documentation":
            return "The endpoint has no documentation page"
        case "licence":
            return "The endpoint has no licence"
        case "tidy":
            return _spare(task)


def _issue(task: Task) -> str:
    if task.problems is None and task.rows is None:
        words = of_issue(task).title
    else:
        words = row_heading(of_issue(task), task.rows, task.problems or 0, task.record_count)
    return f"{words} (field {task.field})" if task.field else words


def _spare(task: Task) -> str:
    if task.problems == 1:
        return "Another endpoint gives the same data"
    return f"{formatting.number(task.problems)} other endpoints give the same data"


def _due(task: Task) -> str:
    return formatting.day(due_on(task))


def due_on(task: Task) -> date | None:
    """The day by which a `review` is due; None for other tasks."""
    return date.fromisoformat(task.detail) if task.kind == "review" and task.detail else None


def gain(task: Task) -> str | None:
    """What fixing it gains, where that is more than the fix itself."""
    if task.closed_on is not None:
        return None
    if task.gains:
        return "Fixing this makes the dataset live."
    if task.kind == "provide" and task.provision_reason == "statutory":
        return "This dataset is required by law."
    if task.kind == "provide" and task.provision_reason == "expected":
        return "This dataset is expected under your funding agreement."
    return None


def amount(task: Task) -> str | None:
    """ "12 rows" or "12 problems" of a `fix`; None where there is nothing to count."""
    return amount_of(task, task.rows, task.problems)


def amount_of(task: Task, rows: int | None, problems: int | None) -> str | None:
    """The same of a time when it had other numbers."""
    if task.kind != "fix" or (rows is None and problems is None):
        return None
    return amounts.amount(rows, problems)


def since(task: Task) -> str:
    """Since when it has been there, as a sentence."""
    if task.kind == "access" and task.since:
        unreliable = " It has stopped and started several times lately." if task.unreliable else ""
        return f"Failing since {formatting.day(task.since)}.{unreliable}"
    again = ""
    if task.reopened:
        times = "once" if task.reopened == 1 else f"{formatting.in_words(task.reopened)} times"
        again = f" It was gone and came back {times}."
    earlier = " or earlier" if task.or_earlier else ""
    return f"On this list since {formatting.day(task.first_seen_on)}{earlier}.{again}"


def caution(task: Task) -> str | None:
    """What makes the task less than certain: it is of an older file, or nobody can tell now."""
    if task.closed_on is not None:
        return None
    if task.not_judged_since is not None:
        return (
            f"We cannot tell since {formatting.day(task.not_judged_since)} whether this is still "
            "so: the newest figures do not show it."
        )
    if task.of_last_good:
        return "From the last good copy: the data cannot be collected at the moment."
    return None


_READ = Step("Read the guidance", "by you", to_guidance=True)


def steps(task: Task) -> tuple[Step, ...]:
    """What to do, in order, each with how it is known that it is done."""
    match task.kind:
        case "access":
            words = [Step(step, "by you") for step in cause(task).steps]
            return (*words, Step("The endpoint answers when we next try, at night.", "by data"))
        case "fix":
            remedy = of_issue(task).remedy or "Fix the rows in your source system."
            return _publish(
                _READ, Step(remedy, "by you"), "The next collection has no row with this issue."
            )
        case "field":
            add = Step(f"Add the field “{task.field}” in your source system.", "by you")
            return _publish(_READ, add, "The next collection has the field.")
        case "boundary":
            look = Step("Check the places outside your area. They may be a neighbour’s.", "by you")
            return _publish(_READ, look, "The next collection has none.")
        case "review":
            look = Step("Review each entry, and bring those that changed up to date.", "by you")
            return _publish(_READ, look, f"The file has content of {task.subject}.")
        case "confirm":
            look = Step("Check that the content is still right.", "by you")
            return _publish(_READ, look, "The next collection has newer content.")
        case _:
            return (*_beginning(task), *_ENDINGS[task.kind])


def _publish(read: Step, act: Step, sign: str) -> tuple[Step, ...]:
    publish = Step("Publish the data again at the same address as before.", "by you")
    return (read, act, publish, Step(sign, "by data"))


def _beginning(task: Task) -> tuple[Step, ...]:
    return (_READ,) if task.kind in ("provide", "take_over") else ()


_REGISTER = "to the data team."
_ENDINGS: dict[str, tuple[Step, ...]] = {
    "provide": (
        Step("Publish the data at an address of your own that everybody can open.", "by you"),
        Step(f"Give the address {_REGISTER}", "by you"),
        Step("The address is in the platform’s register of endpoints.", "by data"),
    ),
    "take_over": (
        Step("Publish the data at an address of your own that everybody can open.", "by you"),
        Step(f"Give the address {_REGISTER}", "by you"),
        Step("Your own endpoint is in the register in place of theirs.", "by data"),
    ),
    "documentation": (
        Step("Make a public page that says what the data are, on your own website.", "by you"),
        Step(f"Give its address {_REGISTER}", "by you"),
        Step("The register has the page.", "by data"),
    ),
    "licence": (
        Step("Choose a licence, best the Open Government Licence.", "by you"),
        Step("Say it on the documentation page, and ask us to register it.", "by you"),
        Step("The register has the licence.", "by data"),
    ),
    "tidy": (
        Step("See which of the endpoints you still need.", "by you"),
        Step("Ask us to retire the others.", "by you"),
        Step("One endpoint is left, or they give different data.", "by data"),
    ),
}


def ending(task: Task) -> str:
    """How an ended task ended, in words."""
    return CLOSINGS.get(task.close_reason or "fixed", "Closed")


def number(total: int, unknown: bool) -> str:
    """The number of open tasks, for a badge or a link: "7", or where the problems of something
    are not known "7 or more", "?" instead of none."""
    if not unknown:
        return formatting.number(total)
    return f"{formatting.number(total)} or more" if total else UNKNOWN_COUNT


def summary(count: TaskCount) -> str:
    """The numbers of open tasks as a sentence."""
    parts = [
        f"{formatting.number(number)} {words}"
        for number, words in (
            (count.must, "you must do"),
            (count.should, "you should do"),
            (count.improve, "that would improve your data"),
        )
        if number
    ]
    more = " There may be more: the problems of some datasets are not known for this date."
    unknown = more if count.unknown else ""
    if not parts:
        return f"There is nothing on the list.{unknown}" if unknown else "You have nothing to do."
    noun = "task" if count.total == 1 else "tasks"
    return f"{formatting.number(count.total)} open {noun}: {formatting.list_of(parts)}.{unknown}"
