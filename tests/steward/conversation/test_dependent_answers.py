"""What depends on a thing, and stops with it."""

import pytest

from rig.question_lab import QuestionLab
from steward.conversation.meanings import PersonRequest
from steward.conversation.questions import DependentsQuestion

from .test_everyday_questions import meaning
from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What depends on pve1?"),
        ("en", "What all breaks if pve1 goes down?"),
        ("en", "What would happen if I restart pve1?"),
        ("en", "which services would stop when somebody unplugs pve1"),
        ("de", "Was hängt alles von pve1 ab?"),
        ("de", "Was fällt aus, wenn pve1 abstürzt?"),
        ("de", "Was passiert, wenn ich pve1 neu starte?"),
        ("fr", "Qu'est-ce qui dépend de pve1 ?"),
        ("fr", "Que se passe-t-il si j'éteins pve1 ?"),
        ("es", "¿Qué depende de pve1?"),
        ("es", "¿Qué pasa si reinicio pve1?"),
        ("nl", "Wat hangt er af van pve1?"),
        ("nl", "Wat gebeurt er als pve1 uitvalt?"),
    ],
)
def test_the_question_in_each_language(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, DependentsQuestion), found
    assert found.target.name == "pve1"


UNKNOWN = "What else needs it is not known."


async def test_what_runs_on_a_node_is_named_and_nothing_that_is_kept_there() -> None:
    expected = f"On pve1 run, and stop with it: radarr, adguard, haos, and AdGuard Home. {UNKNOWN}"
    assert await answer("What depends on pve1?") == expected


async def test_what_is_stopped_already_does_not_stop_with_it() -> None:
    lab = QuestionLab()
    stopped = lab.target("proxmox", "container", "103")
    assert stopped is not None
    assert lab.readings(stopped)["running"] is False
    assert stopped.name not in await answer("What depends on pve1?", lab)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What depends on the adguard container?", "On adguard run, and stop with it: AdGuard Home."),
        ("What breaks if sda fails?", "I know of nothing that runs on sda."),
    ],
)
async def test_other_needs_are_said_to_be_unknown(text: str, expected: str) -> None:
    assert await answer(text) == f"{expected} {UNKNOWN}"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "can I restart pve1 safely"),
        ("en", "is it safe to restart pve1?"),
        ("de", "kann ich pve1 gefahrlos neu starten"),
        ("de", "ist es sicher, pve1 neu zu starten?"),
        ("fr", "puis-je redémarrer pve1 sans risque ?"),
        ("es", "¿puedo reiniciar pve1 sin riesgo?"),
        ("nl", "kan ik pve1 veilig herstarten?"),
    ],
)
def test_whether_it_can_be_restarted(language: str, text: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, DependentsQuestion), found
    assert (found.target.name, found.is_restart) == ("pve1", True)


async def test_whether_a_restart_can_be_requested_is_said() -> None:
    offered = await answer("can I restart the radarr container safely")
    assert offered.endswith(
        "You can request a restart of radarr: nothing is done before somebody approves it."
    )
    assert (await answer("is it safe to restart sda")).endswith("A restart of sda is not offered.")


def test_can_you_restart_it_is_a_request() -> None:
    assert isinstance(meaning("can you restart the radarr container"), PersonRequest)
