"""The words for what people say of a task, and for what the data have said since."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.components.words import formatting
from providers.tasks.rows import CONFIRMABLE, Event, Progress, State

STATES: dict[State, str] = {
    "to_do": "To do",
    "in_progress": "In progress",
    "done": "Done, waiting for the next collection",
    "not_applicable": "Does not apply to us",
    "paused": "Paused until a day",
    "confirmed": "Reviewed, nothing to change",
}
REASONS = {
    "not_ours": "It is not for us to do",
    "no_data": "We have no such data",
    "right": "The data are right as they are",
    "retiring": "The endpoint or the dataset is being retired",
    "other": "Another reason",
}
_BY_DATA = {
    "unchanged": "The file had not changed after two collections.",
    "changed": "The file had changed, and the problem was still there.",
    "failing": "The endpoint still failed after two nights.",
    "absent": "The register did not show it after two weeks.",
    "grew": "There were more problems than when it was said not to apply.",
    "expired": "12 months had passed.",
    "over": "The pause was over.",
}
# What nothing but time has done.
_OF_TIME = ("expired", "over")
_LONDON = ZoneInfo("Europe/London")


def choices(kind: str) -> list[tuple[str, str]]:
    """What can be said of a task of a kind, as (value, words)."""
    return [
        (state, words)
        for state, words in STATES.items()
        if state != "confirmed" or kind in CONFIRMABLE
    ]


def moment(at: datetime) -> str:
    """3 May 2026 at 10:00, as clocks in England have it."""
    local = at.astimezone(_LONDON)
    return f"{formatting.day(local.date())} at {local:%H:%M}"


def state(progress: Progress) -> str:
    """How far the task is now, in a few words."""
    if progress.now == "paused":
        return f"Paused until {formatting.day(progress.until)}"
    return STATES[progress.now]


def back(progress: Progress) -> str | None:
    """Where nobody said that the task is to do: what put it back. None where people said how far
    it is."""
    if progress.person_id is None and progress.state == "to_do":
        why = _BY_DATA.get(progress.reason or "", "")
        return f"Put back by the data on {formatting.day(progress.at.date())}. {why}".strip()
    if progress.now == progress.state:
        return None
    return f"Put back by {'the calendar' if progress.outcome in _OF_TIME else 'the data'}."


def outcome(progress: Progress) -> str | None:
    """What the data or the calendar have said since, as a sentence or two; None: nothing."""
    looked = formatting.day(progress.looked_on)
    was = formatting.day(progress.at.date())
    match progress.outcome:
        case None if progress.state == "done" and progress.of_register:
            return (
                "We look at the register every night, and next in the coming one. People enter "
                "what you send there: that takes a week as a rule, and up to two."
            )
        case None if progress.state == "done":
            return "We look next at midnight. What we find is here in the morning."
        case "unchanged_once":
            return (
                f"We looked on {looked}. The file at this address has not changed since you said "
                "that it is done. We look again at midnight."
            )
        case "failing_once":
            return "We tried after you said that it is done, and it still failed. We try again."
        case "unchanged":
            return (
                f"You said on {was} that it is done. We looked on {looked}, and the file at this "
                "address has not changed. It may be at another address, or not published yet."
            )
        case "changed":
            return (
                f"You said on {was} that it is done. The file changed on "
                f"{formatting.day(progress.changed_on)}: {_left(progress)}."
            )
        case "failing":
            return f"You said on {was} that it is done. The endpoint still fails."
        case "absent_yet":
            return (
                f"The register of {looked} does not show it yet. People enter what you send: that "
                "takes a week as a rule, and up to two."
            )
        case "absent":
            return (
                f"You said on {was} that it is done. The register of {looked} does not show it. "
                "Ask whether what you sent has arrived."
            )
        case "grew":
            return (
                f"On {was} you said that it does not apply{_why(progress)}. There were "
                f"{formatting.plural(progress.problems, 'problem')}, there are "
                f"{formatting.number(progress.problems_now)} now. Is it still so?"
            )
        case "expired" if progress.state == "not_applicable":
            return f"On {was} you said that it does not apply{_why(progress)}. Is it still so?"
        case "expired":
            return f"It was last confirmed on {was}. Is the content still right?"
        case "over":
            return f"The pause ended on {formatting.day(progress.until)}."
    return None


def _left(progress: Progress) -> str:
    if progress.problems and progress.problems_now:
        left = formatting.n_of(progress.problems_now, progress.problems)
        if progress.problems_now <= progress.problems:
            return f"{left} problems are left"
        return f"there are {formatting.plural(progress.problems_now, 'problem')} now"
    return "the problem is still there"


def _why(progress: Progress) -> str:
    words = REASONS.get(progress.reason or "")
    return f" (“{words}”)" if words else ""


def event(row: Event) -> str:
    """What was said, in a few words."""
    if not row.by_person:
        return f"Back to “To do”. {_BY_DATA.get(row.reason or '', '')}".strip()
    if row.state == "paused":
        return f"Paused until {formatting.day(row.until)}"
    words = REASONS.get(row.reason or "")
    return f"{STATES[row.state]}: {words}" if words else STATES[row.state]
