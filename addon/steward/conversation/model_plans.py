"""Plans with a language model what the rules do not understand; a person approves every plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.plain_text import quoted
from homelab_steward.contract.state import Person, Speaker

from ..agent.requests.plan_requests import RequestPlan
from ..agent.requests.repairs import repairs
from ..agent.requests.request_plan import PlanStep, bounded
from ..agent.requests.request_writer import VOICE
from ..inventory.ports import Inventory
from ..llm.data_tasks import read_object
from ..llm.errors import ModelError, TooCostly
from ..llm.messages import Allowance, ChatMessage, ChatReply, ChatRequest, Role
from ..texts import Texts, household, texts_of, translate
from .meanings import Meaning, OpenText, UnsupportedRequest
from .model_answers import AGREED, Facts, Models, cost_question, failure_text
from .phrases import say
from .plan_answers import OpenIncidents, PlanAnswers
from .plan_choices import Choice, choices, chosen, plan_prompt, plan_question, plan_schema
from .request_parts import PartKind, RequestPart, unsupported_part
from .said_text import Known

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 2
"""How often a model is asked for a plan; the second time it gets the reason."""

ANSWER_TOKENS: Final = 300
LONGEST_QUOTE: Final = 200


@dataclass(frozen=True, slots=True)
class OfferedPlan:
    """A plan that a person was asked about, and what they said."""

    steps: tuple[PlanStep, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The answer to a request. ``offered`` waits for a yes. ``cost`` is what a plan costs, if that is asked.

    ``is_requested``: a plan waits for an approval.
    """

    text: str
    offered: OfferedPlan | None = None
    cost: float | None = None
    is_requested: bool = False

    @property
    def expects_reply(self) -> bool:
        """Whether the answer is a question."""
        return self.offered is not None or self.cost is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that the rules do not understand, and the part that a plan may not keep.

    ``is_refused``: without a plan the rules say which part they do not understand.
    """

    text: str
    part: RequestPart | None
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a plan can be about. The person agreed to a cost of ``agreed``."""

    known: Known
    matchers: Sequence[LanguageMatcher]
    agreed: float = 0.0


def wish_of(text: str, meaning: Meaning, known: Known, matchers: Sequence[LanguageMatcher]) -> Wish | None:
    """Return the request that a text is which no rule understands, None if it is none. Pure."""
    part = meaning.part if isinstance(meaning, UnsupportedRequest) else None
    if part is not None and part.kind is not PartKind.UNKNOWN:
        return None
    if part is None and not _is_open(meaning):
        return None
    for one in matchers:
        begin = one.prefix("polite", text)
        rest = text[begin:].lstrip(" ,")
        is_wish = one.prefix("wish", rest) or (
            (begin or one.prefix("wish_weak", rest)) and one.find("wish_end", rest)
        )
        if is_wish and not one.prefix("no_wish", rest):
            spans = [each.span for each in known.index.find(text)]
            return Wish(text, unsupported_part(text, one, spans), part is not None)
    return Wish(text, part, is_refused=True) if part is not None else None


def _is_open(meaning: Meaning) -> bool:
    """Return whether the rules say nothing about a text, also not what it lacks."""
    if not isinstance(meaning, OpenText):
        return False
    return meaning.incomplete is None and meaning.lacks_action is None and not meaning.lacks_target


class ModelPlans:
    """Asks for plans. What a model chose is checked, and requested as if a person had said it."""

    def __init__(
        self,
        models: Models,
        plans: PlanAnswers,
        inventory: Inventory,
        incidents: OpenIncidents,
        person: Callable[[Speaker], Person | None],
    ) -> None:
        """``plans`` request what was chosen. ``incidents`` returns the open ones, ``person`` who speaks."""
        self._models = models
        self._plans = plans
        self._inventory = inventory
        self._incidents = incidents
        self._person = person

    async def take(
        self,
        question: ChatQuestion,
        text: str,
        meaning: Meaning,
        offered: OfferedPlan | None,
        around: Surroundings,
        facts: Facts,
    ) -> Planned | None:
        """Return the answer to a text with its meaning, None if it is for others.

        ``offered`` is the plan that the last answer asked about. ``facts`` stand in for a plan.
        """
        replies = [said for one in around.matchers if (said := one.reply(text)) is not None]
        if offered is not None and replies:
            if replies[0]:
                return await self.request(question, offered)
            texts = texts_of(question.language)
            return Planned(text=texts("Nothing has been requested."))
        wish = wish_of(text, meaning, around.known, around.matchers)
        among = await self._choices(wish, around) if wish is not None else ()
        if wish is None or not among:
            return None
        if not self._may_ask(question.speaker):
            reason = translate(t"You are not allowed to ask for this.")
            return Planned(text=say(question.language, "not_allowed", reason=reason))
        return await self._answer(question, wish, among, around.agreed, facts)

    async def _choices(self, wish: Wish, around: Surroundings) -> tuple[Choice, ...]:
        groups = {said: str(one) for each in around.matchers for said, one in each.values("group").items()}
        offered = repairs(await self._incidents(), self._inventory)
        return choices(wish.text, around.known, self._inventory, offered, groups)

    async def _answer(
        self, question: ChatQuestion, wish: Wish, among: Sequence[Choice], agreed: float, facts: Facts
    ) -> Planned | None:
        texts = texts_of(question.language)
        try:
            found = await self._ask(question, wish, among, agreed)
        except TooCostly as err:
            asked = cost_question(err, question.language, self._models.spending.currency)
            return Planned(text=asked, cost=err.cost)
        except ModelError as err:
            found, why = None, failure_text(err, question.language, "", ANSWER_TOKENS)
        else:
            why = (
                texts("The plan of the language model is not valid.")
                if found is None
                else texts("The language model found no change that does this.")
            )
        if found:
            return await self._offer(question, wish, found, texts)
        if wish.is_refused:
            return None
        # What is known is the answer then, never a part of a plan.
        nothing = texts("Nothing has been requested.")
        return Planned(text=" ".join(filter(None, (why, nothing, await facts()))))

    async def _offer(
        self, question: ChatQuestion, wish: Wish, found: Sequence[Choice], texts: Texts
    ) -> Planned:
        """Request what was chosen, or ask first if it is not what was said."""
        plan = OfferedPlan(tuple(one.step for one in found), wish.text)
        open_points = _open_points(wish, found, texts)
        if not open_points:
            return await self.request(question, plan)
        names = bounded([f"{texts.name(one.title)}: {one.named_target.label}" for one in found], texts)
        would = texts(t"A language model would do this: {names}.")
        asks = texts("Should I request it?")
        return Planned(text=" ".join([would, *open_points, asks]), offered=plan)

    async def request(self, question: ChatQuestion, plan: OfferedPlan) -> Planned:
        """Request a plan, and return the answer to it. It says that a model made it."""
        said = quoted(plan.said, LONGEST_QUOTE, household().language)
        asked = RequestPlan(
            speaker=question.speaker,
            steps=plan.steps,
            text=translate(t"A language model planned this: {said}"),
        )
        text, is_requested = await self._plans.request(asked, question.language)
        if not is_requested:
            return Planned(text=text)
        texts = texts_of(question.language)
        note = texts("A language model planned this: check it before you approve it.")
        return Planned(text=f"{note} {text}", is_requested=True)

    def _may_ask(self, speaker: Speaker) -> bool:
        person = self._person(speaker)
        return speaker == VOICE or (person is not None and person.decides)

    async def _ask(
        self, question: ChatQuestion, wish: Wish, among: Sequence[Choice], agreed: float
    ) -> tuple[Choice, ...] | None:
        """Return what a model chose, None when it made no valid plan. Raises ModelError."""
        request = self._request(question, wish, among, agreed)
        for _ in range(ATTEMPTS):
            reply = await self._models.gateway.chat(request)
            plan, _ = read_object(reply.text, plan_schema(among))
            found = None if plan is None else chosen(plan, among)
            if found is not None:
                return found
            log.info("a plan is not valid", deployment=reply.deployment)
            request = _again(request, reply)
        return None

    def _request(
        self, question: ChatQuestion, wish: Wish, among: Sequence[Choice], agreed: float
    ) -> ChatRequest:
        bounds, above = self._models.bounds, self._models.spending.ask_above
        return ChatRequest(
            messages=(
                ChatMessage(role=Role.SYSTEM, text=plan_prompt()),
                ChatMessage(role=Role.USER, text=plan_question(wish.text, among)),
            ),
            schema=plan_schema(among),
            max_tokens=ANSWER_TOKENS,
            temperature=0.0,
            deadline=bounds.spoken_seconds if question.spoken else bounds.seconds,
            allowance=None if above is None else Allowance(max(above, agreed * AGREED)),
            is_spoken=question.spoken,
        )


def _again(request: ChatRequest, reply: ChatReply) -> ChatRequest:
    """Return a request that has the answer and what is wrong with it."""
    said = ChatMessage(role=Role.ASSISTANT, text=reply.text)
    wrong = ChatMessage(
        role=Role.USER, text="That is not a plan: write the JSON object with names of the list."
    )
    return replace(request, messages=(*request.messages, said, wrong))


def _open_points(wish: Wish, found: Sequence[Choice], texts: Texts) -> list[str]:
    """Return what a person is asked about first: what they did not name, and what is left out."""
    points: list[str] = []
    others = [one.named_target.label for one in found if not one.is_said]
    if others:
        names = bounded(others, texts)
        points.append(texts(t"You did not name {names}."))
    if wish.part is not None:
        part = wish.part.text
        points.append(
            texts(t"I did not understand “{part}” myself.")
            if wish.part.kind is PartKind.UNKNOWN
            else texts(t"“{part}” is not part of that.")
        )
    return points
