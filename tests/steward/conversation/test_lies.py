"""A model that lies, stops, or fails: what is given out was read, and the records answer in its place."""

from pathlib import Path

import pytest

from homelab_steward.contract.chat import ChatPieceKind
from homelab_steward.contract.client import SILENCE
from lab.model import ModelFault, ModelFaultKind, Turn
from rig.conversation_rig import calls, of_kind, open_conversation, says, text_of
from steward.conversation.model_answers import Bounds
from steward.llm.messages import Tier

READS = calls("toy_status", match="radarr", target="radarr", times=1)
OUT = ModelFault(kind=ModelFaultKind.STATUS, status=500)
REFUSED = ModelFault(kind=ModelFaultKind.STATUS, status=400)
CUT = ModelFault(kind=ModelFaultKind.CUT, after=2)


@pytest.mark.parametrize(
    ("question", "lie", "absent"),
    [
        ("Tell me about my Jellyfin, please", says("Yes, Jellyfin is ", "running fine."), "running"),
        ("Was macht denn mein Jellyfin so?", says("Jellyfin läuft ", "einwandfrei."), "läuft"),
        ("Compare radarr with what you know", says("radarr uses ", "37 %", " of it."), "37"),
        ("Compare radarr with what you know", says("Beside it, sonarr ", "is stopped."), "stopped"),
        ("Does the box radarr work like a charm?", says("Sì, va tutto benissimo."), "benissimo"),
    ],
)
async def test_a_lie_without_a_reading_is_not_given_out(
    tmp_path: Path, question: str, lie: Turn, absent: str
) -> None:
    async with open_conversation(tmp_path, lie) as rig:
        answer = await rig.ask(question)
        assert absent not in answer.partition("left out")[0]
        assert "but this is known" in answer or "I do not know anything called Jellyfin" in answer


@pytest.mark.parametrize(
    ("question", "known"),
    [
        ("what's the load on the backup server", "Nothing that I know reports that."),
        ("make it faster", "Which one do you mean?"),
    ],
)
async def test_what_needs_no_model_is_said_in_place_of_a_lie(
    tmp_path: Path, question: str, known: str
) -> None:
    async with open_conversation(tmp_path, says("The backup server is ", "at 37 %.")) as rig:
        answer = await rig.ask(question)
        assert "37" not in answer.partition("left out")[0]
        assert known in answer


async def test_a_number_that_was_not_read_is_left_out(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, READS, says("It uses ", "37", " %.", role="tool")) as rig:
        pieces = await rig.pieces("Explain the memory of radarr in your own way")
        assert [one.ok for one in of_kind(pieces, ChatPieceKind.TOOL_RESULT)] == [True]
        answer = text_of(pieces)
        assert answer == (
            "The model's answer is left out, because no reading says it. "
            "I cannot explain it, but this is known: radarr: Memory usage 95."
        )
        rig.model.script.turns[:] = [says("95 % of it.", role="tool"), READS]
        assert "37" not in await rig.ask("Tell me a story of the wall"), "the next question is not spoiled"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "I cannot explain it, but this is known:"),
        ("de", "Ich kann es nicht erklären, aber das ist bekannt:"),
        ("fr", "Je ne peux pas l'expliquer, mais voici ce qui est connu :"),
        ("es", "No puedo explicarlo, pero esto es lo que se sabe:"),
        ("nl", "Ik kan het niet uitleggen, maar dit is bekend:"),
    ],
)
@pytest.mark.parametrize("fault", [OUT, CUT, None])
async def test_the_records_answer_when_a_model_does_not(
    tmp_path: Path, fault: ModelFault | None, language: str, said: str
) -> None:
    answers = says("A ", "b ", "c ", fault=fault) if fault else says("")
    async with open_conversation(tmp_path, answers) as rig:
        answer = await rig.ask("radarr, hmm: xyzzy?", language=language)
        assert said in answer
        assert "radarr" in answer.partition(said)[2]
        assert "closed the connection" not in answer or language == "en", "the reason is in the language"


async def test_the_records_answer_before_a_client_gives_up(tmp_path: Path) -> None:
    silent = says("A.", fault=ModelFault(kind=ModelFaultKind.SILENT))
    async with open_conversation(tmp_path, silent, bounds=Bounds(step_seconds=0.05)) as rig:
        assert "this is known: radarr is fine" in await rig.ask("radarr, hmm: xyzzy?")
    assert Bounds().step_seconds < SILENCE


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en", "the question or its context is private, so only a local model may read it"),
        ("de", "die Frage oder ihr Kontext ist privat, daher darf nur ein lokales Modell sie lesen"),
        ("fr", "la question ou son contexte est privé, seul un modèle local peut donc la lire"),
        ("es", "la pregunta o su contexto es privado, por lo que solo puede leerla un modelo local"),
        ("nl", "de vraag of de context ervan is privé, dus alleen een lokaal model mag die lezen"),
    ],
)
async def test_why_no_model_was_asked_is_said_in_the_language(
    tmp_path: Path, language: str, reason: str
) -> None:
    async with open_conversation(tmp_path, says("A."), tier=Tier.CLOUD) as rig:
        assert reason in await rig.ask("radarr, hmm: xyzzy?", language=language)
        assert rig.model.bodies == []


@pytest.mark.parametrize("first", [says("A ", fault=REFUSED), says("radarr uses 37 %.")])
async def test_a_failed_question_is_not_shown_to_the_model_again(tmp_path: Path, first: Turn) -> None:
    async with open_conversation(tmp_path, first) as rig:
        await rig.ask("radarr, hmm: xyzzy?")
        rig.model.script.turns[:] = [says("Fine.")]
        assert await rig.ask("Tell me a story") == "Fine."
        assert "xyzzy" not in rig.model.bodies[-1]


@pytest.mark.parametrize(
    ("question", "lie"),
    [
        ("Onko se valmis?", "Kyllä, se tehtiin juuri."),
        ("Is it done already, what do you say?", "Yes, all went well."),
        ("Fertig geworden, hm?", "Ja, alles erledigt."),
    ],
)
async def test_after_a_request_nothing_is_said_without_a_reading(
    tmp_path: Path, question: str, lie: str
) -> None:
    async with open_conversation(tmp_path, says(lie)) as rig:
        assert "after you approve it" in await rig.ask("Restart radarr")
        answer = await rig.ask(question)
        assert lie not in answer
        assert "this is known" in answer
        rig.model.script.turns[:] = [says("It waits.", role="tool"), calls("homelab_status")]
        assert await rig.ask("Restart radarr") != ""
        assert "It waits." in await rig.ask(question), "after a reading it may say so"


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("kick radarr and sonarr and tell me a joke", "en", "radarr"),
        ("radarr restart when idle", "en", "radarr"),
        ("mach mal radarr neu", "de", "radarr"),
        ("Bei Problemen starte radarr neu", "de", "nicht verstanden: „Problemen“"),
    ],
)
async def test_a_request_that_is_not_understood_gets_no_readings(
    tmp_path: Path, text: str, language: str, named: str
) -> None:
    async with open_conversation(tmp_path, says("")) as rig:
        answer = await rig.ask(text, language=language)
        assert named in answer
        assert "Memory usage" not in answer
        assert "Speicherauslastung" not in answer


async def test_every_thing_that_a_question_names_is_described(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, says("")) as rig:
        answer = await rig.ask("Explain radarr and sonarr in your own words")
        assert "radarr is fine" in answer
        assert "sonarr is fine" in answer
        assert "radarr" not in await rig.ask("Why is the sky blue?"), "it was named earlier"
