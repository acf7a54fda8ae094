"""A person is asked before a model gets a question that costs much."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from homelab_steward.contract.chat import ChatPieceKind
from lab.model import Turn
from rig.conversation_rig import ConversationRig, calls, open_conversation, says, text_of
from steward.llm.messages import Tier
from steward.llm.settings import Deployment

QUESTION = "What does exit code 137 mean?"
ANSWER = says("Out of memory.")
ASKED = "Asking scripted would cost about $0.12. Should I ask it?"


def cloud(
    folder: Path, *turns: Turn, cost: float = 0.12, others: Sequence[Deployment] = ()
) -> AbstractAsyncContextManager[ConversationRig]:
    """Return a conversation with a model outside, to which each request costs as much."""
    return open_conversation(folder, *turns, tier=Tier.CLOUD, takes_masked=True, cost=cost, others=others)


async def asks(rig: ConversationRig, text: str, **fields: object) -> str:
    """Ask, and return the answer, which must expect a reply."""
    pieces = await rig.pieces(text, **fields)
    assert pieces[-1].expects_reply
    return text_of(pieces)


@pytest.mark.parametrize(
    ("language", "asked", "agrees"),
    [
        ("en", ASKED, "yes"),
        ("en-US", ASKED, "Yes, please"),
        ("de", "scripted zu fragen würde etwa 0,12\xa0$ kosten. Soll ich es fragen?", "ja"),
        ("fr", "Interroger scripted coûterait environ 0,12\xa0$US. Dois-je l'interroger ?", "oui"),
        ("es", "Preguntar a scripted costaría unos 0,12\xa0US$. ¿Le pregunto?", "sí"),
        ("nl", "scripted vragen zou ongeveer US$\xa00,12 kosten. Zal ik het vragen?", "ja"),
    ],
)
@pytest.mark.parametrize("spoken", [False, True])
async def test_nothing_is_sent_before_the_yes(
    tmp_path: Path,
    language: str,
    asked: str,
    agrees: str,
    spoken: bool,  # noqa: FBT001
) -> None:
    fields = {"language": language, "spoken": spoken}
    async with cloud(tmp_path, ANSWER) as rig:
        assert await asks(rig, QUESTION, **fields) == asked
        assert rig.model.bodies == []
        assert await rig.ask(agrees, **fields) == "Out of memory."
        assert len(rig.model.bodies) == 1
        assert QUESTION in rig.model.bodies[0]
        assert await asks(rig, "And exit code 1?", **fields) == asked, "each question is asked about"


@pytest.mark.parametrize(
    ("said", "answer"),
    [("no", "I did not ask a language model."), ("What is wrong?", "Everything is fine")],
)
async def test_anything_else_than_yes_sends_nothing(tmp_path: Path, said: str, answer: str) -> None:
    async with cloud(tmp_path, ANSWER) as rig:
        await asks(rig, QUESTION)
        assert answer in await rig.ask(said)
        assert "would cost" in await rig.ask("yes"), "a yes to nothing is a question of its own"
        assert rig.model.bodies == []


async def test_the_yes_of_another_person_counts_for_nothing(tmp_path: Path) -> None:
    async with cloud(tmp_path, ANSWER) as rig:
        await asks(rig, QUESTION)
        assert "would cost" in await rig.ask("yes", user="2")
        assert rig.model.bodies == []
        assert await rig.ask("yes") == "Out of memory."


async def test_the_records_answer_meanwhile(tmp_path: Path) -> None:
    async with cloud(tmp_path, ANSWER) as rig:
        answer = await asks(rig, "Explain to me what the box radarr is good for")
        assert answer.startswith("I cannot explain it, but this is known: radarr")
        assert answer.endswith(ASKED)
        assert rig.model.bodies == []


async def test_a_cheap_question_is_not_asked_about(tmp_path: Path) -> None:
    async with cloud(tmp_path, ANSWER, cost=0.04) as rig:
        assert await rig.ask(QUESTION) == "Out of memory."


async def test_the_requests_of_a_turn_are_added_up(tmp_path: Path) -> None:
    again = calls("steward_status", times=1)
    async with cloud(tmp_path, again, ANSWER, cost=0.04) as rig:
        pieces = await rig.pieces(QUESTION)
        assert ChatPieceKind.TOOL_CALL in [one.kind for one in pieces]
        assert text_of(pieces).endswith("would cost about $0.04. Should I ask it?")
        assert len(rig.model.bodies) == 1


async def test_a_costly_model_in_place_of_one_that_fails_is_asked_about(tmp_path: Path) -> None:
    dead = Deployment(id="home", url="http://127.0.0.1:9/v1", model="m")
    async with cloud(tmp_path, ANSWER, others=[dead]) as rig:
        assert await asks(rig, QUESTION) == ASKED
        assert rig.model.bodies == []
