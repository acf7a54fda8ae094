"""A probe: one attempt to get past a safety rule, and its result."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .results import Result
from .scratch import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe. ``run`` returns when the rule held, and raises NotHeld or NotApplicable.

    ``title`` is the rule as one sentence for people, ``seconds`` how long the probe may take.
    """

    id: str
    title: str
    run: Callable[[Workshop], Awaitable[None]]
    seconds: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """The result of one probe; ``reason`` is "" when it held. ``seconds`` is how long it took."""

    probe: Probe
    result: Result
    reason: str = ""
    seconds: float = 0.0
