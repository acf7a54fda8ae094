"""Plays the part of a new user in Chromium. Runs in Home Assistant's environment, with Playwright.

`python -m demo.first_browser` reads one JSON object from standard input (`Job`), and prints one line for
each step: `did NAME` after it, or `do NAME` when the parent has to do something, which it answers with an
empty line.

"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Error as PlaywrightError  # type: ignore[import-not-found]
from playwright.sync_api import Locator, Page, sync_playwright

from demo.setting_up import Service, SettingUp

TIMEOUT_MS = 60_000.0
SETTLE_MS = 700.0
SHOWN = 3_000
"""Characters of a page that are printed when it does not show what it should."""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SIZES = {"": (1280, 900), "-phone": (390, 844)}
SCHEMES = {"": "light", "-dark": "dark"}
START = "Start radarr"
REQUESTED = "Set memory of the container"


class Job(TypedDict):
    """The input of the program. Without `screens` no pictures are taken."""

    program: str
    part: str
    home_assistant: str
    username: str
    password: str
    person: str
    steward: str
    token: str
    proxmox: Service
    screens: str | None


def main() -> None:
    """Play one part."""
    job: Job = json.loads(sys.stdin.readline())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=job["program"], args=list(FLAGS))
        page = browser.new_page(locale="en-GB", timezone_id="UTC", viewport=_size(""))
        page.set_default_timeout(TIMEOUT_MS)
        user = SettingUp(page, job["home_assistant"], _camera(page, job["screens"]))
        user.log_in(job["username"], job["password"])
        _say("did logged in")
        try:
            PARTS[job["part"]](user, job)
        except PlaywrightError:
            # What was shown says more than what was waited for.
            print(page.locator("body").aria_snapshot()[:SHOWN], file=sys.stderr)  # noqa: T201
            raise
        browser.close()


def first_approval(user: SettingUp, job: Job) -> None:
    """Set everything up, with every kind of wrong input, and decide about the first incident."""
    user.add_integration(job["steward"], job["token"])
    _say("did integration added, after a wrong port, another server, and a wrong token")
    user.add_person(job["person"])
    _say("did person added")
    user.open_proxmox()
    user.refuse_unknown_host(job["proxmox"])
    user.refuse_others(job["proxmox"])
    _say("did refused: no address, an unknown host, a closed port, wrong fingerprints")
    user.add_proxmox(job["proxmox"], lambda: _ask("grant"))
    _say("did service added, after a wrong secret and a missing right")
    user.open_panel("inbox")
    _ask("crash")
    user.page.get_by_text(START).first.wait_for()
    _say("did incident shown in the panel")
    user.show("request", None)
    user.decide(START)
    _say("did first approval")
    user.show("decided", None)
    user.page.goto(f"{job['home_assistant']}/homelab-steward/incidents")
    user.page.get_by_text("Resolved").filter(visible=True).first.wait_for()
    _say("did problem solved")
    user.show("solved", None)


def sample(user: SettingUp, job: Job) -> None:
    """See one wrong input refused, request an action with an argument, and decide about it."""
    user.open_proxmox()
    user.refuse_unknown_host(job["proxmox"])
    user.cancel()
    _say("did unknown host refused in the form")
    user.open_panel("service/proxmox")
    user.request(REQUESTED, "Memory", "4096")
    _say("did action requested in the panel")
    user.decide(REQUESTED)
    _say("did decided in the panel")


PARTS: dict[str, Callable[[SettingUp, Job], None]] = {"first": first_approval, "sample": sample}


def _camera(page: Page, folder: str | None) -> Callable[[str, Locator | None], None]:
    """Return what takes a picture for each size and scheme, with an element in view."""

    def show(name: str, shown: Locator | None) -> None:
        if folder is None:
            return
        for scheme, value in SCHEMES.items():
            page.emulate_media(color_scheme=value)
            for size in SIZES:
                page.set_viewport_size(_size(size))
                if shown is not None:
                    shown.scroll_into_view_if_needed()
                page.wait_for_timeout(SETTLE_MS)
                page.screenshot(path=Path(folder) / f"first-{name}{size}{scheme}.png")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(_size(""))

    return show


def _size(name: str) -> dict[str, int]:
    width, height = SIZES[name]
    return {"width": width, "height": height}


def _ask(what: str) -> None:
    """Let the parent do something, and wait until it is done."""
    _say(f"do {what}")
    sys.stdin.readline()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - read by the parent


if __name__ == "__main__":
    main()
