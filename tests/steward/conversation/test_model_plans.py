"""Plans of a language model: checked, shown as a model's, and never without a person."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import orjson
import pytest

from homelab_steward.contract.chat import ChatPiece
from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.state import Speaker
from lab.model import ScriptedModel, Turn
from lab.model_script import ModelFault, ModelFaultKind
from rig import records
from rig.conversation_rig import open_conversation, question, says, text_of
from rig.question_lab import OFFERS, QuestionLab
from rig.recognition_rig import matchers, sentences
from steward.conversation.conversation import Conversation
from steward.conversation.meanings import Meaning
from steward.conversation.model_answers import Bounds
from steward.conversation.model_plans import wish_of
from steward.conversation.named_targets import named_targets
from steward.conversation.plan_choices import MOST_CHOICES, MOST_CHOSEN, chosen
from steward.conversation.recognition import recognise
from steward.conversation.said_text import Known
from steward.conversation.vocabulary import known_things
from steward.llm.messages import Tier

WISH: Final = "make sure sonarr is fast again"
NOTE: Final = "A language model planned this: check it before you approve it."
NOTHING: Final = "Nothing has been requested."
VALID: Final = "Restart: Sonarr"


@dataclass
class Planning:
    """A conversation in the lab of questions, with a scripted model."""

    lab: QuestionLab
    conversation: Conversation
    model: ScriptedModel

    async def pieces(self, text: str, **fields: object) -> list[ChatPiece]:
        return [piece async for piece in self.conversation.ask(question(text, **fields))]

    async def ask(self, text: str, **fields: object) -> str:
        return text_of(await self.pieces(text, **fields))

    def targets(self) -> list[str]:
        return [f"{step.action} {step.target.name}" for one in self.lab.planned for step in one.steps]


@asynccontextmanager
async def planning(folder: Path, *turns: Turn, **fields: object) -> AsyncIterator[Planning]:
    async with open_conversation(folder, *turns, **fields) as rig:  # type: ignore[arg-type]
        lab = QuestionLab()
        yield Planning(lab, lab.conversation(sentences(), rig.models), rig.model)


def plans(*names: str) -> Turn:
    return says(orjson.dumps({"changes": names}).decode())


def meaning(text: str, language: str) -> tuple[Meaning, Known]:
    known = known_things(OFFERS, named_targets(QuestionLab()))  # type: ignore[arg-type]
    return recognise(text, [], known, matchers(language), has_model=True), known


@pytest.mark.parametrize("spoken", [True, False])
async def test_a_plan_waits_for_a_person_and_says_that_a_model_made_it(
    tmp_path: Path,
    spoken: bool,  # noqa: FBT001
) -> None:
    async with planning(tmp_path, plans(VALID)) as talk:
        assert (await talk.ask(WISH, spoken=spoken)).startswith(f"{NOTE} I can do that after you approve it")
        (asked,) = talk.lab.planned
        assert asked.text == f"A language model planned this: “{WISH}”"
        assert talk.targets() == ["restart Sonarr"]
        assert asked.speaker.user_id == "1"
        (body,) = talk.model.bodies
        asked_for = str(body).partition("response_format")[2]
        assert VALID in asked_for
        assert "Stop" not in asked_for, "no change with a high risk"


async def test_the_real_gate_asks_with_the_dry_run(tmp_path: Path) -> None:
    turns = [says('{"changes": ["Restart: radarr"]}')]
    async with open_conversation(tmp_path, *turns) as rig:
        # Each action of the boxes needs a value or has a high risk: nothing can be planned.
        assert NOTE not in await rig.ask("make sure radarr is fast again")
        assert await rig.rig.incidents() == ()
        assert all("response_format" not in str(one) for one in rig.model.bodies)


async def test_what_the_person_did_not_name_is_asked_about(tmp_path: Path) -> None:
    async with planning(tmp_path, plans(VALID, "Restart container: adguard")) as talk:
        answer = await talk.pieces("make sure sonarr and its container come back after I pull the plug")
        text = text_of(answer)
        assert talk.lab.planned == []
        assert answer[-1].expects_reply
        assert text.startswith(
            "A language model would do this: Restart: Sonarr and Restart container: adguard."
        )
        assert "You did not name adguard." in text
        assert "“after I pull the plug” is not part of that." in text
        assert text.endswith("Should I request it?")
        assert (await talk.ask("yes")).startswith(NOTE)
        assert talk.targets() == ["restart Sonarr", "restart_container adguard"]
        assert len(talk.model.bodies) == 1
        await talk.ask("yes")
        assert len(talk.lab.planned) == 1, "the plan was offered once"


@pytest.mark.parametrize("reply", ["no", "is sonarr fine?"])
async def test_without_a_yes_nothing_is_requested(tmp_path: Path, reply: str) -> None:
    async with planning(tmp_path, plans("Restart container: adguard")) as talk:
        await talk.ask("make sure that sonarr and its container restart")
        answer = await talk.ask(reply)
        assert (answer == NOTHING) == (reply == "no")
        assert talk.lab.planned == []


UNKNOWN: Final = "restart sonarr and its database"


async def test_a_part_that_no_rule_understands_is_asked_about(tmp_path: Path) -> None:
    async with planning(tmp_path, plans(VALID)) as talk:
        text = await talk.ask(UNKNOWN)
        assert "I did not understand “and its database” myself. Should I request it?" in text
        assert talk.lab.planned == []


async def test_a_part_that_no_model_plans_either_is_refused_as_before(tmp_path: Path) -> None:
    async with planning(tmp_path, says("No.")) as talk:
        assert "and its database" in await talk.ask(UNKNOWN)
        assert talk.lab.planned == []


@pytest.mark.parametrize(
    ("turns", "why"),
    [
        ([says("I cannot help with that."), says("No.")], "The plan of the language model is not valid."),
        ([plans("Delete: Sonarr")] * 2, "The plan of the language model is not valid."),
        ([plans(VALID, "Restart: Emby")] * 2, "The plan of the language model is not valid."),
        ([says('{"changes": "Restart: Sonarr"}')] * 2, "The plan of the language model is not valid."),
        ([says('{"changes": [7]}')] * 2, "The plan of the language model is not valid."),
        ([says('{"steps": []}')] * 2, "The plan of the language model is not valid."),
        ([plans()], "The language model found no change that does this."),
        ([says(fault=ModelFault(kind=ModelFaultKind.STATUS))], "No model is available"),
    ],
)
async def test_a_model_that_fails_leaves_what_is_known_and_no_part_of_a_plan(
    tmp_path: Path, turns: Sequence[Turn], why: str
) -> None:
    async with planning(tmp_path, *turns) as talk:
        text = await talk.ask(WISH)
        assert text.startswith(why)
        assert f"{NOTHING} I cannot explain it, but this is known: Sonarr" in text
        assert talk.lab.planned == []


async def test_the_second_try_of_a_model_counts(tmp_path: Path) -> None:
    async with planning(tmp_path, says("Sure!", times=1), plans(VALID)) as talk:
        assert (await talk.ask(WISH)).startswith(NOTE)
        assert talk.targets() == ["restart Sonarr"]


async def test_a_slow_model_is_not_waited_for(tmp_path: Path) -> None:
    bounds = Bounds(seconds=0.05)
    async with planning(tmp_path, says(fault=ModelFault(kind=ModelFaultKind.SILENT)), bounds=bounds) as talk:
        text = await talk.ask(WISH)
        assert f"{NOTHING} I cannot explain it, but this is known: Sonarr" in text
        assert talk.lab.planned == []


async def test_private_names_are_not_sent_to_the_cloud(tmp_path: Path) -> None:
    async with planning(tmp_path, plans(VALID), tier=Tier.CLOUD) as talk:
        text = await talk.ask("make sure radarr is fast again")
        assert NOTHING in text
        assert (talk.model.bodies, talk.lab.planned) == ([], [])


async def test_a_guest_asks_no_model(tmp_path: Path) -> None:
    async with planning(tmp_path, plans(VALID)) as talk:
        assert "I may not request that on your behalf" in await talk.ask(WISH, user="9")
        assert (talk.model.bodies, talk.lab.planned) == ([], [])


async def test_a_costly_plan_is_asked_about_first(tmp_path: Path) -> None:
    async with planning(tmp_path, plans(VALID), cost=3.0) as talk:
        models = talk.conversation._answers.model_plans
        assert models is not None
        models._models = replace(models._models, spending=replace(models._models.spending, ask_above=1.0))
        talk.conversation._model_answers._spending = models._models.spending  # type: ignore[union-attr]
        answer = await talk.pieces(WISH)
        assert answer[-1].expects_reply
        assert "3" in text_of(answer)
        assert talk.model.bodies == []
        assert (await talk.ask("yes")).startswith(NOTE)
        assert talk.targets() == ["restart Sonarr"]


async def test_the_runbook_of_an_open_incident_can_be_chosen(tmp_path: Path) -> None:
    async with planning(tmp_path, plans("App hangs: Sonarr")) as talk:
        sonarr = talk.lab.target("sonarr")
        assert sonarr is not None
        match = RunbookMatch(runbook_id="toy-memory", version=1, title="App hangs", score=1, reason="alert")
        offered = records.option(steps=(records.step("sonarr.restart", sonarr),))
        proposal = replace(records.proposal(offered), matches=(match,))
        talk.lab.incidents_now = (replace(records.incident(), target=sonarr, proposal=proposal),)
        await talk.ask(WISH)
        assert [one.runbook for one in talk.lab.planned[0].steps] == ["App hangs"]


async def test_a_voice_that_is_not_known_may_ask(tmp_path: Path) -> None:
    async with planning(tmp_path, plans(VALID)) as talk:
        assert (await talk.ask(WISH, user="")).startswith(NOTE)
        assert talk.lab.planned[0].speaker == Speaker(front_end="home_assistant", user_id="")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "make sure sonarr and its database come back after I pull the plug", True),
        ("en", "clean up whatever fills the NAS", True),
        ("en", "could you get sonarr going again?", True),
        ("en", "fix the media stack", True),
        ("en", UNKNOWN, True),
        ("de", "Sorge dafür, dass Sonarr nach dem Stromausfall wieder da ist", True),
        ("de", "Kannst du Sonarr wieder zum Laufen bringen?", True),
        ("fr", "Fais en sorte que Sonarr revienne", True),
        ("es", "Asegúrate de que Sonarr vuelva", True),
        ("nl", "Zorg dat Sonarr weer draait", True),
        ("en", "give me the history of sonarr", False),
        ("en", "make a list of my containers", False),
        ("en", "why is sonarr slow?", False),
        ("en", "restart sonarr", False),
        ("en", "restart sonarr when nobody is streaming", False),
        ("en", "restart sonarr tonight", False),
        ("en", "don't restart sonarr", False),
        ("de", "Mach mir eine Liste der Container", False),
        ("en", "tell me about sonarr", False),
        ("en", "get the queue of sonarr", False),
        ("en", "I want to know how sonarr works", False),
    ],
)
def test_only_a_request_that_no_rule_understands_is_planned(
    language: str,
    text: str,
    expected: bool,  # noqa: FBT001
) -> None:
    found, known = meaning(text, language)
    assert (wish_of(text, found, known, matchers(language)) is not None) is expected


def test_a_plan_is_taken_whole_or_not_at_all() -> None:
    assert MOST_CHOSEN < MOST_CHOICES
    assert chosen({"changes": ["x"] * (MOST_CHOSEN + 1)}, ()) is None
    assert chosen({}, ()) is None
    assert chosen({"changes": []}, ()) == ()
