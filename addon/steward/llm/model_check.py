"""Checks what a model can do on this install: call tools, answer in a language, and how fast."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import orjson

from ..clock import Clock
from ..store.app_metadata import read_value, write_value
from ..store.database import Database
from .errors import ModelError
from .messages import ChatMessage, ChatReply, ChatRequest, Role, ToolSpec
from .model_abilities import ModelCheck, ToolUse
from .settings import Deployment

KEY: Final = "model_checks"
FRESH: Final = 60.0
"""Seconds until stored checks are read again."""

SECONDS: Final = 120.0
"""A model may have to be loaded first."""

_TOOL: Final = ToolSpec(
    name="read_log",
    description="Reads the log of a container.",
    schema={
        "type": "object",
        "properties": {"container": {"type": "string"}},
        "required": ["container"],
    },
)
_USE_TOOL: Final = "Read the log of the container named web. Use the tool."

QUESTIONS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "en": ("Answer in one English sentence: which day comes after Monday?", ("tuesday",)),
    "de": ("Antworte in einem deutschen Satz: Welcher Tag kommt nach Montag?", ("dienstag",)),
    "fr": ("Réponds par une phrase en français : quel jour vient après lundi ?", ("mardi",)),
    "es": ("Responde con una frase en español: ¿qué día viene después del lunes?", ("martes",)),
    "nl": ("Antwoord met één Nederlandse zin: welke dag komt na maandag?", ("dinsdag",)),
}
"""A question in each language, and what an answer in it contains."""


def check_line(deployment: str, check: ModelCheck) -> str:
    """Return the result of a check for a person."""
    tools = {ToolUse.NATIVE: "yes", ToolUse.SCHEMA: "by JSON", ToolUse.NONE: "no"}[check.tools]
    languages = "; ".join(f"{one}: {'good' if one in check.languages else 'weak'}" for one in check.tested)
    speed = "speed unknown" if check.speed is None else f"{check.speed:.0f} tokens/s"
    return f"{deployment} ({check.model}): can call tools: {tools}; {languages}; {speed}"


class Asks(Protocol):
    """Asks one deployment, whatever the routing table says."""

    async def ask(self, deployment: Deployment, request: ChatRequest) -> ChatReply:
        """Return a complete answer. Raises a ModelError."""


async def check_model(
    gateway: Asks, deployment: Deployment, now: Callable[[], float] = time.monotonic
) -> ModelCheck:
    """Return what a model can do. ``now`` returns seconds. Raises a ModelError if it does not answer."""
    languages: list[str] = []
    tokens = 0
    seconds = 0.0
    # The first answer may wait until the model is loaded.
    await gateway.ask(deployment, _request("Answer with one word: ready"))
    for language, (question, expected) in QUESTIONS.items():
        begun = now()
        reply = await gateway.ask(deployment, _request(question))
        seconds += now() - begun
        tokens += reply.usage.answer_tokens
        if any(one in reply.text.casefold() for one in expected):
            languages.append(language)
    return ModelCheck(
        model=deployment.model,
        tools=await _tool_use(gateway, deployment),
        languages=tuple(languages),
        tested=tuple(QUESTIONS),
        speed=tokens / seconds if tokens and seconds > 0 else None,
    )


async def _tool_use(gateway: Asks, deployment: Deployment) -> ToolUse:
    request = replace(_request(_USE_TOOL), tools=(_TOOL,))
    if deployment.supports_tools and await _calls(gateway, deployment, request):
        return ToolUse.NATIVE
    if await _calls(gateway, replace(deployment, supports_tools=False), request):
        return ToolUse.SCHEMA
    return ToolUse.NONE


async def _calls(gateway: Asks, deployment: Deployment, request: ChatRequest) -> bool:
    try:
        reply = await gateway.ask(deployment, request)
    except ModelError:
        return False
    return any(one.name == _TOOL.name and one.arguments == {"container": "web"} for one in reply.calls)


def _request(text: str) -> ChatRequest:
    message = ChatMessage(role=Role.USER, text=text)
    return ChatRequest(messages=(message,), max_tokens=300, temperature=0.0, deadline=SECONDS)


@dataclass(slots=True)
class ModelChecks:
    """The stored results by deployment."""

    database: Database
    clock: Clock
    _read_at: float | None = field(default=None, init=False)
    _found: dict[str, ModelCheck] = field(default_factory=dict, init=False)

    async def of(self, deployments: Iterable[Deployment]) -> Mapping[str, ModelCheck]:
        """Return the results of deployments; one of another model than the configured one does not count."""
        found = await self.current()
        return {
            one.id: check
            for one in deployments
            if (check := found.get(one.id)) is not None and check.model == one.model
        }

    async def current(self) -> Mapping[str, ModelCheck]:
        """Return the results, which are read again after some time."""
        now = self.clock.monotonic()
        if self._read_at is None or now - self._read_at >= FRESH:
            self._found = await self._stored()
            self._read_at = now
        return self._found

    async def store(self, results: Mapping[str, ModelCheck]) -> None:
        """Store the results; those of other deployments stay."""
        found = {**await self._stored(), **results}
        async with self.database.write() as connection:
            await write_value(connection, KEY, orjson.dumps(found).decode())
        self._read_at = None

    async def _stored(self) -> dict[str, ModelCheck]:
        async with self.database.read() as connection:
            value = await read_value(connection, KEY)
        plain = orjson.loads(value) if value else {}
        return {
            key: ModelCheck(
                model=one["model"],
                tools=ToolUse(one["tools"]),
                languages=tuple(one["languages"]),
                tested=tuple(one["tested"]),
                speed=one["speed"],
            )
            for key, one in plain.items()
        }
