"""Look at it once more, and send it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.writing import lines_of
from dashboard.components.submit import parts
from dashboard.components.submit import words as submit_words
from dashboard.components.words import formatting
from dashboard.components.words.submission_words import KINDS as WORDS
from dashboard.components.words.submission_words import LICENCES
from dashboard.data.door import ask
from dashboard.pages.provider.subject import subject_of
from dashboard.pages.submit import access, address, already, removing, typed
from dashboard.pages.submit.access import Checks, Subject
from dashboard.urls import addresses
from dashboard.web import identity
from performance_store.queries import cell
from providers.submissions import answers
from providers.submissions.rows import CHECKED, OF_ENDPOINT, Registered

PATH = addresses.SUBMIT_ANSWERS
TITLE = "Check your answers"
NAV = None
PLAIN = True

NOT_ANSWERED, NO_NOTE = "Not answered yet", "Nothing"
BEGUN = (
    "You had begun to send the same already, so this is what you typed then. Nothing of what was "
    "sent before was put over it. To begin with that instead, remove this first."
)
PUBLIC = "The web address of the data and the page about it can be seen by everybody. "
Fact = tuple[str, Any, Component] | tuple[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the draft, the registered address that it names, the checks of its
    address, whether the dataset is expected of the authority, and what stands in the way of
    sending: each as a sentence with the address where it is put right. ``begun``: whoever wanted
    to send something again had this already."""

    subject: Subject
    row: Registered | None
    checks: Checks
    is_expected: bool
    missing: Sequence[tuple[str, str]] = ()
    refusal: tuple[str, str] | None = None
    begun: bool = False


def layout(draft: str = "", begun: Any = "", **_: Any) -> Component:
    """The page of the draft in the address. In: whether somebody wanted to send again what they
    had begun to send anew."""
    subject = access.subject_or_page(draft, PATH)
    if not isinstance(subject, Subject):
        return subject
    return render(replace(view(subject), begun=bool(begun)))


def view(subject: Subject, refusal: tuple[str, str] | None = None) -> View:
    """The view. In: why it was not sent, with the name of the answer that it is about."""
    draft = subject.draft
    rows = address.registered(subject) if draft.kind in OF_ENDPOINT else ()
    endpoint = subject.answer("endpoint")
    return View(
        subject,
        next((row for row in rows if row.endpoint == endpoint), None),
        checks := access.checks(draft),
        _is_expected(subject),
        missing(subject, checks),
        None if refusal is None else (refusal[0], place_of(subject, refusal[1])),
    )


def missing(subject: Subject, checks: Checks) -> list[tuple[str, str]]:
    """What stands in the way of sending a draft, each with where it is put right."""
    draft = subject.draft
    troubles = answers.troubles(draft.kind, draft.answers)
    items = [(sentence, place_of(subject, name)) for name, sentence in troubles.items()]
    if draft.kind not in CHECKED or "url" in troubles:
        return items
    if already.is_in_the_way(subject, already.standing_of(subject), is_seen=True):
        here = subject.address(addresses.SUBMIT_STANDING)
        return [("We know this address: see what to do", here), *items]
    if not checks.is_clean:
        here = subject.address(addresses.SUBMIT_CHECK)
        words = (
            "The address is still being checked"
            if checks.is_under_way
            else "The address has to be checked, with nothing that must be fixed"
        )
        return [(words, here), *items]
    return items


def place_of(subject: Subject, name: str) -> str:
    """Where an answer is typed."""
    is_detail = name in typed.of_details(subject.draft)
    pattern = addresses.SUBMIT_DETAILS if is_detail else addresses.SUBMIT_DRAFT
    return f"{subject.address(pattern)}#field-{name}"


def _is_expected(subject: Subject) -> bool:
    """Whether the authority is asked for the dataset, or provides it already."""
    draft = subject.draft
    rows = ask(
        cell.status,
        organisation=draft.organisation,
        dataset=draft.dataset,
        snapshot_id=subject_of(draft.organisation).snapshot.snapshot_id,
        compare_id=None,
    )
    return any(row.provision_reason or row.endpoint_count for row in rows)


def render(view: View) -> Component:
    """The page."""
    subject = view.subject
    problems = [view.refusal] if view.refusal else []
    return html.Div(
        [
            access.trail(subject),
            parts.problems(problems) if problems else None,
            ui.heading(TITLE, caption=access.caption(subject)),
            ui.notices((BEGUN,) if view.begun else ()),
            _missing(view),
            ui.summary_list(facts(view)),
            *_warnings(view),
            None if view.missing else _send(view),
            removing.form(subject.draft, "Do not send it: remove what I typed"),
        ]
    )


def _missing(view: View) -> Component | None:
    if not view.missing:
        return None
    links = [html.A(words, href=place, className="link") for words, place in view.missing]
    return ui.notification("Before you can send it", *links, kind="warning")


def facts(view: View) -> list[Fact]:
    """What was typed, each with the way to change it."""
    subject, draft = view.subject, view.subject.draft
    change = _change(access.as_another(subject), "what you send")
    rows: list[Fact] = [
        ("For", subject.place.organisation or draft.organisation),
        ("Dataset", subject.place.dataset),
        ("What you send", WORDS[draft.kind].name, change),
    ]
    if draft.kind in ("provide", "replace"):
        rows.append(_fact(view, "url", "Web address of the data"))
    if draft.kind in OF_ENDPOINT:
        label = "It replaces" if draft.kind == "replace" else "Which address"
        rows.append(_fact(view, "endpoint", label, _registered(view)))
    if draft.kind in CHECKED:
        rows.append(("Check of the address", _check(view)))
    if draft.kind == "help" and subject.answer("check"):
        way = ui.link("What a check found", addresses.check(subject.answer("check")))
        rows.append(("Sent with it", way))
    if draft.kind == "correct":
        words = submit_words.FIELDS.get(subject.answer("field"))
        rows.append(_fact(view, "field", "What is corrected", words))
    names = {
        "url": ("Web address that it is about", None),
        "documentation_url": ("Web page about the data", None),
        "licence": (
            "Open Government Licence",
            LICENCES.get(subject.answer("licence")),  # type: ignore[call-overload]
        ),
        "name": ("Your name", None),
        "note": ("Your question" if draft.kind == "help" else "Note", None),
    }
    for name in typed.of_details(draft):
        label, words = names[name]
        rows.append(_fact(view, name, label, words))
        if name == "name":
            address = html.Span(subject.who.address, className="break")
            rows.append(("The data team answers to", address))
    return rows


def _fact(view: View, name: str, label: str, words: Any = None) -> Fact:
    typed_text = view.subject.answer(name)
    is_needless = name == "url" or (name == "note" and view.subject.draft.kind != "help")
    blank = NO_NOTE if is_needless else NOT_ANSWERED
    value = words or (html.Span(lines_of(typed_text), className="break") if typed_text else blank)
    return (label, value, _change(place_of(view.subject, name), label.lower()))


def _change(place: str, about: str) -> Component:
    return ui.link("Change", place, about=about)


def _registered(view: View) -> Component | None:
    return html.Span(parts.option(view.row), className="break") if view.row else None


def _check(view: View) -> Any:
    checks = view.checks
    if checks.newest is None or not checks.is_clean:
        return "Not done yet"
    words = f"Nothing has to be fixed, on {formatting.day(checks.newest.finished_at.date())}"
    if checks.own is None or checks.own.summary is None:
        return words
    return [f"{words}. ", ui.link("See what was found", addresses.check(checks.own.secret))]


def _warnings(view: View) -> list[Component]:
    """What is no reason not to send it, but good to know."""
    subject = view.subject
    names = typed.of_details(subject.draft)
    page, licence = subject.answer("documentation_url"), subject.answer("licence")
    sentences = []
    if "documentation_url" in names and page and not typed.is_public_host(page):
        sentences.append(typed.OTHER_HOST)
    if "licence" in names and licence in ("no", "unsure"):
        sentences.append(
            "You can send it without the Open Government Licence. The data team may ask about it."
        )
    if subject.draft.kind == "provide" and not view.is_expected:
        sentences.append(
            "The authority is not asked for this dataset. You can send it; it may take longer."
        )
    return [ui.inset(sentence) for sentence in sentences]


def _send(view: View) -> Component:
    subject = view.subject
    return identity.form(
        subject.address(addresses.SUBMIT_SEND),
        ui.paragraph(submit_words.DECLARATION),
        ui.paragraph(
            PUBLIC if subject.answer("url") or subject.answer("documentation_url") else "",
            "Your name, your e-mail address and your note go to the data team and are not "
            "published. See ",
            ui.link("what we store about you, and why", addresses.PRIVACY),
            ".",
        ),
        ui.button("Send it to the data team"),
    )
