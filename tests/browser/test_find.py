"""Finding an authority in a real browser: results while typing, and the one looked at last."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.real_store import real_app
from tests.support.servers import Filled

LIST = "/organisations"
LABEL = "Name, abbreviation or code"
# Names that a page must show as they are, and find: the first three bodies are called so here.
HOSTILE = "<b>Ynys</b> & <img src=x onerror=alert(1)>"
NAMES = ("King's Lynn and West Norfolk Borough Council", "Cyngor Tŷ Ddŵr a Môn", HOSTILE)
# Any answer to a search, and none of the files beside it.
SEARCHES = re.compile(r"/organisations\?(.*&)?q=")


# What the browser says of answers that these tests ask for.
EXPECTED = (
    "ERR_FAILED",
    "status of 404",
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=4))


@pytest.fixture(scope="module")
def codes(module_engine: Engine) -> list[str]:
    """The bodies with the names above."""
    with module_engine.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT DISTINCT o.organisation FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id WHERE s.is_lpa "
                "AND s.snapshot_id = (SELECT id FROM current_snapshot) ORDER BY 1 LIMIT 3"
            )
        ).scalars()
        codes = list(rows)
        for code, name in zip(codes, NAMES, strict=True):
            connection.execute(
                text("UPDATE organisation SET name = :name WHERE organisation = :code"),
                {"name": name, "code": code},
            )
    return codes


@pytest.fixture(scope="module")
def site(
    module_engine: Engine, codes: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with browser.serving(real_app(tmp_path_factory.mktemp("site"), module_engine)) as address:
        yield address


def open_list(page: Page, site: str, query: str = "") -> None:
    browser.open_page(page, f"{site}{LIST}{query}")
    page.evaluate("window.stillHere = true")


def first_name(page: Page) -> str:
    return page.locator("tbody th .link").first.inner_text()


def test_results_follow_what_is_typed_and_the_box_is_left_alone(page: Page, site: str) -> None:
    open_list(page, site)
    box = page.get_by_label(LABEL)
    box.click()
    page.evaluate("window.box = document.activeElement")
    page.keyboard.type("kigs lyn", delay=20)
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("n")
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(page.locator("tbody th")).to_contain_text(NAMES[0])
    expect(page).to_have_url(f"{site}{LIST}?q=kings+lyn")
    # The same box, with the caret where it was.
    assert page.evaluate("box === document.activeElement && box.selectionStart === 3")
    assert page.evaluate("window.stillHere")


@pytest.mark.alone
def test_fast_letters_ask_once_and_are_told_once(page: Page, site: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    open_list(page, site)
    requests.clear()
    page.evaluate(
        """() => { window.said = [];
          new MutationObserver(() => said.push(document.getElementById('announcer').textContent))
            .observe(document.getElementById('announcer'), { childList: true }) }"""
    )
    page.get_by_label(LABEL).press_sequentially("lynn and west", delay=30)
    expect(page.get_by_role("status")).to_have_text("1 authority found")
    assert [url for url in requests if "favicon" not in url] == [f"{site}{LIST}?q=lynn+and+west"]
    assert page.evaluate("said") == ["1 authority found"]


def test_back_does_not_step_through_letters(page: Page, site: str) -> None:
    browser.open_page(page, site + "/")
    page.get_by_role("link", name="Authorities", exact=True).click()
    expect(page.locator("#page h1")).to_have_text("Find an authority")
    box = page.get_by_label(LABEL)
    for letters in ("kin", "gs", " lynn"):
        box.press_sequentially(letters)
        expect(page).to_have_url(re.compile(letters.strip() + "$"))
    page.locator("tbody th .link").first.click()
    expect(page.locator("#page h1")).to_have_text(NAMES[0])
    page.go_back()
    expect(page.get_by_label(LABEL)).to_have_value("kings lynn")
    expect(page.locator("#results")).to_have_text("1 authority found")
    page.reload()
    browser.wait_until_ready(page)
    expect(page.get_by_label(LABEL)).to_have_value("kings lynn")
    expect(page.locator("#results")).to_have_text("1 authority found")
    page.go_back()
    expect(page.locator("#page h1")).to_contain_text("How complete is England’s planning data")


def test_the_whole_list_is_there_again_after_a_search(page: Page, site: str) -> None:
    """Dash believes that it never left the list: a link there must work all the same."""
    open_list(page, site)
    page.get_by_label(LABEL).press_sequentially("zzzzqq")
    page.get_by_role("link", name="Show all authorities").click()
    expect(page.locator("#results")).to_contain_text("Showing all")
    expect(page.get_by_label(LABEL)).to_have_value("")
    assert page.url == site + LIST
    page.go_back()
    expect(page.locator("#results")).to_have_text("No authorities match")
    expect(page.get_by_label(LABEL)).to_have_value("zzzzqq")


def test_erasing_the_search_brings_everybody_back(page: Page, site: str) -> None:
    open_list(page, site)
    everybody = page.locator("#results").inner_text()
    box = page.get_by_label(LABEL)
    box.press_sequentially("kings")
    expect(page.locator("#results")).to_have_text("1 authority found")
    for _ in range(5):
        page.keyboard.press("Backspace")
    expect(page.locator("#results")).to_have_text(everybody)
    assert page.url == site + LIST
    page.get_by_role("link", name="Provided").click()
    expect(page).to_have_url(re.compile("sort=provided"))
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Provided")


def test_late_answers_neither_win_nor_take_letters_away(page: Page, site: str) -> None:
    routes: list[Route] = []

    def answer(route: Route) -> None:
        if route.request.url.endswith("q=ki"):
            routes.append(route)
        else:
            route.continue_()

    open_list(page, site)
    page.route(SEARCHES, answer)
    box = page.get_by_label(LABEL)
    box.press_sequentially("ki")
    page.wait_for_timeout(600)
    assert len(routes) == 1
    box.press_sequentially("ngs lynn")
    expect(page).to_have_url(f"{site}{LIST}?q=kings+lynn")
    routes[0].fulfill(body='<main><div id="found"><p id="results">Late</p></div></main>')
    page.wait_for_timeout(300)
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(box).to_have_value("kings lynn")
    expect(box).to_be_focused()


def test_letters_typed_while_an_answer_is_slow_stay(page: Page, site: str) -> None:
    open_list(page, site)
    page.route(SEARCHES, lambda route: time.sleep(0.6) or route.continue_())  # type: ignore[func-returns-value]
    box = page.get_by_label(LABEL)
    box.press_sequentially("tŷ")
    page.wait_for_timeout(300)
    box.press_sequentially(" ddŵr")
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(page.locator("tbody th")).to_contain_text(NAMES[1])
    expect(box).to_have_value("tŷ ddŵr")
    expect(box).to_be_focused()


def test_enter_goes_to_the_results_at_once(page: Page, site: str) -> None:
    open_list(page, site)
    box = page.get_by_label(LABEL)
    box.press_sequentially("kings lynn")
    box.press("Enter")
    expect(page.locator("#results")).to_be_focused()
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(page.get_by_role("status")).to_have_text("1 authority found")
    # And again, with nothing new to ask.
    box.focus()
    box.press("Enter")
    expect(page.locator("#results")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#page h1")).to_have_text(NAMES[0])


def test_filters_and_search_go_together(page: Page, site: str) -> None:
    open_list(page, site)
    page.get_by_label(LABEL).press_sequentially("council")
    expect(page).to_have_url(re.compile("q=council$"))
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Status", exact=True).select_option("failing")
    page.get_by_label(LABEL).press_sequentially("s")
    page.wait_for_timeout(500)
    # What was chosen but not applied is not applied by typing, nor lost.
    expect(page).to_have_url(re.compile("q=council$"))
    expect(page.get_by_label("Status", exact=True)).to_have_value("failing")
    page.get_by_label(LABEL).press("Backspace")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(re.compile("q=council&state=failing"))
    expect(page.get_by_text("Filters (1 applied)")).to_be_visible()
    expect(page.locator("#results")).to_be_focused()
    page.get_by_label(LABEL).fill("")
    expect(page).to_have_url(f"{site}{LIST}?state=failing")
    page.get_by_role("link", name="Remove status Has datasets with the status Error").click()
    expect(page).to_have_url(site + LIST)
    page.go_back()
    expect(page.get_by_label("Status", exact=True)).to_have_value("failing")


def test_no_answer_is_said_and_can_be_tried_again(page: Page, site: str) -> None:
    open_list(page, site)
    page.route(SEARCHES, lambda route: route.abort())
    box = page.get_by_label(LABEL)
    box.press_sequentially("kings")
    expect(page.locator("#results")).to_have_text(
        "The search did not answer. Select Search to try again."
    )
    expect(page.get_by_role("status")).to_have_text(
        "The search did not answer. Select Search to try again."
    )
    expect(box).to_be_focused()
    page.unroute(SEARCHES)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#results")).to_have_text("1 authority found")


def test_typing_before_the_page_is_ready_counts(page: Page, site: str) -> None:
    hold = re.compile("_dash-update-component")
    page.route(hold, lambda route: page.wait_for_timeout(600) or route.continue_())  # type: ignore[func-returns-value]
    page.goto(site + LIST)
    page.get_by_label(LABEL).press_sequentially("kings lynn")
    page.wait_for_selector("#first-page", state="detached")
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(page.get_by_label(LABEL)).to_be_focused()


def test_names_are_shown_as_they_are(page: Page, site: str) -> None:
    open_list(page, site)
    box = page.get_by_label(LABEL)
    for typed, name in zip(("Kings Lynn", "TY DDWR", "ynys"), NAMES, strict=True):
        box.fill(typed)
        expect(page.locator("tbody th .link").first).to_have_text(name)
    box.fill(HOSTILE)
    expect(page.locator("tbody th .link").first).to_have_text(HOSTILE)
    box.fill("<img src=zzzz>")
    expect(page.locator("#found")).to_contain_text("“<img src=zzzz>”")
    assert page.locator("#found img").count() == 0


def test_who_saves_data_searches_by_the_button(page: Page, site: str) -> None:
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'connection', {value: {saveData: true}})"
    )
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    open_list(page, site)
    requests.clear()
    page.get_by_label(LABEL).press_sequentially("kings lynn")
    page.wait_for_timeout(600)
    assert requests == []
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(page.locator("#results")).to_be_focused()


def test_without_a_script_the_form_is_sent(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(site + LIST)
    page.get_by_label(LABEL).fill("kings lynn")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(page.get_by_text("Go back to")).to_be_hidden()


def test_axe_finds_nothing_while_typing(page: Page, site: str) -> None:
    page.add_init_script(
        "localStorage.setItem('last-organisation',"
        " JSON.stringify({path: '/organisations/x', name: 'Vale of the long name '.repeat(4)}))"
    )
    open_list(page, site)
    for typed in ("b", "zzzzqq"):
        page.get_by_label(LABEL).fill(typed)
        expect(page).to_have_url(re.compile(f"q={typed}$"))
        page.locator("summary", has_text="Filters").click()
        browser.check_sizes(page)
    browser.open_page(page, site + "/")
    expect(page.get_by_text("Go back to")).to_be_visible()
    browser.check_sizes(page, targets=False)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_all_stops_of_the_list_can_be_seen(page: Page, site: str, size: str) -> None:
    page.set_viewport_size(browser.SIZES[size])  # type: ignore[arg-type]
    open_list(page, site)
    stops = browser.tab_stops(page, limit=30)
    for words in (LABEL, "Search", "Filters", "Authority", "Provided", "Latest content"):
        assert words in stops
    for link in page.locator(".sort-link").all():
        box = link.bounding_box()
        assert box is not None
        assert 24 <= box["height"] < 60
        assert 0 <= box["x"] < browser.SIZES[size]["width"]


# The one looked at last


def test_the_last_one_is_offered_and_forgotten(page: Page, site: str, codes: list[str]) -> None:
    open_list(page, site)
    expect(page.get_by_text("Go back to")).to_be_hidden()
    page.goto(f"{site}{LIST}/{codes[0]}")
    browser.wait_until_ready(page)
    for path in ("/", LIST):
        page.locator(f'a[href="{path}"]').first.click()
        link = page.get_by_role("link", name=f"Go back to {NAMES[0]}")
        expect(link).to_have_attribute("href", f"{LIST}/{codes[0]}")
    link.click()
    expect(page.locator("#page h1")).to_have_text(NAMES[0])
    # A dataset's page counts for its organisation; names are words, whatever is in them.
    browser.open_page(page, f"{site}{LIST}/{codes[2]}")
    assert page.evaluate("Object.keys(localStorage).length") == 3
    browser.open_page(page, f"{site}{LIST}/{codes[2]}/brownfield-land")
    page.get_by_role("link", name="Authorities", exact=True).first.click()
    expect(page.get_by_role("link", name=f"Go back to {HOSTILE}")).to_be_visible()
    assert page.locator("[data-last] :is(img, b)").count() == 0
    page.get_by_role("button", name=f"Forget {HOSTILE}").click()
    expect(page.get_by_text("Go back to")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("Forgotten")
    expect(page.get_by_label(LABEL)).to_be_focused()
    keys = page.evaluate("Object.keys(localStorage)")
    assert [key for key in keys if key.startswith("last") or key.endswith(codes[2])] == []
    assert page.context.cookies() == []


def test_a_body_that_is_no_longer_known_is_forgotten(page: Page, site: str) -> None:
    open_list(page, site)
    page.evaluate(
        "localStorage.setItem('last-organisation',"
        " JSON.stringify({path: '/organisations/gone:XXX', name: 'Gone'}))"
    )
    browser.open_page(page, f"{site}{LIST}/gone:XXX")
    open_list(page, site)
    expect(page.get_by_text("Go back to")).to_be_hidden()


@pytest.mark.parametrize(
    "entry",
    [
        "{",
        "null",
        "7",
        '{"path": "//evil.example/", "name": "x"}',
        '{"path": "https://evil.example/organisations/x", "name": "x"}',
        '{"path": "javascript:alert(1)", "name": "x"}',
        '{"path": "/organisations/../about", "name": "x"}',
        '{"path": "/organisations/..", "name": "x"}',
        '{"path": "/organisations/%2e%2E", "name": "x"}',
        '{"path": "/organisations/x\\\\y", "name": "x"}',
        '{"path": "/organisations/x", "name": " "}',
        '{"path": ["/organisations/x"], "name": null}',
    ],
)
def test_what_is_kept_is_not_trusted(page: Page, site: str, entry: str) -> None:
    open_list(page, site)
    page.evaluate("kept => localStorage.setItem('last-organisation', kept)", entry)
    open_list(page, site)
    expect(page.get_by_text("Go back to")).to_be_hidden()


def test_pages_work_where_nothing_may_be_kept(page: Page, site: str, codes: list[str]) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})"
    )
    browser.open_page(page, f"{site}{LIST}/{codes[0]}")
    page.get_by_role("link", name="Authorities", exact=True).first.click()
    page.get_by_label(LABEL).press_sequentially("kings lynn")
    expect(page.locator("#results")).to_have_text("1 authority found")
    expect(page.get_by_text("Go back to")).to_be_hidden()
