"""Checks the language models. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity

from ..texts import translate
from .findings import About, Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """One deployment.

    ``problem`` is why its server does not answer, "" when it does. ``is_offered``: the server has the
    model, None when it does not say. ``can_call_tools`` is the result of the last check of the model,
    None when it was never checked.
    """

    id: str
    model: str
    problem: str = ""
    is_offered: bool | None = None
    can_call_tools: bool | None = None


def check_models(facts: Sequence[ModelFacts]) -> Checked:
    """Return what is wrong with the models. Without any there is nothing to check."""
    good, total = sum(not one.problem for one in facts), len(facts)
    none = translate(t"None is set up.")
    text = translate(t"{good} of {total} models answer.") if facts else none
    return Checked(area=Area.MODELS, text=text, findings=[each for one in facts for each in _of(one)])


def _of(one: ModelFacts) -> Iterator[Finding]:
    about = About(Area.MODELS, one.id, one.id)
    key, model = one.id, one.model
    questions = translate(t"Questions that need a model get no answer, or one of another model.")
    if one.problem:
        yield about.finding(
            "reach",
            FindingSeverity.ERROR,
            one.problem,
            questions,
            translate(t"Start its server, and check url and api_key of the model {key} in the settings."),
        )
    elif one.is_offered is False:
        yield about.finding(
            "offered",
            FindingSeverity.ERROR,
            translate(t"Its server does not have the model {model}."),
            questions,
            translate(t"Load the model on the server (ollama pull {model}), or correct its name."),
        )
    elif one.can_call_tools is None and model:
        yield about.finding(
            "unchecked",
            FindingSeverity.NOTE,
            translate(t"It is not known whether the model can call tools."),
            translate(t"A model that cannot gets questions that it cannot answer."),
            translate(t"Check it: steward models check"),
        )
    elif one.can_call_tools is False:
        yield about.finding(
            "tools",
            FindingSeverity.NOTE,
            translate(t"The model cannot call tools."),
            translate(t"It gets only questions that need no reading."),
            translate(t"For more, add a model that can call tools: see docs/models.md."),
        )
