"""A question about a part that nothing here has gets no reading of another thing."""

import pytest

from rig.question_instances import Made
from rig.question_lab import QuestionLab
from rig.talk import last_answer

OF_DISKS = "44"
"""The temperature of a disk in the lab."""


def lab() -> QuestionLab:
    found = QuestionLab()
    found.add_instance(Made("ollama", "Ollama", {"gpu_memory_used": 9_000.0}))
    return found


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "What temperature is my GPU running at?",
            "Nothing that I know reports that. Temperature is known of: ",
        ),
        ("en", "GPU temp", "Nothing that I know reports that. Temperature is known of: "),
        ("en", "Which GPU is the warmest?", "Nothing that I know reports that. Temperature is known of: "),
        ("en", "cpu temperature, please", "Nothing that I know reports that. Temperature is known of: "),
        ("en", "How full is the tape library?", "I do not know anything called tape."),
        (
            "de",
            "Wie warm wird die CPU gerade?",
            "Nichts, was ich kenne, meldet das. Temperatur ist bekannt von: ",
        ),
        ("de", "GPU-Temperatur?", "Nichts, was ich kenne, meldet das. Temperatur ist bekannt von: "),
        ("de", "Wie voll ist das Magnetband?", "Ich kenne nichts mit dem Namen Magnetband."),
        ("fr", "Il fait combien, le GPU, en température ?", "Rien de ce que je connais ne signale cela."),
        ("fr", "La bande est-elle pleine ?", "Rien de ce que je connais ne signale cela."),
        ("es", "¿A qué temperatura va la GPU?", "Nada de lo que conozco informa de eso."),
        ("es", "¿Cuántos grados tiene la GPU?", "Nada de lo que conozco informa de eso."),
        ("es", "grados de la GPU", "Nada de lo que conozco informa de eso."),
        ("en", "How many degrees does the GPU have?", "Nothing that I know reports that."),
        ("es", "¿Está llena la cinta?", "No conozco nada llamado cinta."),
        ("nl", "Wat is de temperatuur van de GPU?", "Niets wat ik ken, meldt dat."),
        ("nl", "Is de tape vol?", "Ik ken niets met de naam tape."),
    ],
)
async def test_a_part_that_nothing_has(language: str, text: str, expected: str) -> None:
    found = await last_answer(lab(), language, text)
    assert found.startswith(expected)
    assert OF_DISKS not in found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "CPU temperature of Radarr"),
        ("en", "What's the processor temperature on pve1?"),
        ("en", "How much GPU memory does pve1 use?"),
        ("de", "CPU-Temperatur von pve1"),
        ("fr", "Température du processeur de pve1"),
        ("es", "Temperatura de la CPU de pve1"),
        ("nl", "CPU-temperatuur van pve1"),
    ],
)
async def test_a_thing_that_has_only_another_reading_of_the_part(language: str, text: str) -> None:
    found = await last_answer(lab(), language, text)
    assert "%" not in found
    assert found.split(maxsplit=1)[0] in ("pve1", "Radarr")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Is the battery full?", "Eaton 100 %."),
        ("en", "How hot are the disks?", "sdb 44 °C and sda 38 °C."),
        ("nl", "Hoe warm zijn de schijven?", "sdb 44 °C en sda 38 °C."),
        ("en", "GPU usage", "Ollama 9,000 GiB."),
        ("en", "How many queries does adguard block?", "AdGuard Home: Queries blocked 17.4 %."),
    ],
)
async def test_a_part_that_something_has(language: str, text: str, expected: str) -> None:
    assert await last_answer(lab(), language, text) == expected
