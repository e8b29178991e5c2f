"""One authority among all and in groups like it: the lowest, the middle and the highest share of
datasets they provide. It does not name others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.components.design import blocks, html, text
from dashboard.components.design.element import Children, Element, aria
from dashboard.components.words import formatting, wording
from performance_store.rows import OrganisationCounts

# With fewer, the figures of single authorities could be worked out.
FEWEST = 5
Share = tuple[int, int]
"""Datasets provided, of those expected."""


@dataclass(frozen=True, slots=True)
class Group:
    """Authorities alike in one respect: `title` says in which, `of` what they share. `lowest`,
    `middle`, `highest` and how many are `behind` this one are None where the group is too small."""

    title: str
    of: str
    authorities: int
    own: Share
    lowest: Share | None = None
    middle: Share | None = None
    highest: Share | None = None
    behind: int | None = None


def group(
    title: str, of: str, own: OrganisationCounts, members: Sequence[OrganisationCounts]
) -> Group:
    """The group of an authority. In: its members, the authority among them, each of which is
    expected to provide something."""
    here = (own.provided, own.expected)
    if len(members) < FEWEST:
        return Group(title, of, len(members), here)
    shares = sorted(
        ((row.provided, row.expected) for row in members), key=lambda one: (_part(one), one)
    )
    middle = shares[(len(shares) - 1) // 2]
    behind = sum(_part(share) < _part(here) for share in shares)
    return Group(title, of, len(members), here, shares[0], middle, shares[-1], behind)


def section(groups: Sequence[Group], ranking: str) -> Component | None:
    """The section of all groups, of which the first is everybody; None where there is none. In:
    also the address of where the authority stands among all."""
    if not groups:
        return None
    facts = [(peers.title, _comparison(peers)) for peers in groups]
    own = formatting.n_of(*groups[0].own)
    has_drawing = any(peers.middle for peers in groups)
    key = (
        "The wide band runs from the lowest authority to the highest. The thin line is the middle "
        "one, and the tall mark is this authority."
    )
    return text.fold(
        _heading(groups[0]),
        text.paragraph(f"This authority provides {own} {wording.DUE}."),
        blocks.summary_list(facts),
        text.caption(key) if has_drawing else None,
        text.paragraph(text.link("See where it stands among all authorities", ranking)),
        text.working(
            text.bullets(
                [
                    "We count planning authorities that are expected to provide something, "
                    "including this one.",
                    f"Each has its own list: {wording.DUE} provided, of its own.",
                    "At least half provide as much as the middle one, or more. An authority is "
                    "ahead of those whose share is smaller.",
                    f"We do not show groups of fewer than {formatting.in_words(FEWEST)}, because "
                    "they could identify single authorities.",
                ]
            ),
            about="the comparison",
        ),
        id="similar",
    )


def _heading(every: Group) -> str:
    """Of what is folded up the heading says what is asked first: where the authority stands."""
    title = "Compared with other authorities"
    if every.behind is None:
        return title
    return f"{title}: ahead of {formatting.n_of(every.behind, every.authorities)}"


def _comparison(peers: Group) -> Children:
    many = formatting.plural(peers.authorities, "authority", "authorities")
    if peers.lowest is None or peers.middle is None or peers.highest is None:
        return f"{peers.of}, {many}. This is too few to compare."
    words = (
        f"Lowest {formatting.n_of(*peers.lowest)}, middle {formatting.n_of(*peers.middle)}, "
        f"highest {formatting.n_of(*peers.highest)}."
    )
    headline = f"{peers.of}, {many}. {words} This authority: {formatting.n_of(*peers.own)}."
    return [
        html.Div(f"{peers.of}, {many}"),
        _drawing(peers.own, peers.lowest, peers.middle, peers.highest, headline),
        html.Div(words),
    ]


def _drawing(own: Share, lowest: Share, middle: Share, highest: Share, headline: str) -> Component:
    low, high = _at(lowest), _at(highest)
    return Element(
        "svg",
        [
            _rect(0, 100, 9, 2, "bar-track"),
            _rect(low, max(high - low, 1), 5, 10, "fill-none"),
            _rect(_at(own) - 0.6, 1.2, 0, 20, "spark-dot"),
            _rect(_at(middle) - 0.2, 0.4, 3, 14, "peer-middle"),
        ],
        role="img",
        viewBox="-1 0 102 20",
        className="drawing peers",
        preserveAspectRatio="none",
        focusable="false",
        **aria(label=headline),
    )


def _rect(left: float, width: float, top: int, height: int, name: str) -> Component:
    return Element(
        "rect",
        x=f"{left:.4g}",
        y=str(top),
        width=f"{width:.4g}",
        height=str(height),
        className=name,
    )


def _part(share: Share) -> float:
    return share[0] / share[1]


def _at(share: Share) -> float:
    return _part(share) * 100
