"""Actions with arguments: the form, its mistakes, the dry run, and the request."""

from dataclasses import replace
from datetime import timedelta

import pytest
import scene
from conftest import OpenPage, violations
from playwright.sync_api import Locator, Page, expect
from records import Json
from server import PanelServer, RefusedError

from homelab_steward.contract.commands import ActionRequested
from homelab_steward.contract.mode import Elevation, StewardMode
from homelab_steward.contract.state import FrontEnd


def form(page: Page, name: str) -> Locator:
    """Open an action, and return its form."""
    page.locator("homelab-steward-action summary").filter(has_text=name).click()
    return page.get_by_role("form", name=name, exact=True)


def requests(server: PanelServer) -> list[Json]:
    return [one for one in server.received if one["type"].endswith("/request_action")]


def test_an_action_is_requested_with_its_arguments_after_a_dry_run(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("service/pve", 1280)
    one = form(page, "Set memory")
    memory = one.get_by_label("Memory (MiB)")
    expect(memory).to_have_value("2048")
    memory.fill("3072")
    one.get_by_role("button", name="What would change").click()
    expect(one.get_by_role("status").get_by_text("3072 MiB")).to_be_visible()
    assert violations(page) == []
    memory.fill("4096")
    expect(one.get_by_role("status")).to_have_count(0)
    one.get_by_role("button", name="Request").click()
    page.wait_for_url("**/request/request-5")
    dry, asked = requests(server)
    assert dry["only_dry_run"]
    assert dry["arguments"] == {"memory_mib": 3072}
    assert "only_dry_run" not in asked
    wanted = {"action": "set_memory", "target_id": "105", "arguments": {"memory_mib": 4096}}
    assert asked | wanted == asked


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("media", "Robin can approve this alone until"),
        ("network", "Two people have to approve this."),
        ("", "Two people have to approve this."),
    ],
)
def test_a_dry_run_says_who_would_have_to_approve(
    category: str, text: str, open_page: OpenPage, server: PanelServer
) -> None:
    alone = Elevation(
        person_id="robin",
        person_name="Robin",
        via=FrontEnd.PANEL,
        opened_at=scene.NOW,
        ends_at=scene.NOW + timedelta(hours=2),
        category=category,
    )
    server.show_mode(StewardMode(elevation=alone if category else None))
    option = replace(scene.OPTIONS[0], needs_two=True)
    server.answers["request_action"] = lambda _: ActionRequested(
        approval_id=None, incident_id="", option=option, categories=("media",)
    ).to_dict()
    one = form(open_page("service/pve", 1280), "Set memory")
    one.get_by_role("button", name="What would change").click()
    expect(one.get_by_role("status").get_by_text(text)).to_be_visible()


def test_mistakes_are_shown_at_the_field_and_nothing_is_sent(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("service/pve")
    one = form(page, "Set memory")
    memory = one.get_by_label("Memory (MiB)")
    outside = "Enter a number from 64 to 65536 MiB."
    for entered, mistake in (("", "Enter a value."), ("63", outside), ("65537", outside)):
        memory.fill(entered)
        expect(one.get_by_role("alert")).to_have_count(0)
        one.get_by_role("button", name="Request").click()
        expect(one.get_by_role("alert")).to_have_text(mistake)
        expect(memory).to_be_focused()
    assert violations(page) == []
    assert requests(server) == []


def test_targets_choices_and_switches_are_sent_with_their_types(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("service/pve", 1280)
    one = form(page, "Migrate")
    one.get_by_label("Target").select_option("106")
    one.get_by_role("button", name="Request").click()
    expect(one.get_by_role("alert")).to_have_text("Enter a value.")
    one.get_by_label("To node").select_option("pve1")
    one.get_by_label("Way").select_option("restart")
    one.get_by_label("With local disks").check()
    one.get_by_role("button", name="Request").click()
    page.wait_for_url("**/request/request-5")
    (sent,) = requests(server)
    assert sent["target_id"] == "106"
    assert sent["arguments"] == {"node": "pve1", "way": "restart", "local_disks": True}


def test_an_action_without_arguments_needs_a_target_only(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("service/pve")
    one = form(page, "Restart")
    one.get_by_label("Target").select_option("106")
    one.get_by_role("button", name="Request").click()
    page.wait_for_url("**/request/request-5")
    (sent,) = requests(server)
    assert (sent["action"], sent["target_id"], sent["arguments"]) == ("restart", "106", {})


def test_a_refusal_of_the_app_is_shown_in_the_form(open_page: OpenPage, server: PanelServer) -> None:
    refused = {
        "unavailable": "Not available now: a backup runs",
        "invalid_argument": "This value is not accepted. a backup runs",
        "too_many": "a backup runs",
    }
    codes = iter(refused)

    def refuse(_: Json) -> Json:
        raise RefusedError(next(codes), "a backup runs")

    server.answers["request_action"] = refuse
    page = open_page("service/pve")
    one = form(page, "Restart")
    for text in refused.values():
        one.get_by_role("button", name="Request").click()
        expect(one.get_by_text(text, exact=True)).to_be_visible()
        expect(one.get_by_role("button", name="Request")).to_be_enabled()


def test_the_form_closes_while_the_app_is_away_and_keeps_what_was_entered(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("service/pve")
    memory = form(page, "Set memory").get_by_label("Memory (MiB)")
    memory.fill("3072")
    page.evaluate("push({ kind: 'connection', connected: false })")
    expect(page.get_by_text("The app does not answer.").first).to_be_visible()
    expect(page.get_by_role("button", name="Request")).to_have_count(0)
    page.evaluate("push({ kind: 'connection', connected: true })")
    expect(memory).to_have_value("3072")
