"""The check of the set-up on the page of settings, in a browser."""

from conftest import OpenPage, violations
from playwright.sync_api import expect
from server import PanelServer, RefusedError
from test_safety import sent


def test_findings_say_what_is_wrong_and_what_to_do(open_page: OpenPage) -> None:
    page = open_page("settings")
    shown = page.get_by_role("region", name="Check of the set-up")
    for text in ("Proxmox", "2026-12-03", "certbot renew", "TLS", "192.0.2.7: 8099"):
        expect(shown).to_contain_text(text)
    assert violations(page) == []


def test_each_part_of_the_app_says_whether_it_works(open_page: OpenPage) -> None:
    page = open_page("settings", 1280)
    parts = page.get_by_role("region", name="Check of the set-up").get_by_role("listitem")
    expect(parts).to_have_count(8)
    for number, text in enumerate(
        (
            "Works Database: 48.5 MB",
            "Works Disk of the data folder: 12 GB free",
            "Works Event loop: at most 42 ms late",
            "Works Polls: 0 late",
            "Problem Messages: the oldest waits 25 min telegram: 1 → 0",
            "Not known Language models",
            "Works Telegram: 1 of 1 work",
            "Works Backups of the app: the newest is 5 hr old",
        )
    ):
        expect(parts.nth(number)).to_have_text(text)


def test_a_check_is_made_when_it_is_asked_for(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("settings")
    expect(page.get_by_text("certbot renew")).to_be_visible()
    assert sent(server, "doctor") == [{"now": False}], "the last report, until somebody asks"
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("button", name="Check now")).to_be_enabled()
    assert sent(server, "doctor") == [{"now": False}, {"now": True}]


def test_a_check_that_fails_says_so_beside_its_button(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("settings")
    expect(page.get_by_text("certbot renew")).to_be_visible()

    def refuse(_: object) -> object:
        raise RefusedError("timeout", "No answer")

    server.answers["doctor"] = refuse
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("region", name="Check of the set-up").get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("certbot renew")).to_be_visible()


def test_only_who_sees_everything_sees_the_check(open_page: OpenPage, server: PanelServer) -> None:
    server.show(5, user="sam")
    page = open_page("settings")
    expect(page.get_by_role("heading", name="Switches")).to_be_visible()
    expect(page.get_by_role("button", name="Check now")).to_have_count(0)
    assert sent(server, "doctor") == []
