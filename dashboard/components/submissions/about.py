"""What was sent, where it led, and what comes next: for every reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import blocks, html, text
from dashboard.components.design.element import Children
from dashboard.components.submissions import lines
from dashboard.components.words import formatting, submission_words
from dashboard.components.words.submission_words import Next
from dashboard.urls import addresses, links
from providers.submissions.rows import Event, Submission


@dataclass(frozen=True, slots=True)
class Names:
    """What those are called whom a submission names: whose data it is, on whose behalf it was sent
    (blank: the same), and the dataset."""

    organisation: str
    acting_for: str
    dataset: str


def state(submission: Submission, since: date) -> Component:
    """How far it is, and since when."""
    late = lines.late(submission)
    return text.paragraph(
        lines.tag(submission), f" since {formatting.day(since)} ", late, lead=True
    )


def confirmation(submission: Submission, promise: str) -> Component:
    """That it was sent, its reference, and what the data team does next."""
    return html.Div(
        [
            html.P("Sent", className="panel-title"),
            html.P(["Your reference: ", html.Strong(submission.reference)]),
            html.P(promise),
            html.P("Keep the address of this page: it always says how far it is."),
        ],
        className="panel",
        role="status",
    )


def coming(then: Next) -> Component:
    """What comes next, and who acts."""
    return blocks.summary_list(
        [
            ("What comes next", then.words),
            ("Who acts next", submission_words.ACTORS[then.actor]),
        ]
    )


def facts(
    submission: Submission, names: Names, events: Sequence[Event], before: str | None
) -> Component:
    """What was sent. In: what it names is called, its events, and the registered address that it
    is about, if it is about one and that is known."""
    kind = submission_words.KINDS[submission.kind]
    documentation = submission.documentation_url
    rows: list[tuple[str, Children] | None] = [
        ("Reference", text.code(submission.reference)),
        ("What for", f"{kind.name}. {kind.meaning}"),
        ("Dataset", _dataset(submission, names)),
        ("Sent on behalf of", names.acting_for) if names.acting_for else None,
        ("Sent on", text.day(submission_words.local(submission.sent_at))),
        *_addresses(submission, events, before),
        ("Documentation page", text.external_link(documentation, documentation))
        if documentation
        else None,
        ("Open Government Licence", submission_words.LICENCES[submission.licence])
        if submission.licence
        else None,
        ("Task", _task(submission, submission.task)) if submission.task else None,
    ]
    return blocks.summary_list([row for row in rows if row is not None])


def _dataset(submission: Submission, names: Names) -> Component:
    return text.link(names.dataset, addresses.dataset(submission.organisation, submission.dataset))


def _task(submission: Submission, task: str) -> Component:
    return text.link("The task that it is to close", addresses.task(submission.organisation, task))


def _addresses(
    submission: Submission, events: Sequence[Event], before: str | None
) -> list[tuple[str, Children]]:
    """The address as it was sent and, where it is not written the same, as the register has it;
    the one that it is about."""
    rows: list[tuple[str, Children]] = []
    if submission.url:
        rows.append(("Address of the data, as sent", _url(submission.url)))
    registered = address_of(submission, events)
    if registered and registered != submission.url:
        rows.append(("Address in the register, probably this one", _url(registered)))
    if before and submission.kind != "provide":
        title = "Address to replace" if submission.kind == "replace" else "Registered address"
        rows.append((title, _url(before)))
    return rows


def address_of(submission: Submission, events: Sequence[Event]) -> str | None:
    """The address in the register that it is thought to have led to, as that is written there;
    None: it has led to none, or that was taken back."""
    if submission.linked is None:
        return None
    rows = [row for row in events if row.evidence.get("endpoint") == submission.linked]
    return next((str(row.evidence["address"]) for row in rows if row.evidence.get("address")), None)


def _url(url: str) -> Component:
    return text.external_link(url, url)


def thanks(submission: Submission, names: Names, left: int) -> Component:
    """Thanks for what is live now. In: how many tasks of the dataset are open still."""
    query = {"dataset": submission.dataset}
    tasks = links.with_query(addresses.tasks(submission.organisation), query)
    more: Children = (
        ["To make it better still: ", text.link(formatting.plural(left, "task"), tasks), "."]
        if left
        else "Nothing is left to improve."
    )
    return text.notification(
        "Thank you",
        html.P(f"{names.dataset} from {names.organisation} is in use. The platform collects it "
               "every night, with every change that you publish."),
        html.P(more),
        kind="success",
    )  # fmt: skip


def failed(submission: Submission) -> Component:
    """The way to what is to be done about an address that could not be collected."""
    query = {"dataset": submission.dataset}
    tasks = links.with_query(addresses.tasks(submission.organisation), query)
    return text.inset(
        text.paragraph(
            "A task says what to do about it: ", text.link("see the tasks of this dataset", tasks)
        )
    )
