"""What can be taken away from a check, and what the corrected file is and is not."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.check import words
from dashboard.components.check.recognised import codes
from dashboard.components.design import text
from dashboard.components.design.element import Children
from dashboard.urls import addresses
from providers.checks.format import Summary

_CHANGED_TEXT = "changed text"


def section(secret: str, summary: Summary) -> Component:
    """The section of the page."""
    items: list[Children] = [
        text.download_link(name, addresses.check_file(secret, kind), note=form)
        for kind, name, form in words.FILES
        if summary.has_shapes or not kind.endswith("geojson")
    ]
    columns = addresses.path(addresses.CHECK_COLUMNS, check=secret)
    return text.section(
        "Take it away",
        _lacks(summary, columns),
        text.bullets(items),
        text.paragraph(
            "The corrected file has what can be put right without guessing: the specification’s "
            "names of fields, dates as YYYY-MM-DD, coordinates in WGS84. Its rows stand in the "
            "order of yours. What cannot be put right stays as you gave it, for you to fix.",
            quiet=True,
        ),
        _leaves_out(summary, columns),
        text.bullets(_cautions(summary)),
        id="files",
    )


def _lacks(summary: Summary, columns: str) -> Component | None:
    """Said strongly: without a required field nobody can publish the corrected file."""
    missing = [field.field for field in summary.fields if field.is_missing and field.is_required]
    if not missing:
        return None
    return text.notification(
        "The corrected file is not complete",
        text.paragraph("Not in it, and required: ", *codes(missing), "."),
        text.paragraph(
            "Where your file has it under another name, ",
            text.link("say which column is which field", columns),
            " and check it again before you use the corrected file.",
        ),
        kind="warning",
    )


def _leaves_out(summary: Summary, columns: str) -> Component | None:
    """Which columns of the file are not in the corrected one."""
    spare = [column.column for column in summary.columns if column.field is None]
    if not spare:
        return None
    return text.paragraph(
        *("The corrected file leaves out columns that are no field: ", *codes(spare), ". "),
        text.link("Say which field they are", columns),
        ".",
    )


def _cautions(summary: Summary) -> list[Children]:
    """What is otherwise in the corrected file than one may think."""
    items: list[Children] = [
        [
            "In the CSV, a value that a spreadsheet would run as a formula has an apostrophe "
            "before it: ",
            text.code("=1+1"),
            " is ",
            text.code("'=1+1"),
            ". Take it off before you publish. The GeoJSON has none.",
        ]
    ]
    if any(group.rule == _CHANGED_TEXT for group in summary.groups):
        items.append(
            "Text is as the platform keeps it: without double quotes, and with one space where "
            "there were several."
        )
    return items
