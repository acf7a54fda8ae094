"""Plain questions about a homelab of real services are answered truthfully without a model."""

import math
import sys
import time

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from rig.plain_questions import QUESTIONS
from rig.question_lab import QuestionLab
from rig.recognition_rig import sentences

GOAL = 0.85
"""The share of the questions that need no model."""

NO_MODEL = (
    "Other questions need a language model",
    "Andere Fragen brauchen ein Sprachmodell",
    "Les autres questions nécessitent un modèle de langage",
    "Otras preguntas necesitan un modelo de lenguaje",
    "Andere vragen vereisen een taalmodel",
)


async def test_plain_questions_are_answered_without_a_model() -> None:
    lab = QuestionLab()
    conversation = lab.conversation(sentences())
    wrong: list[str] = []
    unanswered: list[str] = []
    seconds: list[float] = []
    for number, (language, text, expected) in enumerate(QUESTIONS):
        question = ChatQuestion(
            conversation_id=str(number),
            text=text,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1"),
            language=language,
        )
        began = time.perf_counter()
        answer = "".join([piece.text async for piece in conversation.ask(question)])
        seconds.append(time.perf_counter() - began)
        if any(one in answer for one in NO_MODEL):
            unanswered.append(text)
        elif expected not in answer:
            wrong.append(f"{text} -> {answer}")
    share = 1 - (len(unanswered) + len(wrong)) / len(QUESTIONS)
    p95 = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    sys.stdout.write(
        f"{len(QUESTIONS)} questions, {share:.0%} answered without a model, p95 {1000 * p95:.0f} ms\n"
    )
    sys.stdout.write(f"without an answer: {unanswered}\n")
    assert wrong == []
    assert share >= GOAL
    assert lab.requested == [], "a question requests nothing"
    assert lab.decided == [], "a question decides nothing"
