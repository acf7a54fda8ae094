"""Outputs of actions: typed and enumerated values that a later step may take as an argument."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind


class OutputKind(StrEnum):
    """The kinds of outputs. Free text is not allowed, because it comes from outside."""

    NUMBER = "number"
    CHOICE = "choice"
    TARGET = "target"


FIELD_KINDS: Final = {
    OutputKind.NUMBER: SettingKind.NUMBER,
    OutputKind.CHOICE: SettingKind.CHOICE,
    OutputKind.TARGET: SettingKind.TARGET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One value that an action notes under ``key`` in its baseline while it is executed.

    A choice is one of ``choices``; a target is the id of a resource of the kind ``scope``.
    """

    key: str
    kind: OutputKind
    choices: tuple[str, ...] = ()
    scope: str | None = None


def mismatch(output: Output, field: Field) -> str | None:
    """Return why an argument cannot take an output, None when it can."""
    if FIELD_KINDS[output.kind] is not field.kind:
        return f"is a {field.kind}, and {output.key} is a {output.kind}"
    if output.kind is OutputKind.NUMBER and (field.minimum is None or field.maximum is None):
        return "needs a minimum and a maximum to take an output"
    if not set(output.choices) <= set(field.choices):
        return f"does not take every choice of {output.key}"
    if output.scope != field.scope:
        return f"is a {field.scope}, and {output.key} is a {output.scope}"
    return None
