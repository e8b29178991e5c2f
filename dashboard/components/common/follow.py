"""How to be told of changes: mail, feeds and calendars."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui


def follow(name: str, feed: str, calendar: str | None = None, mail: str | None = None) -> Component:
    """The section about following something. In: what is followed, as in "what changes at …", and
    the addresses of its feed, of the calendar of what is due, and of the form for mail."""
    return ui.fold(
        "Follow",
        ui.paragraph(
            ui.link("Follow by mail", mail),
            ": on Mondays, or in the morning after something broke.",
        )
        if mail
        else None,
        ui.paragraph(
            ui.feed_link("Atom feed", feed),
            f" of what changes {name}. A feed reader can watch it, and so can a team’s chat.",
        ),
        ui.paragraph(
            ui.link("Calendar of due dates", calendar),
            " (ICS). A calendar that subscribes to it stays up to date.",
        )
        if calendar
        else None,
        id="follow",
        on_paper=False,
    )
