"""A request for a time is made for that time, and what is not understood of it is refused in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homelab_steward.contract.catalogue import ActionOffer, Field, Risk, SettingKind
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.later import Later
from homelab_steward.contract.state import TargetRef
from rig.conversation_rig import ConversationRig, open_conversation
from rig.recognition_rig import meaning_of
from steward.clock import ManualClock
from steward.conversation.meanings import (
    Meaning,
    PersonRequest,
    PlanRequest,
    ScheduledRequest,
    UnknownName,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.scheduling import said_when
from steward.store import approvals
from steward.texts import set_zone, texts_of


def target(name: str) -> NamedTarget:
    key = name.casefold()
    return NamedTarget(name, TargetRef(instance_id=key, kind="instance", id=key, name=name), key)


def offer(key: str, *arguments: Field) -> ActionOffer:
    return ActionOffer(key=key, name=key, description="", risk=Risk.LOW, reversible=True, arguments=arguments)


HOURS = Field(key="hours", name="Hours", kind=SettingKind.NUMBER, unit="h", required=True)
TARGETS = (target("Sonarr"), target("Radarr"), target("Tomorrow"))
OFFERS = {one.service: (offer("restart"), offer("stop"), offer("silence", HOURS)) for one in TARGETS}


def meaning(text: str, language: str = "en", *before: str) -> Meaning:
    return meaning_of(text, TARGETS, OFFERS, before, language)


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("en", "Restart Radarr tonight at 3", ["Radarr"]),
        ("en", "At 3 am restart Radarr", ["Radarr"]),
        ("en", "Restart Tomorrow tomorrow at 3", ["Tomorrow"]),
        ("en", "restart Radarr and Sonarr tonight at 3", ["Radarr", "Sonarr"]),
        ("en", "Tonight silence Radarr for 2 hours", ["Radarr"]),
        ("en", "Silence Radarr for 2 hours tonight", ["Radarr"]),
        ("en", "Silence Radarr tonight for 2 hours", ["Radarr"]),
        ("de", "Starte Radarr heute Nacht um 3 neu", ["Radarr"]),
        ("de", "Um 3 Uhr Radarr neu starten", ["Radarr"]),
        ("fr", "Redémarre Radarr demain à 15h30", ["Radarr"]),
        ("fr", "Redémarre Radarr dans une heure", ["Radarr"]),
        ("es", "Reinicia Radarr dentro de una hora", ["Radarr"]),
        ("nl", "Herstart Radarr over een uur", ["Radarr"]),
        ("nl", "Herstart Radarr vannacht om 3 uur", ["Radarr"]),
    ],
)
def test_a_request_for_a_time_is_recognised(language: str, text: str, names: list[str]) -> None:
    found = meaning(text, language)
    assert isinstance(found, ScheduledRequest), found
    assert isinstance(found.request, PersonRequest | PlanRequest)
    wanted = found.request.requests if isinstance(found.request, PlanRequest) else (found.request,)
    assert [one.named_target.label for one in wanted] == names


@pytest.mark.parametrize(
    "text",
    [
        "Tonight silence Radarr for 2 hours",
        "Silence Radarr for 2 hours tonight",
        "Silence Radarr tonight for 2 hours",
    ],
)
def test_a_length_of_time_stays_an_argument(text: str) -> None:
    found = meaning(text)
    assert isinstance(found, ScheduledRequest)
    assert isinstance(found.request, PersonRequest)
    assert found.request.arguments == {"hours": 2}
    assert found.said is not None
    assert (found.said.hour, found.said.part) == (None, "night")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Restart Radarr tonight at 3 gently"),
        ("en", "Restart Radarr every night at 3"),
        ("en", "Stop Radarr until tomorrow at 3"),
        ("en", "Stop Radarr for 2 hours"),
        ("en", "Restart Radarr before midnight"),
        ("en", "Restart Radarr in the evening if it is slow"),
        ("en", "Restart Radarr at 3 or 4"),
        ("en", "Restart Radarr between 3 and 4"),
        ("en", "Restart Radarr tonight and tomorrow"),
        ("en", "restart Radarr and stop Sonarr tomorrow at 3"),
        ("en", "restart Radarr tonight and Sonarr tomorrow"),
        ("en", "Silence Radarr tonight"),
        ("en", "Restart Radarr in 99999999999 days"),
        ("de", "Starte Radarr jeden Montag um 3 neu"),
        ("de", "Stoppe Radarr bis morgen"),
        ("de", "Starte Radarr nach Mitternacht neu"),
        ("fr", "Arrête Radarr pour 2 heures"),
        ("fr", "Redémarre Radarr avant minuit"),
        ("es", "Reinicia Radarr todos los lunes a las 3"),
        ("nl", "Stop Radarr tot morgen"),
        ("nl", "Herstart Radarr voor middernacht"),
    ],
)
def test_what_is_not_one_time_is_refused(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), UnsupportedRequest)


def test_names_are_found_with_a_time() -> None:
    found = meaning("Restart it at 3", "en", "How is Radarr?")
    assert isinstance(found, ScheduledRequest)
    assert isinstance(found.request, PersonRequest)
    assert found.request.named_target.label == "Radarr"
    assert isinstance(meaning("Restart emby at 3"), UnknownName)


NOW = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "ahead", "text"),
    [
        ("en", 1, "today, November 28, at 18:00"),
        ("en", 10, "tomorrow, November 29, at 03:00"),
        ("en", 34, "on Monday, November 30, at 03:00"),
        ("de", 10, "morgen, 29. November, um 03:00"),
        ("fr", 34, "lundi 30 novembre, à 03:00"),
        ("es", 10, "mañana, 29 de noviembre, a las 3:00"),
        ("nl", 34, "op maandag, 30 november, om 03:00"),
    ],
)
def test_a_time_is_said_with_its_date(language: str, ahead: int, text: str) -> None:
    at = NOW + timedelta(hours=ahead)
    assert said_when(at, NOW, texts_of(language)) == text


async def requests(rig: ConversationRig) -> list[ApprovalRequest]:
    async with rig.rig.store.read() as connection:
        return list(await approvals.requests_in(connection, ApprovalStatus.PENDING))


@pytest.mark.parametrize("model", [True, False])
async def test_a_request_for_a_time_waits_for_approval(tmp_path: Path, model: bool) -> None:  # noqa: FBT001
    clock = ManualClock(NOW)
    async with open_conversation(tmp_path, model=model, clock=clock) as rig:
        answer = await rig.ask("Restart radarr tonight at 3")
        assert "I will do that tomorrow, November 29, at 03:00, once it is approved" in answer
        assert "radarr" in answer
        assert rig.model.bodies == []
        (one,) = await requests(rig)
        at = datetime(2026, 11, 29, 3, tzinfo=UTC)
        assert one.later == Later(at=at, until=at + timedelta(hours=1))


async def test_a_time_is_in_the_time_zone_of_the_household(tmp_path: Path) -> None:
    set_zone(ZoneInfo("America/New_York"))
    try:
        async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
            await rig.ask("Starte radarr heute Nacht um 3 neu", language="de")
            (one,) = await requests(rig)
            assert one.later is not None
            assert one.later.at == datetime(2026, 11, 29, 8, tzinfo=UTC)
    finally:
        set_zone(UTC)


async def test_several_targets_are_requested_for_a_time(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
        answer = await rig.ask("Restart radarr and sonarr tonight at 3")
        assert "I will do that tomorrow, November 29, at 03:00" in answer
        (one,) = await requests(rig)
        assert one.later is not None
        assert len(one.proposal.options[0].steps) == 2
        await rig.ask("Restart radarr and sonarr tomorrow at 15:30")
        assert len(await requests(rig)) == 2, "another time is another request"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Restart radarr today at 15:00", "That time is over."),
        ("Restart radarr in 5 weeks", "That is too far ahead: at most 30 days."),
        ("Restart radarr and sonarr in 5 weeks", "That is too far ahead: at most 30 days."),
    ],
)
async def test_a_time_that_cannot_be_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
        assert await rig.ask(text) == f"I cannot request that: {reason}"
        assert await requests(rig) == []


async def test_the_time_of_day_is_asked_for(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, clock=ManualClock(NOW)) as rig:
        assert await rig.ask("Restart radarr tomorrow") == "At what time? Nothing has been requested yet."
        assert await requests(rig) == []
        assert "tomorrow, November 29, at 15:30" in await rig.ask("at 15:30")
        assert len(await requests(rig)) == 1
