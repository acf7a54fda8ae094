"""Loads the panel in Chromium and prints as JSON when it painted. Runs in Home Assistant's environment."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "panel"), str(ROOT / "addon")]

from playwright.sync_api import (  # type: ignore[import-not-found]  # noqa: E402 - needs the path
    Browser,
    sync_playwright,
)
from server import PanelServer  # type: ignore[import-not-found]  # noqa: E402 - needs the path

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
WIDTH, HEIGHT = 390, 844
INCIDENTS = 1000
SLOWER = 4
LATENCY_MS = 20
BYTES_PER_SECOND = 10_000_000 // 8
ROW = {
    "inbox": "homelab-steward-inbox >> homelab-steward-request >> h2",
    "incidents": "homelab-steward-incidents >> .list > li",
}
"""The path into the shadow trees to the first row of each page."""

WATCH = """(path) => {
    const within = (root, one) => root && (root.shadowRoot ?? root).querySelector(one);
    const find = () => path.split(" >> ").reduce(within, document.querySelector("homelab-steward-panel"));
    const look = () => {
        if (!find()) return requestAnimationFrame(look);
        requestAnimationFrame(() => setTimeout(() => (window.rowsAt = performance.now())));
    };
    look();
}"""
"""Notes the time after the frame in which the first row is painted."""


def main() -> None:
    """Print the seconds of each load: of the first paint, and of the first rows."""
    server = PanelServer().start()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        server.show(INCIDENTS)
        # The first load fills the cache of the server and starts the processes of the browser.
        _load(browser, server, "inbox")
        loads = int(sys.argv[1])
        found = {name: [_load(browser, server, name) for _ in range(loads)] for name in ROW}
        browser.close()
    server.stop()
    print(json.dumps(found))


def _load(browser: Browser, server: PanelServer, name: str) -> dict[str, float]:
    """Return the seconds of one load with an empty cache."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    slow: Any = context.new_cdp_session(page)
    network = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": BYTES_PER_SECOND}
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", network | {"uploadThroughput": BYTES_PER_SECOND})
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({WATCH})({json.dumps(ROW[name])})")
    page.goto(f"{server.url}/homelab-steward/{name}")
    script = """() => {
        const [first] = performance.getEntriesByName("first-contentful-paint");
        return first && window.rowsAt && [first.startTime - beganAt, rowsAt - beganAt];
    }"""
    paint, rows = page.wait_for_function(script).json_value()
    context.close()
    return {"paint": paint / 1000, "rows": rows / 1000}


main()
