"""Two things are compared, numbers are checked, and several things are asked about at once."""

import pytest

from .test_reading_answers import answer


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Does paperless use more memory than adguard?", "Yes. Memory usage: paperless 63 % and"),
        ("en", "Does adguard use more memory than paperless?", "No. Memory usage: adguard 21 % and"),
        ("en", "Which uses more memory, paperless or adguard?", "paperless. Memory usage: paperless 63 %"),
        ("en", "Which uses less memory, paperless or adguard?", "adguard. Memory usage: paperless 63 %"),
        ("en", "Is sda hotter than sdb?", "No. Temperature: sda 38 °C and sdb 44 °C."),
        ("de", "Ist sdb heißer als sda?", "Ja. Temperatur: sdb 44 °C und sda 38 °C."),
        ("fr", "Le disque sda est-il plus chaud que sdb ?", "Non. Température : sda 38 °C et sdb 44 °C."),
        ("es", "¿Qué usa más memoria, paperless o adguard?", "paperless. Uso de memoria: paperless 63 %"),
        ("nl", "Wat gebruikt meer geheugen, paperless of adguard?", "paperless. Geheugengebruik: paperless"),
        # Equal values have no winner, and a thing without the reading is named.
        ("en", "Which uses more memory, paperless or paperless?", "They are equal. Memory usage"),
        ("en", "Is paperless hotter than sda?", "paperless does not report that."),
    ],
)
async def test_a_comparison(language: str, text: str, expected: str) -> None:
    assert (await answer(text, language=language)).startswith(expected)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Is radarr's memory over 80 %?", "Yes. radarr: Memory usage 83 %."),
        ("en", "Is adguard's memory over eighty percent?", "No. adguard: Memory usage 21 %."),
        ("en", "Is the memory of adguard below 21.5 %?", "Yes. adguard: Memory usage 21 %."),
        ("en", "Is the memory of paperless more than half full?", "Yes. paperless: Memory usage 63 %."),
        ("en", "Are any disks hotter than 40 degrees?", "1 of 2: sdb 44 °C."),
        ("en", "Are any disks hotter than 60 degrees?", "None of 2. The nearest: sdb 44 °C."),
        ("en", "Which certificates expire in less than 3 weeks?", "None of 3. The nearest: Traefik 24 days."),
        ("en", "Which certificates expire in less than 30 days?", "2 of 3: Traefik 24 days and"),
        ("en", "Are there fewer than three containers?", "No. 6: radarr,"),
        ("en", "Are there more than three disks?", "No. 2: "),
        ("de", "Ist der Speicher von radarr über 80 %?", "Ja. radarr: Speicherauslastung 83 %."),
        ("fr", "La mémoire de radarr dépasse 80 % ?", "Oui. radarr : Utilisation de la mémoire 83 %."),
        ("es", "¿La memoria de radarr está por encima del 80 %?", "Sí. radarr: Uso de memoria 83 %."),
        ("nl", "Is het geheugen van radarr boven 80 %?", "Ja. radarr: Geheugengebruik 83 %."),
        # No unit is guessed, and two numbers are not understood.
        ("en", "Is Sonarr hotter than 40 degrees?", "Sonarr does not report that."),
        ("en", "Is the memory of radarr over 50 and 60 %?", "I did not understand the question about Radarr"),
    ],
)
async def test_a_number_is_checked(language: str, text: str, expected: str) -> None:
    assert (await answer(text, language=language)).startswith(expected)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "memory of paperless and adguard",
            ("paperless: Memory usage 63 %", "adguard: Memory usage 21 %"),
        ),
        ("en", "status of Sonarr and Plex", ("Sonarr is fine", "Plex is fine")),
        ("en", "memory and cpu of paperless", ("Memory usage 63 %", "CPU usage 22 %")),
        ("de", "Status von Sonarr und Plex", ("Sonarr geht es gut", "Plex geht es gut")),
        ("fr", "Quelle est la version de Sonarr et de Plex ?", ("Version 5.1.2", "Version 1.43")),
        ("es", "¿Qué versión tiene Sonarr y Plex?", ("Versión 5.1.2", "Versión 1.43")),
        ("nl", "Welke versie hebben Sonarr en Plex?", ("Versie 5.1.2", "Versie 1.43")),
    ],
)
async def test_several_things_at_once(language: str, text: str, expected: tuple[str, ...]) -> None:
    found = await answer(text, language=language)
    assert all(one in found for one in expected), found


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Is Plex up to date?", "Plex: Update available yes"),
        ("de", "Ist Plex aktuell?", "Plex: Aktualisierung verfügbar ja"),
        ("fr", "Plex est-il à jour ?", "Plex : Mise à jour disponible oui"),
        ("es", "¿Está Plex actualizado?", "Plex: Actualización disponible sí"),
        ("nl", "Is Plex up-to-date?", "Plex: Update beschikbaar ja"),
        ("en", "how many movies are playing", "Streams: Plex 2. anna watches Dune"),
        ("de", "Wie viele Filme laufen gerade?", "Streams: Plex 2. anna watches Dune"),
        ("en", "How hot are the disks?", "sdb 44 °C and sda 38 °C."),
        ("en", "Is the wifi in the attic up?", "Attic is "),
    ],
)
async def test_other_ways_to_ask(language: str, text: str, expected: str) -> None:
    assert (await answer(text, language=language)).startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status of Radarr but not Sonarr", "You can ask what is wrong"),
        ("How much memory did radarr use yesterday?", "I did not understand the question about Radarr"),
        ("How much memory does radarr use tomorrow?", "I did not understand the question about Radarr"),
        ("How much memory does weird radarr use?", "radarr: Memory usage 83 %, Memory used 3,320 MiB. I did"),
        ("was Emby down last night", "I do not know anything called Emby."),
        ("Was Sonarr down last night?", "Last 24 hours: nothing is recorded about Sonarr."),
        ("What happened last night?", "Last 24 hours: no incidents. 21 hours ago: adguard was started."),
        ("Did anything break overnight?", "Last 24 hours: no incidents. 21 hours ago:"),
    ],
)
async def test_the_past_and_what_is_not_understood(text: str, expected: str) -> None:
    assert (await answer(text)).startswith(expected)
