"""The actions ask, comment and request_action, by people, automations and with everything wrong."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import probatio
import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from custom_components.homelab_steward.contract.commands import (
    ActionRequested,
    AddComment,
    RequestAction,
)
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.reports import (
    ReportSection,
    WeekFigures,
    WeeklyDocument,
    WeeklyQuery,
    WeeklyReport,
)
from custom_components.homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookReport,
    RunRunbook,
)
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker

REPORT = "event.homelab_steward_weekly_report"


async def run(
    hass: HomeAssistant, service: str, user: User | None, /, *, answers: bool = True, **data: Any
) -> Any:
    context = Context(user_id=user.id if user else None)
    return await hass.services.async_call(
        DOMAIN, service, data, blocking=True, context=context, return_response=answers
    )


def device(hass: HomeAssistant, entry: MockConfigEntry, *path: str) -> str:
    key = (DOMAIN, "/".join(("f00dfeed", *path)))
    found = dr.async_get(hass).async_get_device_by_identifier(key, entry.entry_id)
    assert found
    return found.id


def says(*texts: str, expects_reply: bool = False) -> Any:
    async def talk(question: ChatQuestion) -> AsyncIterator[ChatPiece]:
        for text in texts:
            yield ChatPiece(conversation_id=question.conversation_id, kind=ChatPieceKind.TEXT, text=text)
        yield ChatPiece(
            conversation_id=question.conversation_id, kind=ChatPieceKind.END, expects_reply=expects_reply
        )

    return talk


async def test_ask_returns_the_answer(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    steward.talker = says("Nothing is ", "wrong.", expects_reply=True)
    answer = await run(hass, "ask", robin, question="What is wrong?", language="de")
    (question,) = steward.asked(Command.ASK)
    assert (question.text, question.language, question.spoken) == ("What is wrong?", "de", False)
    assert question.speaker == Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id)
    assert answer == {
        "answer": "Nothing is wrong.",
        "conversation_id": question.conversation_id,
        "expects_reply": True,
    }
    again = await run(hass, "ask", None, question="And now?", conversation_id=question.conversation_id)
    assert again["conversation_id"] == question.conversation_id
    follow_up = steward.asked(Command.ASK)[1]
    assert (follow_up.speaker.user_id, follow_up.language) == ("", "en")


async def test_ask_fails_with_the_reason(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    with pytest.raises(HomeAssistantError, match="empty"):
        await run(hass, "ask", robin, question="What?")

    async def refuses(question: ChatQuestion) -> AsyncIterator[ChatPiece]:
        raise ContractError(ErrorCode.UNAVAILABLE, "No model is there")
        yield  # makes it a generator

    steward.talker = refuses
    with pytest.raises(HomeAssistantError, match="No model is there"):
        await run(hass, "ask", robin, question="What?")
    for wrong in ("", "x" * 2001):
        with pytest.raises(probatio.Invalid):
            await run(hass, "ask", robin, question=wrong)
    await steward.stop()
    with pytest.raises(HomeAssistantError):
        await run(hass, "ask", robin, question="What?")


async def test_comment_is_added_for_the_caller(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.COMMENT] = lambda request: rows.incident(request.incident_id)
    await run(hass, "comment", robin, answers=False, incident_id="inc1", text="I restarted it")
    assert steward.asked(Command.COMMENT) == [
        AddComment(
            incident_id="inc1",
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            text="I restarted it",
        )
    ]
    with pytest.raises(ServiceValidationError) as refused:
        await run(hass, "comment", None, answers=False, incident_id="inc1", text="I")
    assert refused.value.translation_key == "no_user"


@pytest.mark.parametrize("name", ["restart_container", "restart"])
async def test_an_action_is_requested_by_its_key_or_its_capability(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User, name: str
) -> None:
    guest = device(hass, loaded, "pve", "container", "105")
    answer = await run(hass, "request_action", robin, device_id=guest, action=name)
    assert steward.asked(Command.REQUEST_ACTION) == [
        RequestAction(
            instance_id="pve",
            action="restart_container",
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            target_id="105",
        )
    ]
    assert answer == {
        "approval_id": "asked-1",
        "incident_id": "for-restart_container",
        "message": "",
        "instead": "",
    }


async def test_an_automation_may_request(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    guest = device(hass, loaded, "pve", "container", "105")
    data = {"device_id": guest, "action": "set_memory", "arguments": {"memory_mib": 3072}}
    await run(hass, "request_action", None, **data)
    (request,) = steward.asked(Command.REQUEST_ACTION)
    assert (request.is_automation, request.speaker.user_id) == (True, "")
    assert request.arguments == {"memory_mib": 3072}


async def test_an_action_of_a_thing_without_a_device(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    service = device(hass, loaded, "pve")
    await run(hass, "request_action", robin, device_id=service, action="restart", target_id="105")
    await run(hass, "request_action", robin, device_id=service, action="delete_all")
    asked = [(one.action, one.target_id) for one in steward.asked(Command.REQUEST_ACTION)]
    assert asked == [("restart_container", "105"), ("delete_all", None)]


@pytest.mark.parametrize(
    ("path", "data", "key", "text"),
    [
        (("pve",), {"action": "restart"}, "no_action", "delete_all"),
        (("pve",), {"action": "restart", "target_id": "999"}, "no_action", "-"),
        (("pve", "container", "105"), {"action": "delete_all"}, "no_action", "set_memory, restart_container"),
        ((), {"action": "restart"}, "no_target", None),
    ],
)
async def test_what_there_is_not_is_not_requested(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    robin: User,
    path: tuple[str, ...],
    data: dict[str, Any],
    key: str,
    text: str | None,
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await run(hass, "request_action", robin, device_id=device(hass, loaded, *path), **data)
    assert refused.value.translation_key == key
    assert (refused.value.translation_placeholders or {}).get("actions") == text
    assert steward.asked(Command.REQUEST_ACTION) == []


async def test_the_app_refuses(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    guest = device(hass, loaded, "pve", "container", "105")

    def forbids(_: RequestAction) -> ActionRequested:
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to ask for this.")

    steward.answers[Command.REQUEST_ACTION] = forbids
    with pytest.raises(ServiceValidationError) as refused:
        await run(hass, "request_action", robin, device_id=guest, action="restart")
    assert refused.value.translation_key == "forbidden"
    steward.answers[Command.REQUEST_ACTION] = lambda _: ActionRequested(
        approval_id=None, incident_id="inc1", message="It is running"
    )
    with pytest.raises(ServiceValidationError) as refused:
        await run(hass, "request_action", robin, device_id=guest, action="restart")
    assert refused.value.translation_key == "not_requested"
    await steward.push(RowKind.INSTANCE, rows.instance(service="novelties"))
    with pytest.raises(ServiceValidationError):
        await run(hass, "request_action", robin, device_id=guest, action="restart")
    with pytest.raises(probatio.Invalid):
        await run(hass, "request_action", robin, device_id=guest, action="restart", arguments={"a": [1]})


def report(key: str = "2026-11-30", **changes: Any) -> WeeklyReport:
    values: dict[str, Any] = {
        "id": key,
        "since": rows.NOW,
        "until": rows.NOW,
        "zone": "UTC",
        "made_at": rows.NOW,
        "week": WeekFigures(opened=3, resolved=2, cloud_requests=5),
        "before": WeekFigures(),
    }
    return WeeklyReport(**(values | changes))


async def test_the_weekly_report_is_returned_in_a_language(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    def written(query: WeeklyQuery) -> WeeklyDocument:
        return WeeklyDocument(
            report=report(),
            title=f"Week in {query.language}",
            headline="3 incidents",
            sections=(ReportSection(title="Incidents", lines=("One", "Two")),),
            pictures=(),
            markdown="# Week",
        )

    steward.answers[Command.WEEKLY_REPORT] = written
    answer = await run(hass, "weekly_report", None)
    assert answer == {
        "title": "Week in en",
        "headline": "3 incidents",
        "markdown": "# Week",
        "sections": [{"title": "Incidents", "lines": ["One", "Two"]}],
    }
    assert (await run(hass, "weekly_report", None, language="de"))["title"] == "Week in de"
    await steward.stop()
    with pytest.raises(HomeAssistantError):
        await run(hass, "weekly_report", None)


async def test_a_weekly_report_that_is_sent_is_an_event_also_after_a_restart(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    steward.rows[RowKind.REPORT]["2026-11-23"] = report("2026-11-23")
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert hass.states.is_state(REPORT, "unknown"), "what was sent before is no event"
    await steward.stop()
    await until(lambda: hass.states.is_state("sensor.homelab_steward_open_incidents", "unavailable"))
    steward.rows[RowKind.REPORT] = {"2026-11-30": report()}
    steward.restart_as("second")
    await steward.start()
    await until(lambda: not hass.states.is_state(REPORT, "unknown"))
    state = hass.states.get(REPORT)
    assert state
    assert (state.attributes["event_type"], state.attributes["report_id"]) == ("sent", "2026-11-30")
    assert (state.attributes["opened"], state.attributes["cloud_requests"]) == (3, 5)
    await steward.push(RowKind.REPORT, report("2026-12-07"))
    await until(lambda: hass.states.get(REPORT).attributes["report_id"] == "2026-12-07")  # type: ignore[union-attr]


async def test_the_first_weekly_report_is_an_event(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.REPORT, report())
    await until(lambda: not hass.states.is_state(REPORT, "unknown"))


RUNBOOK: dict[str, Any] = {"runbook": "memory-pressure"}


async def test_a_runbook_becomes_a_request_with_its_options(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.RUN_RUNBOOK] = lambda _: RunbookAnswer(request=rows.approval())
    radarr = device(hass, loaded, "pve", "container", "105")
    answer = await run(hass, "run_runbook", robin, device_id=radarr, **RUNBOOK)
    assert answer["approval_id"] == "ask1"
    assert answer["options"][0] == {"number": 1, "label": "Increase memory 2 → 3 GiB", "risk": "low"}
    assert {"incident_id", "number", "title", "not_offered"} <= answer.keys()
    assert answer["report"] is None
    await run(hass, "run_runbook", None, answers=False, device_id=device(hass, loaded, "pve"), **RUNBOOK)
    wanted = RunRunbook(
        runbook_id="memory-pressure",
        instance_id="pve",
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
        kind="container",
        target_id="105",
    )
    anyone = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")
    itself = replace(wanted, speaker=anyone, kind=None, target_id=None, is_automation=True)
    assert steward.asked(Command.RUN_RUNBOOK) == [wanted, itself]


async def test_a_runbook_for_a_thing_without_a_device(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User, until: Until
) -> None:
    steward.answers[Command.RUN_RUNBOOK] = lambda _: RunbookAnswer(request=rows.approval())
    node = rows.Resource(kind="node", id="local", name="local")
    await steward.push(
        RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), rows.pool("tank"), node, rows.pool())
    )
    await until(lambda: len(loaded.runtime_data.coordinator.steward_state.snapshots["pve"].resources) == 4)
    pve = device(hass, loaded, "pve")
    await run(hass, "run_runbook", robin, device_id=pve, target_id="tank", **RUNBOOK)
    (asked,) = steward.asked(Command.RUN_RUNBOOK)
    assert (asked.kind, asked.target_id) == ("pool", "tank")
    for wrong in ("unknown", "local"):
        with pytest.raises(ServiceValidationError) as refused:
            await run(hass, "run_runbook", robin, device_id=pve, target_id=wrong, **RUNBOOK)
        assert refused.value.translation_key == "no_target"


async def test_a_runbook_that_only_reads_needs_no_device_and_returns_what_it_read(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    section = ReportSection(title="Problems", lines=("tank is full",))
    read = RunbookReport(
        title="Health check", headline="1 problem was found.", sections=(section,), problems=1
    )
    steward.answers[Command.RUN_RUNBOOK] = lambda _: RunbookAnswer(report=read)
    answer = await run(hass, "run_runbook", robin, runbook="health-check")
    assert answer["approval_id"] is None
    assert answer["options"] == []
    assert answer["report"] == {
        "title": "Health check",
        "headline": "1 problem was found.",
        "sections": [{"title": "Problems", "lines": ["tank is full"]}],
        "problems": 1,
        "is_complete": True,
    }
    (asked,) = steward.asked(Command.RUN_RUNBOOK)
    assert (asked.instance_id, asked.kind, asked.target_id) == ("", None, None)
    with pytest.raises(ServiceValidationError) as refused:
        await run(hass, "run_runbook", robin, runbook="health-check", target_id="tank")
    assert refused.value.translation_key == "no_target"


async def test_a_runbook_that_the_app_refuses_says_why(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    def refuse(_: RunRunbook) -> RunbookAnswer:
        raise ContractError(ErrorCode.UNAVAILABLE, "Restart: it is not running.")

    steward.answers[Command.RUN_RUNBOOK] = refuse
    with pytest.raises(HomeAssistantError, match="it is not running"):
        await run(hass, "run_runbook", robin, device_id=device(hass, loaded, "pve"), **RUNBOOK)
