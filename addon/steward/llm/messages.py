"""What is said to a model and what comes back, in our own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from homelab_steward.contract.base import Value

from .privacy import PrivacyClass


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Tier(StrEnum):
    """Where a model runs: in the house, at a provider, at a dear provider."""

    LOCAL = "local"
    CLOUD = "cloud"
    PREMIUM = "premium"


class Task(StrEnum):
    """What an answer is for; incidents keep a reserve of the daily requests."""

    CHAT = "chat"
    DIAGNOSIS = "diagnosis"
    SUMMARY = "summary"
    EMBEDDING = "embedding"


class Finish(StrEnum):
    """Why a model stopped."""

    STOP = "stop"
    LENGTH = "length"
    CALLS = "calls"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool a model wants to have called. ``id`` is unique within one conversation."""

    id: str
    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool a model may call; ``schema`` is the JSON Schema of its arguments (an object)."""

    name: str
    description: str
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One turn. ``calls`` are an assistant's; ``call_id`` says which call a tool's text answers."""

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What is asked.

    ``privacy`` can only make it stricter than its texts are; ``deadline`` is seconds for the
    whole answer, every attempt together; ``schema`` wants a JSON answer.
    """

    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolSpec, ...] = ()
    task: Task = Task.CHAT
    privacy: PrivacyClass | None = None
    max_tokens: int = 1024
    temperature: float = 0.2
    deadline: float = 60.0
    schema: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the model's server counted them."""

    prompt_tokens: int = 0
    answer_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The next piece of an answer; calls come whole."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """A whole answer and who gave it."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    finish: Finish = Finish.STOP
    usage: Usage = field(default_factory=Usage)
    deployment: str = ""
    tier: Tier = Tier.LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentHealth:
    """How one deployment is. ``out_until`` None: it may be asked; ``reason`` is why it is out."""

    deployment: str
    tier: Tier
    out_until: datetime | None = None
    reason: str = ""
    requests_today: int = 0
    daily_requests: int | None = None
