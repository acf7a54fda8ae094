"""The cards and the dashboard in a browser."""

from conftest import OpenPage, violations
from playwright.sync_api import expect
from server import PanelServer

INBOX = "homelab-steward-inbox-card"
SERVICE = "homelab-steward-service-card"


def test_the_inbox_card_decides_in_two_taps(open_page: OpenPage, server: PanelServer) -> None:
    server.show_card(INBOX, {"type": f"custom:{INBOX}", "limit": 1})
    page = open_page("")
    assert violations(page) == []
    page.get_by_role("button", name="Approve").first.click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("was approved by Robin via the panel")).to_be_visible()


def test_the_inbox_card_is_limited_and_names_the_rest(open_page: OpenPage, server: PanelServer) -> None:
    server.show(1000)
    server.show_card(INBOX, {"type": f"custom:{INBOX}", "limit": 2, "title": "To do"})
    page = open_page("", 1280, "dark")
    expect(page.locator("homelab-steward-request")).to_have_count(2)
    expect(page.get_by_text("To do")).to_be_visible()
    expect(page.get_by_role("link", name="9 more requests")).to_have_attribute(
        "href", "/homelab-steward/inbox"
    )
    assert violations(page) == []


def test_the_inbox_card_is_hidden_while_nothing_waits_if_that_is_set(
    open_page: OpenPage, server: PanelServer
) -> None:
    server.show(0)
    server.show_card(INBOX, {"type": f"custom:{INBOX}"})
    expect(open_page("").get_by_text("Nothing waits for you")).to_be_visible()
    server.scene["config"]["hide_empty"] = True
    server.scene["state"]["rows"]["approval"] = {}
    expect(open_page("").locator(INBOX)).to_be_hidden()


def test_the_service_card_shows_state_and_incidents(open_page: OpenPage, server: PanelServer) -> None:
    server.show_card(SERVICE, {"type": f"custom:{SERVICE}", "instance": "pve"})
    page = open_page("")
    expect(page.get_by_text("Critical problem")).to_be_visible()
    expect(page.get_by_role("link", name="Pool tank is degraded")).to_be_visible()
    assert violations(page) == []
    server.scene["config"]["instance"] = "gone"
    expect(open_page("").get_by_text("This service does not exist any more")).to_be_visible()


def test_cards_say_when_the_app_is_away(open_page: OpenPage, server: PanelServer) -> None:
    server.show(2, connected=False)
    server.show_card(INBOX, {"type": f"custom:{INBOX}"})
    page = open_page("")
    expect(page.get_by_text("The app does not answer.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_the_editors_change_the_configuration(open_page: OpenPage, server: PanelServer) -> None:
    for card, steps in (
        (
            INBOX,
            (
                {"title": "To do"},
                {"title": "To do", "limit": 5},
                {"title": "To do", "limit": 5, "hide_empty": True},
            ),
        ),
        (SERVICE, ({"title": "NAS"}, {"title": "NAS", "instance": "nas"}, {"title": "NAS"})),
    ):
        server.show_card(f"{card}-editor", {"type": f"custom:{card}"})
        page = open_page("")
        page.evaluate("""() => {
            window.configs = [];
            addEventListener("config-changed", (event) => {
                configs.push(event.detail.config);
                panel.setConfig(event.detail.config);
            });
        }""")
        assert violations(page) == []
        page.get_by_label("Title").fill(str(steps[0]["title"]))
        if card == INBOX:
            page.get_by_label("Most requests").fill("5")
            page.get_by_label("Hide the card").check()
        else:
            page.get_by_label("Service").select_option("nas")
            page.get_by_label("Service").select_option("")
        made = page.evaluate("configs")
        assert made == [{"type": f"custom:{card}", **step} for step in steps]


def test_cards_and_the_dashboard_are_offered(open_page: OpenPage, server: PanelServer) -> None:
    server.show_card(INBOX, {"type": f"custom:{INBOX}"})
    page = open_page("")
    cards = page.evaluate("customCards.map((one) => [one.type, Boolean(customElements.get(one.type))])")
    assert cards == [[INBOX, True], [SERVICE, True]]
    (strategy,) = page.evaluate("customStrategies")
    assert (strategy["type"], strategy["strategyType"]) == ("homelab-steward", "dashboard")
    made = page.evaluate("""async () => {
        const hass = { language: "de", connection: { subscribeMessage: async (callback) => {
            const [scene, rows] = await Promise.all(["/scene.json", "/rows.json"].map(
                async (one) => (await fetch(one)).json()));
            callback({ ...scene.state, rows });
            return async () => { window.stopped = true; };
        }, sendMessagePromise: async () => ({ names: { Servers: "Server" } }) } };
        return customElements.get("ll-strategy-dashboard-homelab-steward").generate({}, hass);
    }""")
    sections = made["views"][0]["sections"]
    assert [one["cards"][0]["heading"] for one in sections] == ["Eingang", "Server", "Media", "Storage"]
    assert page.evaluate("stopped") is True
