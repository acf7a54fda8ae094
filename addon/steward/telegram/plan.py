"""Draws the whole plan of an option: what a person approves, with nothing cut. Pure."""

from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import Option, PlannedStep

from .markup import Rich, bold, exact, own, prose

_RISKS: Final = {Risk.LOW: "Low risk", Risk.MEDIUM: "Medium risk", Risk.HIGH: "High risk"}


def plan_lines(option: Option) -> list[Rich]:
    """Return everything a person approves with this option; nothing is cut."""
    lines = [bold(own(f"{option.number} ") + _whole(option.label))]
    for step in option.steps:
        lines += _step_lines(step)
    if option.steps:
        undo = "can be undone" if option.reversible else "cannot be undone"
        lines.append(own(f"{_RISKS[option.risk]}, {undo}"))
    for name, text in (
        ("Affects: ", option.blast_radius),
        ("Checked by: ", option.verification),
        ("Before: ", option.history),
    ):
        if text:
            lines.append(own(name) + _whole(text))
    return lines


def argument_text(value: Value) -> str:
    """Return an argument as people write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _whole(text: str) -> Rich:
    return prose(text, len(text) + 1)


def _step_lines(step: PlannedStep) -> list[Rich]:
    lines = [_whole(step.title) + own(": ") + exact(f"{step.target.name} ({step.target.id})")]
    changed = {one.field for one in step.differences}
    lines += [
        _whole(one.field) + own(": ") + exact(one.before) + own(" → ") + exact(one.after)
        for one in step.differences
    ]
    lines += [
        _whole(key) + own(" = ") + exact(argument_text(value))
        for key, value in step.arguments.items()
        if key not in changed
    ]
    if step.note:
        lines.append(_whole(step.note))
    return lines
