"""The talk of forty questions is answered as ``talk.md`` shows it.

``WRITE_TALK=1`` writes the file again; read what changed before you commit it.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from homelab_steward.contract.chat import ChatPieceKind, ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.model_script import Said, Script, Turn
from rig.conversation_rig import open_conversation
from rig.question_lab import QuestionLab
from rig.recognition_rig import sentences
from steward.conversation.conversation import Conversation

from .talk_questions import TALKS, Talk

TALK = Path(__file__).with_name("talk.md")
LIE = "Yes, Plex and Emby are running, and Radarr uses 99 % of its memory."
HEAD = f"""# A talk of forty questions

The steward of a simulated homelab answers an owner, a child, and a guest, without a language model.
Where a small model is asked, its answer follows in italics. That model always says:
“{LIE}” No state and no number of it is in an answer.
`test_talk.py` compares this page with the answers.
"""


class Liar(Script):
    """A model that says the same lie to everything."""

    def answer(self, said: Said) -> Turn:
        return Turn(pieces=(LIE,))


async def test_forty_questions(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, script=Liar()) as rig:
        alone = [await answers(QuestionLab().conversation(sentences()), talk) for talk in TALKS]
        lab = [QuestionLab().conversation(sentences(), rig.models) for _ in TALKS]
        helped = [await answers(one, talk) for one, talk in zip(lab, TALKS, strict=True)]
    assert sum(len(talk.questions) for talk in TALKS) == 40
    page = "\n".join([HEAD, *map(written, TALKS, alone, helped, strict=True)])
    if os.environ.get("WRITE_TALK"):
        TALK.write_text(page)
    assert page.split("\n") == TALK.read_text().split("\n")
    assert not [text for many in helped for text in many if "99 %" in text or "are running" in text]


async def answers(conversation: Conversation, talk: Talk) -> list[str]:
    """Return the answers to the questions of one talk, asked one after another."""
    found: list[str] = []
    for text in talk.questions:
        question = ChatQuestion(
            conversation_id=talk.title,
            text=text,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=talk.user_id),
            language=talk.language,
            spoken=talk.spoken,
        )
        pieces = [piece async for piece in conversation.ask(question)]
        found.append("".join(one.text for one in pieces if one.kind is ChatPieceKind.TEXT).strip())
    return found


def written(talk: Talk, alone: Sequence[str], helped: Sequence[str]) -> str:
    """Return one talk as a part of the page."""
    lines = [f"## {talk.title}", ""]
    for question, answer, other in zip(talk.questions, alone, helped, strict=True):
        lines += [f"> {question}", "", answer, ""]
        if other != answer:
            lines += [f"*With the model: {' '.join(other.split())}*", ""]
    return "\n".join(lines)


async def test_a_model_is_corrected_about_a_thing_that_is_not_known(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, script=Liar()) as rig:
        talk = Talk(
            title="t", user_id="1", language="en", spoken=False, questions=("How hot is the printer?",)
        )
        found = await answers(QuestionLab().conversation(sentences(), rig.models), talk)
    assert "I do not know anything called printer." in found[0]
