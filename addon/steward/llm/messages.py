"""Requests to language models and their answers, independent of the provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.model_limits import LimitUse

from .privacy import PrivacyClass

CHARACTERS_PER_TOKEN: Final = 3
"""For an estimate: English has about four, German and code about three."""


class Role(StrEnum):
    """The author of a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Tier(StrEnum):
    """Where a model runs: locally, at a provider, or at an expensive provider."""

    LOCAL = "local"
    CLOUD = "cloud"
    PREMIUM = "premium"


class Task(StrEnum):
    """The purpose of a request; a part of the daily requests is reserved for diagnoses.

    AGENT is a text for an agent of a client, which asks its model itself.
    """

    CHAT = "chat"
    DIAGNOSIS = "diagnosis"
    SUMMARY = "summary"
    DATA = "data"
    AGENT = "agent"
    EMBEDDING = "embedding"


class Finish(StrEnum):
    """Why a model ended its answer."""

    STOP = "stop"
    LENGTH = "length"
    CALLS = "calls"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool call that a model requests. ``id`` is unique within one conversation.

    ``problem`` says, for the model, why its arguments could not be read; ``arguments`` is then empty.
    """

    id: str
    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool that a model may call; ``schema`` is the JSON Schema of its arguments (an object)."""

    name: str
    description: str
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message. ``calls`` belong to an assistant; ``call_id`` names the call of a tool result.

    ``is_private``: only local models may read it, whatever its text is.
    """

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str | None = None
    is_private: bool = False


@dataclass(slots=True)
class Allowance:
    """What the requests of one turn may still cost, by their estimates. A person can be asked for more."""

    left: float

    def take(self, cost: float) -> bool:
        """Use a part of it for one request; return False if too little is left."""
        if cost > self.left:
            return False
        self.left -= cost
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A chat request.

    ``privacy`` can only raise the privacy class of the texts. ``deadline`` is in seconds and
    includes every attempt. With ``schema``, the answer is JSON that matches it. ``allowance`` is what a
    person lets it cost; without one, deployments that cost more than the settings say are left out.
    ``language`` is that of the answer (``de``), "" if none is better than another.
    ``wanted`` are those of the tools of which one must be called before a text is an answer.
    """

    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolSpec, ...] = ()
    task: Task = Task.CHAT
    privacy: PrivacyClass | None = None
    max_tokens: int = 1024
    temperature: float = 0.2
    deadline: float = 60.0
    schema: Mapping[str, object] | None = None
    allowance: Allowance | None = None
    language: str = ""
    is_spoken: bool = False
    wanted: tuple[ToolSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Token counts that the model's server reported."""

    prompt_tokens: int = 0
    answer_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The next piece of an answer; a tool call is always complete.

    ``is_thinking`` marks a piece of the model's thoughts that the server keeps apart from the text.
    ``model`` of the last piece is the model that answered, as the server names it, if it does.
    """

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None
    is_thinking: bool = False
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """A complete answer and the deployment that gave it."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    finish: Finish = Finish.STOP
    usage: Usage = field(default_factory=Usage)
    deployment: str = ""
    tier: Tier = Tier.LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentHealth:
    """The state of one deployment. ``out_until`` is None when available; ``reason`` says why not."""

    deployment: str
    tier: Tier
    out_until: datetime | None = None
    reason: str = ""
    requests_today: int = 0
    daily_requests: int | None = None
    limits: tuple[LimitUse, ...] = ()
