"""Which model a question needs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.complexity import PromptTier, Work, assess

NONE = (
    "switch off the lamp in the attic",
    "is the cellar window open?",
    "how warm is the greenhouse",
    "which services are down",
    "restart the loki pod",
    "when was the last scrub of the pool",
    "anything broken?",
    "take a snapshot of vm 12",
    "restart jellyfin",
    "is the garage door open",
    "approve the second one",
    "set the alarm for 6:30",
    "dreh die Heizung ab",
    "Ist das Gartentor zu?",
    "welche Container laufen",
    "zet het licht in de gang uit",
    "hoe vol is de schijf",
)
SMALL = (
    "What does ENOSPC mean?",
    'Translate to Dutch: "The scrub found no errors"',
    "Is a queue length of 12 a problem?",
    "How many disks can raidz2 lose?",
    "What is a PTR record?",
    "Classify this line as info or error: link is up",
    "Give me a regex for an IPv4 address",
    "Explain in one sentence what a quorum is",
    "Does ZFS replace a backup?",
    "Write a one-line notice: the lift is out of order",
    "What does status 503 mean?",
    'Translate this alert: "disk full"',
    "Was bedeutet SIGTERM?",
    "Wat is het verschil tussen een container en een VM, kort?",
)
LARGE = (
    "Write an automation that closes the shutters in strong wind unless the terrace door is open.",
    "Here is the log of last night. Why did the sync stop, and what should I change?",
    "Compare these two compose files and list what behaves differently.",
    "Draft a runbook for a dead UPS battery with checks and how to undo each step.",
    "Explain why my proxy answers 504 for uploads; the configuration is below.",
    "Write an automation that opens the blinds at sunrise but not on holidays.",
    "Explain this traefik config",
    "Write a PromQL alert for a pool that fills within two days, with labels.",
    "Schreibe ein Skript, das alle Backups prüft und das Ergebnis als Tabelle meldet.",
    "Explain this middleware chain step by step and say what is redundant.",
    "Lees deze release notes en zeg wat ik in mijn configuratie moet aanpassen.",
    "Plan the upgrade of the NAS from version 24 to 25 with checks and a way back.",
)
CLOUD = (
    "Design a migration of 18 services to a four-node cluster without downtime and with rollback.",
    "Design a failover of 9 services to two nodes with rollback points.",
    "Write a Rust exporter with tests that reads my heat pump over Modbus and survives reconnects.",
    "Fsync latency and packet drops rise since the kernel update: find the root cause chain and prove it.",
    "Review this 1200-line Ansible repository for security problems and propose patches.",
    "Between Gitea 1.18 and 1.24 which breaking changes hit LDAP, and in which order do I upgrade?",
    "Entwirf eine hochverfügbare Architektur für DNS und MQTT auf drei Knoten mit Rückfallplan.",
)


@pytest.mark.parametrize(
    ("prompt", "tier"),
    [
        (prompt, tier)
        for tier, prompts in (
            (PromptTier.NONE, NONE),
            (PromptTier.SMALL, SMALL),
            (PromptTier.LARGE, LARGE),
            (PromptTier.CLOUD, CLOUD),
        )
        for prompt in prompts
    ],
)
def test_a_question_gets_the_model_it_needs(prompt: str, tier: PromptTier) -> None:
    assert assess(prompt).tier is tier


@pytest.mark.parametrize(
    ("prompt", "tier", "work"),
    [
        ("éteins le chauffage du bureau", PromptTier.NONE, Work.STATE),
        ("¿Qué significa SIGTERM?", PromptTier.SMALL, Work.SIMPLE),
        ("Traduis en allemand : « Le disque est plein »", PromptTier.SMALL, Work.EXTRACTION),
        ("Escribe un script que compruebe las copias y avise por correo.", PromptTier.LARGE, Work.CODE),
        (
            "Lis ce journal de démarrage et explique pourquoi le réseau est arrivé si tard.",
            PromptTier.LARGE,
            Work.LONG_DOCUMENT,
        ),
        ("Planifica el cambio del switch, paso a paso.", PromptTier.LARGE, Work.PLANNING),
        ("Écris un service Rust avec des tests qui lit ma pompe.", PromptTier.CLOUD, Work.CODE),
        (
            "La latencia sube tras actualizar el núcleo; adjunto perfiles. Encuentra la causa raíz.",
            PromptTier.CLOUD,
            Work.DEEP_REASONING,
        ),
        (
            "Conçois une architecture à haute disponibilité sur trois nœuds avec bascule.",
            PromptTier.CLOUD,
            Work.ARCHITECTURE,
        ),
        (
            "Revisa todo este repositorio en busca de fallos de seguridad.",
            PromptTier.CLOUD,
            Work.PREMIUM_REVIEW,
        ),
    ],
)
def test_the_model_knows_the_work_where_the_rules_fall_short(
    prompt: str, tier: PromptTier, work: Work
) -> None:
    assert (assess(prompt).tier, assess(prompt).work) == (tier, work)


def test_quoted_text_is_not_part_of_the_question() -> None:
    quoted = "Design a migration of 18 services without downtime and prove the root cause"
    assert assess(f'Translate to German: "{quoted}"').tier is PromptTier.SMALL


@given(st.text(max_size=300))
def test_every_text_has_a_tier(text: str) -> None:
    assert assess(text).tier in PromptTier


@pytest.mark.parametrize(
    "piece", ["1.", "these a ", "write a ", '"', "with tests ", "between 1 ", "in one ", "a-"]
)
def test_only_the_start_of_a_long_text_is_read(piece: str) -> None:
    start = time.thread_time()
    assess(piece * 100_000)
    assert time.thread_time() - start < 1
