"""Short conversations in the lab of real services."""

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from rig.question_lab import QuestionLab
from rig.recognition_rig import sentences

OWNER = "1"
"""The user id of the owner of the lab. Everybody else is unknown."""


async def last_answer(
    lab: QuestionLab, language: str, *said: str, user: str = OWNER, is_shared: bool = False
) -> str:
    """Return the answer to the last of several texts of one conversation without a model."""
    conversation = lab.conversation(sentences())
    found = ""
    for text in said:
        question = ChatQuestion(
            conversation_id="c",
            text=text,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user),
            language=language,
            is_shared=is_shared,
        )
        found = "".join([piece.text async for piece in conversation.ask(question)])
    return found
