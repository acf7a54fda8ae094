"""Time until a plain question is answered without a model."""

import os
import time
from typing import Final

from bench.figures import Figure, Goal, Result, quantile
from bench.process import memory
from bench.progress import report
from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from rig.plain_questions import QUESTIONS
from rig.question_lab import QuestionLab
from steward.language.sentences import Sentences

ROUNDS: Final = 5
P95: Final = Goal(50)


async def measure() -> Result:
    """Ask every plain question of the tests some times, with the sentences of all languages."""
    before, began = memory(os.getpid()).now, time.perf_counter()
    sentences = Sentences()
    await sentences.load()
    loaded, grown = time.perf_counter() - began, memory(os.getpid()).now - before
    conversation = QuestionLab().conversation(sentences)
    seconds: list[list[float]] = []
    for number in range(ROUNDS):
        report(f"round {number + 1} of {ROUNDS}")
        seconds.append([])
        for key, (language, text, _) in enumerate(QUESTIONS):
            question = ChatQuestion(
                conversation_id=f"{number}.{key}",
                text=text,
                speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1"),
                language=language,
            )
            start = time.perf_counter()
            async for _piece in conversation.ask(question):
                pass
            seconds[-1].append(time.perf_counter() - start)
    return Result(
        name="answers",
        group="Home Assistant, Assist and MCP",
        title="Answers without a model",
        how=(
            f"{len(QUESTIONS)} questions in five languages about twelve services, {ROUNDS} rounds. "
            "Sentences are loaded before the first one."
        ),
        figures=(
            Figure.of(
                "question answered without a model, p95",
                "ms",
                [1000 * quantile(one, 0.95) for one in seconds],
                P95,
            ),
            Figure.of("loading the sentences of all languages", "s", [loaded]),
            Figure.of("memory of the sentences", "MiB", [grown]),
        ),
    )
