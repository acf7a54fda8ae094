"""Whether the backups can be restored, asked in five languages."""

from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.restore_drill import BackupProof, ProofLevel, RestoreReport
from homelab_steward.contract.state import TargetRef
from rig.conversation_rig import open_conversation
from rig.inventory import NOW
from steward.conversation.restore_answers import restores_text
from steward.store import restore_proofs
from steward.texts import texts_of

QUESTIONS = {
    "en": ("Can the backups be restored?", "Are my backups restorable?", "When was the last restore drill?"),
    "de": ("Lassen sich die Backups wiederherstellen?", "Sind meine Sicherungen wiederherstellbar?"),
    "fr": ("Mes sauvegardes peuvent-elles être restaurées ?",),
    "es": ("¿Se pueden restaurar las copias de seguridad?",),
    "nl": ("Kunnen de back-ups worden hersteld?",),
}
COUNTS = {
    "en": "Backups that a drill restored: 1 of 3.",
    "de": "Probeweise wiederhergestellte Backups: 1 von 3.",
    "fr": "Sauvegardes restaurées lors d'un essai : 1 sur 3.",
    "es": "Copias de seguridad restauradas en una prueba: 1 de 3.",
    "nl": "Back-ups die in een test zijn hersteld: 1 van 3.",
}


def proof(name: str, level: ProofLevel | None, days_ago: int = 3) -> BackupProof:
    at = NOW - timedelta(days=days_ago)
    return BackupProof(
        target=TargetRef(instance_id="pve", kind="vm", id=name, name=name),
        drill="guest",
        newest_id="b",
        newest_at=NOW,
        level=level or ProofLevel.NONE,
        tried_at=None if level is None else at,
        proven_at=at if level is ProofLevel.ANSWERED else None,
    )


REPORT = RestoreReport(
    days=30,
    proofs=(proof("media", ProofLevel.ANSWERED), proof("dns", ProofLevel.RESTORED), proof("new", None)),
)
ASKED = [(language, text) for language, texts in QUESTIONS.items() for text in texts]


async def test_every_language_asks_and_is_answered_from_the_last_drills(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        async with rig.rig.store.change() as unit:
            await restore_proofs.write_report(unit.connection, REPORT)
        for language, text in ASKED:
            answer = await rig.ask(text, language=language)
            assert COUNTS[language] in answer, (language, text, answer)


@pytest.mark.parametrize(
    "report", [None, RestoreReport(days=30), RestoreReport(days=30, proofs=REPORT.proofs[2:])]
)
def test_without_a_drill_nothing_is_claimed(report: RestoreReport | None) -> None:
    expected = "No backup was restored in a drill so far, so I do not know."
    assert restores_text(report, texts_of("en"), NOW, 5) == expected


def test_the_answer_names_what_failed_and_what_was_not_tried() -> None:
    text = restores_text(REPORT, texts_of("en"), NOW, 5)
    assert "Could not be restored: dns." in text
    assert "Without a recent proof: new." in text
    assert "The oldest proof is of" in text


def test_an_old_proof_is_no_proof() -> None:
    text = restores_text(REPORT, texts_of("en"), NOW + timedelta(days=40), 5)
    assert "0 of 3" in text
    assert "Without a recent proof: media and new." in text
    assert "oldest" not in text
