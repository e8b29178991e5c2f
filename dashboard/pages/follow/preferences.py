"""What am I told, and when? For whoever gets our mails: the link in each of them leads here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.pages.follow import links
from dashboard.pages.follow.follow import ALERTS, DIGEST, KINDS
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from providers.messages import subscriptions
from providers.messages.subscriptions import Subscriber, Topic

PATH = addresses.PREFERENCES
TITLE = "What you are told"
NAV = None
NEEDS_DATA = False
PLAIN = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the token of the link, whose it is, what they follow, what organisations
    and datasets are called, and whether it was changed just now; until when nothing is sent, as
    it was typed, and what was wrong with that."""

    token: str
    subscriber: Subscriber
    topics: tuple[Topic, ...]
    stop: str = ""
    organisations: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)
    is_done: bool = False
    pause: str = ""
    mistakes: dict[str, str] = field(default_factory=dict)


def layout(token: Any = "", done: Any = "", **_: Any) -> Component:
    """The page. In: the token of the link, and whether it was changed just now."""
    if not cookies.is_on():
        return links.off(TITLE)
    token = token if isinstance(token, str) else ""
    with identity.change() as connection:
        subscriber = subscriptions.of_token(connection, links=links.links(), token=token)
        topics = (
            subscriptions.topics(connection, subscription_id=subscriber.id) if subscriber else ()
        )
    if subscriber is None:
        return links.useless(TITLE)
    return render(replace(view(token, subscriber, topics), is_done=done == "yes"))


def view(token: str, subscriber: Subscriber, topics: Sequence[Topic]) -> View:
    """What the page shows to a subscriber. In: the token of the link, and what they follow."""
    pause = subscriber.pause_until
    return View(
        token,
        subscriber,
        tuple(topics),
        links.links().token("unsubscribe", subscriber.id, subscriber.salt),
        links.names_of(tuple(topic.organisation for topic in topics)),
        links.dataset_names(),
        pause=pause.isoformat() if pause and pause > date.today() else "",
    )


def render(view: View) -> Component:
    """The page."""
    return html.Div(
        [
            ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
            ui.heading(TITLE),
            ui.notification("Your choices are stored") if view.is_done else None,
            _choices(view)
            if view.topics
            else ui.paragraph("You follow nothing. No mail is sent to you.", lead=True),
            ui.section(
                "Stop all mail",
                links.form(
                    addresses.UNSUBSCRIBE, view.stop, ui.button("Stop all mail", kind="secondary")
                ),
                id="stop",
            )
            if view.topics
            else None,
        ]
    )


def _choices(view: View) -> Component:
    return links.form(
        addresses.PREFERENCES,
        view.token,
        *[_topic(topic, view) for topic in view.topics],
        ui.entry(
            "pause",
            "Send nothing before",
            view.pause,
            kind="date",
            hint="Leave it blank to be told from now on. A year from now at most.",
            mistake=view.mistakes.get("pause"),
        ),
        ui.button("Store my choices"),
    )


def _topic(topic: Topic, view: View) -> Component:
    name = view.organisations.get(topic.organisation, topic.organisation)
    dataset = view.datasets.get(topic.dataset, topic.dataset)
    legend = f"{name}, {dataset}" if topic.dataset else name
    values: Sequence[str] = [
        *([DIGEST] if topic.digest else []),
        *([ALERTS] if topic.alerts else []),
    ]
    return ui.checkboxes(f"topic-{topic.id}", legend, KINDS, values)
