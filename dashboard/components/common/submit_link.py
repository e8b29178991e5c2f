"""The way from a page about some data to the forms that send something to the data team."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.urls import addresses
from performance_store.rows import Task
from providers.submissions.rows import Kind

WORDS = "Send an address, a correction or a question to the data team"
_OF_TASKS: dict[str, tuple[Kind, str]] = {
    "provide": ("provide", "Send the address of the data"),
    "take_over": ("provide", "Send the address of your own data"),
    "access": ("replace", "Send the address that the data is at now"),
    "documentation": ("correct", "Send the address of the documentation page"),
    "licence": ("correct", "Send the licence"),
    "tidy": ("retire", "Say which address is not needed any more"),
}
"""What is sent for a task of a kind, and the words of the link."""


def line(dataset: str, organisation: str) -> Component:
    """A link to send something of a dataset of an organisation."""
    return text.paragraph(text.link(WORDS, addresses.start_submission(dataset, organisation)))


def giving(kind: str) -> Kind:
    """As what an address is given that a task of a kind asks for."""
    return _OF_TASKS.get(kind, ("provide", ""))[0]


def endpoint(task: Task) -> str:
    """The hash of the registered address that a task is about; blank where it is about none."""
    return task.subject if task.kind in ("access", "documentation", "licence") else ""


def section(task: Task, *, is_sent: bool = False) -> Component:
    """The part of a task’s page on sending: what closes it, if anything does and it is not sent
    already, and a question."""
    own = _OF_TASKS.get(task.kind)
    # What the platform does not process is registered already: a question helps, no address.
    kinds = [] if own is None or is_sent or task.detail == "not_processed" else [own]
    items = [
        text.link(
            words,
            addresses.start_submission(
                task.dataset,
                task.organisation,
                task=task.public_id,
                kind=kind,
                endpoint="" if kind == "help" else endpoint(task),
            ),
        )
        for kind, words in [*kinds, ("help", "Ask the data team for help")]
    ]
    return text.section("Send it to the data team", text.bullets(items), id="send")
