"""Our elements are those of Dash, made sooner."""

from __future__ import annotations

import dash.html
import pytest

from dashboard.components.design import html


@pytest.mark.parametrize("name", html.__all__)
def test_dash_is_sent_what_its_own_element_would_be(name: str) -> None:
    attributes = {"id": "a", "className": "b", "aria-label": "c", "data-x": None}
    ours, its = getattr(html, name), getattr(dash.html, name)
    assert issubclass(ours, its)
    assert ours("x", **attributes).to_plotly_json() == its("x", **attributes).to_plotly_json()


def test_a_name_that_an_element_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="Div takes no href"):
        html.Div("x", href="/")  # type: ignore[call-arg]


def test_elements_do_not_share_what_they_hold() -> None:
    first, second = html.P("a", id="x"), html.P("b")
    assert (first.children, second.children) == ("a", "b")
    assert not hasattr(second, "id")
