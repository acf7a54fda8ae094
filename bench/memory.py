"""Memory and start time of a steward with language models configured."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.asking import ask, connected
from bench.assist import PIECES, QUESTION, deployment
from bench.figures import TIMES, Figure, Goal, Result, number
from bench.model import PacedModel
from bench.process import memory
from bench.progress import report
from bench.rig import BenchRig
from homelab_steward.contract.client import StewardClient
from lab.wire import JsonObject

STARTS: Final = 3
PAIRS: Final = 5
SETTLE: Final = 5.0
"""Seconds until every instance was polled and the work of the start is done."""

PAUSE: Final = 1.0
"""Seconds from an answer to the memory reading."""

RATIO: Final = Goal(1.1)


class NoAnswerError(Exception):
    """The answer of the model is incomplete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """One start and its first questions: resident MiB, and seconds until an answer was complete."""

    before: float
    after: float
    first: float
    second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Seconds until ready, without models and with two, in the same data folder."""

    without: float
    with_models: float


async def measure(*, starts: int = STARTS, pairs: int = PAIRS, settle: float = SETTLE) -> Result:
    """Start the steward repeatedly. Raises NoAnswerError."""
    async with PacedModel(PIECES) as model:
        kinds = {"OpenAI's format": openai(model), "LiteLLM": litellm(model)}
        firsts: dict[str, list[First]] = {name: [] for name in kinds}
        for start in range(1, starts + 1):
            for name, models in kinds.items():
                firsts[name].append(await _first(models, settle))
                report(f"first question, {name}, {start} of {starts}")
        measured_starts = await _starts({"models": [*kinds.values()]}, pairs)
    return Result(
        name="memory",
        group="Start, memory and processor",
        title="Language models",
        how=HOW.format(starts=starts, pairs=pairs, settle=settle),
        figures=(
            *(one for name, many in firsts.items() for one in first_figures(name, many)),
            *start_figures(measured_starts),
        ),
    )


def openai(model: PacedModel) -> JsonObject:
    """Return a deployment that uses OpenAI's format."""
    return deployment(model)


def litellm(model: PacedModel) -> JsonObject:
    """Return a deployment of the same server that uses LiteLLM."""
    routed: JsonObject = {
        "id": "routed",
        "kind": "litellm",
        "model": f"openai/{model.name}",
        "api_key": "none",
    }
    return {**deployment(model), **routed}


def first_figures(name: str, many: Sequence[First]) -> tuple[Figure, ...]:
    """Return the figures of the first question to one kind of deployment."""
    before = Figure.of(f"{name}, memory before the first question", "MiB", [one.before for one in many])
    after = [one.after for one in many]
    shown = f"{number(before.value)} → {number(median(after))} MiB"
    return (
        Figure.of(f"Memory, first question, {name}", "MiB", after, is_headline=True, shown=shown),
        before,
        Figure.of(f"{name}, memory growth", "MiB", [one.after - one.before for one in many]),
        Figure.of(f"{name}, first answer", "ms", [one.first * 1000 for one in many]),
        Figure.of(f"{name}, second answer", "ms", [one.second * 1000 for one in many]),
    )


def start_figures(many: Sequence[Start]) -> tuple[Figure, ...]:
    """Return the figures of the starts with and without models."""
    ratios = [one.with_models / one.without for one in many]
    return (
        Figure.of("Start, two models configured", TIMES, ratios, RATIO),
        Figure.of("start with two models", "s", [one.with_models for one in many]),
        Figure.of("start without models", "s", [one.without for one in many]),
    )


async def _first(models: JsonObject, settle: float) -> First:
    async with BenchRig() as rig:
        await rig.start_steward(more={"models": [models]})
        pid = rig.program.pid
        async with connected(rig) as client:
            await asyncio.sleep(settle)
            before = memory(pid).now
            first = await _answered(client)
            await asyncio.sleep(PAUSE)
            after = memory(pid).now
            second = await _answered(client)
    return First(before=before, after=after, first=first, second=second)


async def _answered(client: StewardClient) -> float:
    """Return the seconds until the answer was complete. Raises NoAnswerError."""
    text, seconds = await ask(client, QUESTION)
    if text != "".join(PIECES):
        raise NoAnswerError(text)
    return seconds


async def _starts(models: JsonObject, pairs: int) -> list[Start]:
    """Start in one data folder with and without models, in alternating order."""
    async with BenchRig() as rig:
        await _start(rig, {})
        found: list[Start] = []
        for pair in range(pairs):
            seconds: dict[bool, float] = {}
            for with_models in (True, False) if pair % 2 else (False, True):
                seconds[with_models] = await _start(rig, models if with_models else {})
            found.append(Start(without=seconds[False], with_models=seconds[True]))
            report(f"start with and without models, {pair + 1} of {pairs}")
    return found


async def _start(rig: BenchRig, more: JsonObject) -> float:
    began = time.perf_counter()
    await rig.start_steward(more=more)
    seconds = time.perf_counter() - began
    await rig.steward.close()
    return seconds


HOW: Final = """\
For the first question to a model, the steward has four instances and one client. It is started {starts}
times for each kind of deployment, with a new data folder. Resident memory is read {settle:g} s after it is
ready and 1 s after the first answer. The model runs on the same machine and answers at once. LiteLLM is
imported by the first question to a deployment of its kind and stays in memory.

For the start, the steward is started {pairs} times with one deployment of each kind and {pairs} times with
none, in one data folder and in alternating order. `/ready` is polled every 50 ms."""
