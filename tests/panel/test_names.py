"""Other names of services and of what is in them, in a browser."""

from conftest import OpenPage, violations
from playwright.sync_api import Page, expect
from server import PanelServer, RefusedError


def sent(server: PanelServer, command: str) -> list[dict[str, object]]:
    """Return what was sent with a command, without what all commands have."""
    found = [one for one in server.received if one["type"] == f"homelab_steward/{command}"]
    return [{key: one[key] for key in ("kind", "target_id", "name")} for one in found]


def opened(page: Page) -> Page:
    expect(page.get_by_text("movie finder")).to_be_visible()
    return page


def test_an_owner_adds_a_name_with_the_keyboard(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page("service/pve"))
    page.get_by_role("button", name="Add a name for jellyfin").press("Enter")
    field = page.get_by_label("Another name for jellyfin")
    expect(field).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("  Mamas Filme ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mamas Filme")).to_be_visible()
    expect(page.get_by_role("button", name="Add a name for jellyfin")).to_be_focused()
    assert sent(server, "add_alias") == [{"kind": "container", "target_id": "106", "name": "Mamas Filme"}]


def test_an_owner_removes_only_what_a_person_added(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page("service/pve"))
    expect(page.get_by_role("button", name="Remove the name film box")).to_have_count(0)
    page.get_by_role("button", name="Remove the name movie finder").click()
    expect(page.get_by_text("movie finder")).to_have_count(0)
    expect(page.get_by_text("film box")).to_be_visible()
    assert sent(server, "remove_alias") == [{"kind": "container", "target_id": "105", "name": "movie finder"}]


def test_a_name_that_is_refused_can_be_corrected(open_page: OpenPage, server: PanelServer) -> None:
    def refuse(_: object) -> None:
        raise RefusedError("invalid_argument", "“movie finder” means radarr already.")

    server.answers["add_alias"] = refuse
    page = opened(open_page("service/pve"))
    page.get_by_role("button", name="Add a name for Proxmox").click()
    page.get_by_label("Another name for Proxmox").fill("movie finder")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("means radarr already")).to_be_visible()
    expect(page.get_by_label("Another name for Proxmox")).to_have_value("movie finder")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_label("Another name for Proxmox")).to_have_count(0)
    expect(page.get_by_text("means radarr already")).to_have_count(0)


def test_others_see_the_names_and_cannot_change_them(open_page: OpenPage, server: PanelServer) -> None:
    server.show(5, user="sam")
    page = opened(open_page("service/pve"))
    expect(page.get_by_role("button", name="Add a name")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove the name")).to_have_count(0)
    assert violations(page) == []


def test_what_is_gone_gets_no_new_name(open_page: OpenPage) -> None:
    page = opened(open_page("service/pve"))
    gone = page.locator("section", has_text="Names of what is not there now")
    expect(gone.get_by_role("button", name="Remove the name old photo box")).to_be_visible()
    expect(gone.get_by_role("button", name="Add a name")).to_have_count(0)


def test_the_settings_list_all_names(open_page: OpenPage) -> None:
    page = opened(open_page("settings"))
    expect(page.get_by_text("Mutters großer Schrank")).to_be_visible()
    assert violations(page) == []
