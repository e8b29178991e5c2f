"""How the other tests look at a page: what they leave out must say nothing new."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.browser import axe_violations

PAGE = """<!doctype html><html lang="en"><title>Kinds</title><main><h1>Kinds</h1><ul>
<li class="row">One</li><li class="row">Two</li>
<li class="row pale" style="color: #aaa">Three</li>
<li class="row pale" style="color: #aaa">Four</li>
<li class="row" style="background: #333">Five</li>
<li class="row" style="background: #555"><b>Six</b></li>
</ul>
<p style="opacity: .4"><label for="q">Seven</label> <input id="q" style="color: #bbb"></p>
</main>
"""


def test_contrast_is_looked_at_once_for_each_kind_of_text(page: Page) -> None:
    page.set_content(PAGE)
    pale = [line for line in axe_violations(page) if line.startswith("color-contrast")]
    assert [words for words in ("Three", "Four", "Five", "Six", "Seven") if words in str(pale)] == [
        "Three",
        "Five",
        "Six",
        "Seven",
    ]
