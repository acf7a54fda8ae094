"""A model's words come behind the question, never before it, and change nothing else."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Snapshot
from rig.agent_rig import AgentRig, open_rig
from rig.clocks import HANGING, WatchedClock
from rig.inventory import NOW, alert
from steward.agent.diagnosis.explainer import FIRST_SENT, Explainer, Explaining
from steward.clock import Clock, SystemClock
from steward.llm.errors import ModelUnavailable
from steward.llm.messages import ChatReply, ChatRequest, Delta, DeploymentHealth
from steward.telegram.details import detail_pages

GOOD = orjson.dumps(
    {
        "text": "The box is too small.",
        "nothing_wrong": False,
        "claims": [{"text": "95 % are used.", "evidence": ["e0"]}],
    }
).decode()


class Oracle:
    """Answers what the test says, when the test lets it."""

    def __init__(self, answer: str | Exception = GOOD) -> None:
        self.answer = answer
        self.asked: list[ChatRequest] = []
        self.was_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def chat(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        self.was_asked.set()
        await self.may_answer.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return ChatReply(text=self.answer, deployment="kitchen")

    def stream(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        raise NotImplementedError

    async def embed(self, texts: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
        raise NotImplementedError

    async def models(self) -> tuple[str, ...]:
        raise NotImplementedError

    async def health(self) -> tuple[DeploymentHealth, ...]:
        raise NotImplementedError


@asynccontextmanager
async def explained(tmp_path: Path, oracle: Oracle) -> AsyncIterator[AgentRig]:
    async with open_rig(tmp_path) as rig, started(rig, oracle):
        yield rig


@asynccontextmanager
async def started(rig: AgentRig, oracle: Oracle, clock: Clock | None = None) -> AsyncIterator[None]:
    explaining = Explaining(gateway=oracle, context_tokens=4096)
    explainer = Explainer(rig.store, explaining, clock or SystemClock())
    explainer.start()
    try:
        yield
    finally:
        await explainer.close()


def has_words(incident: Incident) -> bool:
    return incident.diagnosis is not None and incident.diagnosis.explanation is not None


async def asked(oracle: Oracle) -> None:
    async with asyncio.timeout(HANGING):
        await oracle.was_asked.wait()


async def test_an_explanation_comes_with_its_evidence(tmp_path: Path) -> None:
    async with explained(tmp_path, Oracle()) as rig:
        request = await rig.ask()
        incident = await rig.until(has_words)
        assert incident.diagnosis is not None
        explanation = incident.diagnosis.explanation
        assert explanation is not None
        assert (explanation.text, explanation.by) == ("The box is too small.", "kitchen")
        ids = {one.id for one in incident.diagnosis.evidence}
        assert set(explanation.claims[0].evidence) <= ids
        assert incident.status is IncidentStatus.WAITING
        assert (await rig.request_with(request.id)).proposal == request.proposal, "the plan is as it was"


async def test_nothing_is_written_while_front_ends_send_a_new_request(tmp_path: Path) -> None:
    oracle, clock = Oracle(), WatchedClock(NOW)
    async with open_rig(tmp_path) as rig, started(rig, oracle, clock):
        await rig.ask()
        await clock.until_asleep(FIRST_SENT)
        assert (await rig.incident()).model_asked_at is None
        await clock.pass_by(FIRST_SENT)
        await asked(oracle)
        assert (await rig.incident()).model_asked_at is not None


async def test_nobody_waits_for_a_slow_model(tmp_path: Path) -> None:
    oracle = Oracle()
    oracle.may_answer.clear()
    async with explained(tmp_path, oracle) as rig:
        request = await rig.ask()
        await asked(oracle)
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
        oracle.may_answer.set()
        await asyncio.sleep(0.05)
        assert not has_words(await rig.incident()), "it was mended meanwhile: there is nothing to explain"


async def test_an_explanation_of_an_old_diagnosis_is_dropped(tmp_path: Path) -> None:
    oracle = Oracle()
    oracle.may_answer.clear()
    async with explained(tmp_path, oracle) as rig:
        request = await rig.ask()
        await asked(oracle)
        await rig.press(request, 3)
        await rig.asked_again()
        oracle.may_answer.set()
        await rig.fire(alert("ToyThree", name="sonarr"))
        await rig.until(has_words, 2)
        incident = await rig.incident()
        assert incident.round == 2
        assert not has_words(incident)
        assert incident.model_asked_at is not None
        assert len(oracle.asked) == 2, "once for each incident, not for each round"
        details = "".join(
            detail_pages(await rig.request(incident), incident, Catalogue(digest="toy", services=()))
        )
        assert "A language model is asked once for each incident" in details


async def test_a_model_that_was_asked_before_a_restart_is_not_asked_again(tmp_path: Path) -> None:
    oracle = Oracle(ModelUnavailable("away"))
    async with open_rig(tmp_path) as rig:
        async with started(rig, oracle):
            await rig.ask()
            await asked(oracle)
        later = Oracle()
        async with started(rig, later):
            await rig.fire(alert("ToyThree", name="sonarr"))
            await rig.until(has_words, 2)
        assert not has_words(await rig.incident())
        assert len(later.asked) == 1


async def test_a_model_that_fails_is_not_asked_again_and_harms_nothing(tmp_path: Path) -> None:
    oracle = Oracle(ModelUnavailable("away"))
    async with explained(tmp_path, oracle) as rig:
        request = await rig.ask()
        await asked(oracle)
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert not has_words(incident)
        assert len(oracle.asked) == 1


async def test_a_defect_is_survived(tmp_path: Path) -> None:
    oracle = Oracle(KeyError("inside"))
    async with explained(tmp_path, oracle) as rig:
        await rig.ask()
        await asked(oracle)
        oracle.answer = GOOD
        await rig.fire(alert("ToyThree", name="sonarr"))
        assert has_words(await rig.until(has_words, 2))


async def test_what_waited_before_the_start_is_explained_too(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.ask()
        async with started(rig, Oracle()):
            assert has_words(await rig.until(has_words))
    async with open_rig(tmp_path) as rig:
        oracle = Oracle()
        async with started(rig, oracle):
            await rig.fire(alert("ToyThree", name="sonarr"))
            await rig.until(has_words, 2)
            assert len(oracle.asked) == 1, "the first one has its words already"


async def test_in_a_storm_the_newest_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.agent.diagnosis.explainer.MOST_WAITING", 1)
    oracle = Oracle()
    oracle.may_answer.clear()
    async with explained(tmp_path, oracle) as rig:
        await rig.ask()
        await asked(oracle)
        await rig.fire(alert("ToyThree", name="sonarr"))
        await rig.status(IncidentStatus.WAITING, 2)
        await rig.fire(alert("Odd", name="nobody"))
        await rig.status(IncidentStatus.WAITING, 3)
        oracle.may_answer.set()
        await rig.until(has_words, 3)
        assert not has_words(await rig.incident(2))


async def test_events_that_were_lost_are_looked_up(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        oracle = Oracle()
        async with started(rig, oracle):
            for watch in list(rig.store.changes._watches):
                watch._lost = True
            await rig.ask()
            assert has_words(await rig.until(has_words))


async def test_an_explanation_without_evidence_is_not_shown(tmp_path: Path) -> None:
    oracle = Oracle("It is surely the cat.")
    async with explained(tmp_path, oracle) as rig:
        await rig.ask()
        await asked(oracle)
        await asyncio.sleep(0.05)
        assert not has_words(await rig.incident())


async def test_thirty_days_with_forty_services_ask_nothing_and_an_incident_asks_once(tmp_path: Path) -> None:
    oracle = Oracle()
    async with open_rig(tmp_path) as rig:

        async def days(first: int, last: int) -> None:
            for hour in range(first * 24, last * 24):
                for number in range(40):
                    row = Snapshot(instance_id=f"service-{number}", taken_at=NOW + timedelta(hours=hour))
                    rig.store.changes.publish(RowKind.SNAPSHOT, row.instance_id, row)
                await asyncio.sleep(0)

        async with started(rig, oracle):
            await days(0, 15)
            assert oracle.asked == [], "nothing is asked on a quiet day"
            await rig.ask()
            await rig.until(has_words)
            for day in range(15, 20):
                await days(day, day + 1)
                await rig.fire()
                incident = await rig.incident()
                rig.store.changes.publish(RowKind.INCIDENT, incident.id, incident)
        async with started(rig, oracle):
            await days(20, 30)
            await rig.ask(alert(name="sonarr"), number=2)
            await rig.until(has_words, 2)
        assert len(await rig.incidents()) == len(oracle.asked) == 2
