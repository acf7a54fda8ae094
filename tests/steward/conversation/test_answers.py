"""True answers from a running house: before, while and after something is mended."""

from pathlib import Path

import pytest

from homelab_steward.contract.chat import ChatPieceKind, ChatQuestion
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.state import FaceKind, Speaker
from rig.house import House, house
from rig.toy import Toy
from steward.clock import SystemClock
from steward.conversation.conversation import LONGEST_QUESTION, Conversation
from steward.conversation.records import Records
from steward.reads import Reads


class Nobody:
    """No people: answers do not depend on who is known."""

    def list(self) -> tuple[()]:
        return ()


def conversation(home: House) -> Conversation:
    def no_catalogue() -> None:
        raise AssertionError("an answer needs no catalogue")

    reads = Reads(home.store, home.inventory, Nobody(), no_catalogue)  # type: ignore[arg-type]
    return Conversation(Records(reads, home.inventory, SystemClock()))


async def ask(home: House, text: str, language: str = "en", *, spoken: bool = False) -> str:
    question = ChatQuestion(
        conversation_id="c1",
        text=text,
        speaker=Speaker(face=FaceKind.HOME_ASSISTANT, user_id="1"),
        language=language,
        spoken=spoken,
    )
    pieces = [piece async for piece in conversation(home).ask(question)]
    assert pieces[-1].kind is ChatPieceKind.END
    return "".join(piece.text for piece in pieces)


async def test_nothing_is_wrong(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        assert "Everything is fine" in await ask(home, "What is wrong?")
        assert "Nothing is waiting" in await ask(home, "What waits for me?")
        assert "Nothing was done" in await ask(home, "What did you do today?")


async def test_the_story_told(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        request = await home.ask()
        trouble = await ask(home, "What is wrong with radarr?")
        assert "radarr has an open incident" in trouble
        assert "waiting for your answer" in trouble
        assert "Memory below 85 % (it is 95)" in trouble
        waiting = await ask(home, "What is waiting for me?")
        assert "1 Increase memory 2 → 3 GiB" in waiting
        assert home.toy.effects == [], "a question never causes an action"
        await home.press(request)
        await home.status(IncidentStatus.RESOLVED)
        after = await ask(home, "Is radarr fine now?")
        assert "radarr is fine" in after
        assert "done and checked" in after
        assert "it helped" in await ask(home, "What did you do today?")


async def test_a_dead_service_is_said_to_be_dead(tmp_path: Path) -> None:
    toy = Toy()
    async with house(tmp_path, toy) as home:
        await home.inventory.poll_now("toy1")
        toy.down = True
        assert "does not answer" in await ask(home, "Is radarr fine?")


async def test_in_the_language_of_the_house(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        assert "Alles in Ordnung" in await ask(home, "Ist alles in Ordnung?", "de-DE")
        assert "Everything is fine" in await ask(home, "What is wrong?", "tlh")


async def test_a_wish_does_nothing_and_says_so(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        assert "none is set up" in await ask(home, "Restart radarr please")
        assert home.toy.effects == []
        assert await home.incidents() == ()


async def test_an_endless_question_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        with pytest.raises(ContractError, match="too long"):
            await ask(home, "x" * (LONGEST_QUESTION + 1))
