"""A request in the languages of the people who are asked."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.state import Person
from homelab_steward.contract.wordings import worded
from rig.agent_rig import AgentRig, open_rig
from rig.inventory import ToyPeople, speaker
from rig.records import decision, option, request
from steward.agent.requests.asking import wordings
from steward.texts import is_spoken, said_in, spoken, texts_of

GERMAN = Person(id="max", name="Max", role=ToyPeople.known["2"].role, language="de-AT")


async def restart(rig: AgentRig) -> ApprovalRequest:
    """Ask for a restart of the box, and return the request as it is stored."""
    wanted = RequestAction(
        instance_id="toy1", action="restart", speaker=speaker(), target_id="box/radarr", arguments={}
    )
    asked = await rig.agent.requests.request(wanted)
    stored = await rig.request_with(asked.approval_id or "")
    return ApprovalRequest.from_json(stored.to_json())


async def test_a_request_is_stored_in_the_languages_of_the_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ToyPeople.known, "2", GERMAN)
    async with open_rig(tmp_path) as rig:
        stored = await restart(rig)
    (own,) = stored.proposal.options
    (step,) = own.steps
    german = worded(stored, "de")
    (option_in_german,) = german.proposal.options
    assert list(stored.translated) == ["de"]
    assert (step.title, own.label) == ("Restart", "Restart: radarr")
    assert option_in_german.steps[0].title == texts_of("de").name("Restart") == "Neu starten"
    assert option_in_german.label == "Neu starten: radarr"
    assert german.title == "Neu starten: radarr, angefragt von Olga"
    assert replace(option_in_german, label=own.label, steps=own.steps) == replace(
        own, verification=option_in_german.verification, blast_radius=option_in_german.blast_radius
    )


async def test_a_request_is_stored_once_if_all_people_speak_the_language_of_the_household(
    tmp_path: Path,
) -> None:
    async with open_rig(tmp_path) as rig:
        stored = await restart(rig)
    assert stored.translated == {}
    assert worded(stored, "de") is stored


def test_only_texts_differ_between_languages() -> None:
    label = spoken(lambda texts: texts.name("Restart"))
    step = replace(option().steps[0], title=label)
    made = replace(request(option(label=label, steps=(step,))), title=label, decision=decision(label=label))
    made = replace(made, translated=wordings(made, [GERMAN]))
    german = worded(made, "de-AT")
    assert german.title == german.proposal.options[0].label == "Neu starten"
    assert german.decision is not None
    assert german.decision.label == "Neu starten"
    assert german.proposal.options[0].plan_hash == made.proposal.options[0].plan_hash
    assert german.proposal.options[0].steps[0].target == step.target
    assert german.proposal.options[0].steps[0].arguments == step.arguments
    assert german.text == made.text
    assert worded(made, "fr") == made


def test_a_spoken_text_contains_others_in_the_same_language() -> None:
    name = spoken(lambda texts: texts.name("Restart"))
    asker = "Olga"
    title = spoken(lambda texts: texts(t"{name}, requested by {asker}"))
    german = texts_of("de")
    assert (title, said_in(title, german)) == (
        "Restart, requested by Olga",
        "Neu starten, angefragt von Olga",
    )
    assert said_in("Restart", german) == "Restart"
    assert said_in(5, german) == 5
    assert not is_spoken(deepcopy(title))
    assert deepcopy(title) == title
