"""What pages are made of: pure functions from rows and words to components.

    from dashboard.components import design as ui

The CSS class names live here and in `assets/` and nowhere else.

One word for each thing:

* a *figure* is a chart or a table with what stands around it (`figure.figure`);
* a *chart* is the drawing in it, made from a Plotly *plot* (`chart.chart`);
* its *headline* is the one sentence that says what it shows;
* a *stat* is one number with its label (`blocks.stat`);
* *working* is how a number is worked out, folded up beside it (`text.working`).
"""

from dashboard.components.design.blocks import (
    card,
    cards,
    columns,
    empty_state,
    pairs,
    stat,
    stats,
    summary_list,
)
from dashboard.components.design.drawing import (
    small_bar,
    sparkline,
    stacked_bar,
    tone_strip,
)
from dashboard.components.design.figure import announcement, controls, menu, switch
from dashboard.components.design.forms import (
    checkboxes,
    choice,
    date_input,
    entry,
    filter_form,
    find_form,
    inline_form,
    mistake_summary,
    search_box,
    select,
    text_input,
)
from dashboard.components.design.status import (
    ACCESS_BANDS,
    FAMILIES,
    FRESHNESS_BANDS,
    SEVERITIES,
    STATUSES,
    access_tag,
    freshness_tag,
    mark,
    severity_tag,
    status_tag,
)
from dashboard.components.design.tables import (
    Column,
    pagination,
    result_line,
    result_words,
    table,
)
from dashboard.components.design.text import (
    breadcrumbs,
    bullets,
    button,
    caption,
    code,
    day,
    details,
    download_link,
    external_link,
    feed_link,
    fold,
    heading,
    hidden,
    inset,
    link,
    notices,
    notification,
    paragraph,
    return_link,
    row,
    section,
    steps,
    tabs,
    working,
)

__all__ = [
    "ACCESS_BANDS",
    "FAMILIES",
    "FRESHNESS_BANDS",
    "SEVERITIES",
    "STATUSES",
    "Column",
    "access_tag",
    "announcement",
    "breadcrumbs",
    "bullets",
    "button",
    "caption",
    "card",
    "cards",
    "checkboxes",
    "choice",
    "code",
    "columns",
    "controls",
    "date_input",
    "day",
    "details",
    "download_link",
    "empty_state",
    "entry",
    "external_link",
    "feed_link",
    "filter_form",
    "find_form",
    "fold",
    "freshness_tag",
    "heading",
    "hidden",
    "inline_form",
    "inset",
    "link",
    "mark",
    "menu",
    "mistake_summary",
    "notices",
    "notification",
    "pagination",
    "pairs",
    "paragraph",
    "result_line",
    "result_words",
    "return_link",
    "row",
    "search_box",
    "section",
    "select",
    "severity_tag",
    "small_bar",
    "sparkline",
    "stacked_bar",
    "stat",
    "stats",
    "status_tag",
    "steps",
    "summary_list",
    "switch",
    "table",
    "tabs",
    "text_input",
    "tone_strip",
    "working",
]
