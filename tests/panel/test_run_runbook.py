"""Run a runbook from its page: who may, the choice of the target, the request, and the report."""

import pytest
from conftest import OpenPage, violations
from playwright.sync_api import Locator, Page, expect
from records import Json
from server import PanelServer, RefusedError


def form(page: Page) -> Locator:
    return page.get_by_role("form", name="Run now")


def sent(server: PanelServer, command: str = "run_runbook") -> list[Json]:
    return [one for one in server.received if one["type"].endswith(f"/{command}")]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_runbook_is_requested_for_the_selected_target(
    width: int, open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("runbooks/container-memory", width)
    target = form(page).get_by_label("Target")
    expect(target.locator("option")).to_have_count(2)
    target.select_option(index=1)
    assert violations(page) == []
    form(page).get_by_role("button", name="Request").click()
    page.wait_for_url("**/request/request-5")
    (asked,) = sent(server)
    wanted = {"runbook_id": "container-memory", "instance_id": "pve", "kind": "container", "target_id": "106"}
    assert asked | wanted == asked
    assert sent(server, "decide") == []


def test_the_requests_that_wait_already_are_shown(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("runbooks/container-memory")
    expect(page.get_by_text("These requests wait already:")).to_be_visible()
    page.locator("homelab-steward-run-runbook li a").first.click()
    page.wait_for_url("**/request/*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_runbook_that_only_reads_shows_its_report(
    scheme: str, open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("runbooks/health-check", 390, scheme)
    expect(form(page).get_by_label("Target")).to_have_value("-1")
    expect(page.get_by_text("nobody has to approve it")).to_be_visible()
    form(page).get_by_role("button", name="Read now").click()
    expect(page.get_by_text("1 problem was found. 7 services were read.")).to_be_visible()
    expect(page.get_by_text("tank is 96 % full (TrueNAS)")).to_be_visible()
    expect(page.get_by_text("<b>adguard</b>: 12 hours ago")).to_be_visible()
    assert violations(page) == []
    (asked,) = sent(server)
    assert "instance_id" not in asked
    form(page).get_by_label("Target").select_option(index=1)
    expect(page.get_by_text("1 problem was found")).to_have_count(0)
    form(page).get_by_role("button", name="Read now").click()
    expect(page.get_by_text("1 problem was found")).to_be_visible()
    assert sent(server)[-1]["instance_id"] == "pve"


def test_why_nothing_can_be_requested_is_said(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("runbooks/runbook-0")
    expect(page.get_by_text("No step applies to anything that is configured.")).to_be_visible()
    expect(form(page)).to_have_count(0)

    def refuse(_: Json) -> Json:
        raise RefusedError("unavailable", "Restart radarr: a backup is running.")

    server.answers["run_runbook"] = refuse
    page = open_page("runbooks/container-memory")
    form(page).get_by_role("button", name="Request").click()
    expect(page.get_by_text("Restart radarr: a backup is running.")).to_be_visible()


@pytest.mark.parametrize("role", ["owner", "member", "guest", ""])
def test_who_may_ask(role: str, open_page: OpenPage, server: PanelServer) -> None:
    viewer = server.scene["state"]["viewer"]
    viewer["person"] = viewer["person"] | {"role": role} if role else None
    page = open_page("runbooks/container-memory")
    expect(page.get_by_text("Recipes")).to_be_visible()
    expect(form(page)).to_have_count(1 if role in ("owner", "member") else 0)
    assert bool(sent(server, "runbook_targets")) == (role in ("owner", "member"))


def test_nothing_is_requested_while_the_app_is_away(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("runbooks/container-memory")
    expect(form(page)).to_be_visible()
    page.evaluate("push({ kind: 'connection', connected: false })")
    expect(form(page)).to_have_count(0)
    page.evaluate("push({ kind: 'connection', connected: true })")
    expect(form(page)).to_be_visible()
