"""Answers without a model: before, during and after a repair."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Platform
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.state import Coverage, CoverageStatus, Gap, InstanceStatus, Snapshot, TargetRef
from rig.conversation_rig import open_conversation
from rig.inventory import ITSELF, NOW, ToyInventory, alert, box
from rig.toy import SERVICE, Toy
from steward.conversation.conversation import LONGEST_QUESTION
from steward.errors import ServiceUnauthorized
from steward.inventory.ports import Seen
from steward.sdk.description import ResourceKind, Sensor
from steward.store import incidents


async def test_answers_without_incidents(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert "Everything is fine" in await rig.ask("What is wrong?")
        assert "Nothing is waiting" in await rig.ask("What waits for me?")
        assert "Nothing was done" in await rig.ask("What did you do today?")


async def test_answers_follow_an_incident_from_alert_to_repair(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        request = await rig.rig.ask()
        problem = await rig.ask("What is wrong with radarr?")
        assert "radarr has an open incident" in problem
        assert "waiting for your answer" in problem
        assert "Memory below 85 % (now: 95)" in problem
        waiting = await rig.ask("What is waiting for me?")
        assert "1 Increase memory 2 → 3 GiB" in waiting
        assert rig.rig.toy.done == [], "a question never causes an action"
        await rig.rig.press(request)
        await rig.rig.status(IncidentStatus.RESOLVED)
        after = await rig.ask("Is radarr fine now?")
        assert "radarr is fine" in after
        assert "done and checked" in after
        assert "it helped" in await rig.ask("What did you do today?")


async def test_a_waiting_request_without_a_possible_change_names_the_reason(tmp_path: Path) -> None:
    toy = Toy()
    async with open_conversation(tmp_path, toy=toy, model=False) as rig:
        toy.defect = "dry_run"
        await rig.rig.ask()
        waiting = await rig.ask("What is waiting for me?")
        assert "Options: 1 Investigate." in waiting
        assert "Not offered: Increase memory: a defect (KeyError). Restart it: a defect" in waiting
        assert "Nicht angeboten: Increase memory" in await rig.ask("Was wartet auf mich?", language="de")


async def test_a_waiting_request_with_a_possible_change_names_its_options_only(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    inventory.extra["limit"] = float("nan")
    async with open_conversation(tmp_path, inventory=inventory, model=False) as rig:
        assert (await rig.rig.ask()).proposal.left_out
        waiting = await rig.ask("What is waiting for me?")
        assert "Options: 1 Restart it, 2 Investigate." in waiting
        assert "Not offered" not in waiting


async def test_an_unreachable_service_is_reported(tmp_path: Path) -> None:
    toy = Toy()
    async with open_conversation(tmp_path, toy=toy, model=False) as rig:
        toy.down = True
        assert "does not answer" in await rig.ask("Is radarr fine?")


async def test_an_unknown_language_falls_back_to_english(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert "Alles in Ordnung" in await rig.ask("Ist alles in Ordnung?", language="de-DE")
        assert "Everything is fine" in await rig.ask("What is wrong?", language="tlh")


async def test_a_request_waits_for_a_person(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        answer = await rig.ask("Restart radarr please")
        assert "after you approve it" in answer
        assert "Restart: radarr" in answer
        assert "Nothing has been changed yet" in answer
        assert rig.rig.toy.done == []
        (request,) = await rig.rig.incidents()
        assert request.status is IncidentStatus.WAITING
        assert "requested by Olga" in request.title
        again = await rig.ask("Restart radarr please")
        assert "Restart: radarr" in again, "the same request is created once"
        assert len(await rig.rig.incidents()) == 1


async def test_a_pronoun_refers_to_the_target_named_last(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.ask("Is sonarr fine?")
        await rig.ask("What waits for me?")
        assert "Restart: sonarr" in await rig.ask("Please restart it")
        assert "Which one" in await rig.ask("Restart it", conversation_id="another")
        assert len(await rig.rig.incidents()) == 1, "another conversation has no earlier messages"


async def test_a_missing_argument_is_asked_for(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        pieces = await rig.pieces("Set the memory of radarr")
        assert "I need to know: memory" in pieces[0].text
        assert pieces[-1].expects_reply
        pieces = await rig.pieces("Restart everything")
        assert "Which one" in pieces[0].text
        assert pieces[-1].expects_reply
        assert await rig.rig.incidents() == ()


async def test_an_ambiguous_target_is_asked_for(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        pieces = await rig.pieces("Restart radarr sonarr")
        assert "Which one do you mean: radarr (Restart), sonarr (Restart)?" in pieces[0].text
        assert pieces[-1].expects_reply


@pytest.mark.parametrize(("user", "words"), [("3", "on your behalf"), ("99", "on your behalf")])
async def test_a_person_without_permission_gets_a_refusal(tmp_path: Path, user: str, words: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert words in await rig.ask("Restart radarr", user=user)
        assert await rig.rig.incidents() == ()


async def test_an_unknown_speaker_can_create_a_request(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert "after you approve it" in await rig.ask("Restart radarr", user="", spoken=True)
        (incident,) = await rig.rig.incidents()
        assert "requested by voice" in incident.title
        assert rig.rig.toy.done == []


async def test_a_request_that_fails_its_dry_run_is_refused_with_the_reason(tmp_path: Path) -> None:
    toy = Toy()
    async with open_conversation(tmp_path, toy=toy, model=False) as rig:
        toy.down = True
        assert "I cannot request that: the toy does not answer" in await rig.ask("Restart radarr")


async def test_other_questions_need_a_model(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert "none is set up" in await rig.ask("Tell me a story")
        assert "no quota" in await rig.ask("How much quota is left?")


async def test_without_a_model_a_problem_gets_the_runbook_that_may_fit(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        answer = await rig.ask("Too much memory pressure, it swaps badly")
        assert answer == "A runbook may fit: “Toy memory pressure”."
        assert await rig.rig.incidents() == ()


class InventoryWithReadings(ToyInventory):
    """An inventory whose toy service and node have readings of every kind."""

    def readings(self, target: TargetRef) -> Mapping[str, Value]:
        if target == ITSELF:
            return {"load": 1.257, "up": True, "films": 12, "unknown": None, "serial": "x"}
        return {"heat": 40}

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        return (box(),) if target == ITSELF else ()


async def test_readings_are_shown_with_their_units(tmp_path: Path) -> None:
    inventory = InventoryWithReadings(Toy())
    inventory.service_row = replace(
        SERVICE,
        sensors=(
            Sensor(key="load", name="Load", value=lambda _: 0, precision=1),
            Sensor(key="up", name="Up", value=lambda _: 0, platform=Platform.BINARY_SENSOR),
            Sensor(key="films", name="Films", value=lambda _: 0, unit="films"),
            Sensor(key="unknown", name="Unknown", value=lambda _: 0),
            Sensor(key="serial", name="Serial", value=lambda _: 0, diagnostic=True),
        ),
        resources=(
            ResourceKind(
                key="box",
                name="Box",
                items=lambda _: (),
                id=str,
                title=str,
                labels=lambda _: {},
                sensors=(Sensor(key="heat", name="Heat", value=lambda _: 0, unit="°C"),),
            ),
        ),
    )
    async with open_conversation(tmp_path, model=False, inventory=inventory) as rig:
        assert "Current readings: Load 1.3, Up yes, Films 12 films, Heat 40 °C." in await rig.ask(
            "Is Toy fine?"
        )
        assert "In Betrieb ja" in await rig.ask("Wie geht es Toy?", language="de")


async def test_a_spoken_answer_counts_what_it_leaves_out(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        for number in range(4):
            await rig.ask(f"Set the memory of radarr to {3000 + number}")
        spoken = await rig.ask("What waits for me?", spoken=True)
        assert "4 requests are waiting" in spoken
        assert "And 2 more." in spoken


async def test_an_unreachable_instance_is_a_problem(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    inventory.instance_row = replace(inventory.instance_row, status=InstanceStatus.UNREACHABLE, error="gone")
    async with open_conversation(tmp_path, model=False, inventory=inventory) as rig:
        assert "Toy does not answer (gone)" in await rig.ask("What is down?")


async def test_what_is_meant_to_be_off_is_no_problem_and_not_fine_either(tmp_path: Path) -> None:
    toy = Toy()
    inventory = ToyInventory(toy)
    away: dict[str, Any] = {
        "status": InstanceStatus.UNREACHABLE,
        "error": "gone",
        "expected_off": "Olga said so",
    }
    inventory.instance_row = replace(inventory.instance_row, **away)
    inventory.said_off |= {ITSELF.key: "Olga said so", box().key: "Olga said so"}
    async with open_conversation(tmp_path, model=False, inventory=inventory) as rig:
        assert "gone" not in await rig.ask("What is down?")
        off = "is off, and that is as it should be: Olga said so."
        assert f"radarr {off}" in await rig.ask("Is radarr fine?")
        toy.down = True
        assert await rig.ask("Is Toy fine?") == f"Toy {off}"
        assert "ist aus, und das soll so sein" in await rig.ask("Wie geht es Toy?", language="de")


async def test_a_question_that_is_too_long_is_refused(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        with pytest.raises(ContractError, match="too long"):
            await rig.ask("x" * (LONGEST_QUESTION + 1))


async def test_a_silenced_or_stale_incident_is_named_as_such(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        await rig.rig.fire(replace(alert(), suppressed="silenced", silenced_until=NOW))
        assert "waiting for your answer, silenced until Nov 20, 2026, 12:00." in await rig.ask(
            "What is wrong?"
        )
        await rig.rig.fire(replace(alert(), suppressed="inhibited"))
        assert "wartet auf deine Antwort, stummgeschaltet." in await rig.ask("Was ist los?", language="de")
        incident = await rig.rig.incident()
        async with rig.rig.store.change() as unit:
            stale = replace(incident, suppressed=None, stale_since=NOW)
            await incidents.save_incident(unit.connection, stale)
        assert "not reported since Nov 20, 2026, 12:00" in await rig.ask("What is wrong with radarr?")


async def test_what_a_person_requested_is_not_what_is_wrong(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.ask("Restart radarr")
        assert len(await rig.rig.incidents()) == 1
        assert "Everything is fine" in await rig.ask("What is wrong?")
        assert "radarr is fine" in await rig.ask("Is radarr fine?")
        assert "One request is waiting" in await rig.ask("What is waiting for me?")


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (
            Seen(unknown=("The state of the box could not be read.",)),
            "It is not known whether radarr is fine",
        ),
        (Seen(problems=("It is stopped.",)), "radarr is not as it should be: It is stopped."),
        (Seen(is_listed=False), "radarr is not known any more: Toy did not list it."),
    ],
)
async def test_what_is_not_seen_to_run_is_not_called_fine(tmp_path: Path, seen: Seen, text: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        rig.rig.inventory.seen_now = seen
        answer = await rig.ask("Is radarr running?")
        assert text in answer
        assert "is fine: it answers" not in answer


async def test_what_runs_in_a_service_that_does_not_answer_is_not_known(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.fire(alert())
        rig.rig.inventory.connected = False
        answer = await rig.ask("Is radarr running?")
        assert answer.startswith("It is not known whether radarr is fine: Toy does not answer")
        assert "radarr has an open incident" in answer
        assert "has an open incident" not in await rig.ask("Is sonarr running?")


async def test_a_service_that_refuses_the_credentials_does_answer(tmp_path: Path) -> None:
    async def poll_now(instance_id: str) -> Snapshot:
        raise ServiceUnauthorized("GET toy/status: 401")

    async with open_conversation(tmp_path, model=False) as rig:
        rig.rig.inventory.poll_now = poll_now  # type: ignore[method-assign]
        answer = await rig.ask("Is radarr running?")
        assert "Toy cannot be read (GET toy/status: 401)" in answer
        assert "does not answer" not in answer


async def test_not_everything_is_fine_while_a_part_could_not_be_read(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        gaps = (Gap(part="storage", reason="Permission denied"),)
        rig.rig.inventory.coverage = Coverage(status=CoverageStatus.PARTIAL, gaps=gaps)
        await rig.rig.inventory.poll_now("toy1")
        answer = await rig.ask("Is everything fine?")
        gap = "Toy could not be read completely (storage: Permission denied)."
        assert answer == f"There are no open incidents. {gap}"


@pytest.mark.parametrize("text", ["Was ist kaputt?", "Was ist down?", "Was ist ausgefallen?"])
async def test_a_verb_is_no_name(tmp_path: Path, text: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert "Alles in Ordnung" in await rig.ask(text, language="de")
