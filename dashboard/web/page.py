"""What a page is, to the router and the navigation."""

from __future__ import annotations

from typing import Any, Protocol


class PageModule(Protocol):
    """What a module in `dashboard.pages` offers.

    `PATH` is the address, with variables as `<organisation>`; `TITLE` names the page until its
    heading does; `NAV` is its word in the navigation, or None. A page that is the same for
    everyone also says `KEEP = True`: only such pages are kept whole (`page_cache.py`). One that
    can be shown without any data says `NEEDS_DATA = False`. One with forms that change something
    says `PLAIN = True`: it is HTML without scripts, but where it holds what only scripts draw, and
    stands in nobody's frame.
    `layout(**params)` takes the path variables and the query string (a repeated name gives a list)
    and returns the page, beginning with its only `<h1>`.
    """

    @property
    def PATH(self) -> str:
        """The address."""

    @property
    def TITLE(self) -> str:
        """The page's name."""

    @property
    def NAV(self) -> str | None:
        """Its word in the navigation."""

    def layout(self, **params: Any) -> Any:
        """The page for these parameters."""
