"""The words for a submission: what was sent, how far it is with what says so, and what comes next.

The forms to send one, its page, lists, files and feeds say it alike. Nothing here is personal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dashboard.components.words import formatting
from dashboard.components.words.failures import failure
from dashboard.components.words.formatting import day, list_of
from providers.submissions.rows import CHECKED, Event, Kind, Licence, Standing, Step, Submission

_LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of submission: its name in lists, what a button or a heading says, what it is."""

    name: str
    title: str
    meaning: str


KINDS: dict[Kind, KindWords] = {
    "provide": KindWords(
        "New address",
        "Send an address of data",
        "The data team registers the address, and the platform collects it every night.",
    ),
    "replace": KindWords(
        "Replacement",
        "Replace a registered address",
        "The data team registers the new address and ends the one that it replaces.",
    ),
    "take_back": KindWords(
        "Taking back an address",
        "Ask for an ended address to be used again",
        "The data team takes the address into the register again.",
    ),
    "retire": KindWords(
        "Retiring an address",
        "Ask for an address to be retired",
        "The data team ends the address: it is not collected any more.",
    ),
    "correct": KindWords(
        "Correction",
        "Correct the documentation page or the licence",
        "The data team changes what the register says of the address. Its data stay as they are.",
    ),
    "help": KindWords(
        "Request for help",
        "Ask the data team for help",
        "The data team answers. Nothing is registered or changed by it.",
    ),
}
STEPS: dict[Step, str] = {
    "sending": "Safe with us, being sent",
    "sent": "Sent",
    "acknowledged": "Being looked at",
    "waiting": "Waiting for the authority",
    "answered": "The authority replied",
    "registered": "In the register",
    "collection_failed": "First collection failed",
    "collected": "First collected",
    "no_records": "Collected, no records yet",
    "live": "Live",
    "done": "Done",
    "ended": "Ended",
}
LADDER = (
    "A submission is sent when the data team has it, and being looked at when somebody there has "
    "begun.",
    "The register is the data team’s list of the addresses that the platform collects.",
    "It is in the register when the data we load have its address, first collected when the "
    "platform has fetched it, and live when the dataset has its records.",
    "What the data say comes before what the ticket says: a closed ticket alone never makes a "
    "submission live.",
    "It is late when it was sent more than 5 working days ago and the register does not have it.",
    "It ends without being live when the ticket was closed 5 working days ago and the register "
    "does not have it, or when it was refused, sent twice or withdrawn.",
)
"""How steps are known, a sentence each."""
REASONS: dict[str, str] = {
    "absent": "The data team closed it, and the register does not have the address.",
    "refused": "The data team did not take it.",
    "duplicate": "The data team had it from another submission already.",
    "withdrawn": "It was withdrawn.",
    "answered": "The data team answered.",
}
_UNCHANGED = "The data team closed it, and the register does not show the change."
LICENCES: dict[Licence, str] = {
    "yes": "Yes, under the Open Government Licence, and our website says so",
    "no": "No, or our website does not say so",
    "unsure": "Not sure",
}
ANSWERS: dict[str, str] = {
    "new": "We do not have this address yet.",
    "collected": "This address is collected already. Changes at it are picked up every night: "
    "there is nothing to send.",
    "registered": "This address is registered and waits for its first collection: there is "
    "nothing to send.",
    "failing": "This address is registered, but it cannot be collected.",
    "ended": "This address was registered and has ended. You can ask for it to be used again.",
    "sent": "This address was sent already.",
}
"""How an address stands before it is sent, by the six answers."""

_PATHS: dict[str, tuple[Step, ...]] = {
    "collected": ("sent", "acknowledged", "registered", "collected", "live"),
    "retire": ("sent", "acknowledged", "done"),
    "correct": ("sent", "acknowledged", "done"),
    "help": ("sent", "acknowledged", "ended"),
}
_COMING: dict[Step, str] = {
    "sent": "sent to the data team",
    "acknowledged": "looked at by the data team",
    "registered": "in the register",
    "collected": "first collected",
    "live": "live",
    "done": "done",
    "ended": "answered",
}
_OF_DATA: tuple[Step, ...] = (
    *("registered", "collection_failed", "collected", "no_records", "live", "done"),
)
# Steps that stand in place of another on the way.
_SAME: dict[Step, Step] = {"waiting": "acknowledged", "no_records": "collected"}

Actor = Literal["authority", "data team", "platform", "us", "nobody"]
ACTORS: dict[Actor, str] = {
    "authority": "The authority",
    "data team": "The data team",
    "platform": "Nobody has to: the platform does it at night",
    "us": "Nobody has to: this website does it",
    "nobody": "Nobody",
}


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next, as a sentence, and who acts."""

    words: str
    actor: Actor


def answer(standing: Standing) -> str:
    """How an address stands, as a sentence or two with its day, where it has one."""
    words = ANSWERS[standing.answer]
    row = standing.registered
    if standing.answer == "collected" and row and row.collected_since:
        return f"{words} It is collected since {day(row.collected_since)}."
    if standing.answer == "failing" and row and (row.http_status or row.exception):
        why = failure(row.http_status, row.exception)
        return f"{words} At the last attempt, {why.brief}."
    if standing.answer == "ended" and row and row.ended_on:
        return words.replace("has ended", f"ended on {day(row.ended_on)}")
    if standing.answer == "sent" and standing.sent_at:
        return f"This address was sent on {day(local(standing.sent_at))}: {standing.reference}."
    return words


def local(at: datetime) -> date:
    """The day of a moment by clocks in England."""
    return at.astimezone(_LONDON).date()


def step(submission: Submission) -> str:
    """How far it is, in a few words."""
    if submission.step == "ended" and submission.reason == "withdrawn":
        return "Withdrawn"
    if submission.step == "ended":
        ending = (
            "Ended without being live" if submission.kind in CHECKED else "Ended without a change"
        )
        return "Answered" if submission.reason == "answered" else ending
    return STEPS[submission.step]


def reason(submission: Submission) -> str:
    """Why it ended, as a sentence; blank where that is not said."""
    if submission.reason == "absent" and submission.kind not in CHECKED:
        return _UNCHANGED
    return REASONS.get(submission.reason or "", "")


def in_past(step: Step) -> str:
    """A step as it is called where others have followed it."""
    return "Received" if step == "sending" else STEPS[step]


def brief(submission: Submission, dataset: str = "") -> str:
    """One submission as a line, for the pages of what it is about: "New address, submitted on 3
    March 2026: in the register on 5 March 2026". In: also the name of the dataset to say."""
    of = f" for {dataset}" if dataset else ""
    since = day(local(submission.step_at))
    what = f"{KINDS[submission.kind].name}{of}, submitted on {day(local(submission.sent_at))}"
    if submission.step in ("sending", "sent"):
        return f"{what}: {_lower(step(submission))}"
    return f"{what}: {_lower(step(submission))} since {since}"


def of_dataset(rows: Sequence[Submission], today: date) -> str:
    """Open submissions of one dataset as sentences; blank without any."""
    return " ".join(f"{brief(row)}. {outlook(row, today)}".strip() for row in rows)


def of_step(rows: Sequence[Submission]) -> str:
    """That the address of a dataset was sent, for the step that asks for it; blank where no open
    submission is of an address."""
    days = [local(row.sent_at) for row in rows if row.kind in CHECKED]
    return f" Done: sent on {day(max(days))}." if days else ""


def of_all(rows: Sequence[Submission]) -> str:
    """How many submissions are open, as a sentence, and what waits; blank without any."""
    if not rows:
        return ""
    waiting = sum(1 for row in rows if row.step == "waiting")
    late = sum(1 for row in rows if row.is_late)
    parts = [
        f"{formatting.plural(len(rows), 'submission is', 'submissions are')} open",
        *([f"{waiting} waiting for the authority"] if waiting else []),
        *([f"{late} late"] if late else []),
    ]
    return f"{', '.join(parts)}."


def sentence(step: Step, evidence: Mapping[str, Any]) -> str:
    """What says that a step was reached, for every reader. In: its evidence, as `Event` has it."""
    match step:
        case "sending":
            return "It is kept here, with a reference of its own."
        case "sent" if "ticket" in evidence and evidence["ticket"] is None:
            return "It is on the list that the data team works through."
        case "sent":
            return "The data team has it."
        case "acknowledged" if "unlinked" in evidence:
            return "The address in the register that was taken for this one is another."
        case "acknowledged" if "goes_on" in evidence:
            return "The data team does not wait for the authority any more."
        case "acknowledged":
            return "Somebody of the data team has begun to look at it."
        case "waiting":
            return "The data team asked the authority something."
        case "answered":
            return "The authority answered the data team."
        case "registered":
            return _registered(evidence)
        case "collection_failed":
            return f"The platform tried to collect it and could not{_failure(evidence)}."
        case "collected":
            return "The platform collected the data."
        case "no_records":
            return (
                "The data were collected, but the dataset has no records of this authority from "
                "them yet. The data team has to look: often the organisation named in the data is "
                "another one."
            )
        case "live":
            return "The data are in the dataset, for everybody to use."
        case "done":
            return "The register has been changed as it was asked."
        case "ended":
            return REASONS.get(str(evidence.get("reason")), "It came to nothing.")


def _registered(evidence: Mapping[str, Any]) -> str:
    if evidence.get("existed"):
        return (
            "The register has the address. It had it before this was sent, so this submission is "
            "not what brought it there."
        )
    if evidence.get("rule") in ("L3", "L4", "L5"):
        return (
            "The register has an address that is probably this one, though it is not written the "
            "same."
        )
    return "The register has the address."


def _failure(evidence: Mapping[str, Any]) -> str:
    status, exception = evidence.get("http_status"), evidence.get("exception")
    if not status and not exception:
        return ""
    why = failure(str(status) if status else None, str(exception) if exception else None)
    return f": {why.brief}"


def next_step(
    submission: Submission, *, promise: date, today: date, reader: str = "the authority"
) -> Next:
    """What comes next. In: the day by which the data team means to have registered it; what the
    authority is called to the reader: "you" to its own people."""
    match submission.step:
        case "sending":
            return Next(
                "We pass it on to the data team as soon as its ticket system answers. Nothing "
                "needs to be sent again.",
                "us",
            )
        case "waiting":
            return Next(f"The data team waits for an answer from {reader}.", "authority")
        case "sent" | "acknowledged" | "answered":
            return Next(from_data_team(submission, promise), "data team")
        case "registered":
            return Next(
                outlook(submission, today) or "The data team changes the register.",
                "platform",
            )
        case "collection_failed":
            return Next(
                "The platform tries again every night. The address has to answer for that.",
                "authority",
            )
        case "collected":
            return Next(
                "The platform makes records of the data: that shows within a day or two.",
                "platform",
            )
        case "no_records":
            return Next("The data team finds out why there are no records.", "data team")
        case "live" | "done" | "ended":
            return Next("Nothing: this submission has ended.", "nobody")


def outlook(submission: Submission, today: date) -> str:
    """What is expected of one that the register has, as a sentence; blank of others."""
    if submission.step != "registered" or submission.kind not in CHECKED:
        return ""
    morning = local(submission.step_at) + timedelta(days=1)
    if morning > today:
        return "First collection expected tomorrow morning."
    return (
        f"First collection expected by the morning of {day(morning)}: our data do not show it yet."
    )


def source(event: Event) -> str:
    """Where what says so was seen, as a sentence; blank where the step itself says it."""
    if event.evidence.get("snapshot"):
        return f"Seen in the data of {day(event.on_day)}."
    if event.by_person and event.step in ("acknowledged", "registered"):
        return "A person of the data team said so here."
    return ""


def of_steps(submission: Submission) -> tuple[str, str]:
    """How far the last two steps of a task are by what was sent for it: that it is sent, and that
    the register has it. Blank: not yet."""
    when = f"Sent on {day(local(submission.sent_at))}."
    if submission.step == "sending":
        return f"{STEPS['sending']}.", ""
    if submission.step == "ended":
        return f"{when} {step(submission)} on {day(local(submission.step_at))}.", ""
    if submission.step in _OF_DATA:
        return when, f"{step(submission)} since {day(local(submission.step_at))}."
    return f"{when} {step(submission)}." if submission.step != "sent" else when, ""


def to_come(submission: Submission, steps: Sequence[Step]) -> str:
    """The steps that are still to come, as a list in words; blank where none is. In: those that
    it came to."""
    if not submission.is_open:
        return ""
    reached = {_SAME.get(step, step) for step in steps}
    path = _PATHS["collected" if submission.kind in CHECKED else submission.kind]
    last = max((path.index(step) for step in path if step in reached), default=-1)
    return list_of([_COMING[step] for step in path[last + 1 :]])


def from_data_team(submission: Submission, promise: date) -> str:
    """What the data team does with it, and by when as a rule."""
    if submission.kind == "help":
        return f"The data team answers, by {day(promise)} as a rule."
    what = {
        "retire": "ends the address in the register",
        "correct": "changes the register",
    }.get(submission.kind, "adds the address to the register")
    if submission.is_late:
        return (
            f"The data team {what}. It meant to by {day(promise)}: this takes longer than "
            "promised, and is on the list of what is late."
        )
    return f"The data team {what}, by {day(promise)} as a rule. It shows here the morning after."


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
