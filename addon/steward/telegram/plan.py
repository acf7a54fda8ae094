"""Renders the whole plan of an option, as a person approves it. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from homelab_steward.contract.catalogue import Catalogue, Risk
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.mode import Elevation
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.second_person import needs_another
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_arguments import extra_arguments, names_of
from homelab_steward.contract.step_parts import PlannedStep

from ..sdk.home import FACT_NAMES
from ..texts import english, household, local, translate
from .markup import Rich, bold, exact, filled, literal, plain, prose

type Elevated = Callable[[Option], Elevation | None]

REASON: Final = 300
NAME: Final = 80

_RISKS: Final = {
    Risk.LOW: english("Low risk"),
    Risk.MEDIUM: english("Medium risk"),
    Risk.HIGH: english("⚠️ High risk"),
}


def nobody_alone(_option: Option) -> Elevation | None:
    """Return that no elevation is under way."""
    return None


def plan_lines(option: Option, catalogue: Catalogue, needs: Iterable[str] = ()) -> list[Rich]:
    """Return the whole plan of an option; no text is shortened. ``catalogue`` names the arguments.

    ``needs`` are what its approval needs, or how it was approved.
    """
    lines = [bold(literal(f"{option.number} ") + whole(option.label))]
    for position, step in enumerate(option.steps):
        first, *others = _step_lines(step, catalogue)
        number = f"{position + 1}. " if len(option.steps) > 1 else ""
        lines += [literal(number) + first, *others, *_place_lines(step, option.steps)]
    if option.changes:
        lines.append(whole(option.changes))
    if option.steps or option.changes:
        undo = translate("can be undone") if option.reversible else translate("cannot be undone")
        lines.append(literal(". ".join((f"{translate(_RISKS[option.risk])}, {undo}", *needs))))
    for template, text in (
        (english("Affects: {text}"), option.blast_radius),
        (english("Checked by: {text}"), option.verification),
    ):
        if text:
            lines.append(filled(translate(template, text="{text}"), text=whole(text)))
    lines += [literal(unknown_fact(one)) for one in option.unknown_facts]
    if option.history:
        lines.append(whole(sentence(option.history)))
    return lines


def unknown_fact(fact: str) -> str:
    """Return that a fact about the home is not known, which an option depends on."""
    return translate("Not known: whether {fact}", fact=translate(FACT_NAMES.get(fact, fact)))


def needs_of(request: ApprovalRequest, option: Option, alone: Elevation | None) -> list[str]:
    """Return what an approval in Telegram needs besides a press, or how many people gave it.

    ``alone`` is in which elevation its owner may approve the option without a second person.
    """
    if request.status is not ApprovalStatus.PENDING:
        return _given(request, option)
    needs = [translate("Needs a PIN here, and none in Home Assistant")] if option.risk is Risk.HIGH else []
    if alone is not None:
        name, time = plain(alone.person_name, NAME), household().time(local(alone.ends_at))
        needs.append(translate(t"{name} can approve it alone until {time}"))
    elif option.needs_two:
        needs.append(translate("Two people have to approve it"))
    return needs


def _given(request: ApprovalRequest, option: Option) -> list[str]:
    """Return how many people approved an option for which two may be needed."""
    decision = request.decision
    if decision is None or decision.option != option.number or not option.needs_two:
        return []
    if needs_another(request, option):
        name = plain(decision.person_name, NAME)
        return [translate(t"{name} approved it alone")]
    return [translate("Two people approved it")]


def sentence(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def whole(text: str) -> Rich:
    """Return a text of any length without shortening it."""
    return prose(text, len(text) + 1)


def target_text(target: TargetRef) -> str:
    """Return the name of a target, with its id when that says more.

    The id of a pull request is a number of its repository and its own number, which its name has too.
    """
    name, key = target.name.casefold(), target.id.casefold()
    _, mark, number = key.rpartition("#")
    if name == key or (mark and name.endswith(mark + number)):
        return target.name
    return f"{target.name} ({target.id})"


def not_offered_lines(reasons: Iterable[str]) -> list[Rich]:
    """Return a line for each option that is not offered, with the reason."""
    template = translate("Not offered: {reason}", reason="{reason}")
    return [filled(template, reason=prose(one, REASON)) for one in reasons]


def _place_lines(step: PlannedStep, steps: Sequence[PlannedStep]) -> list[Rich]:
    """Return what a step waits for, without what it is undone, and which runbook offers it."""
    found = [
        (english("After: {text}"), _names(step.after or (), steps)),
        (english("Undone if a later step fails: {text}"), _names(step.undone_without, steps)),
        (english("Runbook: {text}"), step.runbook),
    ]
    return [filled(translate(each, text="{text}"), text=whole(text)) for each, text in found if text]


def _names(positions: Sequence[int], steps: Sequence[PlannedStep]) -> str:
    """Return the names of steps, each once."""
    return household().listed(names_of(positions, steps, lambda number: translate(t"step {number}")))


def _step_lines(step: PlannedStep, catalogue: Catalogue) -> list[Rich]:
    lines = [whole(step.title) + literal(": ") + exact(target_text(step.target))]
    lines += [
        whole(one.field) + literal(": ") + exact(one.before) + literal(" → ") + exact(one.after)
        for one in step.differences
    ]
    lines += [
        whole(household().name(name)) + literal(": ") + exact(value)
        for name, value in extra_arguments(step, catalogue)
    ]
    if step.note:
        lines.append(whole(step.note))
    return lines
