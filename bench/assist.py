"""An answer through the steward's agent, beside Home Assistant's own `ollama`, in turns."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from bench.assist_agents import OLLAMA, STEWARD, add_ollama, pipeline_with
from bench.assist_turns import Turn, Turns
from bench.figures import Figure, Goal, Result, number, quantile
from bench.model import OLLAMA as OLLAMAS_PATH
from bench.model import OPENAI as OPENAIS_PATH
from bench.model import Pace, PacedModel, Served
from bench.rig import BenchRig
from demo.integration import Integration
from lab.wire import JsonObject

QUESTION: Final = "Which colours go well with a dark green wall?"
"""The steward's records do not answer it, and it names nothing of the house: a model must."""

PIECES: Final = tuple(f"{' ' if one else ''}word{one}" for one in range(40))
PACED: Final = Pace(first=0.020, each=0.010)
AT_ONCE: Final = Pace()
WARM_UP: Final = 10
ROUNDS: Final = 5
PAIRS: Final = 30
RATIO: Final = Goal(1.15)
TIMES: Final = "\N{MULTIPLICATION SIGN}"


class WrongTurnError(Exception):
    """A turn was not what is measured: another text, not streamed, a tool, more than one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: milliseconds since the question, at the model and at the person."""

    arrived: float
    first_sent: float
    first_word: float
    last_sent: float
    ended: float

    @property
    def first_back(self) -> float:
        """How long the first piece was on its way from the model."""
        return self.first_word - self.first_sent

    @property
    def last_back(self) -> float:
        """How long after the last piece the turn was over."""
        return self.ended - self.last_sent


@dataclass(frozen=True, slots=True)
class Round:
    """Answers of both to the same question in turns."""

    ours: tuple[Answer, ...]
    core: tuple[Answer, ...]


async def measure(*, rounds: int = ROUNDS, pairs: int = PAIRS) -> Result:
    """Ask both agents of one real Home Assistant in turns; raises `WrongTurnError`."""
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(PacedModel(PIECES))
        rig = await stack.enter_async_context(BenchRig())
        home_assistant = await rig.start_home_assistant()
        await rig.start_steward(more={"models": [deployment(model)]})
        integration = Integration(home_assistant.api)
        await integration.set_up(rig.steward.url, await rig.steward.token())
        await integration.wait_until_loaded()
        await add_ollama(home_assistant.api, model.url, model.name)
        ours, core = [await pipeline_with(home_assistant.api, one) for one in (STEWARD, OLLAMA)]
        turns = await stack.enter_async_context(Turns(rig.session, home_assistant.api))
        both = _Both(model, turns, ours, core)
        await both.round(AT_ONCE, WARM_UP)
        await both.round(PACED, WARM_UP)
        paced = [await both.round(PACED, pairs) for _ in range(rounds)]
        raw = [await both.round(AT_ONCE, pairs) for _ in range(rounds)]
    return Result(
        name="assist",
        title="An answer in Assist",
        how=HOW.format(
            question=QUESTION,
            pieces=len(PIECES),
            first=PACED.first * 1000,
            each=PACED.each * 1000,
            rounds=rounds,
            pairs=pairs,
            warm_up=2 * WARM_UP,
        ),
        figures=(*figures("at a model's pace", paced, RATIO), *figures("all at once", raw)),
        remarks=remarks({"at a model's pace": paced, "all at once": raw}),
    )


def deployment(model: PacedModel) -> JsonObject:
    """Return the settings that make a model the steward's, as one of the house."""
    return {"id": "paced", "tier": "local", "url": f"{model.url}/v1", "model": model.name}


class _Both:
    """The two agents, each by its pipeline."""

    def __init__(self, model: PacedModel, turns: Turns, ours: str, core: str) -> None:
        self._model = model
        self._turns = turns
        self._ours = ours
        self._core = core

    async def round(self, pace: Pace, pairs: int) -> Round:
        """Ask both so many times; whoever was first is second the next time."""
        self._model.pace = pace
        ours: list[Answer] = []
        core: list[Answer] = []
        for pair in range(pairs):
            if pair % 2:
                core.append(await self._one(self._core, OLLAMAS_PATH))
            ours.append(await self._one(self._ours, OPENAIS_PATH))
            if not pair % 2:
                core.append(await self._one(self._core, OLLAMAS_PATH))
        return Round(tuple(ours), tuple(core))

    async def _one(self, pipeline: str, path: str) -> Answer:
        self._model.served.clear()
        turn = await self._turns.ask(pipeline, QUESTION)
        return answer_of(turn, self._model.served, path)


def answer_of(turn: Turn, served: Sequence[Served], path: str) -> Answer:
    """Return the times of a turn; raises `WrongTurnError` when it is not what is measured."""
    if [one.path for one in served] != [path]:
        raise WrongTurnError(f"the model was asked {len(served)} times, not once at {path}")
    if turn.text != "".join(PIECES) or turn.pieces != len(PIECES) or turn.tools:
        raise WrongTurnError(f"{turn.pieces} pieces, tools {turn.tools}: {turn.text}")
    moments = {
        "arrived": served[0].arrived,
        "first_sent": served[0].first_sent,
        "first_word": turn.first_word,
        "last_sent": served[0].last_sent,
        "ended": turn.ended,
    }
    return Answer(**{key: (at - turn.asked) * 1000 for key, at in moments.items()})


def figures(pace: str, rounds: Sequence[Round], goal: Goal | None = None) -> tuple[Figure, ...]:
    """Return the ratios with their goal, and the times of both they were made of."""
    found: list[Figure] = []
    for what, time_of in TIMES_OF.items():
        for share in (0.5, 0.95):
            ratios = [
                _quantile(one.ours, time_of, share) / _quantile(one.core, time_of, share) for one in rounds
            ]
            name = f"{pace}: {what}, p{share * 100:.0f}"
            found += [
                Figure.of(f"{name}, ours beside core's", TIMES, ratios, goal if share == 0.5 else None),  # noqa: PLR2004
                _figure(f"{name}, ours", [one.ours for one in rounds], time_of, share),
                _figure(f"{name}, core's", [one.core for one in rounds], time_of, share),
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
    """Return where the time goes, for each agent."""
    lines = [
        WHERE,
        "",
        "| | to the model | first word back | end back |",
        "|---|---:|---:|---:|",
    ]
    for pace, rounds in paces.items():
        for who, answers in (
            ("ours", [one for many in rounds for one in many.ours]),
            ("core's", [one for many in rounds for one in many.core]),
        ):
            cells = [
                f"{number(_quantile(answers, step, 0.5))} ({number(_quantile(answers, step, 0.95))})"
                for step in STEPS
            ]
            lines.append(f"| {pace}, {who} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


TIMES_OF: Final[Mapping[str, Callable[[Answer], float]]] = {
    "first word": lambda one: one.first_word,
    "end": lambda one: one.ended,
}
STEPS: Final[Sequence[Callable[[Answer], float]]] = (
    lambda one: one.arrived,
    lambda one: one.first_back,
    lambda one: one.last_back,
)

WHERE: Final = """\
Where it goes, in milliseconds, p50 (p95): until the model was asked; from the model's first \
piece to the first word seen; from its last piece to the end of the turn."""

HOW: Final = """\
One real Home Assistant with two agents before the same model: ours (integration, websocket, the \
steward, OpenAI's format, a local deployment without a daily limit: privacy is judged, secrets are taken \
out, the request is counted beside its answer, tools are offered) and Home Assistant's own `ollama` \
(Ollama's format, as its form sets it up, with no tools: the lighter case). Both are asked “{question}” \
over `assist_pipeline/run`, each time in a new conversation, on one open websocket: nothing in the \
steward's records answers it, so its model does, and every turn is checked to be one request, no tool \
call, and the whole text in {pieces} pieces. The model is a server of the bench with the same pieces at \
the same times for both: the first {first:g} ms after the request and one each {each:g} ms, as a quick \
model speaks. “All at once” is the same without any pace: nothing but what the agents cost themselves, \
so it has no goal. First word is the first `intent-progress` with content, end is `intent-end`. {rounds} \
rounds of {pairs} pairs in changing order, after {warm_up} to warm up, in which the prompt and the tools, \
the same in every question, were judged; the quantiles are over all, least and most are those of the \
rounds, and a ratio is the median of those of the rounds. A deployment with a daily limit, or outside \
the house, waits until it is counted, and entered in the ledger: that wait is not in these figures."""
