"""Past incidents: those like a new one are found, with what was done and whether it helped."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import override

import orjson
import pytest
from sqlalchemy import delete

from homelab_steward.contract.incidents import Incident, IncidentStatus, Outcome, Verdict
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import SearchQuery
from rig import records
from rig.agent_rig import RUNBOOK, library, open_rig, opened_store
from rig.clocks import HANGING
from rig.inventory import NOW, alert
from rig.round_trips import round_trips
from rig.topic_vectors import TopicVectors
from steward.agent.diagnosis.past_incidents import MOST_SIMILAR, PastIncidents
from steward.agent.diagnosis.record_search import LONGEST_EXCERPT, MOST_FOUND, RecordSearch
from steward.clock import ManualClock
from steward.runbooks.matching import RunbookIndex
from steward.search.hybrid import HybridIndex
from steward.search.index import Document
from steward.store import incidents, tables
from steward.store.database import StoreUnavailable
from steward.store.store import Store

SIMILAR_ROWS = Path(__file__).with_name("similar_incidents.jsonl")
LATER = NOW + timedelta(days=21)


def clean(text: str) -> str:
    return text.replace("hunter2", "•••")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as opened:
        yield opened


def closed(
    number: int, title: str, outcome: Outcome | None = Outcome.FIXED, resolution: str = ""
) -> Incident:
    run = None
    if outcome is not None:
        run = replace(
            records.run(), label=f"Restart {title}", verdict=Verdict(outcome=outcome, checks=(), at=NOW)
        )
    made = records.incident(
        records.stored_alert(name="ServiceDown", summary=f"{title} does not answer"),
        id=f"i{number}",
        number=number,
        status=IncidentStatus.RESOLVED,
        resolved_at=NOW,
        run=run,
    )
    return replace(made, title=f"{title} is down", resolution=resolution)


async def save(store: Store, *rows: Incident) -> None:
    async with store.change() as unit:
        await incidents.save_incidents(unit.connection, rows)


def past(store: Store) -> PastIncidents:
    return PastIncidents(store, ManualClock(LATER), clean)


@pytest.mark.parametrize(
    ("outcome", "resolution", "text"),
    [
        (Outcome.FIXED, "", "21 days ago: Restart Radarr, it helped"),
        (Outcome.RELAPSED, "", "21 days ago: Restart Radarr, it helped for a short time only"),
        (None, "It ended by itself", "21 days ago: It ended by itself"),
        (None, "", "21 days ago"),
        (None, "Password hunter2 was wrong", "21 days ago: Password ••• was wrong"),
    ],
)
async def test_what_was_done_is_said(
    store: Store, outcome: Outcome | None, resolution: str, text: str
) -> None:
    await save(store, closed(12, "Radarr", outcome, resolution))
    (found,) = await past(store).search("Radarr does not answer", 3)
    assert (found.id, found.number, found.title, found.text) == ("i12", 12, "Radarr is down", text)
    assert found.score >= 0.5


async def test_incidents_are_found_by_what_their_texts_mean(store: Store) -> None:
    made = past(store)
    model = TopicVectors()
    made.documents.use(model)
    await save(store, replace(closed(1, "Radarr"), title="disk tank has no space left", alerts=()))
    assert await made.search("magazin megtelt", 3) == ()
    while not made.documents.is_complete:
        await made.documents.embed_some(1)
    (found,) = await made.search("magazin megtelt", 3)
    assert found.number == 1
    model.fails = True
    assert await made.search("magazin megtelt", 3) == ()


async def test_runbooks_are_found_by_what_their_texts_mean(tmp_path: Path) -> None:
    model = TopicVectors({"tarolo": "memory"})
    async with open_rig(tmp_path, runbooks=[RUNBOOK], embedder=model) as rig:
        async with asyncio.timeout(60):
            await model.was_asked.wait()
        found = await rig.agent.search.find(SearchQuery(text="tarolo megtelt"))
        assert [one.id for one in found.runbooks] == ["toy-memory"]
        request = await rig.ask(alert("ToyPressure", summary="toy tarolo error"))
        diagnosis = (await rig.status(IncidentStatus.WAITING)).diagnosis
        assert diagnosis is not None
        (match,) = diagnosis.matches
        assert (match.runbook_id, match.may_fit) == ("toy-memory", True)
        assert request.proposal is not None


async def test_one_alert_of_three_things_is_similar_though_all_share_its_words(store: Store) -> None:
    """Words that occur in every past incident say little, and there are two of them only."""

    def memory_of(name: str, number: int) -> Incident:
        title = f"Memory of {name} is nearly used up"
        reported = records.stored_alert(name="ContainerMemoryHigh", summary=title)
        return replace(closed(number, title), title=title, alerts=(reported,))

    await save(store, memory_of("sonarr", 2), memory_of("adguard", 3))
    found = await past(store).similar(replace(memory_of("radarr", 4), status=IncidentStatus.OPEN))
    assert {one.number for one in found} == {2, 3}


class WatchedIndex(HybridIndex):
    """An index that notifies a test when documents were added."""

    def __init__(self) -> None:
        super().__init__()
        self.was_filled = asyncio.Event()

    @override
    async def put_all(self, documents: Iterable[Document]) -> None:
        await super().put_all(documents)
        self.was_filled.set()


async def test_a_problem_is_indexed_when_it_is_closed(store: Store) -> None:
    made, documents = past(store), WatchedIndex()
    made.documents = documents
    running = asyncio.create_task(made.run(), eager_start=True)
    try:
        await save_published(store, replace(closed(1, "Printer"), status=IncidentStatus.OPEN))
        await save_published(store, closed(2, "Radarr"))
        async with asyncio.timeout(HANGING):
            await documents.was_filled.wait()
        with round_trips(store.database) as counts:
            (found,) = await made.search("Radarr is down", 3)
        assert found.number == 2
        assert counts.transactions == 2, "whether anything changed, and the incident"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def save_published(store: Store, row: Incident) -> None:
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, row)
        unit.publish(RowKind.INCIDENT, row.id, row)


async def test_the_index_is_renewed_after_the_store_could_not_be_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, digests = past(store), incidents.closed_digest
    failed = asyncio.Event()

    async def fail(*_: object) -> tuple[object, ...]:
        failed.set()
        raise StoreUnavailable("away")

    running = asyncio.create_task(made.run(), eager_start=True)
    try:
        monkeypatch.setattr(incidents, "closed_digest", fail)
        await save_published(store, closed(1, "Radarr"))
        async with asyncio.timeout(HANGING):
            await failed.wait()
        monkeypatch.setattr(incidents, "closed_digest", digests)
        await save_published(store, closed(2, "Radarr"))
        assert {one.number for one in await made.search("Radarr is down", 3)} == {1, 2}
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_another_problem_is_not_similar(store: Store) -> None:
    await save(store, closed(1, "Radarr"), closed(2, "Printer"))
    new = replace(
        records.incident(records.stored_alert(name="DiskFull")), title="Disk tank has no space left"
    )
    assert await past(store).similar(new) == ()


async def test_what_is_shown_as_similar_is(store: Store) -> None:
    rows = [orjson.loads(line) for line in SIMILAR_ROWS.read_bytes().splitlines()]

    def incident(row: dict[str, str], number: int) -> Incident:
        reported = records.stored_alert(name=row["alert"], summary=row["summary"])
        return replace(closed(number, row["title"]), title=row["title"], alerts=(reported,))

    before = [row for row in rows if "id" in row]
    await save(store, *(incident(row, number) for number, row in enumerate(before)))
    made, missed, wrong = past(store), 0, 0
    now = [row for row in rows if "similar" in row]
    for row in now:
        shown = {before[one.number]["id"] for one in await made.similar(incident(row, 99))}
        missed += bool(row["similar"]) and shown.isdisjoint(row["similar"])
        wrong += not shown <= set(row["similar"])
    assert (len(now), missed) == (34, 0)
    assert wrong <= 1


async def test_of_equal_incidents_the_newest_are_shown(store: Store) -> None:
    await save(store, *(closed(number, "Radarr") for number in range(1, 9)), closed(9, "Printer"))
    found = await past(store).similar(replace(closed(20, "Radarr"), status=IncidentStatus.OPEN))
    assert [one.number for one in found] == [8, 7][:MOST_SIMILAR]


async def test_what_was_made_worse_is_shown_before_what_is_more_similar(store: Store) -> None:
    await save(store, closed(1, "Radarr", Outcome.WORSE), *(closed(one, "Radarr") for one in (2, 3, 4)))
    found = await past(store).similar(replace(closed(5, "Radarr"), status=IncidentStatus.WAITING))
    assert [one.number for one in found] == [4, 1]
    assert len(found) == MOST_SIMILAR
    assert "it made things worse" in found[1].text


async def test_open_incidents_and_requests_are_not_past(store: Store) -> None:
    await save(
        store,
        replace(closed(1, "Radarr"), status=IncidentStatus.WAITING),
        replace(closed(2, "Radarr"), is_request=True),
    )
    assert await past(store).search("Radarr does not answer", 3) == ()


async def test_changes_are_found_at_once(store: Store) -> None:
    made = past(store)
    assert await made.search("Radarr does not answer", 3) == ()
    await save(store, closed(1, "Radarr"))
    assert len(await made.search("Radarr does not answer", 3)) == 1
    disk = replace(closed(1, "Radarr"), title="Pool tank has no space left", alerts=(), updated_at=LATER)
    await save(store, disk)
    assert await made.search("Radarr does not answer", 3) == ()
    assert len(await made.search("no space left", 3)) == 1


async def test_the_search_is_bounded_and_without_secrets(store: Store) -> None:
    text = f"# Toy memory pressure\n\nThe password is hunter2. {'x ' * 1_000}"
    books = {
        f"b{number}": replace(one, id=f"b{number}", text=text)
        for number in range(20)
        for one in library(RUNBOOK).values()
    }
    search = RecordSearch(books, RunbookIndex(books), past(store), clean)
    found = await search.find(SearchQuery(text="toy memory pressure is high", limit=1_000))
    assert len(found.runbooks) == MOST_FOUND
    assert found.runbooks[0].text.startswith("The password is •••. x")
    assert len(found.runbooks[0].text) <= LONGEST_EXCERPT
    assert found.runbooks[0].options[0] == "Increase memory"
    assert len((await search.find(SearchQuery(text="toy memory pressure", limit=-1))).runbooks) == 1
    assert await search.find(SearchQuery(text="Play some jazz")) == type(found)()


async def test_a_request_shows_what_was_done_before(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        assert (await rig.ask()).proposal.similar == ()
    async with open_rig(tmp_path_factory.mktemp("other"), clock=ManualClock(NOW)) as rig:
        old = replace(closed(90, "Toy"), alerts=(records.stored_alert(name="ToyMemoryHigh"),))
        await save(rig.store, replace(old, title="ToyMemoryHigh: box one"))
        (similar,) = (await rig.ask(number=91)).proposal.similar
        assert (similar.number, similar.text) == (90, "just now: Restart Toy, it helped")


@pytest.mark.parametrize("seed", range(4))
async def test_an_index_that_was_renewed_finds_the_same_as_a_new_one(store: Store, seed: int) -> None:
    random, names = Random(seed), ("Radarr", "Sonarr", "Plex", "Jellyfin")  # noqa: S311 - test data
    renewed = past(store)
    for turn in range(6):
        rows = [
            replace(
                closed(number, random.choice(names)),
                status=random.choice([IncidentStatus.RESOLVED, IncidentStatus.IGNORED, IncidentStatus.OPEN]),
                is_request=random.random() < 1 / 4,
                updated_at=NOW + timedelta(minutes=turn),
            )
            for number in random.sample(range(1, 20), 5)
        ]
        await save(store, *rows)
        async with store.change() as unit:
            gone = random.choice(rows).id
            await unit.connection.execute(delete(tables.incidents).where(tables.incidents.c.id == gone))
        for name in names:
            again = await past(store).search(f"{name} does not answer", 20)
            # Documents with the same score are in the order in which they were added.
            assert {(one.id, one.score) for one in await renewed.search(f"{name} does not answer", 20)} == {
                (one.id, one.score) for one in again
            }
