"""What people said of tasks, as whoever asks may see it: asked anew for each request."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components import design as ui
from dashboard.components.design.element import Children
from dashboard.data.door import door
from dashboard.data.errors import StoreUnavailable
from dashboard.urls import addresses, links
from dashboard.web import cookies, identity, slots
from dashboard.web.identity import Identity
from performance_store.rows import Task
from providers import tasks
from providers.tasks import Event, Progress


def reader(curie: str) -> Identity | None:
    """Whoever asks, if they may see what people of an organisation said."""
    who = identity.current() if cookies.is_on() else None
    return who if who is not None and curie in who.organisations else None


def progress(who: Identity | None, rows: Sequence[Task]) -> dict[str, Progress]:
    """What was last said of tasks of the reader's organisation; nothing for anybody else."""
    if who is None or not rows:
        return {}
    ids = tuple(row.public_id for row in rows)
    try:
        return door().fresh(tasks.progress, tasks=ids, today=slots.today())
    except StoreUnavailable:
        return {}


def history(who: Identity | None, task: Task) -> tuple[Event, ...]:
    """All that was said of a task, the newest first; nothing for anybody else."""
    return door().fresh(tasks.history, task=task.public_id) if who is not None else ()


def invitation(curie: str, path: str) -> Children:
    """How to be able to say how far a task is; None where nobody can sign in."""
    if not cookies.is_on():
        return None
    who = identity.current()
    if who is None:
        back = {"next": path, "organisation": curie}
        return ui.paragraph(
            ui.link("Sign in", links.with_query(addresses.SIGN_IN, back)),
            " with an address of this authority to keep track of its tasks with your colleagues.",
        )
    if curie in who.organisations and curie != who.acting_for:
        return ui.paragraph(
            "You are not acting for this authority now. ",
            ui.link("Choose it in your account", f"{addresses.ACCOUNT}#organisation"),
            " to say how far its tasks are.",
        )
    return None
