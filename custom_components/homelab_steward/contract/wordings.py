"""A request in the language of one person. What is not translated stays in the language of the household."""

from collections.abc import Callable
from dataclasses import replace

from .incidents import ApprovalRequest, Decision
from .proposals import Option
from .step_parts import PlannedStep

type Say = Callable[[str], str]


def worded(request: ApprovalRequest, language: str) -> ApprovalRequest:
    """Return a request as people read it who speak a language (BCP 47).

    Only texts differ: plans, hashes, targets, and arguments are the same.
    """
    texts = request.translated.get(language.replace("_", "-").partition("-")[0].lower())
    if not texts:
        return request

    def say(text: str) -> str:
        return texts.get(text, text)

    proposal = replace(
        request.proposal,
        options=tuple(_option(one, say) for one in request.proposal.options),
        left_out=tuple(map(say, request.proposal.left_out)),
        observed=tuple(_option(one, say) for one in request.proposal.observed),
    )
    return replace(
        request,
        title=say(request.title),
        text=say(request.text),
        proposal=proposal,
        decision=_decision(request.decision, say),
        first=_decision(request.first, say),
    )


def _option(option: Option, say: Say) -> Option:
    return replace(
        option,
        label=say(option.label),
        changes=say(option.changes),
        blast_radius=say(option.blast_radius),
        verification=say(option.verification),
        steps=tuple(_step(one, say) for one in option.steps),
    )


def _step(step: PlannedStep, say: Say) -> PlannedStep:
    wait = step.wait
    return replace(
        step,
        title=say(step.title),
        blast_radius=say(step.blast_radius),
        wait=None if wait is None else replace(wait, name=say(wait.name)),
        shown={
            key: replace(one, name=say(one.name), value=say(one.value)) for key, one in step.shown.items()
        },
    )


def _decision(decision: Decision | None, say: Say) -> Decision | None:
    return None if decision is None else replace(decision, label=say(decision.label))
