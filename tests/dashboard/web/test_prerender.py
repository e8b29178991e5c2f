"""The first response holds the page as plain HTML."""

from __future__ import annotations

import pytest
from dash import dcc

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.element import Element, Markup, is_safe_link
from dashboard.web.prerender import find_first, for_dash, text_of, to_html


def test_text_and_attributes_are_escaped() -> None:
    markup = to_html(html.P("<script>alert(1)</script>", title='"><script>'))
    assert markup == (
        '<p title="&quot;&gt;&lt;script&gt;">&lt;script&gt;alert(1)&lt;/script&gt;</p>'
    )


def test_names_become_those_of_html() -> None:
    markup = to_html(
        html.Label("x", htmlFor="a", className="b", tabIndex="0", **{"aria-label": "c"})
    )
    assert markup == '<label class="b" for="a" tabindex="0" aria-label="c">x</label>'


def test_true_is_a_bare_attribute_and_false_none_at_all() -> None:
    assert to_html(html.Details(open=True)) == "<details open></details>"
    assert to_html(html.Details(open=False)) == "<details></details>"


def test_inputs_show_their_default() -> None:
    markup = to_html(Element("input", type="text", name="q", defaultValue="a"))
    assert markup == '<input type="text" name="q" value="a">'
    box = Element("input", type="checkbox", value="x", defaultChecked=True)
    assert to_html(box) == '<input type="checkbox" value="x" checked>'


def test_drawings_keep_the_capitals_svg_asks_for() -> None:
    markup = to_html(ui.sparkline([1, 2], "rising"))
    assert 'viewBox="0 0 120 32"' in markup
    assert 'aria-label="rising"' in markup


def test_what_only_scripts_can_draw_leaves_nothing() -> None:
    assert to_html(html.Div([dcc.Store(id="x"), dcc.Graph(id="y"), "z"])) == "<div>z</div>"


def test_what_no_script_draws_is_sent_as_html() -> None:
    tree = Element("div", [html.P("<b>", title='"'), html.Br()], className="page", key="/x?")
    sent = for_dash(tree)
    assert isinstance(sent, Markup)
    assert (sent.tag, sent.attributes) == ("div", {"className": "page", "key": "/x?"})
    assert sent.inside == '<p title="&quot;">&lt;b&gt;</p><br>' == to_html(tree.children)


def test_a_chart_and_what_is_around_it_are_still_components() -> None:
    graph = dcc.Graph(id="line")
    tree = html.Div(["a", [html.P("b"), None], html.Figure([graph, html.P("c")]), html.Br()])
    sent = for_dash(tree)
    assert isinstance(sent, html.Div)
    words, (before, nothing), figure, rule = sent.children
    assert (words, nothing, rule) == ("a", None, tree.children[3])
    assert (before.tag, before.inside) == ("p", "b")
    assert isinstance(figure, html.Figure)
    assert figure.children[0] is graph
    assert (figure.children[1].tag, figure.children[1].inside) == ("p", "c")
    assert isinstance(tree.children[2].children[1], html.P), "the tree itself is as it was"


def test_attributes_are_sent_by_the_names_that_react_has() -> None:
    sent = for_dash(html.Label("x", htmlFor="a", disable_n_clicks=True, **{"aria-label": "c"}))
    assert sent.attributes == {"htmlFor": "a", "aria-label": "c"}


def test_nested_lists_and_none() -> None:
    assert to_html([None, ["a", [html.Br(), 1.5]]]) == "a<br>1.5"


def test_the_words_of_a_tree() -> None:
    tree = html.Div([ui.heading("A  heading", caption="Above"), html.P(["b", html.B("c")])])
    heading = find_first(tree, html.H1)
    assert text_of(heading) == "A heading"
    assert text_of(tree) == "Above A heading b c"


@pytest.mark.parametrize("name", ["onClick", "onclick", "dangerouslySetInnerHTML"])
def test_elements_take_no_handlers(name: str) -> None:
    with pytest.raises(ValueError, match="Element takes no"):
        Element("svg", **{name: "alert(1)"})


def test_elements_are_of_known_kinds() -> None:
    with pytest.raises(ValueError, match="does not draw"):
        Element("script")


@pytest.mark.parametrize(
    ("href", "safe"),
    [
        ("/organisations", True),
        ("#main", True),
        ("https://example.org", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("", False),
    ],
)
def test_links_lead_to_known_kinds_of_address(href: str, safe: bool) -> None:
    assert is_safe_link(href) is safe
    for link in (ui.link("x", href), ui.external_link("x", href)):
        assert ("href" in to_html(link)) is safe
