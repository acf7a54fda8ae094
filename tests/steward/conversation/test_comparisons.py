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
        ("en", "Has Radarr been up longer than adguard?", "Yes. Uptime: Radarr 2 days and adguard 21 hours."),
        (
            "de",
            "läuft paperless länger als radarr?",
            "Ja. Betriebszeit: paperless 12 Tage und radarr 3 Tage.",
        ),
        ("en", "does old-wiki use more memory than radarr", "old-wiki: Memory usage not known (It is not"),
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
        # How long something runs, in any language; a start is a length too.
        ("en", "has Radarr been up for more than ten minutes?", "Yes. Radarr: Uptime 2 days."),
        ("en", "Has Radarr been up for more than two weeks", "No. Radarr: Uptime 2 days."),
        ("en", "which containers have been up for more than 2 days", "2 of 4: paperless 12 days and"),
        ("de", "läuft radarr schon länger als zehn Minuten?", "Ja. Radarr: Betriebszeit 2 Tage."),
        ("fr", "radarr tourne depuis plus de dix minutes ?", "Oui. Radarr : Durée de fonctionnement"),
        ("es", "¿lleva radarr más de cinco días funcionando?", "No. Radarr: Tiempo en marcha 2 días."),
        ("nl", "draait radarr al langer dan tien minuten?", "Ja. Radarr: Looptijd 2 dagen."),
        # What is used is not what is free, or how large something is.
        ("en", "does radarr use less than 1 GB", "No. radarr: Memory used 3,320 MiB."),
        ("en", "does radarr use more than two gigs", "Yes. radarr: Memory used 3,320 MiB."),
        ("de", "braucht radarr mehr als zwei Gigabyte Arbeitsspeicher?", "Ja. radarr: Belegter Speicher"),
        ("en", "hat Sonarr mehr als 2 GB Speicher?", "Sonarr does not report that."),
        ("en", "does tank have more than 100 GB left", "tank does not report that."),
        ("en", "does radarr have more than 300 GB of disk space left", "Yes. Radarr: Least free disk space"),
        ("en", "does tank have less than 30 % free", "Yes. tank: Space usage 78 %."),
        ("en", "does tank have more than 30 % free", "No. tank: Space usage 78 %."),
        # Unknown stays unknown.
        ("en", "does old-wiki use more than 2 GB of memory", "old-wiki: Memory used not known (It is not"),
        (
            "en",
            "has old-wiki been up for more than an hour",
            "old-wiki: Uptime not known (It is not running)",
        ),
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


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Is the queue of Radarr full?", "Radarr: Queue 4"),
        ("en", "Is the queue of Sonarr long?", "Sonarr: Queue 0."),
        ("en", "Is the queue of Sonarr empty?", "Yes. Sonarr: Queue 0."),
        ("en", "is Radarr's queue empty", "No. Radarr: Queue 4."),
        ("en", "which queues are empty?", "1 of 3: Sonarr 0."),
        ("en", "does the queue of sonarr have more than five items", "No. Sonarr: Queue 0."),
        ("de", "Ist die Warteschlange von Sonarr voll?", "Sonarr: Warteschlange 0."),
        ("de", "Ist die Warteschlange von Radarr leer?", "Nein. Radarr: Warteschlange 4."),
        ("de", "Hat Sonarr eine lange Warteschlange?", "Sonarr: Warteschlange 0."),
        ("fr", "La file d'attente de Sonarr est-elle vide ?", "Oui. Sonarr : File 0."),
        ("fr", "la file de Sonarr est longue ?", "Sonarr : File 0."),
        ("es", "¿Está vacía la cola de Sonarr?", "Sí. Sonarr: Cola 0."),
        ("es", "¿Es larga la cola de Sonarr?", "Sonarr: Cola 0."),
        ("nl", "Is de wachtrij van Sonarr leeg?", "Ja. Sonarr: Wachtrij 0."),
        ("nl", "Is de wachtrij van Sonarr lang?", "Sonarr: Wachtrij 0."),
        # What has no queue says so, and no other reading is given out.
        ("en", "Is the queue of Plex full?", "Plex does not report that. It reports Streams"),
        ("en", "is the queue of adguard empty?", "adguard does not report that."),
        ("en", "is the memory of radarr full?", "radarr: Memory usage 83 %"),
        # The noun is missing, or the past is asked for.
        ("de", "Läuft radarr schon lange?", "Radarr geht es gut"),
        ("en", "was the queue of Sonarr empty yesterday", "I did not understand the question about Sonarr"),
    ],
)
async def test_what_is_full_empty_or_long(language: str, text: str, expected: str) -> None:
    assert (await answer(text, language=language)).startswith(expected)
