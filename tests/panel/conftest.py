"""A browser with the panel. Without Chromium, or without axe-core from npm, these tests are skipped."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from server import PanelServer

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser")) if path), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")

type OpenPage = Callable[..., Page]

# A busy machine needs seconds for what takes milliseconds; what is there in time does not wait.
TIMEOUT_MS = 30_000
expect.set_options(timeout=TIMEOUT_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None or not AXE.exists():
        pytest.skip("needs Chromium, and axe-core: script/panel installs it")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def running_server() -> Iterator[PanelServer]:
    server = PanelServer().start()
    yield server
    server.stop()


@pytest.fixture
def server(running_server: PanelServer) -> PanelServer:
    running_server.show(5)
    return running_server


@pytest.fixture
def open_page(browser: Browser, server: PanelServer) -> Iterator[OpenPage]:
    """Return a function that opens a page of the panel; errors in the console fail the test."""
    errors: list[str] = []
    opened: list[Page] = []

    def log(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            errors.append(message.text)

    def show(path: str, width: int = 390, scheme: Any = "light") -> Page:
        page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
        opened.append(page)
        page.set_default_timeout(TIMEOUT_MS)
        page.on("console", log)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}/homelab-steward/{path}")
        shown = server.scene["element"] if "config" in server.scene else "homelab-steward-panel main > *"
        page.locator(shown).first.wait_for(state="attached")
        return page

    yield show
    for page in opened:
        page.close()
    assert not errors


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    script = """async (tags) => (await axe.run(document, { runOnly: tags })).violations
        .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`))"""
    found: list[str] = page.evaluate(script, list(RULES))
    return found
