"""Every page of the panel in a browser: readable, usable on a phone, and accessible."""

import itertools
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import scene
from conftest import OpenPage, violations
from playwright.sync_api import Page, expect
from scene import NOW
from server import PanelServer, RefusedError

from homelab_steward.contract.mode import Elevation, StewardMode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd

READY = {
    "inbox": "Memory of radarr is almost full",
    "request/request-5": "What would change",
    "incidents": "Memory of radarr is almost full",
    "incident/incident-4": "Result: it helped",
    "services": "Proxmox",
    "service/pve": "What can be done",
    "runbooks": "Container memory is almost full",
    "runbooks/container-memory": "A container that uses",
    "people": "May decide about every risk",
    "autonomy": "0 of 37 automatic runs did lasting harm: at most 7.8 % (95 %)",
    "models": "Which model is asked",
    "monitors": "Monitors disagree",
    "audit": "approval.decided",
    "schedules": "Security review",
    "schedules/security-review": "Look at the certificate first.",
    "schedules/new": "Next times",
    "changes": "Sonarr 4.0.1 → 4.0.2",
    "changes/asked": "The memory leak that is fixed fits 3 restarts of this month",
    "changes/held": "Updates of this kind wait 3 days.",
    "changes/blocked": "RSS sync did not complete",
    "report": "5 incidents, 4 resolved.",
    "settings": "Report every step",
    "tools": "Off: definition changed, look at it",
    "more": "Models",
}


def ready(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_attached()


@pytest.mark.parametrize("path", READY)
def test_pages_are_accessible_and_fit(path: str, open_page: OpenPage) -> None:
    page = open_page(path)
    ready(page, READY[path])
    found: dict[str, list[str]] = {}
    # Styles decide about both, no script: one page can show all of them.
    for width, scheme in itertools.product((390, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        found[f"{width} {scheme}"] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[f"{width} {scheme}"].append("is wider than the window")
    assert {key: problems for key, problems in found.items() if problems} == {}


@pytest.mark.parametrize(
    "path", ["inbox", "incidents", "services", "runbooks", "settings", "changes", "tools"]
)
def test_pages_without_incidents(path: str, open_page: OpenPage, server: PanelServer) -> None:
    server.show(0)
    server.answers["changes"] = lambda _: {"changes": []}
    texts = {"inbox": "Nothing waits for you", "incidents": "No incidents yet", "changes": "No updates"}
    texts["tools"] = "No tool servers"
    page = open_page(path)
    ready(page, texts.get(path, READY[path]))
    assert violations(page) == []


def test_the_first_page_with_a_thousand_incidents_comes_at_once(
    open_page: OpenPage, server: PanelServer
) -> None:
    server.show(1000)
    page = open_page("incidents")
    expect(page.get_by_text("1000 incidents")).to_be_visible()
    assert page.locator(".list > li").count() == 50
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".list > li")).to_have_count(100)
    assert violations(page) == []


@pytest.mark.parametrize(
    ("state", "user", "text"),
    [
        ({"loaded": False, "viewer": None, "rows": {}}, "robin", "The steward is not connected"),
        ({}, None, "The steward does not know you"),
        ({"connected": False}, "robin", "The app does not answer."),
    ],
)
def test_states_are_explained(
    state: dict[str, object], user: str | None, text: str, open_page: OpenPage, server: PanelServer
) -> None:
    server.show(2, user=user, **state)
    page = open_page("inbox")
    ready(page, text)
    assert violations(page) == []
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_a_page_that_is_loading_says_so(open_page: OpenPage, server: PanelServer) -> None:
    server.scene["isSilent"] = True
    page = open_page("inbox")
    expect(page.get_by_role("status").get_by_text("Loading")).to_be_attached()
    assert violations(page) == []


def test_approving_takes_two_taps(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("inbox")
    page.get_by_role("button", name="Approve").first.click()
    confirm = page.get_by_role("button", name="Confirm")
    expect(confirm).to_be_focused()
    confirm.click()
    expect(page.get_by_text("was approved by Robin via the panel")).to_be_visible()
    (sent,) = [one for one in server.received if one["type"].endswith("/decide")]
    assert (sent["verb"], sent["option"], sent["plan_hash"]) == ("approve", 1, "1" * 64)


def test_nothing_is_sent_before_the_second_tap(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("inbox")
    page.get_by_role("button", name="Approve").first.click()
    page.get_by_role("button", name="Cancel").click()
    for name in ("Reject", "Ignore"):
        page.get_by_role("button", name=name).click()
        page.get_by_role("button", name="Cancel").click()
    assert not [one for one in server.received if one["type"].endswith("/decide")]


def test_high_risk_needs_the_plan_to_be_read_and_a_pin_if_the_app_wants_one(
    open_page: OpenPage, server: PanelServer
) -> None:
    decide = server.answers["decide"]

    def with_pin(message: dict[str, object]) -> object:
        if message.get("pin") != "4711":
            raise RefusedError("pin_needed", "The PIN is wrong.")
        return decide(message)

    server.answers["decide"] = with_pin
    page = open_page("request/request-5")
    page.get_by_role("button", name="Approve").nth(1).click()
    confirm = page.get_by_role("button", name="Confirm")
    expect(confirm).to_be_disabled()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Confirm").click()
    field = page.get_by_label("Your PIN")
    expect(field).to_be_focused()
    assert violations(page) == []
    field.fill("4711")
    confirm.click()
    expect(page.get_by_text("“Restart Radarr” was approved by Robin")).to_be_visible()


def test_a_decision_made_elsewhere_is_shown_at_once(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("inbox")
    page.get_by_role("button", name="Approve").first.click()
    row = server.answers["decide"]({"approval_id": "request-5", "verb": "reject"})
    page.evaluate("(row) => push({ kind: 'row', row_kind: 'approval', id: row.id, row })", row)
    expect(page.get_by_text("Rejected by Robin")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["inbox", "request/request-scheduled"])
def test_a_scheduled_request_says_when_and_is_cancelled(
    path: str, width: int, open_page: OpenPage, server: PanelServer
) -> None:
    server.show_scheduled()
    page = open_page(path, width)
    expect(page.get_by_text("when nobody is streaming")).to_be_visible()
    expect(page.get_by_text("Scheduled by Sam via Telegram")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    (sent,) = [one for one in server.received if one["type"].endswith("/decide")]
    assert (sent["approval_id"], sent["verb"]) == ("request-scheduled", "cancel")
    expect(page.get_by_text("Cancelled by Robin via the panel")).to_be_visible()


def test_an_incident_has_its_scheduled_request_until_it_is_cancelled(
    open_page: OpenPage, server: PanelServer
) -> None:
    server.show_scheduled()
    page = open_page("incident/incident-3")
    expect(page.get_by_text("Sam scheduled “Increase memory 2 → 3 GiB” via Telegram")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Robin cancelled it via the panel")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_a_cancel_that_comes_too_late_is_explained(open_page: OpenPage, server: PanelServer) -> None:
    def refuse(_: dict[str, object]) -> object:
        raise RefusedError("already_decided", "It was started already.")

    server.show_scheduled()
    server.answers["decide"] = refuse
    page = open_page("request/request-scheduled")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_only_who_may_decide_in_each_category_cancels(open_page: OpenPage, server: PanelServer) -> None:
    server.show_scheduled()
    viewer = server.scene["state"]["viewer"]
    viewer["person"] |= {"authority": {"storage": "nothing"}}
    page = open_page("request/request-scheduled")
    ready(page, "Scheduled by Sam via Telegram")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_a_request_can_be_snoozed(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("inbox")
    page.get_by_role("button", name="Snooze").click()
    page.get_by_role("button", name="In 4 hours").click()
    expect(page.get_by_text("Snoozed until")).to_be_visible()


def test_the_keyboard_alone_is_enough_to_approve(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("request/request-5", 1280)
    ready(page, READY["request/request-5"])
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("""() => {
            let one = document.activeElement;
            while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
            return one?.textContent?.trim();
        }""")
        if focused == "Approve":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Confirm")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("was approved by Robin")).to_be_visible()


def test_who_may_not_decide_sees_no_buttons(open_page: OpenPage, server: PanelServer) -> None:
    server.show(2, user="kim")
    page = open_page("inbox", 1280)
    expect(page.get_by_text("You can view this request, but not decide it.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_role("navigation").get_by_text("Audit")).to_have_count(0)


def test_a_risk_above_the_persons_has_no_button(open_page: OpenPage, server: PanelServer) -> None:
    server.show(5, user="sam")
    page = open_page("inbox")
    above = page.get_by_role("group", name="Option 2: Restart Radarr")
    expect(above.get_by_text("This risk is higher than you may approve.").first).to_be_visible()
    expect(above.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("button", name="Approve").first).to_be_visible()
    assert violations(page) == []


def test_text_from_outside_is_only_text(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("incident/incident-4")
    page.get_by_text("Last lines of the log").last.click()
    expect(page.get_by_text("<script>alert('outside')</script>")).to_be_visible()
    assert page.locator("homelab-steward-panel script").count() == 0
    page = open_page("runbooks/container-memory")
    expect(page.get_by_role("link", name="the documentation")).to_have_attribute(
        "rel", re.compile("noopener")
    )
    assert page.get_by_role("link", name="not a link").count() == 0


def test_an_incident_follows_what_happens(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("incident/incident-5")
    ready(page, "Decision requested")
    row = server.answers["incident"]({"incident_id": "incident-5"})["incident"]
    row |= {"status": "resolved", "resolved_at": row["updated_at"], "resolution": "It went away."}
    page.evaluate("(row) => push({ kind: 'row', row_kind: 'incident', id: row.id, row })", row)
    expect(page.get_by_text("Incident resolved")).to_be_visible()


def test_incidents_are_found_by_text_and_severity(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("incidents", 1280)
    page.get_by_role("searchbox").fill("pool")
    expect(page.locator(".list > li")).to_have_count(1)
    page.get_by_label("Severity").select_option("info")
    expect(page.get_by_text("No incident matches")).to_be_visible()


def test_the_map_shows_what_runs_where(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("services", 1280)
    page.get_by_role("button", name="Map").click()
    expect(page.locator(".tree li").filter(has_text="radarr").first).to_be_visible()
    assert violations(page) == []


def test_the_audit_log_is_verified_and_exported(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("audit", 1280)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("240 entries, unchanged.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 240
    server.answers["verify_audit"] = lambda _: {"entries": 3, "head": "", "broken_at": 4, "reason": "changed"}
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("The log was changed at entry 4")).to_be_visible()


def test_the_report_shows_pictures_but_nothing_that_acts_or_loads(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("report", 1280)
    picture = page.get_by_role("img", name="Each day")
    expect(picture).to_be_visible()
    made = picture.evaluate("(one) => one.outerHTML")
    assert '<rect x="10" y="20" width="20" height="40" fill="#2e7d32"></rect>' in made
    assert not any(one in made for one in ("script", "image", "onclick", "style", "url"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    assert download.value.path().read_text() == server.answers["report"]({})["markdown"]


def test_a_runbook_is_edited_with_its_mistakes_shown(open_page: OpenPage, server: PanelServer) -> None:
    def refuse(_: object) -> object:
        raise RefusedError("invalid_argument", "version must be 3 or more")

    save = server.answers["save_runbook"]
    page = open_page("runbooks/container-memory", 1280)
    page.get_by_role("button", name="Edit").click()
    server.answers["save_runbook"] = refuse
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("version must be 3 or more")).to_be_visible()
    assert violations(page) == []
    server.answers["save_runbook"] = save
    page.get_by_label("File of the runbook").fill("---\nversion: 3\n---\n")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as version 3.")).to_be_visible()
    sent = [one for one in server.received if one["type"].endswith("/save_runbook")]
    assert [(one["only_check"], one["source"]) for one in sent] == [
        (True, "---\nversion: 2\n---\n"),
        (False, "---\nversion: 3\n---\n"),
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_symptoms_are_edited_in_a_form(width: int, open_page: OpenPage, server: PanelServer) -> None:
    server.answers["runbook_source"] = lambda _: {
        "id": "container-memory",
        "source": "---\nversion: 2\nsymptoms:\n  - It is slow\n---\n",
        "is_own": True,
    }
    page = open_page("runbooks/container-memory", width)
    page.get_by_role("button", name="Edit").click()
    form = page.get_by_label("Symptoms, one per line")
    expect(form).to_have_value("It is slow")
    form.fill("It is slow\nit is slow")
    expect(page.get_by_text("A symptom is there twice.")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    form.fill("It is slow\nKilled: out of memory\n")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as version 3.")).to_be_visible()
    (sent,) = (one for one in server.received if one["type"].endswith("/save_runbook"))
    expected = '---\nversion: 2\nsymptoms:\n  - It is slow\n  - "Killed: out of memory"\n---\n'
    assert sent["source"] == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services", "Server"),
        ("service/pve", "Speicher festlegen"),
        ("runbooks", "Speicher eines Containers ist fast voll"),
    ],
)
def test_names_of_services_are_in_the_language_of_the_person(
    path: str, text: str, open_page: OpenPage, server: PanelServer
) -> None:
    server.show(5, language="de")
    expect(open_page(path).get_by_text(text, exact=True)).to_be_visible()


def test_one_of_several_stewards_is_selected(open_page: OpenPage, server: PanelServer) -> None:
    entries = [{"entry_id": "entry", "title": "Home"}, {"entry_id": "lab", "title": "Lab"}]
    server.show(2, entries=entries)
    page = open_page("inbox")
    page.get_by_label("Steward").select_option("lab")
    page.wait_for_function("subscriptions.at(-1).entry_id === 'lab'")
    assert violations(page) == []


def test_switches_send_what_they_say(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("settings")
    page.get_by_label(re.compile("Pause")).select_option("everything")
    page.get_by_role("switch").check()
    page.get_by_role("button", name="Start for 4 hours").click()
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.get_by_role("button", name="Mute", exact=True)).to_be_enabled()
    sent = [(one["type"].partition("/")[2], one) for one in server.received]
    found = {name: one for name, one in sent if name != "preferences"}
    assert found["pause"]["scope"] == "everything"
    assert found["verbose"]["verbose"] is True
    assert found["add_maintenance"]["hours"] == 4
    assert found["decide_preference"] | {"accept": True, "preference_id": "p1"} == found["decide_preference"]


def test_a_false_alarm_is_marked_and_its_cool_down_removed(open_page: OpenPage, server: PanelServer) -> None:
    row = server.answers["incident"]({"incident_id": "incident-5"})["incident"]
    server.answers["false_alarm"] = lambda _: row | {"status": "ignored", "resolution": "It was false."}
    server.answers["remove_cool_down"] = lambda _: {}
    page = open_page("incident/incident-5")
    page.get_by_role("button", name="False alarm").click()
    expect(page.get_by_text("It was false.")).to_be_visible()
    expect(page.get_by_role("button", name="False alarm")).to_have_count(0)
    page = open_page("settings")
    expect(page.get_by_text("marked by Robin")).to_be_visible()
    page.locator(".setting", has_text="UPSOnBattery").get_by_role("button", name="Remove").click()
    expect(page.locator(".setting", has_text="UPSOnBattery").get_by_role("button")).to_be_enabled()
    assert sent(server, "false_alarm")[0]["incident_id"] == "incident-5"
    assert sent(server, "remove_cool_down")[0]["cool_down_id"] == "cool1"


def sent(server: PanelServer, command: str) -> list[dict[str, object]]:
    """Return the commands of a kind that the panel sent."""
    return [one for one in server.received if one["type"] == f"homelab_steward/{command}"]


def test_a_new_schedule_is_previewed_checked_and_saved(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("schedules/new")
    ready(page, "Next times")
    page.get_by_role("textbox", name="Title").fill("Disks")
    when = page.get_by_role("textbox", name="When")
    when.fill("0 9 *")
    when.blur()
    expect(page.get_by_role("alert")).to_have_text(
        "it needs five fields: minute, hour, day of the month, month"
    )
    expect(when).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Next times")).to_have_count(0)
    page.get_by_label("Backups older than a week").check()
    page.get_by_label("Phones").uncheck()
    page.get_by_label("Most tokens").fill("900")
    page.get_by_role("button", name="Save").click()
    expect(when).to_be_focused()
    assert violations(page) == []
    when.fill("0 9 * * 1-5")
    when.blur()
    ready(page, "Next times")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/schedules/new-one")
    last = sent(server, "save_schedule")[-1]
    assert "only_check" not in last
    assert last["question"] == {
        "title": "Disks",
        "cron": "0 9 * * 1-5",
        "zone": "",
        "rules": ["backups"],
        "tools": [],
        "prompt": "",
        "models": "local",
        "tokens": 900,
        "deliver_to": ["telegram"],
        "send": "findings",
    }


def test_an_own_schedule_is_changed_run_and_removed(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("schedules/disks", 1280, "dark")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("It has run.")).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("gone/status")).to_be_checked()
    assert violations(page) == []
    page.get_by_role("textbox", name="Question for a language model").fill("Which?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    saved = sent(server, "save_schedule")[-1]
    assert (saved["schedule_id"], saved["version"]) == ("disks", "v1")
    page.get_by_role("button", name="Remove").click()
    assert not sent(server, "remove_schedule")
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/schedules")
    (removed,) = sent(server, "remove_schedule")
    assert (removed["schedule_id"], removed["version"]) == ("disks", "v1")


def test_of_a_schedule_of_the_app_only_time_and_delivery_change(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("schedules/security-review")
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_count(0)
    expect(page.get_by_label("Backups older than a week")).to_have_count(0)
    page.get_by_role("textbox", name="When").fill("0 7 * * *")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Restore").click()
    ready(page, "Go back to the time")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Edit")).to_be_visible()
    assert sent(server, "remove_schedule")
    assert all("only_check" in one for one in sent(server, "save_schedule"))


def test_a_schedule_says_why_it_did_not_run_or_change(open_page: OpenPage, server: PanelServer) -> None:
    def full(_message: dict[str, object]) -> object:
        raise RefusedError("unavailable", "the disk is full")

    server.answers["run_schedule"] = full
    page = open_page("schedules/by-hand")
    ready(page, "The file has comments")
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("failed: the disk is full")).to_be_visible()
    page.get_by_role("switch").check()
    expect(page.get_by_role("button", name="Run now")).to_be_enabled()
    assert [one["is_enabled"] for one in sent(server, "switch_schedule")] == [True]


def test_nobody_but_an_owner_changes_schedules(open_page: OpenPage, server: PanelServer) -> None:
    server.show(1)
    server.scene["state"]["viewer"] |= {"person": None}
    page = open_page("schedules")
    ready(page, "Security review")
    expect(page.get_by_role("switch").first).to_be_disabled()
    expect(page.get_by_text("New schedule")).to_have_count(0)


def test_the_ladder_shows_the_level_what_is_missing_and_lowers_it(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("autonomy", 1280)
    cell = page.get_by_role("group", name="Increase memory to …, application")
    expect(cell.locator("[aria-current=step]")).to_have_text("Act unless somebody objects")
    expect(cell.get_by_text("Evidence 31.4 of 40")).to_be_visible()
    expect(cell.get_by_role("button", name="Ask for")).to_have_count(0)
    ready_cell = page.get_by_role("group", name="Restart, application")
    expect(ready_cell.get_by_text("Nothing is missing for the next level.")).to_be_visible()
    expect(ready_cell.get_by_role("button", name="Ask for: Act unless somebody objects")).to_be_visible()
    expect(page.get_by_text("1 other runbook asks first")).to_be_visible()
    cell.get_by_role("button", name="Lower to: Ask first").click()
    expect(cell.locator("[aria-current=step]")).to_have_text("Ask first")
    expect(cell.get_by_text("The level is changed.")).to_be_visible()
    sent = next(one for one in server.received if one["type"] == "homelab_steward/set_level")
    wanted = {"runbook_id": "container-memory", "recipe": "increase", "target_class": "application"}
    assert sent | wanted | {"level": "ask"} == sent


def test_a_level_that_is_not_earned_is_refused_in_words(open_page: OpenPage, server: PanelServer) -> None:
    def refuse(_: dict[str, object]) -> object:
        raise RefusedError("not_earned", "Two good runs are missing")

    server.answers["set_level"] = refuse
    page = open_page("autonomy", 1280)
    page.get_by_role("button", name="Ask for").click()
    text = "The steward has not earned this level yet: Two good runs are missing"
    expect(page.get_by_text(text)).to_be_visible()


def test_only_an_owner_sees_the_buttons_of_levels(open_page: OpenPage, server: PanelServer) -> None:
    server.scene["state"]["viewer"]["person"] |= {"role": "member"}
    page = open_page("autonomy")
    expect(page.get_by_text("at most 7.8 %")).to_be_visible()
    expect(page.get_by_role("button", name="Lower to")).to_have_count(0)


def test_the_page_of_monitors_shows_who_says_what_and_since_when(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("more", 390)
    page.get_by_role("link", name="Monitors").click()
    nas = page.get_by_role("region", name="nas")
    said = nas.get_by_role("listitem")
    expect(said.nth(0)).to_contain_text("LibreNMS")
    expect(said.nth(0)).to_contain_text("says up")
    expect(said.nth(0)).to_contain_text("since")
    expect(said.nth(1)).to_contain_text("says down")
    expect(said.nth(2)).to_contain_text("not fresh")
    expect(said.nth(3)).to_contain_text("repeats LibreNMS")
    expect(said.nth(0)).not_to_contain_text("repeats")
    expect(said.nth(4)).not_to_contain_text("since")
    expect(said.nth(5)).to_contain_text("is paused")
    expect(page.get_by_text("Gatus is blind. It has checked nothing")).to_be_visible()
    page.get_by_role("searchbox").fill("cam")
    expect(page.get_by_text("1 device", exact=True)).to_be_visible()
    expect(nas).to_have_count(0)
    expect(page.get_by_role("region", name="camera").get_by_text("Down: one monitor only")).to_be_visible()


@pytest.mark.parametrize(("button", "is_same"), [("Same device", True), ("Not the same", False)])
def test_one_tap_says_whether_two_are_the_same_device_and_another_takes_it_back(
    button: str,
    is_same: bool,  # noqa: FBT001
    open_page: OpenPage,
    server: PanelServer,
) -> None:
    page = open_page("monitors", 390)
    pair = page.get_by_role("group", name="sw1, switch")
    expect(pair.get_by_text("same address, same name")).to_be_visible()
    pair.get_by_role("button", name=button).click()
    expect(page.get_by_text("Your answer is stored.")).to_be_visible()
    expect(pair.locator(".chip")).to_have_text(button)
    assert violations(page) == []
    pair.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Your answer is taken back.")).to_be_visible()
    expect(pair.get_by_role("button", name=button)).to_be_visible()
    sent = [one for one in server.received if one["type"] == "homelab_steward/match_devices"]
    wanted = {"first": "librenms/device/3", "second": "prtg/device/4"}
    assert [
        one | wanted | {"is_same": said} == one for one, said in zip(sent, (is_same, None), strict=True)
    ] == [
        True,
        True,
    ]


def test_who_may_not_say_what_is_the_same_has_no_buttons_and_a_refusal_is_shown(
    open_page: OpenPage, server: PanelServer
) -> None:
    def refuse(_: dict[str, object]) -> object:
        raise RefusedError("forbidden", "Ask an owner.")

    server.answers["match_devices"] = refuse
    page = open_page("monitors")
    page.get_by_role("button", name="Same device").click()
    expect(page.get_by_text("You are not allowed to do this. Ask an owner.")).to_be_visible()
    server.scene["state"]["viewer"]["person"] |= {"role": "member"}
    page = open_page("monitors")
    ready(page, "Monitors disagree")
    expect(page.get_by_role("button", name="Same device")).to_have_count(0)


def test_without_monitors_the_page_says_so(open_page: OpenPage, server: PanelServer) -> None:
    empty = {"devices": [], "questions": [], "answers": [], "blind": [], "total": 0}
    server.answers["devices"] = lambda _: empty
    page = open_page("monitors")
    ready(page, "No monitor watches a device")
    assert violations(page) == []


@pytest.mark.parametrize("path", ["inbox", "request/request-alone"])
@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_what_the_steward_does_by_itself_is_stopped_with_one_tap(
    path: str, width: int, scheme: str, open_page: OpenPage, server: PanelServer
) -> None:
    server.show_acting_alone()
    page = open_page(path, width, scheme)
    expect(page.get_by_text("Increase memory 2 → 3 GiB, unless you stop it")).to_be_visible()
    expect(page.get_by_role("button", name="Do it now")).to_have_count(1)
    for name in ("Approve", "Reject", "Ignore", "Snooze"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    (sent,) = [one for one in server.received if one["type"].endswith("/decide")]
    assert (sent["approval_id"], sent["verb"]) == ("request-alone", "reject")


def test_a_request_says_that_the_steward_acted_by_itself_or_was_stopped(
    open_page: OpenPage, server: PanelServer
) -> None:
    server.show_acting_alone()
    page = open_page("request/request-alone")
    row = server.answers["decide"]({"approval_id": "request-alone", "verb": "reject"})
    page.evaluate("(row) => push({ kind: 'row', row_kind: 'approval', id: row.id, row })", row)
    expect(page.get_by_text("Stopped by Robin via the panel")).to_be_visible()
    own = {"verb": "approve", "via": "steward", "person_id": "", "person_name": ""}
    row |= {"status": "approved", "decision": row["decision"] | own}
    page.evaluate("(row) => push({ kind: 'row', row_kind: 'approval', id: row.id, row })", row)
    expect(page.get_by_text("was carried out by the steward itself")).to_be_visible()


def test_nobody_is_told_to_find_a_second_person_while_one_may_approve_alone(
    open_page: OpenPage, server: PanelServer
) -> None:
    alone = Elevation(
        person_id="robin",
        person_name="Robin",
        via=FrontEnd.PANEL,
        opened_at=NOW,
        ends_at=NOW + timedelta(hours=2),
        category="media",
    )
    server.show_mode(StewardMode(elevation=alone))
    page = open_page("request/request-5")
    expect(page.get_by_text(re.compile("Robin can approve this alone until")).first).to_be_attached()
    expect(page.get_by_text("Two people have to approve this.")).to_have_count(0)
    server.show_mode(StewardMode(elevation=replace(alone, category="network")))
    page = open_page("request/request-5")
    expect(page.get_by_text("Two people have to approve this.").first).to_be_attached()


def test_what_is_scheduled_says_how_many_people_approved_it(open_page: OpenPage, server: PanelServer) -> None:
    row = scene.SCHEDULED
    options = (replace(row.proposal.options[0], needs_two=True),)
    row = replace(row, proposal=replace(row.proposal, options=options))
    approvals = server.scene["state"]["rows"][RowKind.APPROVAL.value]
    approvals[row.id] = row.to_dict()
    page = open_page(f"request/{row.id}")
    expect(page.get_by_text("Sam approved this alone.")).to_be_visible()
    expect(page.get_by_text("Two people")).to_have_count(0)
    approvals[row.id] = replace(row, first=replace(scene.DECISION, person_name="Robin")).to_dict()
    page = open_page(f"request/{row.id}")
    expect(page.get_by_text("Two people approved this.")).to_be_visible()
    expect(page.get_by_text("alone")).to_have_count(0)
