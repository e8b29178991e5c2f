"""One guide a dataset: what it is, by which duty, which systems hold it, when it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["area", "point", "document", "plan", "money"]


@dataclass(frozen=True, slots=True)
class Guide:
    """What to know about a dataset before its fields.

    ``row``: what one row of it is. ``use``: who needs it, and for what. ``duty``: by what it is
    asked for, and of whom. ``law``: the law that the things themselves come from. ``with_others``:
    what to provide together with it, and in which order. ``kind``: how it is held, which decides
    the advice about systems. ``changes``: when to publish it again.
    """

    row: str
    use: str
    duty: str
    law: str
    with_others: str
    kind: Kind
    changes: str


_PROGRAMME = (
    "Members of the Open Digital Planning programme are expected to provide it: their funding "
    "agreement says so, since 1 June 2022. Other planning authorities can provide it too."
)
_PLANS = (
    "Planning authorities must provide it by law, since {}. Groups of planning authorities that "
    "prepare a plan together can provide it for their members."
)
_COUNTY = (
    "Authorities that are the {} planning authority for their area must provide it by law, since "
    "2 March 2026. Groups that prepare a plan together can provide it for their members."
)
_MONEY = (
    "Planning authorities are encouraged to provide it. It is not a duty, but it saves work on the "
    "yearly infrastructure funding statement."
)
_CIL = "Community Infrastructure Levy Regulations 2010, regulation 121A"
_TREES = "Town and Country Planning (Tree Preservation) (England) Regulations 2012"
_ARTICLE_4 = (
    "Town and Country Planning (General Permitted Development) (England) Order 2015, article 4"
)
_HERITAGE = "Planning (Listed Buildings and Conservation Areas) Act 1990"
_PLANNING = "Planning and Compulsory Purchase Act 2004, part 2"

GUIDES: dict[str, Guide] = {
    "article-4-direction": Guide(
        row="One row is one direction that takes away permitted development rights: the legal "
        "document, not the land. Where it applies is in the dataset article-4-direction-area.",
        use="Applicants and their agents need it to know which document to read.",
        duty=_PROGRAMME,
        law=_ARTICLE_4,
        with_others="Provide it together with article-4-direction-area, whose rows name a "
        "direction by its reference. A direction without an area tells nobody where it applies.",
        kind="document",
        changes="Publish it again when a direction is made, confirmed, changed or cancelled.",
    ),
    "article-4-direction-area": Guide(
        row="One row is one area in which a direction takes away permitted development rights. A "
        "direction that covers several places with different rights has a row for each.",
        use="Services that tell people whether they need planning permission draw these areas on a "
        "map and look up an address in them.",
        duty=_PROGRAMME,
        law=_ARTICLE_4,
        with_others="Provide article-4-direction first: each area names its direction.",
        kind="area",
        changes="Publish it again when a direction is made, confirmed, changed or cancelled, and "
        "when you draw a boundary better.",
    ),
    "brownfield-land": Guide(
        row="One row is one site on your brownfield land register: land that has been built on "
        "and could be built on with homes.",
        use="Builders look for sites in it, and the government counts the homes that they can "
        "hold.",
        duty="Local planning authorities must provide it by law, since 16 April 2017. Each entry "
        "has to be reviewed at least once a year.",
        law="Town and Country Planning (Brownfield Land Register) Regulations 2017",
        with_others="It stands alone. Publish one file with all sites, those that have left the "
        "register with an EndDate.",
        kind="point",
        changes="Review each entry at least once a year and publish the result by 31 December, "
        "with the date of the review in LastUpdatedDate, also where nothing has changed.",
    ),
    "conservation-area": Guide(
        row="One row is one conservation area: its name, its boundary and when it was designated.",
        use="Homeowners, agents and conservation officers need to know where demolition, trees and "
        "alterations have rules of their own.",
        duty=_PROGRAMME,
        law=f"{_HERITAGE}, section 69",
        with_others="Provide conservation-area-document as well: it says where to read about each "
        "area.",
        kind="area",
        changes="Publish it again when an area is designated, extended, reduced or cancelled.",
    ),
    "conservation-area-document": Guide(
        row="One row is one document about a conservation area, such as an appraisal, a management "
        "plan or the notice of its designation.",
        use="Whoever plans work in the area finds what the authority has said about its character.",
        duty=_PROGRAMME,
        law=f"{_HERITAGE}, sections 69 to 71",
        with_others="Provide conservation-area first: each document names an area by its "
        "reference.",
        kind="document",
        changes="Publish it again when a document is adopted, replaced or moved to another "
        "address.",
    ),
    "listed-building-outline": Guide(
        row="One row is the outline of one listed building on the ground. The list of buildings "
        "itself is kept by Historic England; you provide where each of yours stands.",
        use="Checks of permitted development need the shape of the building, where the national "
        "list has only a point.",
        duty=_PROGRAMME,
        law=f"{_HERITAGE}, section 1",
        with_others="Each outline names an entry of the National Heritage List for England by its "
        "number, in the field listed-building.",
        kind="area",
        changes="Publish it again when a building is listed or taken off the list, and when you "
        "draw an outline better.",
    ),
    "tree-preservation-order": Guide(
        row="One row is one order: the legal document. The trees and areas that it protects are in "
        "the datasets tree and tree-preservation-zone.",
        use="Tree officers, surgeons and neighbours need to know which order protects a tree and "
        "where to read it.",
        duty=_PROGRAMME,
        law=_TREES,
        with_others="Provide it before tree and tree-preservation-zone, which name their order by "
        "its reference.",
        kind="document",
        changes="Publish it again when an order is made, confirmed, varied or revoked.",
    ),
    "tree-preservation-zone": Guide(
        row="One row is one area, group or woodland that a tree preservation order protects.",
        use="Whoever wants to cut a tree sees whether it stands in a protected group, area or "
        "woodland.",
        duty=_PROGRAMME,
        law=_TREES,
        with_others="Provide tree-preservation-order first: each zone names its order. Single "
        "trees belong in the dataset tree.",
        kind="area",
        changes="Publish it again when an order is made, confirmed, varied or revoked.",
    ),
    "tree": Guide(
        row="One row is one tree that a tree preservation order names by itself.",
        use="Whoever wants to cut a tree sees whether this very tree is protected.",
        duty=_PROGRAMME,
        law=_TREES,
        with_others="Provide tree-preservation-order first: each tree names its order. Groups, "
        "areas and woodlands belong in tree-preservation-zone.",
        kind="point",
        changes="Publish it again when an order is made, confirmed, varied or revoked, and when a "
        "tree is felled.",
    ),
    "developer-agreement": Guide(
        row="One row is one agreement in which a developer promises money or works, such as a "
        "section 106 agreement.",
        use="Residents and councillors see what was promised for which development.",
        duty=_MONEY,
        law=f"Town and Country Planning Act 1990, section 106; {_CIL}",
        with_others="Provide developer-agreement-contribution and developer-agreement-transaction "
        "as well: what was promised, and what became of it.",
        kind="money",
        changes="Publish it again when an agreement is signed, changed or discharged: once a "
        "quarter is good, once a year with the funding statement is the least.",
    ),
    "developer-agreement-contribution": Guide(
        row="One row is one contribution that an agreement promises: for what, and how much.",
        use="It adds up what developers owe for schools, roads, affordable homes and more.",
        duty=_MONEY,
        law=_CIL,
        with_others="Provide developer-agreement first: each contribution names its agreement.",
        kind="money",
        changes="Publish it again together with developer-agreement.",
    ),
    "developer-agreement-transaction": Guide(
        row="One row is one thing that happened to a contribution: it was secured, received, "
        "allocated, transferred or spent.",
        use="It tells how much of what was promised has arrived, and what it paid for.",
        duty=_MONEY,
        law=_CIL,
        with_others="Provide developer-agreement-contribution first: each transaction names its "
        "contribution.",
        kind="money",
        changes="Publish it again when money arrives or is spent, at least once a year.",
    ),
    "infrastructure-funding-statement": Guide(
        row="One row is one yearly statement: the document that tells what developers paid and "
        "what it was spent on.",
        use="Anyone finds the statements of all authorities in one list.",
        duty="Planning authorities can provide it as data. The statement itself is a duty of those "
        "who receive developer contributions.",
        law=_CIL,
        with_others="The figures behind it belong in developer-agreement, its contributions and "
        "its transactions.",
        kind="document",
        changes="Publish it again when a statement comes out: by 31 December for the year that "
        "ended on 31 March. Keep the rows of former years.",
    ),
    "plan-timetable": Guide(
        row="One row is one event in the making of a plan, such as a consultation, the submission "
        "or the adoption: the day that is planned for it and the day it came.",
        use="Residents, builders and the government see when a plan will be ready and whether it "
        "is on time.",
        duty=(
            "Planning authorities must provide it by law, since 2 March 2026: local planning "
            "authorities, and authorities for minerals and for waste. Groups that prepare a plan "
            "together can provide it for their members."
        ),
        law=_PLANNING,
        with_others="Provide the plan first, in local-plan, minerals-plan, waste-plan or "
        "supplementary-plan: each event names its plan by its reference.",
        kind="plan",
        changes="Publish it again when a date moves or an event has taken place.",
    ),
    "local-plan": Guide(
        row="One row is one local plan: adopted, or in the making.",
        use="Anyone finds the plan that decides on applications in a place, and the years that it "
        "is for.",
        duty=_PLANS.format("2 March 2026"),
        law=_PLANNING,
        with_others="Provide plan-timetable as well: it has the dates.",
        kind="plan",
        changes="Publish it again when you begin a plan, when it is adopted and when it ends.",
    ),
    "minerals-plan": Guide(
        row="One row is one plan for the working of minerals: adopted, or in the making.",
        use="Operators and neighbours find which plan decides on quarries and where minerals are "
        "safeguarded.",
        duty=_COUNTY.format("minerals"),
        law=_PLANNING,
        with_others="Provide plan-timetable as well: it has the dates. A joint plan for minerals "
        "and waste has a row here and one in waste-plan.",
        kind="plan",
        changes="Publish it again when you begin a plan, when it is adopted and when it ends.",
    ),
    "waste-plan": Guide(
        row="One row is one plan for dealing with waste: adopted, or in the making.",
        use="Operators and neighbours find which plan decides on sites for waste.",
        duty=_COUNTY.format("waste"),
        law=_PLANNING,
        with_others="Provide plan-timetable as well: it has the dates. A joint plan for minerals "
        "and waste has a row here and one in minerals-plan.",
        kind="plan",
        changes="Publish it again when you begin a plan, when it is adopted and when it ends.",
    ),
    "supplementary-plan": Guide(
        row="One row is one supplementary plan: for one site, a group of nearby sites or the "
        "design of places.",
        use="Applicants find what is asked of a site besides the local plan.",
        duty=_PLANS.format("9 April 2026"),
        law=_PLANNING,
        with_others="Provide plan-timetable as well: it has the dates.",
        kind="plan",
        changes="Publish it again when you begin a plan, when it is adopted and when it ends.",
    ),
}
