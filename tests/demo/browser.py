"""Takes screenshots in a real browser. Runs in Home Assistant's environment, which has Playwright.

`python -m demo.browser` reads one JSON object from standard input: `program` (the browser), `login`
(url, username, password; or null) and `shots` (url, file, width, height; `scheme`: light or dark;
`ready`: a text to wait for; `click` and `show`: optional texts to click on and to scroll to; `ask`: questions
to ask in Assist).

"""

import json
import re
import sys
from typing import Literal, TypedDict

from playwright.sync_api import Page, sync_playwright  # type: ignore[import-not-found]

TIMEOUT_MS = 30_000.0
SETTLE_MS = 1_500.0
ANSWERED = re.compile(r"[.!?:]\s*$")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class Login(TypedDict):
    """The credentials and the URL of a login."""

    url: str
    username: str
    password: str


class Shot(TypedDict):
    """One screenshot."""

    url: str
    file: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    ready: str
    click: str
    show: str
    ask: list[str]


class Job(TypedDict):
    """The input of the program."""

    program: str
    login: Login | None
    shots: list[Shot]


def main() -> None:
    """Take all screenshots of the input."""
    job: Job = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=job["program"], args=list(FLAGS))
        page = browser.new_page(color_scheme="light", locale="en-GB", timezone_id="UTC")
        page.set_default_timeout(TIMEOUT_MS)
        if job["login"] is not None:
            _log_in(page, job["login"])
        for shot in job["shots"]:
            _take_screenshot(page, shot)
        browser.close()


def _log_in(page: Page, login: Login) -> None:
    page.goto(login["url"])
    page.locator("input[name=username]").fill(login["username"])
    page.locator("input[name=password]").fill(login["password"])
    page.keyboard.press("Enter")
    page.locator("ha-sidebar").wait_for()


def _take_screenshot(page: Page, shot: Shot) -> None:
    page.emulate_media(color_scheme=shot["scheme"])
    page.set_viewport_size({"width": shot["width"], "height": shot["height"]})
    page.goto(shot["url"])
    page.get_by_text(shot["ready"]).filter(visible=True).first.wait_for()
    if shot["click"]:
        page.get_by_text(shot["click"]).first.click()
    if shot["ask"]:
        _ask(page, shot["ask"])
    page.wait_for_timeout(SETTLE_MS)
    if shot["show"]:
        page.get_by_text(shot["show"]).last.scroll_into_view_if_needed()
    page.screenshot(path=shot["file"])


def _ask(page: Page, questions: list[str]) -> None:
    page.get_by_role("button", name="Assist (A)").click()
    chat = page.locator("ha-assist-chat")
    for number, question in enumerate(questions, 1):
        chat.locator("#message-input input").fill(question)
        page.keyboard.press("Enter")
        answers = chat.locator(".message.hass:not(.thinking)")
        answers.nth(number).filter(has_text=ANSWERED).wait_for()


main()
