"""Of what no backup is known: only what reports backups is claimed to have one."""

import pytest

from homelab_steward.contract.state import Resource
from rig.question_lab import QuestionLab
from steward.conversation.questions import Topic, TopicQuestion

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "which VMs have no backup", "vm"),
        ("en", "what is not backed up", None),
        ("en", "containers without a backup", "container"),
        ("de", "welche VMs haben kein Backup", "vm"),
        ("de", "was ist nicht gesichert", None),
        ("fr", "quelles VM n'ont pas de sauvegarde", "vm"),
        ("es", "qué VM no tienen copia de seguridad", "vm"),
        ("nl", "welke containers hebben geen back-up", "container"),
    ],
)
def test_the_question_in_each_language(language: str, text: str, kind: str | None) -> None:
    assert meaning(text, language) == TopicQuestion(Topic.NO_BACKUP, kind=kind)


async def test_what_has_none_is_named_with_the_reason() -> None:
    lab = QuestionLab()
    new = Resource(kind="vm", id="202", name="new-vm", values={"running": True, "last_backup": None})
    lab.add("proxmox", new)
    assert (await answer("which VMs have no backup", lab)).startswith("No backup is known of: new-vm")
    assert "new-vm" in await answer("what has no backup", lab)
    assert "new-vm" not in await answer("which containers have no backup", lab)


async def test_only_what_reports_backups_is_counted() -> None:
    text = await answer("which VMs have no backup")
    assert text == "Of everything that reports backups (1), a backup is known."
    assert (await answer("which access points have no backup")) == "Nothing that I know reports backups."
