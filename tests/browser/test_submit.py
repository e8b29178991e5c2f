"""From a task to a live dataset with a real browser: by keyboard on a phone, without scripts, and
with them while something is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback
from sqlalchemy import Engine, text

from performance_store.database import transaction
from providers.checks.format import pack_summary
from providers.submissions import evidence
from providers.tickets import outbox
from tests.support import browser, check_result
from tests.support.accounts import Letters, account_app, approve, letters
from tests.support.build import AAA, PlatformFile, Store

__all__ = ["letters"]

# No snapshot is of a day to come: what is sent counts as sent some days ago, and the nights come
# after that.
SENT_ON = datetime.now(UTC).date() - timedelta(days=4)
AREA = "conservation-area"
URL = "https://maps.aaa.gov.uk/areas.csv"
KEY = sha256(URL.encode()).hexdigest()
PAGE = "https://www.aaa.gov.uk/open-data"
CLEAN = replace(check_result.summary(), verdict="ready", groups=(), must_rows=0)
# A form that was not right.
EXPECTED = ("the server responded with a status of 400",)


class Nights:
    """What the platform publishes, night after night."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder

    def file(self, days: int) -> PlatformFile:
        """A file of so many days after the sending: the dataset is expected of one authority."""
        day = SENT_ON + timedelta(days=days)
        return PlatformFile(self.folder / str(days), as_at=day).provision(AREA)

    def come(self, days: int) -> None:
        """Load the file of a night and look what it says of what was sent: the address is in the
        register since the first night, answers in the second and has records in the third."""
        file = self.file(days)
        entry = (SENT_ON + timedelta(days=1)).isoformat()
        file.add("endpoint", endpoint=KEY, endpoint_url=URL, entry_date=entry, end_date="")
        file.endpoint(KEY, AREA, documentation_url=PAGE, licence="ogl3")
        for number in range(2, days + 1):
            file.answer(KEY, (SENT_ON + timedelta(days=number)).isoformat())
        if days == 2:
            file.add("dataset_resource", dataset=AREA, resource="r1", entry_count=0)
        Store(self.engine).load(file)
        self.look(SENT_ON + timedelta(days=days))

    def look(self, today: date) -> None:
        with transaction(self.engine) as connection:
            evidence.advance(connection, today=today, now=datetime.combine(today, time(9), UTC))


@pytest.fixture
def nights(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return Nights(module_engine, tmp_path_factory.mktemp("nights"))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    Store(module_engine).load(Nights(module_engine, tmp_path_factory.mktemp("first")).file(-1))
    approve(module_engine, "aaa.example", AAA)
    app = account_app(tmp_path_factory.mktemp("site"), module_engine, site_url=None)
    with browser.serving(app) as address:
        yield address


class Eye:
    """Looks with axe at the page that a reader without scripts is on: axe itself is one."""

    def __init__(self, page: Page, tab: Page) -> None:
        self.page = page
        self.tab = tab

    def look(self) -> None:
        self.tab.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]
        self.tab.goto(self.page.url)
        axe_is_content(self.tab)


def axe_is_content(page: Page) -> None:
    for size in (browser.WIDE, browser.NARROW):
        page.set_viewport_size(size)
        assert browser.axe_violations(page) == []
        assert browser.overflow(page) <= 0


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def press(page: Page, name: str, role: str = "button") -> None:
    """Press a control by the keyboard."""
    page.get_by_role(role, name=name, exact=True).first.press("Enter")  # type: ignore[arg-type]


def type_into(page: Page, label: str, words: str) -> None:
    page.get_by_label(label).focus()
    page.keyboard.type(words)


def finish_check(engine: Engine) -> None:
    """End the check that was begun last, with nothing that must be fixed."""
    ((check_id,),) = Store(engine).sql("SELECT max(id) FROM providers.check_result")
    with transaction(engine) as connection:
        connection.execute(
            text(
                "UPDATE providers.check_result SET state = 'finished', finished_at = now(), "
                "has_must = false, summary = :summary WHERE id = :id"
            ),
            {"id": check_id, "summary": pack_summary(CLEAN)},
        )


def send_tickets(engine: Engine) -> None:
    """Do what the worker does, where there is no ticket system."""
    for (number,) in Store(engine).sql(
        "SELECT id FROM providers.ticket_step WHERE ended_at IS NULL ORDER BY id"
    ):
        outbox.send(lambda: transaction(engine), None, number)


def sign_in(page: Page, letters: Letters) -> None:
    heading(page, "Sign in")
    type_into(page, "Your work e-mail address", "officer@aaa.example")
    page.keyboard.press("Enter")
    heading(page, "Check your mail")
    type_into(page, "Code", letters.code)
    page.keyboard.press("Enter")


def test_from_a_task_to_live_by_keyboard_without_scripts(
    new_context: CreateContextCallback,
    site: str,
    module_engine: Engine,
    nights: Nights,
    letters: Letters,
) -> None:
    page = new_context(java_script_enabled=False, viewport=browser.NARROW).new_page()
    eye = Eye(page, new_context().new_page())
    page.goto(f"{site}/organisations/{AAA}/tasks")
    press(page, "The dataset is not provided yet", "link")
    heading(page, "The dataset is not provided yet")
    task = page.url
    press(page, "Send the address of the data", "link")
    heading(page, "Send an address of data")
    eye.look()
    # Whoever is not signed in comes back to where they were.
    press(page, "Sign in, and come back here", "link")
    sign_in(page, letters)
    heading(page, "Send an address of data")
    eye.look()
    press(page, "Start now")
    heading(page, "The web address of the data")
    eye.look()
    press(page, "Check this address")
    expect(page.get_by_role("alert")).to_contain_text("Enter the web address of the data")
    press(page, "Enter the web address of the data", "link")
    expect(page.get_by_label("Web address of the data")).to_be_focused()
    page.keyboard.type(URL)
    page.keyboard.press("Enter")
    heading(page, "Checking the address")
    eye.look()
    finish_check(module_engine)
    # The page is loaded anew by the browser itself, and goes on.
    heading(page, "The details")
    eye.look()
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Enter your full name")
    type_into(page, "Web page about the data", PAGE)
    page.get_by_label("Yes, under the Open Government Licence").press("Space")
    type_into(page, "Your full name", "Ada Quill")
    type_into(page, "Anything the data team should know", "The north is to come.")
    press(page, "Continue")
    heading(page, "Check your answers")
    eye.look()
    press(page, "Change your name", "link")
    expect(page.get_by_label("Your full name")).to_have_value("Ada Quill")
    press(page, "Continue")
    press(page, "Send it to the data team")
    expect(page).to_have_url(re.compile(r"/submissions/PD\w{8}\?saved=sent$"))
    expect(page.get_by_text("Safe with us, being sent")).to_be_visible()
    eye.look()
    _follow(page, eye, task, module_engine, nights)


def _follow(page: Page, eye: Eye, task: str, engine: Engine, nights: Nights) -> None:
    """What its page and the task say, night after night."""
    place = page.url.partition("?")[0]
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE providers.submission SET sent_at = :at"),
            {"at": datetime.combine(SENT_ON, time(9), UTC)},
        )
    send_tickets(engine)
    page.reload()
    expect(page.locator("main")).to_contain_text("on the list that the data team works through")
    page.goto(task)
    expect(page.locator("main")).to_contain_text("Sent on")
    eye.look()
    for days, words in enumerate(("In the register", "First collected", "Live"), 1):
        nights.come(days)
        page.goto(place)
        # How far it is, above all else.
        expect(page.locator("main .tag").first).to_contain_text(words)
        eye.look()
    page.goto(task)
    expect(page.locator("main")).to_contain_text("Done, by")


def test_what_is_typed_is_kept_and_a_clean_check_goes_on_by_itself(
    page: Page, site: str, module_engine: Engine, letters: Letters
) -> None:
    page.goto(f"{site}/submit?dataset={AREA}&organisation={AAA}&kind=provide")
    press(page, "Sign in, and come back here", "link")
    sign_in(page, letters)
    press(page, "Start now")
    press(page, "Check this address")
    expect(page.get_by_role("alert")).to_contain_text("Enter the web address of the data")
    axe_is_content(page)
    type_into(page, "Web address of the data", "https://maps.aaa.gov.uk/half")
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    # Loaded anew, the page that the form came back with does not send its blanks again.
    page.reload()
    expect(page.get_by_label("Web address of the data")).to_have_value(
        "https://maps.aaa.gov.uk/half"
    )
    press(page, "Check this address")
    heading(page, "Checking the address")
    expect(page.locator(".progress-bar")).to_be_visible()
    axe_is_content(page)
    finish_check(module_engine)
    heading(page, "The details")
    axe_is_content(page)
