"""Time of an answer in Assist: the steward's agent and Home Assistant's `ollama`, in turns."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from bench.assist_agents import OLLAMA, STEWARD, add_ollama, pipeline_with
from bench.assist_turns import Turn, Turns
from bench.figures import TIMES, Figure, Goal, Result, number, quantile
from bench.model import OLLAMA as OLLAMAS_PATH
from bench.model import OPENAI as OPENAIS_PATH
from bench.model import Pace, PacedModel, Served
from bench.progress import report
from bench.rig import BenchRig
from demo.integration import Integration
from lab.wire import JsonObject

QUESTION: Final = "Which colours go well with a dark green wall?"
"""The records cannot answer this question and it names no target, so a model answers it."""

PIECES: Final = tuple(f"{' ' if one else ''}word{one}" for one in range(40))
PACED: Final = Pace(first=0.020, each=0.010)
AT_ONCE: Final = Pace()
WARM_UP: Final = 10
ROUNDS: Final = 3
PAIRS: Final = 20
RATIO: Final = Goal(1.15)


class WrongTurnError(Exception):
    """A turn had the wrong text, was not streamed, called a tool, or made several requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The times of one answer, in milliseconds since the question."""

    arrived: float
    first_sent: float
    started: float
    last_sent: float
    ended: float

    @property
    def first_back(self) -> float:
        """Milliseconds from the model's first piece to the start of the answer."""
        return self.started - self.first_sent

    @property
    def last_back(self) -> float:
        """Milliseconds from the model's last piece to the end of the turn."""
        return self.ended - self.last_sent


@dataclass(frozen=True, slots=True)
class Round:
    """The answers of both agents to the same question, asked in turns."""

    steward: tuple[Answer, ...]
    ollama: tuple[Answer, ...]


async def measure(*, rounds: int = ROUNDS, pairs: int = PAIRS) -> Result:
    """Ask both agents of one real Home Assistant in turns. Raises WrongTurnError."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(PacedModel(PIECES))
        rig = await stack.enter_async_context(BenchRig())
        report("starts Home Assistant and the steward")
        home_assistant = await rig.start_home_assistant()
        await rig.start_steward(more={"models": [deployment(model)]})
        integration = Integration(home_assistant.api)
        await integration.set_up(rig.steward.url, await rig.steward.token())
        await integration.wait_until_loaded()
        await add_ollama(home_assistant.api, model.url, model.name)
        steward, ollama = [await pipeline_with(home_assistant.api, one) for one in (STEWARD, OLLAMA)]
        turns = await stack.enter_async_context(Turns(rig.session, home_assistant.api))
        agents = _Agents(model, turns, steward, ollama)
        # The first answer of a model comes as a whole: nothing shows yet whether it begins with a thought.
        await turns.ask(steward, QUESTION)
        await agents.round(AT_ONCE, WARM_UP)
        await agents.round(PACED, WARM_UP)
        paced = await agents.rounds(PACED, rounds, pairs)
        raw = await agents.rounds(AT_ONCE, rounds, pairs)
    return Result(
        name="assist",
        group="Home Assistant, Assist and MCP",
        title="Answer in Assist",
        how=HOW.format(
            question=QUESTION,
            pieces=len(PIECES),
            first=PACED.first * 1000,
            each=PACED.each * 1000,
            rounds=rounds,
            pairs=pairs,
            warm_up=2 * WARM_UP,
        ),
        figures=(*figures("", paced, RATIO), *figures(", model answers at once", raw)),
        remarks=remarks({"piece by piece": paced, "at once": raw}),
    )


def deployment(model: PacedModel) -> JsonObject:
    """Return the steward's settings for a local model."""
    return {"id": "paced", "tier": "local", "url": f"{model.url}/v1", "model": model.name}


class _Agents:
    """The two agents, each with its pipeline."""

    def __init__(self, model: PacedModel, turns: Turns, steward: str, ollama: str) -> None:
        self._model = model
        self._turns = turns
        self._ours = steward
        self._core = ollama

    async def rounds(self, pace: Pace, rounds: int, pairs: int) -> list[Round]:
        """Ask both agents in several rounds."""
        found: list[Round] = []
        for one in range(1, rounds + 1):
            found.append(await self.round(pace, pairs))
            report(f"{pairs} pairs of questions, round {one} of {rounds}")
        return found

    async def round(self, pace: Pace, pairs: int) -> Round:
        """Ask both agents in ``pairs`` turns of alternating order."""
        self._model.pace = pace
        steward: list[Answer] = []
        ollama: list[Answer] = []
        for pair in range(pairs):
            if pair % 2:
                ollama.append(await self._one(self._core, OLLAMAS_PATH))
            steward.append(await self._one(self._ours, OPENAIS_PATH))
            if not pair % 2:
                ollama.append(await self._one(self._core, OLLAMAS_PATH))
        return Round(tuple(steward), tuple(ollama))

    async def _one(self, pipeline: str, path: str) -> Answer:
        self._model.served.clear()
        turn = await self._turns.ask(pipeline, QUESTION)
        return answer_of(turn, self._model.served, path)


def answer_of(turn: Turn, served: Sequence[Served], path: str) -> Answer:
    """Return the times of a turn. Raises WrongTurnError for a turn that must not be measured."""
    if [one.path for one in served] != [path]:
        raise WrongTurnError(f"the model got {len(served)} requests instead of one at {path}")
    if turn.text != "".join(PIECES) or turn.pieces != len(PIECES) or turn.tools:
        raise WrongTurnError(f"{turn.pieces} pieces, tools {turn.tools}: {turn.text}")
    times = {
        "arrived": served[0].arrived,
        "first_sent": served[0].first_sent,
        "started": turn.started,
        "last_sent": served[0].last_sent,
        "ended": turn.ended,
    }
    return Answer(**{key: (at - turn.asked) * 1000 for key, at in times.items()})


def figures(suffix: str, rounds: Sequence[Round], goal: Goal | None = None) -> tuple[Figure, ...]:
    """Return the ratios, and the times of both agents."""
    found: list[Figure] = []
    for what, time_of in TIMES_OF.items():
        for share in (0.5, 0.95):
            ratios = [
                _quantile(one.steward, time_of, share) / _quantile(one.ollama, time_of, share)
                for one in rounds
            ]
            name = f"{what}{suffix}, p{share * 100:.0f}"
            is_median = share == 0.5  # noqa: PLR2004 - the median
            found += [
                Figure.of(
                    f"Assist, {name}", TIMES, ratios, goal if is_median else None, is_headline=is_median
                ),
                _figure(f"steward, {name}", [one.steward for one in rounds], time_of, share),
                _figure(f"`ollama`, {name}", [one.ollama for one in rounds], time_of, share),
            ]
    return tuple(found)


def _figure(
    name: str, rounds: Sequence[Sequence[Answer]], time_of: Callable[[Answer], float], share: float
) -> Figure:
    every = [_quantile(one, time_of, share) for one in rounds]
    whole = _quantile([one for many in rounds for one in many], time_of, share)
    return Figure(name=name, unit="ms", value=whole, least=min(every), most=max(every))


def _quantile(answers: Sequence[Answer], time_of: Callable[[Answer], float], share: float) -> float:
    return quantile([time_of(one) for one in answers], share)


def remarks(paces: Mapping[str, Sequence[Round]]) -> str:
    """Return a table of the parts of the time, for each agent."""
    lines = [
        WHERE,
        "",
        "| | question to model | first piece to start | last piece to end |",
        "|---|---:|---:|---:|",
    ]
    for pace, rounds in paces.items():
        for who, answers in (
            ("steward", [one for many in rounds for one in many.steward]),
            ("`ollama`", [one for many in rounds for one in many.ollama]),
        ):
            cells = [
                f"{number(_quantile(answers, step, 0.5))} ({number(_quantile(answers, step, 0.95))})"
                for step in STEPS
            ]
            lines.append(f"| {pace}, {who} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


TIMES_OF: Final[Mapping[str, Callable[[Answer], float]]] = {
    "start of the answer": lambda one: one.started,
    "end of the answer": lambda one: one.ended,
}
STEPS: Final[Sequence[Callable[[Answer], float]]] = (
    lambda one: one.arrived,
    lambda one: one.first_back,
    lambda one: one.last_back,
)

WHERE: Final = "Where the time goes, in milliseconds, p50 (p95):"

HOW: Final = """\
The peer is Home Assistant's own `ollama` integration, with the same model. One real Home Assistant has
both agents. The model is a server of the benchmark that sends the same {pieces} pieces over Ollama's and
OpenAI's formats: the first {first:g} ms after the request, then one every {each:g} ms.

Both agents are asked “{question}” over `assist_pipeline/run`, in turns of alternating order, in {rounds}
rounds of {pairs} pairs, each time in a new conversation, after {warm_up} pairs to warm up. The steward's
records do not answer the question, so its model does. Every turn is checked to be one request, no tool
call, and the whole text in {pieces} pieces. The start of the answer is the first `intent-progress` with
content, its end is `intent-end`. The times are quantiles over all turns, with the range of the rounds. A
ratio is the median of the rounds' ratios.

The steward offers tools to the model and checks the privacy of the texts; `ollama` has no tools. The
model is local and has no daily limit: a request to a model with a limit, or outside your network, also
waits until it is counted and recorded in the ledger."""
