"""Writes the Markdown file of a runbook from its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from homelab_steward.contract.base import Value

from .model import ALERTING, Named, Of

SETTLE: Final = 5.0
"""Seconds between two looks at whether the alert has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStep:
    """One step: an ``action`` (``service.key``) of what ``about`` names, with constants as arguments."""

    action: str
    about: Of | Named
    arguments: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A runbook with one recipe. ``within`` is in seconds, ``language`` a BCP 47 tag.

    The recipe is verified by the end of the alerts.
    """

    id: str
    title: str
    language: str
    alerts: tuple[str, ...]
    checks: tuple[str, ...]
    labels: Mapping[str, str]
    kind: str
    service: str
    label: str
    steps: tuple[DraftStep, ...]
    verified_by: str
    within: float
    text: str


def source_of(draft: Draft) -> str:
    """Return the file of a runbook, as the library reads it."""
    front = {
        "id": draft.id,
        "version": 1,
        "title": draft.title,
        "language": draft.language,
        "match": _filled(
            {
                "alerts": list(draft.alerts),
                "checks": list(draft.checks),
                "labels": dict(draft.labels),
                "targets": [draft.kind],
                "services": [draft.service],
            }
        ),
        "recipes": [
            {
                "id": "repair",
                "label": draft.label,
                "steps": [_step(one) for one in draft.steps],
                "verify": [{"name": draft.verified_by, "reading": ALERTING, "equals": False}],
                "settle": SETTLE,
                "within": draft.within,
            }
        ],
    }
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{head}---\n{draft.text.strip()}\n"


def _step(step: DraftStep) -> dict[str, Any]:
    about = step.about
    if isinstance(about, Of):
        of: dict[str, Any] = {} if about is Of.TARGET else {"of": about.value}
    else:
        of = {"target": _filled({"instance": about.instance, "kind": about.kind, "name": about.name})}
    return {"action": step.action, **of, **_filled({"arguments": dict(step.arguments)})}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are not empty."""
    return {key: value for key, value in values.items() if value}
