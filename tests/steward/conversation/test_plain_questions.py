"""Plain questions about a homelab of real services are answered truthfully without a model."""

import math
import sys
import time

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from rig.question_lab import QuestionLab

from .recognition_rig import sentences

GOAL = 0.85
"""The share of the questions that need no model."""

QUESTIONS: tuple[tuple[str, str, str], ...] = (
    # Readings of one thing.
    ("en", "How much RAM is radarr using right now?", "radarr: Memory usage 83 %"),
    ("en", "what's the memory usage of paperless", "paperless: Memory usage 63 %"),
    ("en", "Tell me the CPU load of pve1", "pve1: CPU usage 18 %"),
    ("en", "how warm is sdb", "sdb: Temperature 44 °C"),
    ("en", "Which version of Radarr do I run?", "Radarr: Version 6.0.1"),
    ("en", "grafana version", "grafana"),
    ("en", "how full is local-zfs?", "local-zfs: Space usage 91 %"),
    ("en", "How much disk space does the NAS have left?", "tank 78 %"),
    ("en", "what is in Radarr's queue", "Radarr: Queue 4"),
    ("en", "How many movies are missing in Radarr", "Radarr: Missing 12"),
    ("en", "how busy is paperless", "paperless: CPU usage 22 %"),
    ("en", "what's the battery level of the ups", "Eaton 100 %"),
    ("en", "how much power does the UPS draw", "Eaton 118 W"),
    ("en", "What is the latency of UniFi?", "UniFi: Latency 9 ms"),
    ("en", "how many clients does the Attic access point have", "Attic: Clients 12"),
    ("en", "temperature of sda", "sda: Temperature 38 °C"),
    ("en", "Is AdGuard Home up to date?", "Version 0.107.70"),
    ("en", "Is there an update for Plex?", "Plex: Update available yes"),
    ("en", "what image does grafana run?", "grafana:12"),
    ("en", "how often was paperless restarted", "4"),
    # Readings of all, the highest and the lowest.
    ("en", "Which disk is the warmest?", "sdb with 44 °C"),
    ("en", "what uses the most CPU?", "paperless with 22 %"),
    ("en", "Which container needs the least memory?", "adguard with 21 %"),
    ("en", "what are the temperatures of my disks", "sdb 44 °C and sda 38 °C"),
    ("en", "How full are my pools?", "local-zfs 91 %"),
    ("en", "how many ads were blocked today", "AdGuard Home 17.4 %"),
    ("en", "Is the internet working?", "OPNsense yes"),
    ("en", "which container has been running the longest", "radarr"),
    # Lists and counts.
    ("en", "How many containers are running on Docker?", "2 of 3: grafana and paperless"),
    ("en", "Which containers are down?", "old-wiki and mealie"),
    ("en", "list the disks", "2: sda and sdb"),
    ("en", "what services are you monitoring", "12"),
    ("en", "How many VMs do I have?", "1: haos"),
    ("en", "show me all access points", "Attic and Garage"),
    ("en", "are any disks failing", "1 of 2: sdb"),
    # Since when, and what happened.
    ("en", "How long has Radarr been running?", "Radarr has been running for 2 days"),
    ("en", "When was grafana restarted?", "5 hours"),
    ("en", "since when is pve1 up", "pve1 has been running for 10 days"),
    ("en", "what happened to Sonarr lately", "6 days ago: Sonarr was started"),
    # The whole homelab.
    ("en", "Anything broken?", "Everything is fine"),
    ("en", "is everything ok", "Everything is fine"),
    ("en", "Do you need something from me?", "Nothing is waiting"),
    ("en", "what have you done today?", "Nothing was done"),
    ("en", "which things are supposed to be off?", "Nothing is meant to be off"),
    ("en", "When was the last backup?", "old-wiki 40 days"),
    ("en", "are my backups ok", "adguard 3 days"),
    ("en", "do any certificates expire soon?", "lan.example 24 days"),
    ("en", "What needs an update?", "NAS"),
    ("en", "who is using plex", "anna watches Dune"),
    ("en", "did you send anything to the cloud?", "Nothing is sent to the cloud"),
    ("en", "how much quota do I have left", "no quota"),
    ("en", "Is paperless ok?", "paperless is not as it should be: It is unhealthy"),
    ("en", "How is Plex doing?", "Plex is fine"),
    ("en", "Is Immich running?", "I do not know anything called Immich"),
    ("en", "how much memory does Nextcloud use", "I do not know anything called Nextcloud"),
    ("en", "Is sonar running?", "Did you mean Sonarr?"),
    # German.
    ("de", "Wie viel Arbeitsspeicher braucht radarr?", "83 %"),
    ("de", "Welcher Container verbraucht am meisten Speicher?", "radarr mit 83 %"),
    ("de", "Wie heiß ist sdb?", "44 °C"),
    ("de", "Welche Version hat Sonarr?", "5.1.2"),
    ("de", "Wie voll ist tank?", "78 %"),
    ("de", "Wie viele Container laufen?", "4 von 6"),
    ("de", "Welche Container sind gestoppt?", "old-wiki und mealie"),
    ("de", "Seit wann läuft Radarr?", "Radarr wurde vor 2 Tagen gestartet"),
    ("de", "Wie alt sind meine Backups?", "old-wiki 40 Tage"),
    ("de", "Wann laufen die Zertifikate ab?", "lan.example 24 Tage"),
    ("de", "Gibt es Updates?", "NAS"),
    ("de", "Wer schaut gerade?", "anna watches Dune"),
    ("de", "Was soll aus sein?", "Nichts soll aus sein"),
    ("de", "Ist paperless in Ordnung?", "paperless ist nicht in Ordnung"),
    ("de", "Welche Platte ist am wärmsten?", "sdb mit 44 °C"),
    ("de", "Welche Dienste kennst du?", "12"),
    ("de", "Läuft Nextcloud?", "Ich kenne nichts mit dem Namen Nextcloud"),
    ("de", "Was wurde in die Cloud geschickt?", "nichts in die Cloud"),
    ("de", "Wie viele Filme fehlen in Radarr?", "12"),
    ("de", "Funktioniert das Internet?", "OPNsense ja"),
    # French, Spanish, Dutch.
    ("fr", "Combien de mémoire utilise paperless ?", "63 %"),
    ("fr", "Quels conteneurs sont arrêtés ?", "old-wiki"),
    ("fr", "Est-ce que Plex fonctionne ?", "Plex is fine"),
    ("fr", "Quand expirent les certificats ?", "24 days"),
    ("fr", "Quel disque est le plus chaud ?", "sdb with 44 °C"),
    ("es", "¿Cuánta memoria usa paperless?", "63 %"),
    ("es", "¿Qué contenedores están parados?", "old-wiki"),
    ("es", "¿Está Plex funcionando?", "Plex is fine"),
    ("es", "¿Qué servicios conoces?", "12"),
    ("es", "¿Cuál es la temperatura de sda?", "38 °C"),
    ("nl", "Hoeveel geheugen gebruikt paperless?", "63 %"),
    ("nl", "Welke containers zijn gestopt?", "old-wiki"),
    ("nl", "Werkt Plex?", "Plex is fine"),
    ("nl", "Welke schijf is het warmst?", "sdb with 44 °C"),
    ("nl", "Zijn er updates?", "NAS"),
)

NO_MODEL = ("Other questions need a language model", "Andere Fragen brauchen ein Sprachmodell")


async def test_plain_questions_are_answered_without_a_model() -> None:
    lab = QuestionLab()
    conversation = lab.conversation(sentences())
    wrong: list[str] = []
    unanswered: list[str] = []
    seconds: list[float] = []
    for number, (language, text, expected) in enumerate(QUESTIONS):
        question = ChatQuestion(
            conversation_id=str(number),
            text=text,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1"),
            language=language,
        )
        began = time.perf_counter()
        answer = "".join([piece.text async for piece in conversation.ask(question)])
        seconds.append(time.perf_counter() - began)
        if any(one in answer for one in NO_MODEL):
            unanswered.append(text)
        elif expected not in answer:
            wrong.append(f"{text} -> {answer}")
    share = 1 - (len(unanswered) + len(wrong)) / len(QUESTIONS)
    p95 = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    sys.stdout.write(
        f"{len(QUESTIONS)} questions, {share:.0%} answered without a model, p95 {1000 * p95:.0f} ms\n"
    )
    sys.stdout.write(f"without an answer: {unanswered}\n")
    assert wrong == []
    assert share >= GOAL
    assert lab.requested == [], "a question requests nothing"
    assert lab.decided == [], "a question decides nothing"
