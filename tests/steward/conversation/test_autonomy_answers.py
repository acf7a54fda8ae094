"""Questions about what the steward may do without a person, and why it asked."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from homelab_steward.contract.autonomy import (
    AutonomyCell,
    AutonomyLevel,
    LevelQuery,
    RunbookLevel,
    RunbookLevels,
)
from homelab_steward.contract.incidents import ApprovalRequest
from rig import records
from rig.conversation_rig import ConversationRig, open_conversation
from rig.inventory import NOW, ToyInventory
from rig.toy import Toy
from steward.clock import ManualClock
from steward.conversation.autonomy_answers import AutonomyAnswers
from steward.conversation.questions import Topic, TopicQuestion
from steward.conversation.records import SHOWN, Records, Rows
from steward.texts import texts_of

MAY = {
    "en": ("What may you do on your own?", "What are you allowed to fix without asking?", "autonomy levels"),
    "de": (
        "Was darfst du allein tun?",
        "Was darfst du tun ohne zu fragen?",
        "Zeig mir deine Autonomiestufen",
    ),
    "fr": ("Que peux-tu faire sans moi ?", "Quels sont tes niveaux d'autonomie ?"),
    "es": ("¿Qué puedes hacer por tu cuenta?", "¿Cuáles son los niveles de autonomía?"),
    "nl": ("Wat mag je zelf repareren?", "Toon de autonomieniveaus"),
}
WHY = {
    "en": ("Why did you not fix it yourself?", "Why didn't you repair that on your own?"),
    "de": ("Warum hast du es nicht selbst behoben?", "Warum fragst du mich?"),
    "fr": ("Pourquoi ne l'as-tu pas réparé toi-même ?",),
    "es": ("¿Por qué no lo has arreglado tú mismo?",),
    "nl": ("Waarom heb je het niet zelf opgelost?",),
}
ALONE = {
    "en": "I ask before each change",
    "de": "Ich frage vor jeder Änderung",
    "fr": "Je demande avant chaque modification",
    "es": "Pregunto antes de cada cambio",
    "nl": "Ik vraag het vóór elke wijziging",
}
UNJUDGED = {
    "en": "because none of its runs has been judged yet",
    "de": "weil noch keiner der Durchläufe beurteilt wurde",
    "fr": "car aucune de ses exécutions n'a encore été évaluée",
    "es": "porque todavía no se ha valorado ninguna de sus ejecuciones",
    "nl": "omdat nog geen uitvoering ervan is beoordeeld",
}
CELL = AutonomyCell(
    runbook_id="toy-memory",
    version=1,
    recipe="increase",
    label="Increase memory",
    target_class="application",
    level=AutonomyLevel.ASK,
)


def levels(*cells: AutonomyCell) -> RunbookLevels:
    level = RunbookLevel(id="toy-memory", title="Memory", level=AutonomyLevel.ASK, cells=cells)
    return RunbookLevels(levels=(level,))


async def test_each_language_asks_what_may_be_done_and_why_it_was_not(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        for language, questions in MAY.items():
            for text in questions:
                assert ALONE[language] in await rig.ask(text, language=language), text
        for language, questions in WHY.items():
            for text in questions:
                assert UNJUDGED[language] in await rig.ask(text, language=language), text
        assert rig.rig.toy.done == [], "a question never causes an action"


async def test_without_an_open_incident_there_is_nothing_to_explain(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert await rig.ask("Why did you not fix it yourself?") == "No incident is open."


async def test_higher_levels_are_named() -> None:
    auto = replace(CELL, level=AutonomyLevel.AUTO)
    veto = replace(CELL, level=AutonomyLevel.VETO, label="Restart")

    async def read(query: LevelQuery) -> RunbookLevels:
        assert query == LevelQuery(language="en")
        return levels(CELL, auto, veto)

    text = await AutonomyAnswers(read).what_it_may(texts_of("en"), "en", 5)
    assert text == (
        "I act and report: Increase memory (Memory, application). "
        "I act unless somebody stops me: Restart (Memory, application). I ask before every other change."
    )


async def of_first_option(rig: ConversationRig, *cells: AutonomyCell) -> str:
    """Return why the first option of the open incident was not carried out alone."""
    request = await rig.rig.ask()
    option = request.proposal.options[0]
    found = levels(
        *(replace(one, runbook_id=option.runbook_id or "", recipe=option.recipe or "") for one in cells)
    )

    async def read(_: LevelQuery) -> RunbookLevels:
        return found

    incident = await rig.rig.incident()
    return await AutonomyAnswers(read).why_not_alone(incident, texts_of("en"), "en", 5)


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (
            (replace(CELL, missing=("2 more good runs.", "an undo that was tried")),),
            "is “Ask first”. For the next level it lacks: 2 more good runs and an undo that was tried.",
        ),
        ((CELL,), "is “Ask first”. Nothing is missing for the next level: a person can raise it."),
        ((replace(CELL, level=AutonomyLevel.AUTO), CELL), "is “Ask first”."),
        ((replace(CELL, level=AutonomyLevel.AUTO),), "is “Act and report”."),
    ],
)
async def test_the_level_and_what_is_missing_explain_why(
    tmp_path: Path, cells: tuple[AutonomyCell, ...], text: str
) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert text in await of_first_option(rig, *cells)


async def test_an_incident_without_a_change_says_so(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.rig.ask()
        bare = replace(await rig.rig.incident(), proposal=None)

        async def read(_: LevelQuery) -> RunbookLevels:
            return levels(CELL)

        text = await AutonomyAnswers(read).why_not_alone(bare, texts_of("en"), "en", 5)
        assert text.endswith(": I found nothing that I could change.")


class OneWaits:
    """Rows with one request that the steward carries out by itself."""

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        return (replace(records.request(), acts_at=NOW),)


async def test_what_waits_says_when_the_steward_acts_unless_it_is_rejected() -> None:
    waiting = Records(cast("Rows", OneWaits()), ToyInventory(Toy()), ManualClock(NOW))
    answer = await waiting.answer(TopicQuestion(Topic.WAITING), "en", SHOWN)
    label = records.request().proposal.options[0].label
    assert f"{label} at 12:00, unless you reject it." in answer
    assert "Options" not in answer
