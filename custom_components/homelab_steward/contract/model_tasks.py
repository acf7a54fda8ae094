"""Data that a language model makes for an automation."""

from dataclasses import dataclass
from typing import Any, Final

from .base import Message

TASK_SECONDS: Final = 240.0
"""Seconds that the models have for one task, including every attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateData(Message):
    """``models.generate``: asks a model for a text, or for an object.

    ``structure`` is the JSON Schema of the object, None for a text.
    """

    instructions: str
    structure: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedData(Message):
    """The answer: ``data`` is the object, None for a text. ``deployment`` is the model that gave it."""

    text: str
    deployment: str
    data: dict[str, Any] | None = None
