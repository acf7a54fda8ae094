"""What language models cost the steward before it asks one: memory, and the time of a start."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.asking import ask, connected
from bench.assist import PIECES, QUESTION, deployment
from bench.figures import Figure, Goal, Result
from bench.model import PacedModel
from bench.process import memory
from bench.rig import BenchRig
from homelab_steward.contract.client import StewardClient
from lab.wire import JsonObject

STARTS: Final = 5
PAIRS: Final = 9
SETTLE: Final = 8.0
"""Seconds in which every instance is read and what a start leaves behind is over."""

BREATH: Final = 1.0
"""Seconds after an answer before memory is looked at."""

RATIO: Final = Goal(1.1)
TIMES: Final = "\N{MULTIPLICATION SIGN}"


class NoAnswerError(Exception):
    """The model's answer did not come back whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """One start and its first questions: MiB resident, and seconds until an answer was whole."""

    before: float
    after: float
    first: float
    second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Seconds until ready with the same data folder, without models and with two configured."""

    without: float
    with_models: float


async def measure(*, starts: int = STARTS, pairs: int = PAIRS, settle: float = SETTLE) -> Result:
    """Start the steward again and again; raises `NoAnswerError`."""
    async with PacedModel(PIECES) as model:
        kinds = {"OpenAI's format": openai(model), "through LiteLLM": litellm(model)}
        firsts: dict[str, list[First]] = {name: [] for name in kinds}
        for _ in range(starts):
            for name, models in kinds.items():
                firsts[name].append(await _first(models, settle))
        begun = await _starts({"models": [*kinds.values()]}, pairs)
    return Result(
        name="memory",
        title="Language models: memory and start",
        how=HOW.format(starts=starts, pairs=pairs, settle=settle),
        figures=(
            *(one for name, many in firsts.items() for one in first_figures(name, many)),
            *start_figures(begun),
        ),
    )


def openai(model: PacedModel) -> JsonObject:
    """Return a deployment that is asked over HTTP."""
    return deployment(model)


def litellm(model: PacedModel) -> JsonObject:
    """Return a deployment of the same server that is asked through LiteLLM."""
    way: JsonObject = {"id": "routed", "kind": "litellm", "model": f"openai/{model.name}", "api_key": "none"}
    return {**deployment(model), **way}


def first_figures(name: str, many: Sequence[First]) -> tuple[Figure, ...]:
    """Return what the first question of a process costs, by the way a model is asked."""
    return (
        Figure.of(f"{name}: resident before the first question", "MiB", [one.before for one in many]),
        Figure.of(f"{name}: resident after it", "MiB", [one.after for one in many]),
        Figure.of(f"{name}: more than before", "MiB", [one.after - one.before for one in many]),
        Figure.of(f"{name}: the first answer", "ms", [one.first * 1000 for one in many]),
        Figure.of(f"{name}: the second answer", "ms", [one.second * 1000 for one in many]),
    )


def start_figures(many: Sequence[Start]) -> tuple[Figure, ...]:
    """Return the two kinds of start and how they compare."""
    ratios = [one.with_models / one.without for one in many]
    return (
        Figure.of("start to ready, with models beside without", TIMES, ratios, RATIO),
        Figure.of("start to ready, with both models configured", "s", [one.with_models for one in many]),
        Figure.of("start to ready, without a model", "s", [one.without for one in many]),
    )


async def _first(models: JsonObject, settle: float) -> First:
    async with BenchRig() as rig:
        await rig.start_steward(more={"models": [models]})
        pid = rig.program.pid
        async with connected(rig) as client:
            await asyncio.sleep(settle)
            before = memory(pid).now
            first = await _answered(client)
            await asyncio.sleep(BREATH)
            after = memory(pid).now
            second = await _answered(client)
    return First(before=before, after=after, first=first, second=second)


async def _answered(client: StewardClient) -> float:
    """Return the seconds until the whole answer was there."""
    text, seconds = await ask(client, QUESTION)
    if text != "".join(PIECES):
        raise NoAnswerError(text)
    return seconds


async def _starts(models: JsonObject, pairs: int) -> list[Start]:
    """Start in one data folder with and without models, in changing order."""
    async with BenchRig() as rig:
        await _start(rig, {})
        found: list[Start] = []
        for pair in range(pairs):
            seconds: dict[bool, float] = {}
            for with_models in (True, False) if pair % 2 else (False, True):
                seconds[with_models] = await _start(rig, models if with_models else {})
            found.append(Start(without=seconds[False], with_models=seconds[True]))
    return found


async def _start(rig: BenchRig, more: JsonObject) -> float:
    began = time.perf_counter()
    await rig.start_steward(more=more)
    seconds = time.perf_counter() - began
    await rig.steward.close()
    return seconds


HOW: Final = """\
The steward with its four instances and one face, started {starts} times for each way to a model with a \
new data folder; {settle:g} s after it was ready its memory is read, then it is asked a question its \
records do not answer, twice, and memory is read again a second after the first answer. The model is a \
server of the bench on this machine that answers at once: the first answer's time is what loading costs. \
The adapter for OpenAI's format is always there; LiteLLM is imported by the first question that goes to a \
deployment of its kind, and only then. Then the steward is started {pairs} times with one deployment of \
each kind configured and {pairs} times with none, in one data folder and in changing order, until \
`/ready` answers (asked every 50 ms)."""
