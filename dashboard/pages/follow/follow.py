"""Follow an organisation: how am I told what changes, without looking here each day?

For its officers, and for anyone who waits for its data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.words import formatting
from dashboard.data.door import ask, now
from dashboard.data.errors import NotFound
from dashboard.pages.follow import links, webhooks
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.delays import mail_delay
from performance_store.queries import organisations
from performance_store.rows import NamedOrganisation
from providers.messages import subscriptions
from providers.messages.subscriptions import Followers
from providers.messages.webhooks import Webhook, of_organisation

PATH = addresses.FOLLOW
TITLE = "Follow an organisation"
NAV = None
PLAIN = True

DIGEST, ALERTS = "digest", "alerts"
KINDS = (
    (DIGEST, "A mail on Mondays: what changed, what is due, what waits"),
    (ALERTS, "A mail in the morning after something broke, must be done, or is due"),
)
MAIL, THEIRS = "mail", "confirmed"


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the organisation and its datasets (code, name), what was typed and what
    was wrong with it, whether somebody is signed in, what became of the last form; and for whoever
    acts for the organisation, how many follow it, its webhooks, and the address typed for one."""

    organisation: NamedOrganisation
    datasets: tuple[tuple[str, str], ...] = ()
    address: str = ""
    own: bool = False
    dataset: str = ""
    kinds: tuple[str, ...] = (DIGEST,)
    mistakes: dict[str, str] = field(default_factory=dict)
    state: str = ""
    followers: Followers | None = None
    webhooks: tuple[Webhook, ...] | None = None
    url: str = ""


def layout(organisation: str = "", state: Any = "", dataset: Any = "", **_: Any) -> Component:
    """The page. In: the organisation, what became of the last form, and the dataset to follow."""
    subject = subject_of(organisation)
    if not cookies.is_on():
        return links.off(f"Follow {subject.name}")
    who = identity.current()
    return render(
        view(
            subject,
            state=state if isinstance(state, str) else "",
            dataset=dataset if isinstance(dataset, str) else "",
            address=who.address if who else "",
        )
    )


def subject_of(code: str) -> NamedOrganisation:
    """The organisation of a code. Raises NotFound."""
    rows = ask(organisations.names, organisations=(code,))
    if not rows:
        raise NotFound(f"We cannot find an organisation called “{code[:80]}”.")
    return rows[0]


def view(subject: NamedOrganisation, **more: Any) -> View:
    """The view of an organisation. In: also what the form has, by the names of the fields."""
    code = subject.organisation
    rows = ask(organisations.datasets, organisation=code, snapshot_id=now().snapshot_id or 0)
    datasets = tuple((row.dataset, row.dataset_name) for row in rows)
    who = identity.current()
    more["own"] = who is not None
    if who is None or who.acting_for != code:
        return View(subject, datasets, **more)
    with identity.change() as connection:
        followers = subscriptions.followers(connection, organisation=code)
        hooks = of_organisation(connection, code)
    return View(subject, datasets, followers=followers, webhooks=hooks, **more)


def render(view: View) -> Component:
    """The page."""
    code, name = view.organisation.organisation, view.organisation.name
    return html.Div(
        [
            ui.breadcrumbs(
                [
                    ("Home", addresses.HOME),
                    ("Authorities", addresses.ORGANISATIONS),
                    (name, addresses.organisation(code)),
                ]
            ),
            ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
            ui.heading(f"Follow {name}"),
            _state(view),
            ui.paragraph(
                "We can tell you by mail what changes in the planning data of this organisation, "
                "and what it has to do.",
                lead=True,
            ),
            _form(view),
            ui.paragraph(
                "There is also ",
                ui.link("a feed and a calendar", f"{addresses.organisation(code)}#follow"),
                ", which need no address of yours.",
            ),
            ui.paragraph(
                "Each mail has a link to stop all of them. See ",
                ui.link("what we store about you, and why", addresses.PRIVACY),
                ".",
                quiet=True,
            ),
            _followers(view.followers) if view.followers else None,
            webhooks.section(code, view.webhooks, view.url, view.mistakes.get("url"))
            if view.webhooks is not None
            else None,
        ]
    )


def _state(view: View) -> Component | None:
    # Anyone can write the address of this page, so it claims nothing that may not be so.
    if view.state == MAIL:
        return html.Div(
            [
                ui.notification(
                    "Look at your mail",
                    "If you sent this form, a mail is on its way. Nothing else is sent before you "
                    "follow the link in it.",
                ),
                mail_delay(),
            ]
        )
    if view.state == THEIRS and view.own:
        return ui.notification(
            "There is nothing to confirm",
            "If you sent this form with the address that you are signed in with, what you chose "
            "holds from now on. Each mail says how to stop.",
        )
    return None


def _form(view: View) -> Component:
    mistakes = view.mistakes
    return identity.form(
        addresses.follow(view.organisation.organisation),
        ui.entry(
            "address",
            "Your e-mail address",
            view.address,
            kind="email",
            hint="We send a mail to it first, which asks whether you want this"
            + (", unless it is the one that you are signed in with." if view.own else "."),
            mistake=mistakes.get("address"),
            autoComplete="email",
            spellCheck="false",
        ),
        ui.checkboxes(
            "kinds", "What do you want to be told?", KINDS, view.kinds, mistakes.get("kinds")
        ),
        ui.select("dataset", "Of which dataset", view.datasets, view.dataset, any_label="All"),
        ui.button("Follow"),
    )


def _followers(followers: Followers) -> Component:
    people = formatting.plural(followers.all, "person", "people") if followers.all else "Nobody"
    words = f"{people} {'follows' if followers.all < 2 else 'follow'} this organisation by mail."
    if followers.suppressed:
        lost = formatting.plural(followers.suppressed, "address", "addresses")
        words += f" {lost} of them no longer {'takes' if followers.suppressed == 1 else 'take'} our"
        words += " mail. Whoever does not hear from us any more can follow again with another."
    return ui.section("Who follows it", ui.paragraph(words), id="followers")
