"""Files of an organisation's overview: its datasets, as its page shows them."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Response, request

from dashboard.components.words import formatting, wording
from dashboard.data.door import now
from dashboard.pages.provider import dataset_list
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.urls import links
from dashboard.web.file_writers import Sheet, as_csv, as_xlsx, blueprint, day_of_address, unknown


@blueprint.get("/organisations/<organisation>.<any(csv, xlsx):form>")
def of_organisation(organisation: str, form: str) -> Response:
    """One organisation's datasets, for the page's own filters (``status``, ``obligation``,
    ``sort``, ``order``) and ``since``, the date to compare with. Columns: `dataset_list.COLUMNS`.
    """
    organisation = unquote(organisation)
    if now().empty or not organisation.isprintable():
        return unknown("There is no such file.")
    day_of_address()
    filters = links.parse(dataset_list.Filters, request.args.to_dict()).filters
    subject = subject_of(organisation, filters)
    if filters.as_at and filters.as_at < subject.snapshot.as_at:
        return unknown("There is no such file: there are no figures as old as that date.")
    rows = dataset_list.matching(dataset_list.rows(subject).value, filters)
    records = [dataset_list.record(row, subject) for row in rows]
    name = f"{links.slug(subject.curie)}-{subject.snapshot.as_at}.{form}"
    if form == "csv":
        return as_csv(list(dataset_list.COLUMNS), records, name)
    sheets = [Sheet("Datasets", list(dataset_list.COLUMNS), records), _about(subject, len(rows))]
    return as_xlsx(sheets, name)


def _about(subject: Subject, count: int) -> Sheet:
    """What the file is, and what its columns hold."""
    before = subject.before
    facts = {
        "Datasets of": subject.name,
        "Figures of": formatting.day(subject.snapshot.as_at),
        "Compared with figures of": formatting.day(before.as_at) if before else "nothing",
        "Source": wording.source_of(subject.snapshot.kind),
        "Datasets in this file": formatting.number(count),
        "An empty cell": "not known, or does not apply",
    }
    facts |= {f"Column {name}": meaning for name, meaning in dataset_list.COLUMNS.items()}
    rows = ({"What": name, "Meaning": meaning} for name, meaning in facts.items())
    return Sheet("About this file", ["What", "Meaning"], rows)
