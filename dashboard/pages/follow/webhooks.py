"""Webhooks of an organisation, for people who act for it: a part of the page to follow it."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.forms import hidden_values
from dashboard.urls import addresses
from dashboard.web import identity
from providers.messages.webhooks import MOST_FAILURES, Webhook

# Of an address: more is cut by the form and by what it gives back.
MOST_LETTERS = 500


def section(code: str, hooks: Sequence[Webhook], url: str, mistake: str | None) -> Component:
    """The webhooks and a form to add one. In: the organisation's code, the address that was sent,
    and what was wrong with it."""
    return ui.section(
        "Tell a program",
        ui.paragraph(
            "A chat channel or your own service desk can be told what alerts tell people: we send "
            "JSON to an address of yours, signed with a secret that we show you once."
        ),
        _table(code, hooks) if hooks else None,
        identity.form(
            addresses.webhooks(code),
            ui.entry(
                "url",
                "Address of your program",
                url,
                kind="url",
                hint="It begins with https:// and is on the public internet.",
                mistake=mistake,
                max_length=MOST_LETTERS,
            ),
            ui.button("Add a webhook", kind="secondary"),
        ),
        ui.details(
            "How to check the signature",
            ui.paragraph(
                "Each request has a header ",
                ui.code("Signature: t=1767225600,v1=5f2b…"),
                ". Take the number after t, a full stop, and the body as it came; work out their "
                "HMAC-SHA256 with the secret, in hexadecimal; and compare it with what is after "
                "v1. Refuse what is older than five minutes, and an id that you had before.",
            ),
            ui.paragraph(
                "Answer with a status from 200 to 299. Otherwise we try again for a day. After "
                f"{MOST_FAILURES} failures in a row the webhook is off."
            ),
        ),
        id="webhooks",
    )


def _table(code: str, hooks: Sequence[Webhook]) -> Component:
    rows = [
        (
            html.Span(hook.url, className="break"),
            _state(hook),
            "" if hook.off_at else _end(code, hook),
        )
        for hook in hooks
    ]
    return ui.table(
        "Webhooks of this organisation",
        [ui.Column("Address"), ui.Column("How it goes"), ui.Column("End it")],
        rows,
    )


def _state(hook: Webhook) -> str:
    if hook.off_at:
        return f"Off. {hook.answer}".strip()
    if hook.failures:
        return f"Failed {hook.failures:,} times in a row. {hook.answer}"
    return "On"


def _end(code: str, hook: Webhook) -> Component:
    label: list[str | Component] = ["End", html.Span(f" {hook.url}", className="hidden")]
    return identity.form(
        addresses.webhooks(code),
        *hidden_values({"end": str(hook.id)}),
        html.Button(label, type="submit", className="button button-secondary button-small"),
    )


def secret_page(code: str, secret: str) -> Component:
    """The page after a webhook was added: the one time that its secret is in sight."""
    return html.Div(
        [
            ui.heading("Your webhook is on"),
            ui.paragraph("Copy its secret now. We do not show it again.", lead=True),
            ui.inset(ui.code(secret)),
            ui.paragraph(ui.link("Go back", f"{addresses.follow(code)}#webhooks")),
        ]
    )
