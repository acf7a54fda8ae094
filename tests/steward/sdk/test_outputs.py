"""Which argument takes which output."""

import pytest

from homelab_steward.contract.catalogue import Field, SettingKind
from steward.sdk.outputs import Output, OutputKind, mismatch

NUMBER = Output(key="n", kind=OutputKind.NUMBER)
CHOICE = Output(key="c", kind=OutputKind.CHOICE, choices=("a", "b"))
TARGET = Output(key="t", kind=OutputKind.TARGET, scope="box")


def field(kind: SettingKind, choices: tuple[str, ...] = (), scope: str | None = None) -> Field:
    return Field(key="x", kind=kind, name="X", choices=choices, scope=scope)


def number(minimum: float | None, maximum: float | None) -> Field:
    return Field(key="x", kind=SettingKind.NUMBER, name="X", minimum=minimum, maximum=maximum)


@pytest.mark.parametrize(
    ("output", "argument", "reason"),
    [
        (NUMBER, number(1, 2), None),
        (NUMBER, number(0, 0), None),
        (NUMBER, number(None, 2), "needs a minimum and a maximum to take an output"),
        (NUMBER, number(1, None), "needs a minimum and a maximum to take an output"),
        (NUMBER, field(SettingKind.TEXT), "is a text, and n is a number"),
        (CHOICE, field(SettingKind.CHOICE, ("a", "b", "c")), None),
        (CHOICE, field(SettingKind.CHOICE, ("a",)), "does not take every choice of c"),
        (CHOICE, field(SettingKind.TEXT), "is a text, and c is a choice"),
        (TARGET, field(SettingKind.TARGET, scope="box"), None),
        (TARGET, field(SettingKind.TARGET, scope="disk"), "is a disk, and t is a box"),
        (TARGET, field(SettingKind.TEXT), "is a text, and t is a target"),
        (TARGET, number(1, 2), "is a number, and t is a target"),
    ],
)
def test_an_argument_takes_an_output_or_says_why_not(
    output: Output, argument: Field, reason: str | None
) -> None:
    assert mismatch(output, argument) == reason
