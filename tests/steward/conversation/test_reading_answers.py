"""Answers from the last readings: unknown is not said to be a value, and what is private stays so."""

import pytest

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.state import FrontEnd, Speaker
from rig.question_lab import QuestionLab

from .recognition_rig import sentences


async def answer(text: str, lab: QuestionLab | None = None, **fields: object) -> str:
    conversation = (lab or QuestionLab()).conversation(sentences())
    user = str(fields.pop("user", "1"))
    question = ChatQuestion(
        conversation_id="c",
        text=text,
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user),
        **fields,  # type: ignore[arg-type]
    )
    return "".join([piece.text async for piece in conversation.ask(question)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How much memory does old-wiki use?", "old-wiki: Memory usage not known (It is not running)"),
        ("What is the temperature of Sonarr?", "Sonarr does not report that. It reports Queue and Missing."),
        ("Which container is the hottest?", "Nothing that I know reports that."),
        ("How many access points are online?", "1 of 2: Attic."),
        ("Which ports are there?", "I know no such thing."),
        ("Which disks are healthy?", "1 of 2: sda."),
        ("Which VMs are down?", "None of 1."),
        ("Which pools are running?", "1 of 2: local-zfs. Not known of tank."),
        ("Which services are outdated?", "Updates are waiting for: pve1 (7), NAS, and Plex."),
        ("Since when is sda running?", "Since when sda runs is not known."),
        ("What happened to sda?", "Last 7 days: nothing is recorded about sda."),
        ("How much memory is used?", "radarr 83 %"),
        ("Which container uses the most memory?", "Memory usage: radarr with 83 %. Then paperless 63 %"),
        ("Which container uses the least memory?", "Memory usage: adguard with 21 %."),
    ],
)
async def test_an_answer(text: str, expected: str) -> None:
    assert (await answer(text)).startswith(expected)


async def test_a_spoken_answer_is_short() -> None:
    assert await answer("How much memory is used?", spoken=True) == "radarr 83 %, pve1 71.5 %, and 5 more."


async def test_only_owners_hear_who_watches() -> None:
    assert await answer("Who is watching?") == "anna watches Dune on TV."
    for fields in ({"user": "7"}, {"user": ""}, {"is_shared": True}):
        assert await answer("Who is watching?", **fields) == "Streams: Plex 2."


async def test_what_is_meant_to_be_off() -> None:
    lab = QuestionLab()
    off = lab.target("docker", "container", "c3")
    assert off is not None
    lab.off[off.key] = "Only needed in summer."
    assert await answer("What is meant to be off?", lab) == "Meant to be off: mealie (Only needed in summer)."
    assert "is off, and that is as it should be" in await answer("Since when is mealie down?", lab)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wie viel Speicher braucht old-wiki?", "nicht bekannt (It is not running)"),
        ("Welche Container sind gestoppt?", "2 von 6: old-wiki und mealie."),
        ("Welche Temperatur hat Sonarr?", "Sonarr meldet das nicht."),
        ("Wann laufen die Zertifikate ab?", "Traefik 24 Tage"),
        ("Wie heiß ist sda?", "sda: Temperatur 38 °C."),
    ],
)
async def test_an_answer_in_german(text: str, expected: str) -> None:
    assert expected in await answer(text, language="de")
