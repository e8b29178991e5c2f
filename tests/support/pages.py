"""Pages that exist for a test only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.components import design as ui
from dashboard.components.design import html


@dataclass
class TestPage:
    """A page made of a function from parameters to content."""

    __test__ = False

    PATH: str
    draw: Callable[[dict[str, Any]], Any] | None = None
    TITLE: str = "Test page"
    NAV: str | None = None
    NEEDS_DATA: bool = False
    KEEP: bool = False

    def layout(self, **params: Any) -> Any:
        if self.draw is not None:
            return self.draw(params)
        words = ", ".join(f"{key}={value}" for key, value in sorted(params.items()))
        return html.Div([ui.heading(f"Page {self.PATH}"), html.P(words, className="text")])
