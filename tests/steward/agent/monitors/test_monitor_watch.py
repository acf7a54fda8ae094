"""Monitors that are blind, disagree or cannot be read are said once, and end when it is over."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, override

import pytest

from homelab_steward.contract.devices import QUESTIONS, Aspect, Method, Word
from homelab_steward.contract.incidents import Incident, IncidentStatus, Severity
from homelab_steward.contract.state import Instance, InstanceStatus, TargetRef
from rig.agent_rig import opened_store
from rig.inventory import ITSELF, NOW
from rig.toy import SERVICE
from steward.agent.incidents.correlator import Correlator
from steward.agent.monitors.device_book import Device, DeviceBook, Facet
from steward.agent.monitors.match_questions import MOST_SHOWN
from steward.agent.monitors.monitor_findings import MOST_NAMED, MOST_SPLITS, named
from steward.agent.monitors.monitor_watch import CLEAR, TICK, MonitorWatch
from steward.clock import ManualClock
from steward.inventory.ports import Completeness, Witnessed
from steward.quorum.reliability import Outcome
from steward.sdk.description import POLL_SECONDS, Role
from steward.store import incidents, monitor_problems, scheduled_messages, witness_claims
from steward.store.monitor_problems import MonitorProblem
from steward.store.store import Store

from .test_device_book import seen
from .test_quorum import Monitored

UP, DOWN = Word.UP, Word.DOWN


class Watched(Monitored):
    """Instances whose status can be changed; what they say is always fresh."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[str, dict[str, Any]] = {}
        self.programs: dict[str, TargetRef] = {}

    @override
    def instances(self) -> tuple[Instance, ...]:
        names = {"kuma": "Kuma", "prtg": "PRTG"}
        return tuple(
            replace(
                one,
                name=names.get(one.id, one.name),
                **{"status": InstanceStatus.OK} | self.changed.get(one.id, {}),
            )
            for one in super().instances()
            if one.id in self.services
        )

    @override
    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        found = self.instance(labels.get("steward_instance", ""))
        return (
            TargetRef(instance_id=found.id, kind="instance", id=found.id, name=found.name) if found else None
        )

    @override
    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        return ()

    @override
    def application(self, target: TargetRef) -> TargetRef | None:
        return self.programs.get(target.name)


@dataclass
class Rig:
    store: Store
    clock: ManualClock
    inventory: Watched
    read: Word = Word.UNKNOWN
    said: list[Witnessed] = field(default_factory=list)
    probed: int = 0
    noted: tuple[tuple[Incident, ...], DeviceBook] | None = None

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the watch, again: nothing is known but what is stored."""
        self.correlator = Correlator(self.store, self.inventory, self.clock)
        self.watch = MonitorWatch(
            self.store, self.inventory, self.correlator, self.clock, self.note, self.probe
        )

    async def note(self, found: Iterable[Incident], book: DeviceBook) -> None:
        self.noted = (tuple(found), book)

    async def probe(self, device: Device, facet: Facet) -> Word:
        assert facet in device.facets
        self.probed += 1
        return self.read

    async def look(self, after: float = TICK, *, is_fresh: bool = True) -> None:
        """Look after some seconds, in which the monitors checked again."""
        self.clock.move(after)
        now = self.clock.now() if is_fresh else NOW
        self.inventory.said = tuple(
            replace(one, testimony=replace(one.testimony, checked_at=now)) if one.testimony else one
            for one in self.said
        )
        await self.watch.look()

    async def looks(self, seconds: float, *, is_fresh: bool = True) -> None:
        for _ in range(int(seconds // TICK)):
            await self.look(is_fresh=is_fresh)

    async def incidents(self) -> list[Incident]:
        async with self.store.read() as connection:
            return list(await incidents.newest_incidents(connection, 100))

    async def stored(self) -> list[MonitorProblem]:
        async with self.store.read() as connection:
            return list((await monitor_problems.all_problems(connection)).values())

    async def only(self) -> Incident:
        [found] = await self.incidents()
        return found


@asynccontextmanager
async def open_rig(folder: Path) -> AsyncIterator[Rig]:
    clock = ManualClock(NOW)
    async with opened_store(folder, clock) as store:
        yield Rig(store, clock, Watched())


def device(instance: str, number: int, word: Word, **more: Any) -> Witnessed:
    found = seen(
        instance,
        f"dev{number}",
        word,
        address=f"192.0.2.{number}",
        mac=f"bc:24:11:00:00:{number:02x}",
        **more,
    )
    return replace(found, instance=replace(found.instance, name={"kuma": "Kuma", "prtg": "PRTG"}[instance]))


def blind_prtg(since: bool = True) -> list[Witnessed]:  # noqa: FBT001, FBT002
    return [device("prtg", n, DOWN, since=NOW if since else None) for n in range(1, 6)]


def split(**more: Any) -> list[Witnessed]:
    return [device("prtg", 1, DOWN, since=NOW, **more), device("kuma", 1, UP, **more)]


def watched_by_two() -> list[Witnessed]:
    return [device("prtg", 1, UP), device("kuma", 1, UP), device("prtg", 2, UP)]


async def test_a_blind_monitor_is_said_once_and_ends(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = blind_prtg()
        await rig.looks(60)
        assert await rig.incidents() == [], "it may be a moment"
        await rig.look()
        incident = await rig.only()
        assert incident.title == "PRTG is blind: 5 of 5 went down at once, and no other monitor agrees"
        assert (incident.severity, incident.target and incident.target.id) == (Severity.WARNING, "prtg")
        await rig.looks(20 * 60)
        assert (await rig.only()).alert_count == 1
        assert (await rig.only()).stale_since is None
        rig.said = [device("prtg", n, UP) for n in range(1, 6)]
        await rig.looks(CLEAR.total_seconds() - TICK)
        assert (await rig.only()).status is IncidentStatus.OPEN
        await rig.look()
        incident = await rig.only()
        assert (incident.status, incident.resolution) == (IncidentStatus.RESOLVED, "It sees again.")
        assert await rig.stored() == []


async def test_after_a_restart_it_is_not_said_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = blind_prtg()
        await rig.looks(90)
        before = await rig.only()
        rig.said = blind_prtg(since=False)
        rig.clock.move(3_600)
        rig.start()
        await rig.looks(600)
        assert await rig.only() == replace(before, updated_at=(await rig.only()).updated_at)


async def test_what_was_over_while_the_app_was_off_ends_when_that_was_seen(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = blind_prtg()
        await rig.looks(90)
        rig.said = []
        rig.clock.move(3_600)
        rig.start()
        await rig.looks(CLEAR.total_seconds() - TICK)
        assert (await rig.only()).status is IncidentStatus.OPEN, "nothing was read yet"
        await rig.look()
        assert (await rig.only()).status is IncidentStatus.RESOLVED


async def test_a_monitor_that_comes_and_goes_is_one_incident(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        for _ in range(5):
            rig.said = blind_prtg(since=False) if await rig.stored() else blind_prtg()
            await rig.looks(120)
            rig.said = []
            await rig.looks(120)
        assert (await rig.only()).status is IncidentStatus.OPEN


async def test_a_clock_that_stands_is_blind(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = [device("prtg", 1, UP)]
        await rig.looks(240, is_fresh=False)
        title = "PRTG is blind: It has checked nothing since 2026-11-20 12:00 UTC"
        assert (await rig.only()).title == title


async def test_what_cannot_be_read_is_gone_and_not_blind(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = [device("prtg", 1, UP)]
        rig.inventory.changed["prtg"] = {"status": InstanceStatus.UNAUTHORIZED}
        await rig.looks(300, is_fresh=False)
        assert (await rig.only()).title == "PRTG cannot be read: nobody watches 1 device now"


@pytest.mark.parametrize(
    ("read", "source", "title", "own"),
    [
        (UP, "prtg", "dev1 answers, but is down according to PRTG", "Homelab Steward reaches it."),
        (
            DOWN,
            "kuma",
            "dev1 does not answer, but is up according to Kuma",
            "Homelab Steward does not reach it.",
        ),
        (
            Word.UNKNOWN,
            "prtg",
            "dev1 is down according to PRTG, and up according to Kuma",
            "Homelab Steward cannot check it itself.",
        ),
    ],
)
async def test_a_split_is_an_incident_of_who_contradicts_what_the_app_sees(
    tmp_path: Path, read: Word, source: str, title: str, own: str
) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said, rig.read = split(), read
        await rig.looks(120)
        assert (await rig.incidents(), rig.probed) == ([], 0)
        await rig.looks(120)
        incident = await rig.only()
        assert incident.target is not None
        assert (incident.target.id, rig.probed) == (source, 1)
        assert incident.title == title
        assert incident.alerts[0].description == (
            f"PRTG says down since Nov 20, 2026, 12:00. Kuma says up. {own}"
        )
        rig.said = [device("prtg", 1, UP), device("kuma", 1, UP)]
        await rig.looks(CLEAR.total_seconds())
        assert (await rig.only()).resolution == "The monitors agree again."


@pytest.mark.parametrize(("read", "right"), [(UP, {"kuma"}), (DOWN, {"prtg"}), (Word.UNKNOWN, None)])
async def test_what_the_app_sees_at_a_split_shows_who_was_right(
    tmp_path: Path, read: Word, right: set[str] | None
) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said, rig.read = split(), read
        await rig.looks(240)
        async with rig.store.read() as connection:
            first = await witness_claims.outcomes(connection)
        if right is None:
            assert first == ()
            return
        assert {one.witness for one in first if one.was_right} == right
        assert {(one.witness, one.aspect) for one in first} == {
            ("kuma", Aspect.REACH),
            ("prtg", Aspect.REACH),
        }
        rig.said = [device("prtg", 1, UP), device("kuma", 1, UP)]
        await rig.looks(CLEAR.total_seconds() + TICK)
        rig.said = split()
        await rig.looks(240)
        async with rig.store.read() as connection:
            again = await witness_claims.outcomes(connection)
        assert sum(_is_right(one, right) for one in again) == 4, "a later split counts too"
        assert len(again) == 4


def _is_right(one: Outcome, right: set[str]) -> bool:
    return one.was_right is (one.witness in right)


async def test_what_monitors_say_about_open_incidents_is_noted_at_each_look(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = blind_prtg()
        await rig.looks(90)
        await rig.look()
        assert rig.noted is not None
        [incident], book = rig.noted
        assert (incident.id, len(book.devices)) == ((await rig.only()).id, 5)


async def test_a_slow_monitor_has_time_to_notice(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = [
            replace(one, testimony=replace(one.testimony, interval=timedelta(minutes=5)))
            for one in split()
            if one.testimony
        ]
        await rig.looks(600)
        assert await rig.incidents() == []
        await rig.look()
        assert (await rig.only()).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("changed", "about", "aspect", "probed"),
    [
        ({"polled_at": NOW + timedelta(seconds=150)}, ITSELF, Aspect.REACH, 0),
        ({"polled_at": NOW + timedelta(seconds=150)}, None, Aspect.REACH, 0),
        ({"polled_at": NOW + timedelta(seconds=150)}, ITSELF, Aspect.SERVICE, 1),
        ({"polled_at": NOW, POLL_SECONDS: 60}, ITSELF, Aspect.REACH, 1),
        ({"polled_at": NOW, POLL_SECONDS: 61}, ITSELF, Aspect.REACH, 0),
        ({"polled_at": None}, ITSELF, Aspect.REACH, 1),
        (
            {"polled_at": NOW + timedelta(seconds=150), "status": InstanceStatus.UNREACHABLE},
            ITSELF,
            Aspect.REACH,
            1,
        ),
    ],
)
async def test_what_the_app_reads_itself_needs_no_probe(
    tmp_path: Path, changed: dict[str, Any], about: TargetRef | None, aspect: Aspect, probed: int
) -> None:
    async with open_rig(tmp_path) as rig:
        seconds = changed.pop(POLL_SECONDS, None)
        rig.inventory.changed["toy1"] = changed | ({"settings": {POLL_SECONDS: seconds}} if seconds else {})
        rig.inventory.programs = {"dev1": ITSELF}
        rig.said = split(about=about, aspect=aspect, method=Method.ICMP)
        await rig.looks(150)
        assert rig.probed == probed
        assert ("answers, but" in (await rig.only()).title) is not probed


async def test_a_program_that_is_not_configured_is_not_read(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        gone = replace(ITSELF, instance_id="gone")
        rig.said = split(about=gone)
        await rig.looks(150)
        assert rig.probed == 1


async def test_a_monitor_that_is_gone_is_said_once_with_who_still_watches(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = watched_by_two()
        rig.inventory.changed["prtg"] = {"status": InstanceStatus.UNREACHABLE}
        await rig.looks(150)
        incident = await rig.only()
        assert (incident.title, incident.severity) == (
            "PRTG cannot be read: nobody watches 1 device now",
            Severity.WARNING,
        )
        assert incident.alerts[0].description == (
            "Still watched, by Kuma: dev1. Watched by nobody now: dev2."
        )
        rig.said = [device("kuma", 1, UP)]
        rig.start()
        await rig.looks(1_200)
        assert (await rig.only()).status is IncidentStatus.OPEN, "after a restart it is still gone"
        rig.inventory.changed["prtg"] = {"status": InstanceStatus.PENDING}
        await rig.looks(CLEAR.total_seconds())
        assert (await rig.only()).resolution == "It can be read again."


async def test_a_monitor_whose_devices_are_all_watched_is_no_warning(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = watched_by_two()[:2]
        rig.inventory.changed["prtg"] = {"status": InstanceStatus.FAILING}
        await rig.looks(150)
        incident = await rig.only()
        assert (incident.title, incident.severity) == (
            "PRTG cannot be read: its devices are still watched by Kuma",
            Severity.INFO,
        )


async def test_who_cannot_see_watches_nothing(tmp_path: Path) -> None:
    """A blind monitor, one that is gone too, and one that has not looked for long."""
    async with open_rig(tmp_path) as rig:
        rig.said = [device("prtg", 1, UP), *(device("kuma", n, DOWN, since=NOW) for n in range(1, 6))]
        rig.inventory.changed["prtg"] = {"status": InstanceStatus.UNREACHABLE}
        await rig.looks(180)
        titles = {one.title for one in await rig.incidents()}
        assert "PRTG cannot be read: nobody watches 1 device now" in titles
        assert len(titles) == 2


@pytest.mark.parametrize("word", [Word.PAUSED, Word.UNKNOWN])
async def test_a_monitor_that_watched_nothing_is_not_missed(tmp_path: Path, word: Word) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = [device("prtg", 1, word), device("kuma", 2, UP)]
        rig.inventory.changed["prtg"] = {"status": InstanceStatus.UNREACHABLE}
        rig.inventory.services["kuma"] = SERVICE
        await rig.looks(300)
        assert await rig.incidents() == []


async def test_an_instance_that_is_no_monitor_is_not_missed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = [device("prtg", 1, UP)]
        rig.inventory.services["prtg"] = replace(SERVICE, role=Role.APPLICATION)
        rig.inventory.changed["prtg"] = {"status": InstanceStatus.UNREACHABLE}
        await rig.looks(300)
        assert await rig.incidents() == []


async def test_a_capacity_and_a_short_disagreement_are_not_reported(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = split(aspect=Aspect.CAPACITY)
        await rig.looks(600)
        for _ in range(6):
            rig.said = split()
            await rig.looks(90)
            rig.said = []
            await rig.look()
        assert (await rig.incidents(), rig.probed, await rig.stored()) == ([], 0, [])


async def test_what_is_said_of_a_removed_monitor_is_forgotten(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = blind_prtg()
        await rig.looks(90)
        rig.said = []
        del rig.inventory.services["prtg"]
        await rig.correlator.take("prtg", (), Completeness.REMOVED)
        await rig.look()
        assert await rig.stored() == []
        assert (await rig.only()).status is IncidentStatus.RESOLVED


async def test_many_disagreements_are_bounded(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = [
            device(who, n, word)
            for n in range(1, MOST_SPLITS + 5)
            for who, word in (("prtg", DOWN), ("kuma", UP))
        ]
        await rig.looks(180)
        assert (await rig.only()).alert_count == MOST_SPLITS


def maybe_same(*names: str) -> list[Witnessed]:
    """Return devices that two monitors list with the same address and name, and nothing else."""
    return [
        replace(seen(who, name, UP, mac="", address=f"192.0.2.{n}", name=name), name=f"{name} of {who}")
        for n, name in enumerate(names, 1)
        for who in ("kuma", "prtg")
    ]


async def messages(rig: Rig) -> list[tuple[str, ...]]:
    async with rig.store.read() as connection:
        return [tuple(one.lines) for one in await scheduled_messages.newest_of(connection, QUESTIONS, 9)]


ANSWER = "Answer with a button, or on the page Monitors of the panel. Until then they count as two devices."


async def test_people_are_asked_once_whether_two_are_the_same_device(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.said = maybe_same("nas")
        await rig.look()
        assert await messages(rig) == [], "another monitor may not be read yet"
        await rig.look()
        line = "nas of kuma (Kuma) and nas of prtg (Prtg) may be the same device."
        assert await messages(rig) == [(line, ANSWER)]
        rig.start()
        await rig.looks(120)
        assert len(await messages(rig)) == 1, "also after a restart"
        rig.said = maybe_same("nas", *(f"d{n}" for n in range(MOST_SHOWN + 2)))
        await rig.looks(90)
        newest = (await messages(rig))[0]
        assert (len(newest), newest[-2:]) == (MOST_SHOWN + 2, ("2 more pairs", ANSWER))


async def test_it_looks_every_half_minute_whatever_goes_wrong(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        looked: asyncio.Queue[None] = asyncio.Queue()

        def witnessed() -> tuple[Witnessed, ...]:
            looked.put_nowait(None)
            if looked.qsize() == 1:
                message = "broken"
                raise ValueError(message)
            return ()

        rig.inventory.witnessed = witnessed  # type: ignore[method-assign]
        task = asyncio.create_task(rig.watch.run())
        async with asyncio.timeout(30):
            while looked.qsize() < 2:
                await asyncio.sleep(0)
                rig.clock.move(TICK)
        task.cancel()


def test_a_text_names_some_devices() -> None:
    assert named([f"d{n}" for n in range(MOST_NAMED)]).endswith("and d9")
    assert named([f"d{n}" for n in range(MOST_NAMED + 2)]).endswith("d9, and 2 more")
