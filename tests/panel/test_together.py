"""Several people at once, an app that goes away or answers slowly, and files that are missing."""

import threading

from conftest import OpenPage
from playwright.sync_api import Page, expect
from records import Json
from server import PanelServer, RefusedError

AWAY = "push({ kind: 'connection', connected: false })"
BACK = "push({ kind: 'connection', connected: true })"


def decisions(server: PanelServer) -> list[Json]:
    return [one for one in server.received if one["type"].endswith("/decide")]


def choose(page: Page) -> None:
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_role("button", name="Confirm")).to_be_focused()


def test_of_two_who_press_at_once_one_decides_and_the_other_learns_who(
    open_page: OpenPage, server: PanelServer
) -> None:
    decide, lock, decided = server.answers["decide"], threading.Lock(), []

    def first_wins(message: Json) -> Json:
        with lock:
            decided.append(message)
            if len(decided) > 1:
                raise RefusedError("already_decided", "Robin was first")
        answer: Json = decide(message)
        return answer

    server.answers["decide"] = first_wins
    pages = [open_page("inbox"), open_page("inbox")]
    for page in pages:
        choose(page)
    for page in pages:
        page.keyboard.press("Enter")
    for page in pages:
        won, lost = page.get_by_text("was approved by Robin"), page.get_by_text("This was decided already.")
        expect(won.or_(lost)).to_be_visible()
    (loser,) = [one for one in pages if one.get_by_text("This was decided already.").count()]
    row = decide(decided[0])
    loser.evaluate("(row) => push({ kind: 'row', row_kind: 'approval', id: row.id, row })", row)
    expect(loser.get_by_text("was approved by Robin")).to_be_visible()
    expect(loser.get_by_role("button", name="Confirm")).to_have_count(0)
    assert len(decided) == 2


def test_nothing_can_be_decided_while_the_app_is_away_and_the_choice_is_kept(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("request/request-5")
    choose(page)
    page.evaluate(AWAY)
    expect(page.get_by_text("The app does not answer.").first).to_be_visible()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    page.evaluate(BACK)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("was approved by Robin")).to_be_visible()
    assert len(decisions(server)) == 1


def test_the_text_in_the_editor_outlives_an_app_that_is_away(
    open_page: OpenPage, server: PanelServer
) -> None:
    page = open_page("runbooks/container-memory")
    page.get_by_role("button", name="Edit").click()
    editor = page.get_by_label("File of the runbook")
    editor.fill("---\nversion: 3\n---\n")
    page.evaluate(AWAY)
    save = server.answers["save_runbook"]

    def away(_: Json) -> Json:
        raise RefusedError("not_connected", "The app does not answer")

    server.answers["save_runbook"] = away
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The app does not answer.", exact=True)).to_be_visible()
    expect(editor).to_have_value("---\nversion: 3\n---\n")
    page.evaluate(BACK)
    server.answers["save_runbook"] = save
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as version 3.")).to_be_visible()


def test_a_decision_is_sent_once_however_slow_the_answer_is(open_page: OpenPage, server: PanelServer) -> None:
    decide, answering = server.answers["decide"], threading.Event()

    def slow(message: Json) -> Json:
        answering.wait(60)
        answer: Json = decide(message)
        return answer

    server.answers["decide"] = slow
    page = open_page("inbox")
    choose(page)
    confirm = page.get_by_role("button", name="Confirm")
    confirm.click()
    expect(confirm).to_be_disabled()
    confirm.click(force=True)
    page.keyboard.press("Enter")
    answering.set()
    expect(page.get_by_text("was approved by Robin")).to_be_visible()
    assert len(decisions(server)) == 1


def test_of_many_rows_that_arrive_at_once_the_last_is_shown(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("incidents")
    row = server.answers["incident"]({"incident_id": "incident-5"})["incident"]
    script = """(row) => { for (let n = 1; n <= 2000; n += 1)
        push({ kind: "row", row_kind: "incident", id: row.id, row: { ...row, title: `Change ${n}` } }); }"""
    page.evaluate(script, row)
    expect(page.get_by_text("Change 2000", exact=True)).to_be_visible()
    expect(page.get_by_text("Change 1999", exact=True)).to_have_count(0)


def lose(page: Page, file: str) -> None:
    """Let a file of the panel fail, as after an update of the integration."""
    broken = {"content_type": "text/javascript", "body": "throw new Error('missing')"}
    page.route(f"**/files/{file}-*.js", lambda route: route.fulfill(**broken))


def test_a_page_whose_file_is_missing_says_so(open_page: OpenPage, server: PanelServer) -> None:
    page = open_page("inbox")
    lose(page, "people")
    page.goto(f"{server.url}/homelab-steward/people")
    expect(page.get_by_text("A file of the panel is missing.")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("May decide about every risk").first).to_be_visible()


def test_a_panel_whose_language_is_missing_is_english(open_page: OpenPage, server: PanelServer) -> None:
    server.show(5, language="de")
    page = open_page("inbox")
    lose(page, "de")
    page.reload()
    expect(page.get_by_role("button", name="Approve").first).to_be_visible()
