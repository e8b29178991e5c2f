"""Where pages are: addresses that more than one module links to."""

from __future__ import annotations

from dashboard.links import path

HOME = "/"
ORGANISATIONS = "/organisations"
ORGANISATION = "/organisations/<organisation>"
DATASET = "/organisations/<organisation>/<dataset>"
NATIONAL = "/national"
ABOUT = "/about"
GUIDANCE = "https://www.planning.data.gov.uk/guidance/"
CHECK = "https://provide.planning.data.gov.uk/"


def organisation(curie: str) -> str:
    """An organisation's overview."""
    return path(ORGANISATION, organisation=curie)


def dataset(curie: str, slug: str) -> str:
    """One dataset of an organisation."""
    return path(DATASET, organisation=curie, dataset=slug)
