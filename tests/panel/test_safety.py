"""Fences, what people are asked to fence, and approving alone for a time, in a browser."""

import re
from datetime import timedelta

import pytest
from conftest import OpenPage, violations
from playwright.sync_api import Page, expect
from scene import NOW
from server import PanelServer, RefusedError

from homelab_steward.contract.fences import Fence, FenceOffer, FenceRole
from homelab_steward.contract.mode import Elevation, StewardMode
from homelab_steward.contract.state import FrontEnd, Origin

FENCES = (
    Fence(id="file-0", role=FenceRole.FIREWALL, actions=("restart", "stop"), origin=Origin.FILE),
    Fence(id="f1", instance="pve", kind="container", target="105", reason="Our films"),
    Fence(id="f2", instance="gone", with_guests=True, problem="Nothing that is known fits this fence."),
)
OFFERS = (
    FenceOffer(instance_id="pve", name="Proxmox", role=FenceRole.HOST),
    FenceOffer(instance_id="radarr", name="Radarr", role=FenceRole.STORAGE),
)
ALONE = Elevation(
    person_id="robin",
    person_name="Robin",
    via=FrontEnd.PANEL,
    opened_at=NOW,
    ends_at=NOW + timedelta(hours=2),
    instance_id="radarr",
)


def sent(server: PanelServer, command: str) -> list[dict[str, object]]:
    """Return what was sent with a command, without what all commands have."""
    found = [one for one in server.received if one["type"] == f"homelab_steward/{command}"]
    return [{key: one[key] for key in one if key not in {"id", "type", "entry_id"}} for one in found]


def opened(open_page: OpenPage, server: PanelServer, **mode: object) -> Page:
    server.show_mode(StewardMode(**mode))  # type: ignore[arg-type]
    page = open_page("settings")
    expect(page.get_by_role("heading", name="Fences")).to_be_visible()
    return page


def test_fences_are_listed_by_names(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page, server, fences=FENCES)
    of_file = page.locator(".fence", has_text="firewall")
    expect(of_file).to_contain_text("Only restart, stop · In the settings file")
    expect(of_file.get_by_role("button")).to_have_count(0)
    expect(page.locator(".fence", has_text="Proxmox · radarr")).to_contain_text("Our films")
    expect(page.locator(".fence", has_text="gone")).to_contain_text("Nothing that is known fits")
    assert violations(page) == []


def test_an_owner_adds_a_fence_of_a_thing_in_a_service(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page, server)
    expect(page.get_by_text("Nothing is fenced.")).to_be_visible()
    form = page.locator("form.fence-form")
    expect(form.get_by_role("button", name="Add fence")).to_be_disabled()
    form.locator("select[name=instance]").select_option("Proxmox")
    form.locator("select[name=target]").select_option(label="radarr (container)")
    form.get_by_label("Also what runs in it").check()
    form.get_by_label("Reason").fill("Our films")
    form.get_by_role("button", name="Add fence").click()
    expect(form.locator("select[name=instance]")).to_have_value("")
    assert sent(server, "add_fence") == [
        {
            "instance_id": "pve",
            "kind": "container",
            "target_id": "105",
            "with_guests": True,
            "reason": "Our films",
        }
    ]


def test_an_owner_fences_a_whole_service(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page, server)
    form = page.locator("form.fence-form")
    form.locator("select[name=instance]").select_option("Proxmox")
    form.get_by_role("button", name="Add fence").click()
    expect(form.locator("select[name=instance]")).to_have_value("")
    assert sent(server, "add_fence") == [{"instance_id": "pve", "with_guests": False, "reason": ""}]


def test_what_is_refused_is_shown_and_can_be_corrected(open_page: OpenPage, server: PanelServer) -> None:
    def refuse(_: object) -> None:
        raise RefusedError("too_many", "There are too many fences.")

    server.answers["add_fence"] = refuse
    page = opened(open_page, server)
    form = page.locator("form.fence-form")
    form.locator("select[name=instance]").select_option("Proxmox")
    form.get_by_label("Reason").fill("Photos")
    form.get_by_role("button", name="Add fence").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(form.get_by_label("Reason")).to_have_value("Photos")


def test_an_owner_removes_a_fence(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page, server, fences=FENCES)
    remove = page.locator(".fence", has_text="Our films").get_by_role("button", name="Remove")
    remove.click()
    expect(remove).to_be_enabled()
    assert sent(server, "remove_fence") == [{"fence_id": "f1"}]


def test_an_owner_answers_all_offers_at_once(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page, server, fence_offers=OFFERS)
    page.get_by_label("Radarr (storage)").check()
    answer = page.get_by_role("button", name="Save the answer")
    answer.click()
    expect(answer).to_be_enabled()
    assert sent(server, "answer_fences") == [{"instance_ids": ["radarr"]}]
    assert violations(page) == []


def test_an_owner_approves_alone_with_the_pin(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page, server)
    form = page.locator("form.alone")
    form.locator("select[name=scope]").select_option("Media")
    form.locator("select[name=hours]").select_option("2 hours")
    form.get_by_label("PIN").fill("2580")
    form.get_by_role("button", name="Begin").click()
    expect(form.get_by_label("PIN")).to_have_value("")
    assert sent(server, "elevate") == [{"hours": 2, "category": "media", "pin": "2580"}]
    assert violations(page) == []


def test_a_wrong_pin_is_said_beside_the_form(open_page: OpenPage, server: PanelServer) -> None:
    def refuse(_: object) -> None:
        raise RefusedError("pin_needed", "This PIN is wrong.")

    server.answers["elevate"] = refuse
    page = opened(open_page, server)
    form = page.locator("form.alone")
    form.locator("select[name=scope]").select_option("Radarr")
    form.get_by_label("PIN").fill("1111")
    form.get_by_role("button", name="Begin").click()
    section = page.get_by_role("region", name="Approve alone for a time")
    expect(section.get_by_role("alert")).to_contain_text("This PIN is wrong.")


def test_it_is_ended_before_its_time(open_page: OpenPage, server: PanelServer) -> None:
    page = opened(open_page, server, elevation=ALONE)
    expect(page.get_by_text(re.compile("Robin approves alone in Radarr until"))).to_be_visible()
    expect(page.locator("form.alone")).to_have_count(0)
    end = page.get_by_role("button", name="End now")
    end.click()
    expect(end).to_be_enabled()
    assert sent(server, "elevate") == [{"hours": None}]


@pytest.mark.parametrize("user", ["sam", "kim"])
def test_others_see_the_fences_and_change_nothing(
    open_page: OpenPage, server: PanelServer, user: str
) -> None:
    server.show(1, user=user)
    page = opened(open_page, server, fences=FENCES, fence_offers=OFFERS, elevation=ALONE)
    expect(page.locator(".fence", has_text="Our films")).to_be_visible()
    expect(page.get_by_role("region", name="Fences").get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("heading", name="Fence these?")).to_have_count(0)
    expect(page.get_by_role("heading", name="Approve alone for a time")).to_have_count(0)
