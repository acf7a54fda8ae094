"""Every page in every language, on a phone and on a desktop: nothing English, nothing cut off."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import OpenPage
from playwright.sync_api import Page
from server import PanelServer
from test_pages import READY

TRANSLATIONS = Path(__file__).parents[2] / "translations"
LANGUAGES = ("de", "fr", "es", "nl")
PATHS = [path for path in READY if path != "more"]

LOOK = """() => {
    const texts = [], cut = [];
    const kept = "button, a.button, nav a, select, h2, h3, label, summary, .chip";
    const name = (one) => `${one.localName}: ${one.textContent.trim()}`;
    const look = (root, isForeign) => {
        for (const one of root.querySelectorAll("*")) {
            const isOther = isForeign || !!one.closest("[lang], [translate=no]");
            const nodes = isOther ? [] : [...one.childNodes].filter((node) => node.nodeType === 3);
            texts.push(...nodes.map((node) => node.data.trim()));
            for (const key of ["aria-label", "placeholder", "title"]) texts.push(one.getAttribute(key) ?? "");
            if (one.matches(kept) && one.checkVisibility()) {
                const box = one.getBoundingClientRect();
                const isOut = box.width > 1 && (box.left < 0 || box.right > innerWidth + 0.5);
                const isCut = one.localName !== "select" && one.scrollWidth > one.clientWidth + 1
                    && one.clientWidth > 1 && getComputedStyle(one).display !== "inline";
                if (isOut || isCut) cut.push(name(one));
            }
            if (one.shadowRoot) look(one.shadowRoot, isOther);
        }
    };
    look(document.querySelector("homelab-steward-panel").shadowRoot, false);
    const wide = document.documentElement.scrollWidth - innerWidth;
    return { texts: texts.filter(Boolean), cut, wide };
}"""
GO = """async (path) => {
    history.pushState(null, "", `/homelab-steward/${path}`);
    dispatchEvent(new CustomEvent("location-changed"));
    await panel.updateComplete;
}"""
SHOWN = """(path) => {
    const page = panel.shadowRoot.querySelector("main > :not([role])");
    const root = page?.shadowRoot ?? page;
    const isThere = !!root?.querySelector(".page > *, .list") && !root.querySelector(".wait");
    return location.pathname.endsWith(path) && isThere;
}"""


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text with its key."""
    if isinstance(node, str):
        yield path, node
        return
    for key, value in node.items():
        yield from leaves(value, f"{path}.{key}".strip("."))


def english_only(language: str) -> frozenset[str]:
    """Return the English texts of the panel that are another text in a language."""
    stores = [json.loads((TRANSLATIONS / f"{one}.json").read_text())["panel"] for one in ("en", language)]
    english, other = (dict(leaves(store)) for store in stores)
    translated = set(other.values())
    return frozenset(text for text in english.values() if text not in translated and "{" not in text)


def visit(page: Page, path: str) -> dict[str, Any]:
    """Open a page without loading the panel again, and return what it shows."""
    page.evaluate(GO, path)
    page.wait_for_function(SHOWN, arg=path)
    for one in page.locator("homelab-steward-action summary").all():
        one.click()
    found: dict[str, Any] = page.evaluate(LOOK)
    return found


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_have_no_english_and_nothing_is_cut(
    language: str, width: int, open_page: OpenPage, server: PanelServer
) -> None:
    server.show(5, language=language)
    server.show_scheduled()
    page = open_page("inbox", width)
    english = english_only(language)
    keys = {key for key, _ in leaves(json.loads((TRANSLATIONS / "en.json").read_text())["panel"])}
    for path in (*PATHS, *(["more"] if width == 390 else [])):
        found = visit(page, path)
        texts = found["texts"]
        assert len(texts) > 5, path
        assert [one for one in texts if one in english or one in keys] == [], path
        assert (found["cut"], found["wide"] <= 0) == ([], True), path
        if language == "de":
            assert [one for one in texts if "“" in one and "„" not in one] == [], path
