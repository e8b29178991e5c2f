"""One check: how far it is, why it has no result, or what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.check import comparison, downloads, groups, progress, recognised, words
from dashboard.components.design import alive, html
from dashboard.components.design.element import Attributes, Element
from dashboard.components.words import formatting
from dashboard.pages.check import access
from dashboard.pages.check.access import Place
from dashboard.urls import addresses
from dashboard.web import cookies, embedding, identity
from providers.checks import results
from providers.checks.format import Row, Summary
from providers.checks.requests import Check

PATH = addresses.CHECK_RESULT
TITLE = "Check"
NAV = None
PLAIN = True

SAMPLE_ROWS = 3
MOST_SAMPLES = 12
TREE = "tree"


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the check, what it is of, whether the reader began it, the one before,
    the first rows of its groups, its whole address, and what was wrong with a form."""

    check: Check
    place: Place
    is_own: bool = False
    previous: Check | None = None
    samples: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    link: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


def layout(check: str = "", **_: Any) -> Component:
    """The page of the check in the address."""
    cookies.keep_private()
    return render(view(check))


def view(secret: str, **more: Any) -> View:
    """What a link leads to. Raises NotFound."""
    with identity.change() as connection:
        check = access.of_link(connection, secret)
        own = access.is_own(connection, check)
        summary = check.summary
        previous = results.previous(connection, check=check) if summary else None
        samples = {
            group.number: results.page(
                connection, check_id=check.id, group=group.number, first=0, count=SAMPLE_ROWS
            )
            for group in _sampled(summary)
        }
    link = embedding.site() + addresses.check(secret)
    return View(check, access.place(check), own, previous, samples, link, **more)


def _sampled(summary: Summary | None) -> list[Any]:
    """Groups whose first rows are shown: of very many only those that matter most."""
    if summary is None:
        return []
    order = [group for ladder in words.LADDER for group in groups.of(summary, ladder)]
    return [group for group in order if group.rows][:MOST_SAMPLES]


def render(view: View) -> Component:
    """The page."""
    if not view.check.is_over:
        return waiting(view)
    if view.check.summary is None:
        return without_result(view)
    return result(view, view.check.summary)


def waiting(view: View) -> Component:
    """The page while a check is under way."""
    check = view.check
    return alive.page(
        access.trail(check),
        ui.heading("Checking your file", caption=_caption(view)),
        progress.running(check.secret, check.state, check.stage, check.rows_done),
        ui.paragraph(
            "Most files take seconds, very large ones a few minutes. You can leave this page and "
            "come back to its address.",
        ),
        identity.form(
            addresses.path(addresses.CHECK_CANCEL, check=check.secret),
            ui.button("Cancel the check", kind="secondary"),
        )
        if view.is_own
        else None,
    )


def without_result(view: View) -> Component:
    """The page of a check that was cancelled, or that failed."""
    check = view.check
    if check.state == "cancelled":
        title, why = "You cancelled this check", "Nothing was found out about the file."
    else:
        title = "We could not check this file"
        why = check.failure.sentence if check.failure else "Something went wrong. Try again."
    return alive.page(
        access.trail(check),
        ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
        ui.heading(title, caption=_caption(view)),
        ui.paragraph(why, lead=True),
        _again(view, None),
    )


def result(view: View, summary: Summary) -> Component:
    """The page of what was found."""
    check = view.check
    previous = view.previous
    return alive.page(
        access.trail(check),
        ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
        ui.heading(words.verdict(summary), caption=_caption(view)),
        groups.counts(summary),
        _recognised(view, summary),
        *(groups.rung(check.secret, summary, ladder, view.samples) for ladder in words.LADDER),
        groups.passed(summary.passed),
        _look(view, summary),
        comparison.section(
            summary,
            previous.summary if previous else None,
            previous.finished_at if previous else None,
            has_whose=check.organisation is not None,
        ),
        downloads.section(check.secret, summary),
        _share(view),
        _next(view, summary),
    )


def _caption(view: View) -> str:
    name = view.check.url or view.check.name
    return f"{view.place.caption} – {name}"


def _recognised(view: View, summary: Summary) -> Component:
    check = view.check
    columns = addresses.path(addresses.CHECK_COLUMNS, check=check.secret)
    skipped = summary.rows_skipped
    return ui.section(
        "What we took the file for",
        recognised.about(summary.recognised, check.options),
        ui.paragraph(f"{formatting.plural(skipped, 'blank row')} left out.") if skipped else None,
        recognised.columns_line(summary),
        ui.paragraph(ui.link("See and change which column is which field", columns)),
        _again(view, summary),
        id="file",
    )


def _again(view: View, summary: Summary | None) -> Component:
    """How to check the same file once more, with other words about it, or another one."""
    check = view.check
    new = addresses.start_check(check.dataset, check.organisation or "")
    another = ui.paragraph(ui.link("Check another file of this dataset", new))
    if check.url is None and check.original_until is None:
        gone = ui.paragraph("We do not keep the file any more. Send it again to check it again.")
        return html.Div([gone, another])
    taken = summary.recognised if summary else None
    form = identity.form(
        addresses.path(addresses.CHECK_AGAIN, check=check.secret),
        *recognised.corrections(
            taken, check.options, is_tree=check.dataset == TREE, mistakes=view.mistakes
        ),
        ui.button("Check it again"),
    )
    title = "This is not right: say what the file is, and check it again"
    if summary is None:
        title = "Say what the file is, and check it again"
    folded = ui.details(title, form, open=bool(view.mistakes), on_paper=False)
    return html.Div([another, folded] if summary is None else [folded])


def _look(view: View, summary: Summary) -> Component:
    check = view.check
    rows = addresses.check_rows(check.secret)
    shapes = addresses.path(addresses.CHECK_MAP, check=check.secret)
    items = [ui.link(f"All {formatting.plural(summary.rows, 'row')}, with marks", rows)]
    if summary.has_shapes:
        items.append(ui.link("The map: where the shapes lie, and which have trouble", shapes))
    return ui.section("Look at the data", ui.bullets(items), id="look")


def _share(view: View) -> Component:
    check = view.check
    copy: Attributes = {"data-copies": "check-link"}
    outcome: Attributes = {"data-said": ""}
    until = f"It works until {formatting.day(check.expires_at.date())}."
    if check.original_until is not None:
        day = formatting.day(check.original_until.date())
        until += f" The file itself is kept until {day}."
    return ui.section(
        "Share it",
        ui.paragraph(f"Whoever has this link can see what was found. {until}"),
        html.Div(
            [
                html.Label("Link to this check", htmlFor="check-link", className="label"),
                html.Div(
                    [
                        Element(
                            "input",
                            type="text",
                            id="check-link",
                            className="input",
                            defaultValue=view.link,
                            readOnly=True,
                        ),
                        html.Button(
                            "Copy",
                            type="button",
                            className="button button-secondary",
                            hidden=True,
                            **copy,
                        ),
                    ],
                    className="search-row",
                ),
                html.P("", className="quiet", role="status", **outcome),
            ],
            className="check-share",
        ),
        _revoke(view) if view.is_own else None,
        id="share",
    )


def _revoke(view: View) -> Component:
    asks: Attributes = {"data-asks": "end-link"}
    return ui.details(
        "End this link",
        ui.paragraph(
            "The link leads nowhere then, for you too, and what was found is deleted. This cannot "
            "be undone."
        ),
        html.Div(
            identity.form(
                addresses.path(addresses.CHECK_REVOKE, check=view.check.secret),
                ui.button("End the link", kind="secondary"),
            ),
            **asks,
        ),
        alive.question(
            "end-link",
            "Are you sure you want to end it?",
            "What was found is deleted, for everybody who has the link.",
            yes="End it now",
            no="Keep it",
        ),
        on_paper=False,
    )


def _send(check: Check, summary: Summary) -> list[Any]:
    """The way to send a checked address. While something must be fixed it leads nowhere yet."""
    words, more = "Send this address to the data team", " It is then collected every night."
    if summary.verdict in ("not-ready", "empty"):
        return [f"{words}, once nothing must be fixed.{more}"]
    # A check counts for the authority that it names.
    secret = check.secret if check.organisation else ""
    way = addresses.start_submission(
        check.dataset, check.organisation or "", kind="provide", check=secret
    )
    return [ui.link(words, way), f".{more}"]


def _next(view: View, summary: Summary) -> Component:
    check = view.check
    again = addresses.start_check(check.dataset, check.organisation or "")
    guide = addresses.guidance(check.dataset, "publish")
    steps: list[Any] = []
    if summary.verdict == "not-ready":
        steps.append(
            ["Fix what must be fixed in the system that the data comes from, or in the ",
             ui.link("corrected file", "#files"), "."]
        )  # fmt: skip
        steps.append([ui.link("Check it again", again), ", until nothing must be fixed."])
    if check.url is None:
        steps.append(
            [ui.link("Publish the file", guide),
             " on your own website, at an address that will not change."]
        )  # fmt: skip
        steps.append(
            [ui.link("Check that address", again),
             ": servers can change what they send, and only an address can be sent."]
        )  # fmt: skip
        steps.append("Send the address to the data team: the page of that check leads on.")
    else:
        steps.append(_send(check, summary))
    if check.organisation:
        page = addresses.dataset(check.organisation, check.dataset)
        steps.append(["Watch ", ui.link("how the dataset does", page), " from then on."])
    return ui.section("What to do next", ui.steps(steps), id="next")
