"""Takes screenshots in a real browser. Runs in Home Assistant's environment: Playwright is there.

`python -m demo.browser` reads one JSON object from its input: `program` (the browser), `login`
(url, username, password; null for none) and `shots` (url, file, width, height; `ready`: a text
that is on the page when it is drawn; `click` and `show`: texts to click on and to scroll to
then, each may be empty).
"""

import json
import sys
from typing import TypedDict

from playwright.sync_api import Page, sync_playwright  # type: ignore[import-not-found]

PATIENCE = 30_000.0
SETTLE = 1_500.0
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
    """Who logs in where."""

    url: str
    username: str
    password: str


class Shot(TypedDict):
    """One picture."""

    url: str
    file: str
    width: int
    height: int
    ready: str
    click: str
    show: str


class Order(TypedDict):
    """Everything that is wanted."""

    program: str
    login: Login | None
    shots: list[Shot]


def main() -> None:
    """Take every picture that is ordered."""
    order: Order = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=order["program"], args=list(FLAGS))
        page = browser.new_page(color_scheme="light", locale="en-GB", timezone_id="UTC")
        page.set_default_timeout(PATIENCE)
        if order["login"] is not None:
            _log_in(page, order["login"])
        for shot in order["shots"]:
            _take(page, shot)
        browser.close()


def _log_in(page: Page, login: Login) -> None:
    page.goto(login["url"])
    page.locator("input[name=username]").fill(login["username"])
    page.locator("input[name=password]").fill(login["password"])
    page.keyboard.press("Enter")
    page.locator("ha-sidebar").wait_for()


def _take(page: Page, shot: Shot) -> None:
    page.set_viewport_size({"width": shot["width"], "height": shot["height"]})
    page.goto(shot["url"])
    page.get_by_text(shot["ready"]).first.wait_for()
    if shot["click"]:
        page.get_by_text(shot["click"]).first.click()
    page.wait_for_timeout(SETTLE)
    if shot["show"]:
        page.get_by_text(shot["show"]).last.scroll_into_view_if_needed()
    page.screenshot(path=shot["file"])


main()
