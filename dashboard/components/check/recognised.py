"""What a file was taken for, how to put that right, and what became of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash.development.base_component import Component

from dashboard.components.check import words
from dashboard.components.check.words import sentence
from dashboard.components.design import forms, html, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from providers.checks.format import Options, Recognised, Summary

TEXT_FORMATS = frozenset({"csv"})
SHEET_FORMATS = frozenset({"csv", "xlsx", "xls", "ods"})
_AUTO = "As we recognise it"


def about(recognised: Recognised, options: Options) -> Component:
    """One line of what the file is, with what was assumed."""
    notes = [*recognised.notes, *words.choices_of(options)]
    return html.Div(
        [
            text.paragraph(html.Strong(_first(sentence(recognised.sentence)), className="break")),
            text.bullets([sentence(note) for note in notes]) if notes else None,
        ]
    )


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]


def corrections(
    recognised: Recognised | None,
    options: Options,
    *,
    is_tree: bool,
    mistakes: Mapping[str, str],
) -> list[Children]:
    """Controls to say what the file is, where it was taken for something else. In: what it was
    taken for (None: it could not be read), what was said already, and what was wrong with what
    was sent, by the names of the controls."""
    kind = recognised.format if recognised else None
    header = "" if options.header_row is None else str(options.header_row)
    system = None if options.crs is None else str(options.crs)

    def select(name: str, label: str, choices: forms.Options, value: str | None) -> Component:
        return forms.select(
            name, label, choices, value, any_label=_AUTO, mistake=mistakes.get(name)
        )

    fields: list[Children] = []
    if kind is None or kind in TEXT_FORMATS:
        fields += [
            select("delimiter", "Columns are parted by", words.DELIMITERS, options.delimiter),
            select("encoding", "Text is encoded as", words.ENCODINGS, options.encoding),
        ]
    if kind is None or kind in SHEET_FORMATS:
        hint = "Its number, counted from 1. Leave it blank for the row that we recognise."
        fields.append(
            forms.entry(
                "header_row", "Row with the names of the columns", header, hint=hint,
                mistake=mistakes.get("header_row"), max_length=6, inputMode="numeric",
                autoComplete="off",
            )
        )  # fmt: skip
    sheets = recognised.sheets if recognised else ()
    if len(sheets) > 1:
        names = [(sheet, sheet) for sheet in sheets]
        fields.append(select("sheet", "Sheet or layer", names, options.sheet))
    fields.append(select("crs", "Coordinate system", words.SYSTEMS, system))
    if is_tree:
        fields.append(select("kind", "Trees are drawn as", words.KINDS, options.kind))
    return fields


def columns_line(summary: Summary) -> Component:
    """What became of the columns, in sentences."""
    used = [column for column in summary.columns if column.field is not None]
    spare = [column.column for column in summary.columns if column.how == "unused"]
    ignored = [column.column for column in summary.columns if column.how == "ignored"]
    missing = [field.field for field in summary.fields if field.is_missing and field.is_required]
    own = any(column.how == "mapping" for column in summary.columns)
    items: list[Children] = [
        f"{formatting.n_of(len(used), len(summary.columns))} columns are used"
        + (", some of them as they were matched by hand." if own else ".")
    ]
    if spare:
        items.append(["Not used, as they match no field: ", *codes(spare), "."])
    if ignored:
        items.append(["Left out: ", *codes(ignored), "."])
    if missing:
        items.append(["Required, and not in the file: ", *codes(missing), "."])
    return text.bullets(items)


def codes(names: Sequence[str], most: int = 8) -> list[Children]:
    """Names of columns or fields in a sentence, the first of very many."""
    items: list[Children] = [text.code(name or "(no name)") for name in names[:most]]
    if len(names) > most:
        items.append(f"{formatting.number(len(names) - most)} more")
    return text.in_words(items)
