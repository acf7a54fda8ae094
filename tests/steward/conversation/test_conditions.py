"""Conditions of requests become readings with bounds, and are said in full."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homelab_steward.contract.later import Later
from homelab_steward.contract.state import InstanceStatus
from rig.conversation_rig import question, text_of
from rig.question_instances import NOW, ago
from rig.question_lab import QuestionLab
from rig.recognition_rig import sentences
from steward.agent.requests.later import LATEST, LONGEST_WAIT


async def asked(text: str, language: str = "en", lab: QuestionLab | None = None) -> tuple[str, Later | None]:
    """Return the answer, and when what was requested is executed."""
    lab = lab or QuestionLab()
    conversation = lab.conversation(sentences())
    said = question(text, language=language)
    answer = text_of([piece async for piece in conversation.ask(said)])
    later = [one.later for one in lab.requested] + [one.later for one in lab.planned]
    return answer, next(iter(later), None)


def shown(later: Later) -> list[str]:
    """Return what is waited for."""
    found: list[str] = []
    for one in later.conditions:
        bounds = {"=": one.equals, "<": one.below, ">": one.above, "after": one.after}
        ((sign, value),) = [(sign, value) for sign, value in bounds.items() if value is not None]
        found.append(f"{one.target.name}.{one.reading} {sign} {value}")
    return found


UNTIL = "at the latest tomorrow, November 21, at 12:00"


@pytest.mark.parametrize(
    ("text", "expected", "clause"),
    [
        ("when nobody is streaming", ["Plex.idle = True"], "When nobody is streaming on Plex"),
        ("once Plex is idle", ["Plex.idle = True"], "When Plex is idle"),
        ("when somebody is watching", ["Plex.idle = False"], "When Plex is busy"),
        ("when it is not downloading", ["Radarr.queue_size = 0"], "When the queue of Radarr is empty"),
        ("while it is downloading", ["Radarr.queue_size > 0"], "When Radarr is busy"),
        ("when the download is done", ["Radarr.queue_size = 0"], "When the queue of Radarr is empty"),
        ("when nothing is downloading", ["Radarr.queue_size = 0"], "When the queue of Radarr is empty"),
        (
            "when all downloads are done",
            ["Radarr.queue_size = 0", "Sonarr.queue_size = 0", "qBittorrent.queue_size = 0"],
            "When the queue of Radarr, Sonarr, and qBittorrent is empty",
        ),
        (
            "after the backup",
            [f"radarr.last_backup after {ago(hours=9).replace('T', ' ')}"],
            "When a new backup of radarr is finished",
        ),
        (
            "when the backup of haos is done",
            [f"haos.last_backup after {ago(hours=10).replace('T', ' ')}"],
            "When a new backup of haos is finished",
        ),
        ("once Sonarr is up again", ["Sonarr.answers = True"], "When Sonarr is running"),
        ("once paperless is down", ["paperless.running = False"], "When paperless is not running"),
        ("when the CPU is below 20 %", ["radarr.cpu < 20.0"], "When CPU usage of radarr is below 20 %"),
        (
            "when the memory of paperless is over 60%",
            ["paperless.memory_share > 60.0"],
            "When Memory usage of",
        ),
        ("when the memory of radarr is below 2 GB", ["radarr.memory_used < 2048.0"], "When Memory used of"),
        (
            "when nobody is streaming and the CPU is below 20 %",
            ["Plex.idle = True", "radarr.cpu < 20.0"],
            "When nobody is streaming on Plex and when CPU usage of radarr is below 20 %",
        ),
    ],
)
async def test_a_condition_is_decided_by_readings(text: str, expected: list[str], clause: str) -> None:
    answer, later = await asked(f"Restart Radarr {text}")
    assert later is not None, answer
    assert shown(later) == expected
    assert later.text.startswith(clause)
    assert f"{later.text}, {UNTIL}. Nothing has been changed yet." in answer
    assert (later.at, later.until, later.is_once) == (NOW, NOW + LONGEST_WAIT, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("when adguard home is idle", "AdGuard Home does not report whether it is busy with that."),
        ("when nothing is scanning", "Nothing that I know reports that."),
        ("when nothing is downloading on nas", "NAS does not report whether it is busy with that."),
        ("once tank is up", "tank does not report whether it runs."),
        ("when Sonarr is hotter than 40 degrees", "Sonarr does not report that."),
        ("after the backup of tank", "I know no backup of it."),
        ("after the backup of proxmox", "Say whose backup, for example: radarr, adguard, or old-wiki."),
    ],
)
async def test_what_no_reading_decides_is_refused(text: str, reason: str) -> None:
    answer, later = await asked(f"Restart Radarr {text}")
    assert later is None
    assert answer == f"I cannot request that: “{text}” cannot be decided. {reason}"


async def test_one_of_several_that_work_has_to_be_named() -> None:
    answer, later = await asked("Restart grafana while something is downloading")
    assert later is None
    assert answer.endswith("Say which one: Radarr, Sonarr, or qBittorrent.")


async def test_a_backup_whose_time_is_not_known_is_not_waited_for() -> None:
    lab = QuestionLab()
    made = lab._made["proxmox"]
    for value in (None, "yesterday"):
        (first, *others) = [one for one in made.resources if one.name == "radarr"]
        assert not others
        unknown = replace(first, values={**first.values, "last_backup": value})
        rest = tuple(one for one in made.resources if one.name != "radarr")
        lab._made["proxmox"] = replace(made, resources=(unknown, *rest))
        answer, later = await asked("Restart Radarr after the backup", lab=lab)
        assert later is None
        assert answer.endswith("cannot be decided. It is not known when radarr was last backed up.")


async def test_without_a_backup_of_its_own_the_only_one_is_meant() -> None:
    answer, later = await asked("Restart Sonarr after the backup")
    assert later is None
    assert "Say whose backup" in answer
    lab = QuestionLab()
    made = lab._made["proxmox"]
    kept = tuple(one for one in made.resources if one.name in ("pve1", "haos"))
    lab._made["proxmox"] = replace(made, resources=kept)
    answer, later = await asked("Restart Sonarr after the backup", lab=lab)
    assert later is not None
    assert later.text == "When a new backup of haos is finished"


async def test_what_is_meant_to_be_off_is_not_waited_for() -> None:
    lab = QuestionLab()
    lab.off["plex", "instance", "plex"] = "it is only used in winter"
    answer, later = await asked("Restart Radarr when nobody is streaming", lab=lab)
    assert later is None
    assert answer.endswith("cannot be decided. Nothing that I know reports that.")


async def test_what_is_said_with_if_is_checked_at_once() -> None:
    answer, later = await asked("Restart Radarr if nobody is streaming")
    assert later is None
    assert answer == (
        "I cannot request that: That is not so now (Plex: Nobody is streaming: no). "
        "To wait for it, say “as soon as”."
    )
    answer, later = await asked("Restart Radarr only if Sonarr is up")
    assert later is not None
    assert later.is_once
    assert "When Sonarr is running: that is so now, and it is checked again after the approval." in answer


async def test_what_is_not_known_is_not_so() -> None:
    lab = QuestionLab()
    lab._made["plex"] = replace(lab._made["plex"], values={"idle": None})
    answer, later = await asked("Restart Radarr if nobody is streaming", lab=lab)
    assert later is None
    assert "It is not known whether that is so (Plex: Nobody is streaming: It is not running)" in answer
    lab._made["sonarr"] = replace(lab._made["sonarr"], status=InstanceStatus.UNREACHABLE)
    answer, later = await asked("Restart Radarr once Sonarr is up again", lab=lab)
    assert later is not None, "it is waited for"


async def test_a_time_with_if_waits_for_an_hour_and_with_when_for_a_day() -> None:
    answer, later = await asked("Restart Radarr tonight at 3 if nobody is watching")
    assert later is not None
    at = NOW + timedelta(hours=15)
    assert (later.at, later.until, later.is_once) == (at, at + LATEST, False)
    expected = "not before tomorrow, November 21, at 03:00 and at the latest tomorrow, November 21, at 04:00"
    assert f"When nobody is streaming on Plex, {expected}." in answer
    _, later = await asked("Restart Radarr tonight at 3 when nobody is watching")
    assert later is not None
    assert later.until == at + LONGEST_WAIT


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "de",
            "Starte Radarr neu, wenn niemand schaut",
            "Wenn niemand über Plex streamt, spätestens morgen",
        ),
        (
            "fr",
            "Redémarre Radarr quand personne ne regarde",
            "Quand personne ne regarde rien sur Plex, au plus",
        ),
        (
            "es",
            "Reinicia Radarr cuando nadie esté viendo nada",
            "Cuando nadie esté viendo nada en Plex, como",
        ),
        ("nl", "Herstart Radarr als niemand kijkt", "Als niemand iets streamt op Plex, uiterlijk morgen"),
    ],
)
async def test_the_answer_is_in_the_language_of_who_asks(language: str, text: str, expected: str) -> None:
    answer, later = await asked(text, language)
    assert later is not None
    assert later.text == "When nobody is streaming on Plex", "that of the household"
    assert expected in answer


async def test_several_targets_wait_for_their_own_condition() -> None:
    answer, later = await asked("Restart Radarr and Sonarr when they are idle")
    assert later is not None, answer
    assert shown(later) == ["Radarr.queue_size = 0", "Sonarr.queue_size = 0"]
    assert later.text == "When Radarr and Sonarr are idle"


async def test_a_goal_waits_for_a_condition() -> None:
    answer, later = await asked("Free up space on qBittorrent when nobody is streaming")
    assert later is None
    assert answer == "I know no service there that can free space. Nothing has been requested."
    answer, later = await asked("Start everything that is down when nobody is streaming")
    assert later is None
    assert answer.startswith("Nothing that I can start is down.")


async def test_a_plan_for_a_power_cut_is_over_before_it() -> None:
    answer, later = await asked("Prepare for the power cut at 14:00")
    assert later is not None, answer
    end = NOW + timedelta(hours=2)
    assert later.finish_by == later.until == end
    assert later.at < end - timedelta(minutes=5)
    assert "before it has to be finished (today, November 20, at 14:00), once it is approved" in answer
    _, later = await asked("Prepare for the power cut at 12:03")
    assert later is not None
    assert (later.at, later.until) == (NOW, NOW + timedelta(minutes=3)), "it begins at once"
    answer, later = await asked("Prepare for the power cut today at 11:00 am")
    assert (answer, later) == ("I cannot request that: That time is over.", None)


async def test_a_time_that_comes_again_is_refused_with_another_way() -> None:
    answer, later = await asked("Restart Radarr every night")
    assert later is None
    assert "not again and again: “every night”. An automation of Home Assistant" in answer


async def test_a_condition_on_people_is_decided_if_home_assistant_knows() -> None:
    lab = QuestionLab()
    lab.facts = {"everybody_asleep": False, "somebody_home": True}
    answer, later = await asked("Restart Radarr when everybody is asleep", lab=lab)
    assert later is not None, answer
    (condition,) = later.conditions
    assert (condition.target.kind, condition.reading, condition.equals) == ("home", "everybody_asleep", True)
    assert f"When everybody is asleep, {UNTIL}" in answer
    answer, later = await asked("Starte Radarr neu, wenn niemand zu Hause ist", "de", lab=QuestionLab())
    assert later is None
    assert "Home Assistant sagt nicht, ob jemand zu Hause ist" in answer
    assert answer.startswith("Das kann ich nicht anfragen")


@pytest.mark.parametrize("facts", [{}, {"somebody_home": None}])
async def test_what_is_not_known_about_people_is_refused_in_words(facts: dict[str, bool | None]) -> None:
    lab = QuestionLab()
    lab.facts = facts
    answer, later = await asked("Restart Radarr once everybody has left", lab=lab)
    assert later is None
    assert "Home Assistant does not say whether somebody is home" in answer
    assert "choose an entity for it" in answer


async def test_a_thing_in_a_condition_that_is_not_known_is_said_to_be_unknown() -> None:
    answer, later = await asked("Restart Radarr once Emby is idle")
    assert later is None
    assert answer.startswith("I do not know anything called Emby.")
    assert "So I have requested nothing" in answer
