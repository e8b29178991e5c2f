"""Steps of submissions as entries of feeds: nothing personal."""

from __future__ import annotations

from datetime import date

from flask import request

from dashboard.components.words import submission_words
from dashboard.data.door import door
from dashboard.urls import addresses
from dashboard.web import atom, feeds
from providers.submissions import public_steps
from providers.submissions.public_steps import PublicStep


def steps(organisation: str, dataset: str | None, after: date) -> tuple[PublicStep, ...]:
    """The steps for a feed, asked anew: they come without a load. None where the feed is of one
    kind of event."""
    if request.args.get("event"):
        return ()
    return door().fresh(
        public_steps.of_organisation, organisation=organisation, dataset=dataset, after=after
    )


def entry(step: PublicStep, organisation: str) -> atom.Entry:
    """One step as an entry. In: what its organisation is called."""
    name = submission_words.STEPS[step.step].lower()
    kind = submission_words.KINDS[step.kind].name
    return atom.Entry(
        key=("submission", step.reference, step.step, step.subject),
        title=f"{organisation}, {step.dataset_name}: {kind} {step.reference}, {name}",
        summary=submission_words.sentence(step.step, step.evidence),
        day=step.on_day,
        link=feeds.site() + addresses.submission(step.reference),
    )
