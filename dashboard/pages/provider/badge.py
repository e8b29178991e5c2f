"""Badges: small pictures of the current state, for an authority's own website or documents.

`/organisations/<organisation>/badge.svg` says how many statutory and expected datasets are live,
`/organisations/<organisation>/<dataset>/badge.svg` gives the status of one of them, and
`/organisations/<organisation>/tasks/badge.svg` how many tasks are open.
"""

from __future__ import annotations

import hashlib
from html import escape
from urllib.parse import unquote

from flask import Blueprint, Response, request

from dashboard.colours import DEEP, INK, SHEET, TONES
from dashboard.components.design.status import STATUSES, Tone, word
from dashboard.components.words import formatting, task_words, wording
from dashboard.data.cache import code_version
from dashboard.data.door import now
from dashboard.data.errors import NotFound, StoreUnavailable
from dashboard.pages.provider import dataset_list, task_list
from dashboard.pages.provider.subject import Subject, subject_of
from performance_store.rows import DatasetStatus

blueprint = Blueprint("badges", __name__, url_prefix="/organisations")

SECONDS = 300
LABEL = "planning data"
# The words are in ink where white could not be read.
COLOURS = {tone: (fill, INK if tone in ("warn", "none") else SHEET) for tone, fill in TONES.items()}
_SIZE, _EDGE, _HEIGHT = 12, 8, 22


@blueprint.get("/<organisation>/badge.svg")
def of_organisation(organisation: str) -> Response:
    """How many of the datasets expected of an organisation are live."""
    subject = _subject(organisation)
    rows = dataset_list.rows(subject).value
    message, tone = _state(subject, rows)
    what = "Planning data"
    if any(wording.is_expected(row) for row in rows) and not subject.has_closed:
        what = wording.DUE.capitalize()
    return _answer(LABEL, message, tone, f"{what} of {subject.name}: {message}", subject)


@blueprint.get("/<organisation>/tasks/badge.svg")
def of_tasks(organisation: str) -> Response:
    """How many open tasks an organisation has; "?" where problems are not known and none is."""
    subject = _subject(organisation)
    rows = task_list.of(subject).value
    met = task_list.met(rows)
    over = [row for row in rows if row.public_id in met]
    count = task_list.without(task_list.count(subject).value, over)
    message = task_words.number(count.total, count.unknown)
    tone: Tone = "unknown" if count.unknown else "bad" if count.must else "good"
    answer = _picture("tasks", message, tone, f"Open tasks of {subject.name}: {message}", subject)
    # What people said has a part in it: nobody keeps it.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/<organisation>/<dataset>/badge.svg")
def of_dataset(organisation: str, dataset: str) -> Response:
    """The status of one dataset that an organisation supplies or is expected to provide."""
    subject = _subject(organisation)
    reference = unquote(dataset)
    row = next((row for row in dataset_list.rows(subject).value if row.dataset == reference), None)
    if row is None:
        raise NotFound(
            "This organisation is not expected to provide this dataset, and does not supply it."
        )
    state = word(STATUSES, row.status)
    message = state.label.lower()
    title = f"{row.dataset_name}, {subject.name}: {message}"
    return _answer(row.dataset_name, message, state.tone, title, subject)


@blueprint.errorhandler(NotFound)
def no_badge(error: NotFound) -> Response:
    """The answer for an unknown organisation or dataset."""
    # Without the sentence for pages: it repeats the address, and nothing escapes it here.
    return Response("There is no such badge.\n", 404, mimetype="text/plain")


@blueprint.errorhandler(StoreUnavailable)
def unavailable(error: StoreUnavailable) -> Response:
    """The answer while the database does not answer."""
    return Response("Our database is not answering.\n", 503, mimetype="text/plain")


def draw(label: str, message: str, tone: Tone, title: str) -> str:
    """A badge as SVG. In: its two parts, the tone of the second, and what it says in full."""
    fill, ink = COLOURS[tone]
    left, right = _width(label), _width(message)
    whole = left + right + 4 * _EDGE
    middle = left + 2 * _EDGE
    words = _clean(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{_HEIGHT}" '
        f'viewBox="0 0 {whole} {_HEIGHT}" role="img" aria-label="{words}">'
        f"<title>{words}</title>"
        f'<rect width="{whole}" height="{_HEIGHT}" rx="3" fill="{DEEP}"/>'
        f'<path d="M{middle} 0H{whole - 3}a3 3 0 0 1 3 3V{_HEIGHT - 3}a3 3 0 0 1-3 3H{middle}z" '
        f'fill="{fill}"/>'
        f'<g font-family="Helvetica Neue,Arial,Liberation Sans,sans-serif" font-size="{_SIZE}" '
        'font-weight="700">'
        f"{_text(_EDGE, left, SHEET, label)}{_text(middle + _EDGE, right, ink, message)}</g></svg>"
    )


def _subject(organisation: str) -> Subject:
    curie = unquote(organisation)
    if now().empty or not curie.isprintable():
        raise NotFound("There is no such organisation.")
    return subject_of(curie)


def _state(subject: Subject, every: tuple[DatasetStatus, ...]) -> tuple[str, Tone]:
    """The message and tone for an organisation. In: all its datasets."""
    rows = [row for row in every if wording.is_expected(row)]
    total = len(rows)
    if subject.has_closed:
        return "this organisation has closed", "none"
    if not total:
        supplied = sum(1 for row in every if row.endpoint_count)
        if supplied:
            return f"{formatting.plural(supplied, 'dataset')} supplied", "busy"
        return "nothing expected", "none"
    live = sum(1 for row in rows if row.status == "live")
    if not live and any(row.status == "unknown" for row in rows):
        provided = sum(1 for row in rows if row.endpoint_count)
        return f"{formatting.n_of(provided, total)} provided", "busy"
    tone: Tone = "good" if live == total else "warn" if live else "none"
    return f"{formatting.n_of(live, total)} live", tone


def _answer(label: str, message: str, tone: Tone, title: str, subject: Subject) -> Response:
    answer = _picture(label, message, tone, title, subject)
    answer.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    version = f"{now().version} {code_version()} {request.path}"
    answer.set_etag(hashlib.sha256(version.encode()).hexdigest()[:20])
    return answer.make_conditional(request)  # type: ignore[return-value]


def _picture(label: str, message: str, tone: Tone, title: str, subject: Subject) -> Response:
    full_title = f"{title}, as at {formatting.day(subject.snapshot.as_at)}"
    answer = Response(draw(label, message, tone, full_title), mimetype="image/svg+xml")
    # Badges are for other sites; they run nothing and load nothing.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer


def _text(left: int, width: int, ink: str, words: str) -> str:
    # A fixed length, so that another font does not push the words over the edge.
    return (
        f'<text x="{left}" y="15.3" fill="{ink}" textLength="{width}" '
        f'lengthAdjust="spacingAndGlyphs">{_clean(words)}</text>'
    )


def _width(words: str) -> int:
    """About how wide words are in a bold sans serif."""
    parts = (
        0.3 if letter in "ijlI.,:;'’!|()[] " else 0.36 if letter in "ftr-" else
        0.9 if letter in "mwMW" else 0.72 if letter.isupper() else 0.58
        for letter in words
    )  # fmt: skip
    return max(round(sum(parts) * _SIZE), 1)


def _clean(words: str) -> str:
    """Words as XML, without characters that XML does not allow."""
    return escape("".join(letter for letter in words if letter.isprintable()))
