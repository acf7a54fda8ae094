"""The diagnoser: evidence from whatever answers, and the loop goes on whatever does not."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.diagnosis import Evidence
from homelab_steward.contract.incidents import AlertStatus, Incident, IncidentStatus
from homelab_steward.contract.state import Snapshot, TargetRef
from rig.agent_rig import RUNBOOK, AgentRig, open_rig
from rig.inventory import CANARY, ITSELF, ToyInventory, alert, box
from rig.toy import GOOD, SERVICE, Toy
from steward.agent.diagnosis import diagnoser as module
from steward.agent.diagnosis.diagnoser import LONGEST_EVIDENCE, MOST_EVIDENCE, Diagnoser
from steward.coalesce import coalesced
from steward.errors import ServiceMalformed, ServiceUnauthorized
from steward.runbooks.model import Of
from steward.sdk.description import Answer, Call, Tool
from steward.sdk.description import Role as ServiceRole
from steward.sdk.readings import Unknown
from steward.store import incidents


async def waiting(rig: AgentRig) -> Incident:
    await rig.fire()
    return await rig.status(IncidentStatus.WAITING)


def evidence(incident: Incident) -> dict[str, Evidence]:
    assert incident.diagnosis is not None
    return {one.tool: one for one in incident.diagnosis.evidence}


async def test_claims_rest_on_what_was_read(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        incident = await waiting(rig)
        found = incident.diagnosis
        assert found is not None
        assert found.has_problem
        assert found.summary == "Not as it should be: Memory below 85 % (now: 95)."
        assert [(one.id, one.tool, one.ok) for one in found.evidence] == [
            ("e0", "alerts", True),
            ("e1", "toy.status", True),
        ]
        assert found.evidence[0].title == "1 of 1 alerts fire"
        assert found.evidence[0].instance_id == "am"
        assert found.evidence[1].instance_id == "toy1"
        assert found.evidence[1].title == "radarr uses 95 %"
        known = {one.id for one in found.evidence}
        assert all(set(claim.evidence) <= known and claim.evidence for claim in found.claims)
        assert "radarr uses 95 %: 1945.0 of 2048.0" in {claim.text for claim in found.claims}


async def test_what_a_service_says_is_cleaned_of_secrets_before_anybody_sees_it(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())

    async def leaks(_toy: Toy, _call: Call) -> Answer:
        return Answer(title=f"key {CANARY}", text=f"api_key={CANARY}")

    first, *others = SERVICE.tools
    inventory.service_row = replace(SERVICE, tools=(replace(first, read=leaks), *others))
    async with open_rig(tmp_path, inventory=inventory) as rig:
        incident = await waiting(rig)
        assert evidence(incident)["toy.status"].title == "key ***"
        assert CANARY not in str(incident)


async def test_nothing_is_wrong_is_an_answer(tmp_path: Path) -> None:
    toy = Toy()
    toy.used = 100
    async with open_rig(tmp_path, toy) as rig:
        found = (await waiting(rig)).diagnosis
        assert found is not None
        assert not found.has_problem
        assert found.summary == "Nothing is wrong now: everything the runbook checks is as it should be."


async def test_a_dead_service_is_evidence_and_the_loop_goes_on(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.toy.down = True
        incident = await waiting(rig)
        assert evidence(incident)["toy.status"] == replace(
            evidence(incident)["toy.status"],
            ok=False,
            title="Status cannot be read",
            text="the toy does not answer",
        )
        assert incident.diagnosis is not None
        assert incident.diagnosis.has_problem
        assert "(the toy does not answer)" in incident.diagnosis.summary
        assert incident.diagnosis.claims[-1].text.startswith("Status cannot be read"), "failed ones last"
        request = await rig.request(incident)
        assert [one.label for one in request.proposal.options] == ["Investigate"]
        assert request.proposal.left_out == (
            "Increase memory: the toy does not answer.",
            "Restart it: the toy does not answer.",
        )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ServiceMalformed("the answer is no JSON"), "the answer is no JSON"),
        (ServiceUnauthorized("401"), "401"),
        (AttributeError("secret of a parser"), "a defect (AttributeError)"),
        (TimeoutError(), "no answer in time"),
    ],
)
async def test_html_and_defects_are_evidence_too(tmp_path: Path, error: Exception, words: str) -> None:
    async with open_rig(tmp_path) as rig:

        def stumble(place: str) -> None:
            if place in ("status", "poll"):
                raise error

        rig.toy.passing = stumble
        incident = await waiting(rig)
        found = evidence(incident)["toy.status"]
        assert (found.ok, found.text) == (False, words)
        assert "secret" not in str(incident)


async def test_a_service_that_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_TIMEOUT", 0.05)

    async def hang(_toy: Toy, _call: Call) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    inventory = ToyInventory(Toy())
    slow = replace(SERVICE.tools[0], read=hang)
    inventory.service_row = replace(SERVICE, tools=(slow, *SERVICE.tools[1:]))
    async with open_rig(tmp_path, inventory=inventory) as rig:
        incident = await waiting(rig)
        found = evidence(incident)["toy.status"]
        assert (found.ok, found.text) == (False, "no answer in time")


async def test_a_poll_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_TIMEOUT", 0.05)

    class Hanging(ToyInventory):
        hangs = False

        async def poll_now(self, instance_id: str) -> Snapshot:
            if self.hangs:
                await asyncio.Event().wait()
            return await super().poll_now(instance_id)

    inventory = Hanging(Toy())
    async with open_rig(tmp_path, inventory=inventory) as rig:
        inventory.hangs = True
        incident = await waiting(rig)
        assert incident.diagnosis is not None
        assert "(no answer in time)" in incident.diagnosis.summary


async def test_an_instance_without_a_client_is_evidence(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.connected = False
        await rig.fire(alert("Nobody knows this one", summary="x"))
        incident = await rig.status(IncidentStatus.WAITING)
        assert {one.tool: one.ok for one in evidence(incident).values()} == {
            "alerts": True,
            "toy.status": False,
            "toy.log": False,
        }
        assert evidence(incident)["toy.log"].text == "There is no instance toy1"


async def test_without_a_runbook_everything_that_needs_no_argument_is_read(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.fire(alert("Nobody knows this one", summary="x"))
        incident = await rig.status(IncidentStatus.WAITING)
        assert set(evidence(incident)) == {"alerts", "toy.status", "toy.log"}
        assert incident.diagnosis is not None
        assert incident.diagnosis.summary == incident.title
        assert incident.diagnosis.has_problem


async def test_without_a_target_there_are_the_alerts(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.fire(alert(name="stranger", instance="nas"))
        incident = await rig.status(IncidentStatus.WAITING)
        assert set(evidence(incident)) == {"alerts"}


async def test_long_evidence_is_cut_and_says_so(tmp_path: Path) -> None:
    async def read(_toy: Toy, _call: Call) -> Answer:
        return Answer(title="t" * 400 + "\ud800", text="a\0" + "x" * 5_000)

    inventory = ToyInventory(Toy())
    long = replace(SERVICE.tools[0], read=read)
    inventory.service_row = replace(SERVICE, tools=(long, *SERVICE.tools[1:]))
    async with open_rig(tmp_path, inventory=inventory) as rig:
        incident = await waiting(rig)
        found = evidence(incident)["toy.status"]
        assert found.text == "a\ufffd" + "x" * (LONGEST_EVIDENCE - 2) + "\n… 1,002 more characters"
        assert found.title == "t" * 255


async def test_what_just_fits_is_not_cut(tmp_path: Path) -> None:
    assert module._cut("x" * LONGEST_EVIDENCE) == "x" * LONGEST_EVIDENCE
    assert module._cut("x" * (LONGEST_EVIDENCE + 1)).endswith("x\n… 1 more character")


async def test_a_storm_does_not_make_evidence_without_end(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    many = tuple(
        Tool(key=f"tool{number}", name="T", description="", read=SERVICE.tools[0].read)
        for number in range(MOST_EVIDENCE * 2)
    )
    inventory.service_row = replace(SERVICE, tools=many)
    async with open_rig(tmp_path, inventory=inventory) as rig:
        await rig.fire(
            alert("Nobody knows this one", summary="x" * 3_000), alert("Nor this", summary="y" * 3_000)
        )
        incident = await rig.status(IncidentStatus.WAITING)
        assert incident.diagnosis is not None
        assert len(incident.diagnosis.evidence) == MOST_EVIDENCE + 1
        assert "more characters" in incident.diagnosis.evidence[0].text


async def test_alerts_are_evidence_with_their_state(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.fire(alert(), alert("Other", summary=""), alert("Third"))
        await rig.status(IncidentStatus.WAITING)
        await rig.fire(alert("Third", status=AlertStatus.RESOLVED))
        incident = await rig.until(lambda one: any(a.status is AlertStatus.RESOLVED for a in one.alerts))
        diagnosis = await rig.agent._runs.learner._diagnoser.diagnose(incident)
        first = diagnosis.evidence[0]
        assert first.title == "2 of 3 alerts fire"
        assert first.text.splitlines() == [
            "ToyMemoryHigh (warning, firing): Memory of radarr is at 95 %",
            "Other (warning, firing): ",
            "Third (warning, resolved): Memory of radarr is at 95 %",
        ]


async def test_a_look_that_cannot_be_made_is_left_out(tmp_path: Path) -> None:
    # A tool that needs an argument nobody gives, one of another service, one nobody knows.
    looks = ("toy.grep", "other.x", "toy.unknown", "toy.log, of: application", "toy.log")
    lines = "".join(f"\n  - {{tool: {one}}}" for one in looks)
    book = RUNBOOK.replace("\n  - {tool: toy.status}", lines)
    async with open_rig(tmp_path, runbooks=[book]) as rig:
        assert set(evidence(await waiting(rig))) == {"alerts", "toy.log"}


async def test_an_incident_opened_again_meanwhile_is_diagnosed_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        incident = await waiting(rig)
        await rig.stand_still()
        diagnoser = _diagnoser(rig)
        open_now = replace(incident, status=IncidentStatus.OPEN, diagnosis=None)
        async with rig.store.change() as unit:
            await incidents.save_incident(unit.connection, open_now)
        diagnosed = await diagnoser.diagnosed(open_now)
        assert await rig.incident() == open_now, "it is stored with the request"
        await diagnoser.keep(replace(diagnosed, round=incident.round - 1))
        assert await rig.incident() == open_now, "what was read is of another round"
        await diagnoser.keep(diagnosed)
        found = await rig.incident()
        assert found == replace(diagnosed, updated_at=found.updated_at)
        await diagnoser.keep(replace(diagnosed, diagnosis=None))
        assert await rig.incident() == found, "it is not open any more"


def _diagnoser(rig: AgentRig) -> Diagnoser:
    return rig.agent._runs.learner._diagnoser


async def test_fresh_readings_of_each_thing_that_answers(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        diagnoser = _diagnoser(rig)
        found = await diagnoser.fresh_readings({Of.TARGET: box(), Of.APPLICATION: ITSELF})
        assert found[Of.TARGET]["limit"] == 2048
        not_polled = Unknown("Toy was not in the last poll")
        assert found[Of.APPLICATION] == {"count": not_polled, "version": not_polled, "answers": True}
        rig.toy.down = True
        down = Unknown("the toy does not answer")
        found = await diagnoser.fresh_readings({Of.TARGET: box()})
        assert found == {Of.TARGET: {"share": down, "running": down}}
        assert await diagnoser.fresh_readings({}) == {}


async def test_a_target_that_is_not_in_the_poll_is_not_known(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.boxes.clear()
        (found,) = (await _diagnoser(rig).fresh_readings({Of.TARGET: box()})).values()
        assert set(found.values()) == {Unknown("radarr was not in the last poll")}


async def test_nothing_is_wrong_only_when_everything_is_known(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(numbers={**GOOD, "used": 500.0})) as rig:
        incident = await waiting(rig)
        assert incident.diagnosis is not None
        assert not incident.diagnosis.has_problem
        assert incident.diagnosis.summary.startswith("Nothing is wrong now")
        rig.inventory.unknown["running"] = "the API failed"
        found = await _diagnoser(rig).diagnose(incident)
        assert found.has_problem
        assert found.summary == "Not known: It runs (the API failed)."
        rig.toy.used = 2000
        found = await _diagnoser(rig).diagnose(incident)
        wrong = "Not as it should be: Memory below 85 % (now: 97.7)."
        assert found.summary == f"{wrong} Not known: It runs (the API failed)."


async def test_a_capability_is_read_with_the_tool_for_this_kind_of_target(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    of_disks = replace(SERVICE.tools[0], key="disk_status", scope="disk")
    of_all = replace(SERVICE.tools[1], key="all_logs", scope=None)
    of_any = replace(SERVICE.tools[0], key="all_status", scope=None)
    private = replace(SERVICE.tools[0], key="private_status", is_owner_only=True)
    inventory.service_row = replace(SERVICE, tools=(private, of_disks, of_any, SERVICE.tools[0], of_all))
    book = RUNBOOK.replace("  - {tool: toy.status}", "  - {capability: status}\n  - {capability: logs}")
    async with open_rig(tmp_path, inventory=inventory, runbooks=[book]) as rig:
        found = evidence(await waiting(rig))
        assert set(found) == {"alerts", "toy.status", "toy.all_logs"}
        assert found["toy.all_logs"].text == "log of Toy", "a tool of the instance reads the instance"


async def test_a_look_that_no_service_offers_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    book = RUNBOOK.replace("  - {tool: toy.status}", "  - {capability: status}\n  - {capability: queue}")
    async with open_rig(tmp_path, runbooks=[book]) as rig:
        incident = await waiting(rig)
        assert incident.diagnosis is not None
        assert incident.diagnosis.summary.endswith("queue cannot be read of radarr.")
        assert set(evidence(incident)) == {"alerts", "toy.status"}


class Meter:
    """What a poll and a tool both read."""

    def __init__(self) -> None:
        self.asked = 0

    async def read(self) -> int:
        return await coalesced("meter", self._read)

    async def _read(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        return self.asked


class Metered(ToyInventory):
    """An inventory whose polls ask a meter, as its only tool does."""

    def __init__(self) -> None:
        super().__init__(Toy())
        self.meter = Meter()
        self.service_row = replace(SERVICE, tools=(replace(SERVICE.tools[0], read=self._status),))

    async def poll_now(self, instance_id: str) -> Snapshot:
        await self.meter.read()
        return await super().poll_now(instance_id)

    async def _status(self, _toy: Toy, _call: Call) -> Answer:
        return Answer(title="Meter", text=str(await self.meter.read()))


async def test_a_diagnosis_asks_once_for_what_poll_and_tool_both_want(tmp_path: Path) -> None:
    inventory = Metered()
    async with open_rig(tmp_path, inventory=inventory) as rig:
        await rig.fire()
        incident = await rig.status(IncidentStatus.WAITING)
        before = inventory.meter.asked
        found = await _diagnoser(rig).diagnose(incident)
        assert inventory.meter.asked == before + 1
        assert [one.text for one in found.evidence if one.tool == "toy.status"] == [str(before + 1)]


async def test_reading_back_always_asks_afresh(tmp_path: Path) -> None:
    inventory = Metered()
    async with open_rig(tmp_path, inventory=inventory) as rig:
        diagnoser, before = _diagnoser(rig), inventory.meter.asked
        for count in (1, 2):
            await diagnoser.fresh_readings({Of.TARGET: box()})
            assert inventory.meter.asked == before + count


async def test_the_checks_of_a_later_recipe_are_the_goal(tmp_path: Path) -> None:
    looks_first = RUNBOOK.replace(
        "  - id: grow", "  - {id: look, label: Look, kind: investigate}\n  - id: grow"
    )
    looks_first = looks_first[: looks_first.index("  - id: restart")] + "---\n# X\n"
    async with open_rig(tmp_path, runbooks=[looks_first]) as rig:
        found = (await waiting(rig)).diagnosis
        assert found is not None
        assert found.summary == "Not as it should be: Memory below 85 % (now: 95)."


async def test_an_instance_of_an_unknown_service_has_no_readings(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.known = False
        await rig.fire(alert("Nobody knows this one", summary="x"))
        incident = await rig.status(IncidentStatus.WAITING)
        assert set(evidence(incident)) == {"alerts"}


class Applications(ToyInventory):
    """The toy itself runs in the box radarr."""

    def with_role(self, target: TargetRef, role: ServiceRole) -> TargetRef | None:
        return ITSELF if target == box() and role is ServiceRole.APPLICATION else None


async def test_the_application_in_the_box_is_looked_at_too(tmp_path: Path) -> None:
    inventory = Applications(Toy())
    about_all = Tool(key="about", name="About", description="", read=SERVICE.tools[1].read)
    inventory.service_row = replace(SERVICE, tools=(*SERVICE.tools, about_all))
    book = RUNBOOK.replace("{tool: toy.status}", "{tool: toy.about, of: application}")
    async with open_rig(tmp_path, inventory=inventory, runbooks=[book]) as rig:
        found = evidence(await waiting(rig))["toy.about"]
        assert (found.ok, found.text) == (True, "log of Toy")
