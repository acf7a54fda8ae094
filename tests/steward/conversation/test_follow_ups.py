"""A short question is completed by the one before it."""

import pytest

from rig.question_lab import QuestionLab
from rig.talk import last_answer


@pytest.mark.parametrize(
    ("language", "said", "expected"),
    [
        ("en", ("How much memory does adguard use?", "and paperless?"), "paperless: Memory usage 63 %"),
        ("en", ("How much memory does adguard use?", "and paperless?", "and adguard?"), "adguard: Memory"),
        ("en", ("Is radarr's memory over 80 %?", "and adguard?"), "No. adguard: Memory usage 21 %."),
        (
            "en",
            ("Which container uses the most memory?", "and the least?"),
            "Memory usage: adguard with 21 %.",
        ),
        (
            "en",
            ("What happened to Sonarr today?", "what about this week?"),
            "6 days ago: Sonarr was started.",
        ),
        ("en", ("How much memory does adguard use?", "and Emby?"), "I do not know anything called Emby."),
        ("en", ("How much memory does adguard use?", "what about yesterday?"), "You can ask what is wrong"),
        # Without a question before, or after one about everything, it is a question of its own.
        ("en", ("What about Sonarr?",), "Sonarr is fine"),
        ("en", ("What is waiting for me?", "What about Sonarr?"), "Sonarr is fine"),
        (
            "de",
            ("Wie viel Speicher braucht adguard?", "und paperless?"),
            "paperless: Speicherauslastung 63 %",
        ),
        ("fr", ("Quelle version de Sonarr ?", "Et Plex ?"), "Plex : Version 1.43."),
        ("es", ("¿Qué versión tiene Sonarr?", "¿Y Plex?"), "Plex: Versión 1.43."),
        ("nl", ("Welke versie heeft Sonarr?", "En Plex?"), "Plex: Versie 1.43."),
    ],
)
async def test_a_follow_up(language: str, said: tuple[str, ...], expected: str) -> None:
    assert (await last_answer(QuestionLab(), language, *said)).startswith(expected)


async def test_several_names_may_follow() -> None:
    found = await last_answer(
        QuestionLab(), "en", "How much memory does grafana use?", "what about paperless and adguard?"
    )
    assert "paperless: Memory usage 63 %" in found
    assert "adguard: Memory usage 21 %" in found


@pytest.mark.parametrize(
    ("language", "said", "expected"),
    [
        ("en", ("ram adguard", "in megabytes"), "adguard: Memory used 840 MiB."),
        ("en", ("ram adguard", "and how much is that in gigs, please?"), "adguard: Memory used 0.82 GiB."),
        ("en", ("ram adguard", "in MB", "and paperless?"), "paperless: Memory used 1,300 MiB."),
        ("en", ("ram adguard", "in minutes?"), "I cannot say that in min."),
        ("en", ("temperatures of all disks", "in GB?"), "I cannot say that in GiB."),
        ("en", ("temperatures of all disks", "in degrees"), "sdb 44 °C and sda 38 °C."),
        (
            "en",
            ("which container is the hungriest for memory", "in mb?"),
            "Memory used: radarr with 3,320 MiB.",
        ),
        ("en", ("which container is the hungriest for memory", "in watts?"), "I cannot say that in W."),
        ("en", ("since when is adguard up", "in hours?"), "adguard: Uptime 21 h."),
        (
            "en",
            ("memory of adguard and paperless", "in gigabytes?"),
            "adguard: Memory used 0.82 GiB. paperless: Memory used 1.27 GiB.",
        ),
        ("en", ("what waits for me", "in hours?"), "You can ask what is wrong"),
        ("de", ("Seit wann läuft adguard?", "und in Minuten?"), "adguard: Betriebszeit 1.260 min."),
        ("de", ("Wie voll ist tank?", "in Terabyte bitte"), "tank: Belegter Platz 13,87 TiB."),
        (
            "fr",
            ("mémoire de adguard", "ça fait combien en gigaoctets ?"),
            "adguard : Mémoire utilisée 0,82 GiB.",
        ),
        ("es", ("¿Cómo de lleno está tank?", "¿y en teras?"), "tank: Espacio usado 13,87 TiB."),
        ("nl", ("Hoe vol is tank?", "hoeveel is dat in terabyte?"), "tank: Gebruikte ruimte 13,87 TiB."),
    ],
)
async def test_the_last_value_in_another_unit(language: str, said: tuple[str, ...], expected: str) -> None:
    assert (await last_answer(QuestionLab(), language, *said)).startswith(expected)


@pytest.mark.parametrize(
    ("language", "request_text", "text"),
    [
        ("en", "Restart Sonarr", "do that again please"),
        ("en", "Restart Sonarr", "could you do that once more?"),
        ("en", "Restart Sonarr", "again"),
        ("de", "Starte Sonarr neu", "mach das nochmal"),
        ("fr", "Redémarre Sonarr", "refais-le"),
        ("es", "Reinicia Sonarr", "hazlo otra vez"),
        ("nl", "Herstart Sonarr", "doe dat nog eens"),
    ],
)
async def test_the_last_request_is_made_again(language: str, request_text: str, text: str) -> None:
    lab = QuestionLab()
    await last_answer(lab, language, request_text, text)
    assert [(one.action, one.instance_id) for one in lab.requested] == [("restart", "sonarr")] * 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("How is Sonarr?", "do that again")),
        ("en", ("Restart Sonarr", "How is Radarr?", "do that again")),
        ("en", ("Restart Sonarr", "never do that again")),
        ("de", ("Wie geht es Sonarr?", "mach das nochmal")),
    ],
)
async def test_nothing_is_made_again_without_a_request_before(language: str, said: tuple[str, ...]) -> None:
    lab = QuestionLab()
    await last_answer(lab, language, *said)
    assert len(lab.requested) == said.count("Restart Sonarr")
