"""The steps of a plan as people see them: their arguments beside the differences, and their names."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from .base import Value
from .catalogue import Catalogue, Field
from .step_parts import Difference, PlannedStep, ShownArgument

_SEPARATOR: Final = re.compile(r"[\W_]+")
_IMAGE: Final = re.compile(
    r"(?P<name>[^\s@]+)(?:@(?P<pinned>\S+))?(?: \((?P<digest>sha256:[0-9a-f]{12,})\))?"
)
"""An image as a difference shows it: ``a/b:4.0.2 (sha256:1fec76ca2c08)``, or with ``@`` and a digest."""

_TAGS: Final = ("tag", "version")
_DIGEST: Final = "digest"


def extra_arguments(step: PlannedStep, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return name and value of each argument that no difference of the step shows.

    They are those of the plan, in the language of the household. What the plan does not show has the
    name and the unit of its field in the catalogue, or its key as the name.
    """
    fields = _fields(step.action, catalogue)
    return tuple(
        (argument.name, argument.value)
        for key, value in step.arguments.items()
        if not any(is_shown(key, value, one) or is_in_image(key, value, one) for one in step.differences)
        and not _is_only_change(step, argument := _shown(step, key, value, fields.get(key)))
    )


def names_of(
    positions: Iterable[int], steps: Sequence[PlannedStep], number: Callable[[int], str]
) -> list[str]:
    """Return what the steps at ``positions`` are called in a plan, each once.

    That is the name of the target. Where several steps of the plan have targets with this name, it is
    what ``number`` returns for the number of the step, counted from 1.
    """
    counts = Counter(step.target.name for step in steps)
    names = ((one, steps[one].target.name) for one in positions)
    return list(dict.fromkeys(name if counts[name] == 1 else number(one + 1) for one, name in names))


def _shown(step: PlannedStep, key: str, value: Value, field: Field | None) -> ShownArgument:
    """Return an argument as people see it."""
    if key in step.shown:
        return step.shown[key]
    text = argument_text(value)
    if field is None:
        return ShownArgument(name=key, value=text)
    return ShownArgument(name=field.name, value=with_unit(text, field.unit))


def _is_only_change(step: PlannedStep, argument: ShownArgument) -> bool:
    """Return whether the only difference of a step with one argument ends with its value and unit.

    The names do not count then: that of a difference may have other words.
    """
    if len(step.arguments) != 1 or len(step.differences) != 1:
        return False
    return step.differences[0].after == argument.value


def argument_text(value: Value) -> str:
    """Return an argument's value as text for people."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def is_shown(key: str, value: Value, difference: Difference) -> bool:
    """Return whether a difference shows an argument: ``memory_mib`` 3072 in Memory limit → 3072 MiB.

    The new value contains the argument's value, the name contains a word of the key, and
    name and new value together contain all its words.
    """
    text = argument_text(value)
    if not text.strip() or f" {text} " not in f" {difference.after} ":
        return False
    words, field = _words(key), _words(difference.field)
    return bool(words & field) and words <= field | _words(difference.after)


def is_in_image(key: str, value: Value, difference: Difference) -> bool:
    """Return whether the new image of a difference has the tag, or the digest, of an argument."""
    text, image = argument_text(value), _IMAGE.fullmatch(difference.after)
    if image is None or not text:
        return False
    name, pinned = image["name"], image["pinned"] or ""
    if key == _DIGEST:
        return text == pinned or text.startswith(image["digest"] or "\n")
    return key in _TAGS and (
        name.endswith(f":{text}") or f"{name}@{pinned}".endswith((f":{text}", f"@{text}"))
    )


def _fields(action: str, catalogue: Catalogue) -> dict[str, Field]:
    """Return the fields of an action (``service.action``) by key."""
    service_key, _, action_key = action.partition(".")
    service = catalogue.service(service_key)
    for offer in service.actions if service else ():
        if offer.key == action_key:
            return {field.key: field for field in offer.arguments}
    return {}


def with_unit(text: str, unit: str | None) -> str:
    """Return a value with its unit."""
    return f"{text} {unit}" if unit else text


def _words(text: str) -> frozenset[str]:
    return frozenset(_SEPARATOR.split(text.casefold())) - {""}
