"""Answers from the last readings: unknown is not said to be a value, and what is private stays so."""

from datetime import timedelta

import pytest

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from homelab_steward.contract.state import FrontEnd, Resource, Speaker
from rig import records
from rig.inventory import NOW
from rig.question_lab import QuestionLab
from rig.recognition_rig import sentences


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


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "Which updates are waiting?",
            (
                "Updates that wait for an answer: Sonarr 4.0.1 → 4.0.2."
                " Updates that are under way: Paperless 2.19 → 2.20."
                " Updates that are not asked about yet: Mealie 2 → 3 (11/23)."
                " Updates are waiting for: pve1 (7), NAS, and Plex."
            ),
        ),
        (
            "de",
            "Welche Updates stehen an?",
            (
                "Updates, die auf eine Antwort warten: Sonarr 4.0.1 → 4.0.2."
                " Updates, die gerade laufen: Paperless 2.19 → 2.20."
                " Updates, nach denen noch nicht gefragt wurde: Mealie 2 → 3 (23.11.)."
                " Updates warten für: pve1 (7), NAS und Plex."
            ),
        ),
    ],
)
async def test_updates_are_listed_by_what_they_wait_for(language: str, text: str, expected: str) -> None:
    lab = QuestionLab()
    mealie = lab.target("docker", "container", "c3")
    assert mealie is not None
    rows = [
        records.change("a", title="Sonarr 4.0.1 → 4.0.2", status=ChangeStatus.ASKED),
        records.change("b", title="Paperless 2.19 → 2.20", status=ChangeStatus.WATCHING),
        records.change("c", title="Mealie 2 → 3", until=NOW + timedelta(days=3), target=mealie),
    ]
    lab.updates_now = tuple(rows)
    assert await answer(text, lab, language=language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "Which containers have updates?",
            "Updates that are not asked about yet: Mealie 2 → 3 (11/23).",
        ),
        ("en", "Which vms are out of date?", "Nothing that I know reports updates."),
        ("de", "Welche VMs brauchen ein Update?", "Nichts, was ich kenne, meldet Updates."),
        ("fr", "Quels conteneurs ne sont pas à jour ?", "Mealie 2 → 3 (23/11)."),
        ("es", "¿Qué contenedores están desactualizados?", "Mealie 2 → 3 (23/11)."),
        ("nl", "Welke containers zijn verouderd?", "Mealie 2 → 3 (23-11)."),
        ("en", "Which servers need an update?", "Updates are waiting for: pve1 (7), NAS, and Plex."),
    ],
)
async def test_updates_of_one_kind_are_those_of_no_other_thing(
    language: str, text: str, expected: str
) -> None:
    lab = QuestionLab()
    mealie = lab.target("docker", "container", "c3")
    assert mealie is not None
    row = records.change("c", title="Mealie 2 → 3", until=NOW + timedelta(days=3), target=mealie)
    lab.updates_now = (row,)
    found = await answer(text, lab, language=language)
    assert found.endswith(expected)
    assert ("pve1" in found) is ("servers" in text)


@pytest.mark.parametrize(
    ("status", "first", "later"),
    [
        (ChangeStatus.APPLYING, "An update is being applied: “Mealie 2 → 3”. ", True),
        (ChangeStatus.WATCHING, "An update is being watched: “Mealie 2 → 3”. ", False),
        (ChangeStatus.ASKED, "", False),
    ],
)
async def test_who_asks_about_a_thing_hears_of_its_update(
    status: ChangeStatus, first: str, *, later: bool
) -> None:
    lab = QuestionLab()
    mealie = lab.target("docker", "container", "c3")
    assert mealie is not None
    plain = await answer("How is mealie?", lab)
    lab.updates_now = (
        records.change("c", title="Mealie 2 → 3", status=status, target=mealie, incident_id="i"),
        records.change("d", title="Sonarr 4.0.1 → 4.0.2", status=status),
    )
    if later:
        ended = records.stored_alert("b", summary="It was slow.", status=AlertStatus.RESOLVED)
        firing = records.stored_alert("a", summary="mealie is down.")
        lab.incidents_now = (records.incident(firing, ended, id="i", status=IncidentStatus.ACTING),)
        alerts = "These alerts belong to it, and nobody is asked about them meanwhile: mealie is down. "
        first = f"{first}{alerts}"
    assert await answer("How is mealie?", lab) == f"{first}{plain}"


async def test_a_spoken_answer_is_short() -> None:
    assert await answer("How much memory is used?", spoken=True) == "radarr 83 %, pve1 71.5 %, and 5 more."


async def test_only_owners_hear_who_watches() -> None:
    assert await answer("Who is watching?") == "Streams: Plex 2. anna watches Dune on TV."
    for fields in ({"user": "7"}, {"user": ""}, {"is_shared": True}):
        assert await answer("Who is watching?", **fields) == "Streams: Plex 2."


@pytest.mark.parametrize("user", ["2", "3", "unknown"])
@pytest.mark.parametrize(
    "text", ["who is watching what", "what is dad watching", "is anyone watching a movie upstairs"]
)
async def test_others_hear_how_many_watch_and_not_who(text: str, user: str) -> None:
    assert await answer(text, user=user) == "Streams: Plex 2."


@pytest.mark.parametrize("user", ["1", "3", "unknown"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is the wifi password", "I tell nobody passwords, PINs, keys, or tokens."),
        ("give me the api key of radarr", "I tell nobody passwords, PINs, keys, or tokens."),
        ("what is the ip address of pve1", "I do not tell addresses in a conversation."),
    ],
)
async def test_secrets_and_addresses_are_told_nobody(text: str, expected: str, user: str) -> None:
    assert await answer(text, user=user) == expected


async def test_how_hot_something_is_gets_no_other_reading_of_it() -> None:
    lab = QuestionLab()
    lab.add("nas", Resource(kind="disk", id="gpu", name="gpu-disk", values={"errors": 1}))
    found = await answer("how hot is the vram", lab)
    assert found == "Nothing that I know reports that. Temperature is known of: sda and sdb."


async def test_pools_come_before_what_is_in_them_and_what_is_nearly_full_first() -> None:
    lab = QuestionLab()
    for number in range(5):
        share = 60.0 + number
        lab.add(
            "nas",
            Resource(kind="dataset", id=f"d{number}", name=f"data{number}", values={"disk_share": share}),
        )
    before = await answer("How full are my disks?", lab, spoken=True)
    assert "tank 78 %" in before
    assert "data" not in before
    lab.add("nas", Resource(kind="dataset", id="full", name="films", values={"disk_share": 97.0}))
    assert (await answer("How full are my disks?", lab, spoken=True)).startswith("films 97 %")


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
