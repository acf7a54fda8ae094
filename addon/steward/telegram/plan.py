"""Renders the whole plan of an option, as a person approves it. Pure."""

from collections.abc import Sequence
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import Difference, Option, PlannedStep
from homelab_steward.contract.state import TargetRef

from .markup import Rich, bold, exact, literal, prose

_RISKS: Final = {Risk.LOW: "Low risk", Risk.MEDIUM: "Medium risk", Risk.HIGH: "High risk"}


def plan_lines(option: Option) -> list[Rich]:
    """Return the whole plan of an option; no text is shortened."""
    lines = [bold(literal(f"{option.number} ") + whole(option.label))]
    for step in option.steps:
        lines += _step_lines(step)
    if option.steps:
        undo = "can be undone" if option.reversible else "cannot be undone"
        lines.append(literal(f"{_RISKS[option.risk]}, {undo}"))
    for name, text in (
        ("Affects: ", option.blast_radius),
        ("Checked by: ", option.verification),
        ("", sentence(option.history)),
    ):
        if text:
            lines.append(literal(name) + whole(text))
    return lines


def sentence(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def argument_text(value: Value) -> str:
    """Return an argument as text for people."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def whole(text: str) -> Rich:
    """Return a text of any length without shortening it."""
    return prose(text, len(text) + 1)


def target_text(target: TargetRef) -> str:
    """Return the name of a target, with its id when that differs."""
    if target.name.casefold() == target.id.casefold():
        return target.name
    return f"{target.name} ({target.id})"


def is_in_differences(key: str, value: Value, differences: Sequence[Difference]) -> bool:
    """Return whether a difference shows the argument: ``memory_mib`` 3072 in memory → 3072 MiB."""
    return any(
        (key == one.field or key.startswith(f"{one.field}_")) and argument_text(value) in one.after.split()
        for one in differences
    )


def _step_lines(step: PlannedStep) -> list[Rich]:
    lines = [whole(step.title) + literal(": ") + exact(target_text(step.target))]
    lines += [
        whole(one.field) + literal(": ") + exact(one.before) + literal(" → ") + exact(one.after)
        for one in step.differences
    ]
    lines += [
        whole(key) + literal(" = ") + exact(argument_text(value))
        for key, value in step.arguments.items()
        if not is_in_differences(key, value, step.differences)
    ]
    if step.note:
        lines.append(whole(step.note))
    return lines
