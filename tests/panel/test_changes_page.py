"""The page of updates: what waits, what is known about one, and what a person can do with it."""

import pytest
import scene
from conftest import OpenPage, violations
from playwright.sync_api import Page, expect
from server import PanelServer, RefusedError


def titles(page: Page) -> list[str]:
    # What is out of view is not laid out, and has no inner text.
    return page.locator(".list > li .title").all_text_contents()


def test_updates_are_in_turn_and_filtered(open_page: OpenPage) -> None:
    page = open_page("changes")
    expect(page.get_by_text("7 updates")).to_be_visible()
    assert titles(page)[:2] == ["Sonarr 4.0.1 → 4.0.2", "Jellyfin 10.11.2 → 10.11.3"]
    assert titles(page)[-1] == "Sonarr 3.9.9 → 4.0.0"
    expect(page.get_by_text("in 2 days").first).to_be_visible()
    page.get_by_label("Which updates").select_option("blocked")
    expect(page.get_by_text("1 update", exact=True)).to_be_visible()
    assert titles(page) == ["Sonarr 4.0.0 → 4.0.1b2"]
    assert violations(page) == []


def test_one_that_is_asked_about_leads_to_its_request_and_shows_notes_as_text(open_page: OpenPage) -> None:
    page = open_page("changes/asked")
    expect(page.get_by_role("link", name="Decide")).to_have_attribute(
        "href", "/homelab-steward/request/request-5"
    )
    for text in ("CVE-2026-1234", "The notes of 4.0.1 could not be read", "41 days", "copy of the volume"):
        expect(page.get_by_text(text).first).to_be_visible()
    page.get_by_text("Release notes, as their makers wrote them").click()
    expect(page.get_by_text("<script>alert('outside')</script>")).to_be_visible()
    expect(page.get_by_role("button", name="Ask now")).to_have_count(0)
    expect(page.get_by_text("Sonarr 3.9.9 → 4.0.0")).to_be_attached()
    assert violations(page) == []


@pytest.mark.parametrize(
    ("path", "button", "command", "more", "said"),
    [
        ("held", "Ask now", "ask_change", {}, "It was asked about."),
        ("held", "Reject this version", "reject_change", {}, "This version was rejected."),
        ("held", "Defer", "defer_change", {"days": 14}, "It was deferred."),
        ("blocked", "Offer again", "offer_change", {}, "It is offered again."),
    ],
)
def test_commands_are_sent_and_the_new_state_is_shown(
    path: str,
    button: str,
    command: str,
    more: dict[str, int],
    said: str,
    open_page: OpenPage,
    server: PanelServer,
) -> None:
    page = open_page(f"changes/{path}")
    if more:
        page.get_by_label("For how long").select_option(str(more["days"]))
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("button", name=button, exact=True)).to_have_count(int(command == "defer_change"))
    (sent,) = [one for one in server.received if one["type"].endswith(f"/{command}")]
    assert {key: sent[key] for key in ("change_id", *more)} == {"change_id": path, **more}


def test_a_request_about_an_update_is_approved_deferred_or_rejected(
    open_page: OpenPage, server: PanelServer
) -> None:
    row = scene.UPDATE_REQUEST
    server.scene["state"]["rows"]["approval"][row.id] = row.to_dict()
    page = open_page(f"request/{row.id}")
    for name in ("Approve", "Defer", "Reject", "Snooze"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Ignore")).to_have_count(0)
    assert violations(page) == []


def test_what_the_app_refuses_is_shown(open_page: OpenPage, server: PanelServer) -> None:
    def refuse(_: dict[str, object]) -> object:
        raise RefusedError("forbidden", "Only owners may ask")

    server.answers["ask_change"] = refuse
    page = open_page("changes/held")
    page.get_by_role("button", name="Ask now").click()
    expect(page.locator("[aria-live] p")).to_be_visible()
    expect(page.get_by_role("button", name="Ask now")).to_be_enabled()


def test_without_the_app_nothing_can_be_done(open_page: OpenPage, server: PanelServer) -> None:
    server.show(5, connected=False)
    page = open_page("changes/held")
    expect(page.get_by_role("button", name="Ask now")).to_be_disabled()


def test_a_new_state_of_the_app_is_shown_at_once(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("changes/held")
    row = server.answers["ask_change"]({"change_id": "held"}) | {
        "status": "went_back",
        "result": "It was worse",
    }
    page.evaluate("(row) => push({ kind: 'row', row_kind: 'change', id: row.id, row })", row)
    expect(page.get_by_text("It was worse").first).to_be_visible()
    expect(page.get_by_role("button", name="Offer again")).to_be_visible()


HOSTILE = [
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>",
    "[press](https://evil.example) ![](https://evil.example/x.png) **bold**",
    "@everyone ${document.title='taken'} {{ 1 + 1 }} {count}",
    "x" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_from_outside_become_no_elements_and_fit(
    text: str, open_page: OpenPage, server: PanelServer
) -> None:
    row = server.scene["state"]["rows"]["change"]["asked"]
    row |= {"title": text, "result": text, "reason": text, "way_back_text": text}
    row["assessment"] |= {"notes": text, "reasons": [text], "breaking": [text], "summary": text}
    row["packages"][0] |= {"name": text, "new": text}
    page = open_page("changes/asked")
    page.get_by_text("Release notes, as their makers wrote them").click()
    expect(page.locator("h2.title")).to_have_text(text)
    assert page.title() != "taken"
    assert page.locator("img[src=x], a[href*='evil.example'], script:not([src]):not([type])").count() == 0
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "no text makes the page wider than the phone"
