"""Of several web processes, each can serve what a page of another one asks for."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.fake_store import make_app


def test_a_process_that_wrote_no_page_serves_the_scripts_of_one_that_did(tmp_path: Path) -> None:
    page = make_app(tmp_path / "one").server.test_client().get("/about").get_data(as_text=True)
    scripts = re.findall(r'src="(/_dash-component-suites/[^"]+)"', page)
    assert len(scripts) > 3
    other = make_app(tmp_path / "two").server.test_client()
    for script in scripts:
        with other.get(script) as answer:
            assert answer.status_code == 200, script
