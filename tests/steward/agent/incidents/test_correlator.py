"""The correlator on a real store: nothing lost, nothing twice, one incident for one trouble."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    RunStatus,
    Severity,
)
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.agent_rig import opened_store
from rig.inventory import ITSELF, NODE, NOW, ToyInventory, alert, box, with_labels
from rig.toy import Toy
from steward.agent.incidents.correlation import JUST_IN
from steward.agent.incidents.correlator import CLOCK_MARGIN, STALE_POLLED, STALE_SENT, Correlator
from steward.agent.incidents.departures import GONE_POLLS
from steward.agent.incidents.incident_batch import ECHO_WINDOW, JUST_BEFORE, STORM
from steward.clock import ManualClock
from steward.inventory.ports import (
    CHECK,
    OUTAGE,
    STEWARD_INSTANCE,
    STEWARD_KIND,
    STEWARD_TARGET,
    Completeness,
)
from steward.sdk.categories import GENERAL, INFRASTRUCTURE
from steward.sdk.description import IncomingAlert
from steward.store import approvals, audit, incidents
from steward.store.store import Store
from steward.store.target_keys import target_key

FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
GUESTS = [f"guest{number}" for number in range(30)]


@dataclass
class Desk:
    """A correlator with its store, clock and inventory."""

    store: Store
    clock: ManualClock
    inventory: ToyInventory
    correlator: Correlator

    async def take(
        self, *alerts: IncomingAlert, source: str = "am", completeness: Completeness = Completeness.PARTIAL
    ) -> None:
        await self.correlator.take(source, alerts, completeness)

    async def incidents(self) -> list[Incident]:
        async with self.store.read() as connection:
            found = await incidents.newest_incidents(connection, 100_000)
        return sorted(found, key=lambda one: one.number)

    async def open(self) -> list[Incident]:
        return [one for one in await self.incidents() if one.status not in incidents.CLOSED]

    async def save(self, incident: Incident) -> None:
        async with self.store.change() as unit:
            await incidents.save_incident(unit.connection, incident)

    async def wait_for_person(self, incident: Incident) -> ApprovalRequest:
        """Let the incident wait for an answer, as the proposer does."""
        request = records.request(id=f"request{incident.number}-{incident.round}", incident_id=incident.id)
        async with self.store.change() as unit:
            await approvals.add(unit.connection, request)
        await self.save(replace(incident, status=IncidentStatus.WAITING, approval_id=request.id))
        return request

    async def status_of(self, request: ApprovalRequest) -> ApprovalStatus:
        async with self.store.read() as connection:
            found = await approvals.request(connection, request.id)
        assert found is not None
        return found.status

    async def alerts(self, source: str = "am") -> dict[str, Alert]:
        async with self.store.read() as connection:
            rows = await connection.exec_driver_sql("SELECT fingerprint FROM alerts")
            return await incidents.alerts_by_fingerprint(
                connection, source, [row.fingerprint for row in rows]
            )


@asynccontextmanager
async def desk(folder: Path, names: Sequence[str] = ("radarr", "sonarr", *GUESTS)) -> AsyncIterator[Desk]:
    clock = ManualClock(NOW)
    async with opened_store(folder, clock) as store:
        inventory = ToyInventory(Toy(), names)
        await inventory.poll_now("toy1")
        yield Desk(store, clock, inventory, Correlator(store, inventory, clock))


def node_down(status: AlertStatus = FIRING) -> IncomingAlert:
    """What the check of the instance that the node is in says."""
    return alert(
        "Node offline",
        status=status,
        severity=Severity.CRITICAL,
        summary="node1 is down",
        node="node1",
        name="",
        check="node_offline",
        steward_instance="am",
        steward_outage="node_offline",
    )


def guest_down(name: str, status: AlertStatus = FIRING) -> IncomingAlert:
    return alert("ContainerDown", status=status, summary=f"{name} is down", name=name)


async def test_an_alert_opens_an_incident_and_its_end_ends_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        with at.store.changes.watch(RowKind.INCIDENT) as watch:
            await at.take(alert())
            result = await watch.next()
        (one,) = await at.incidents()
        assert isinstance(result, Event)
        assert result.incident == one
        assert (one.number, one.status, one.round, one.alert_count) == (1, IncidentStatus.OPEN, 1, 1)
        assert (one.target, one.group_key) == (box(), target_key(box()))
        assert (one.title, one.severity) == ("Memory of radarr is at 95 %", Severity.WARNING)
        assert one.category == INFRASTRUCTURE.key
        assert (one.opened_at, one.updated_at) == (NOW, NOW)
        assert [stored.incident_id for stored in one.alerts] == [one.id]
        at.clock.move(60)
        await at.take(alert(status=RESOLVED))
        (one,) = await at.incidents()
        assert (one.status, one.resolution) == (IncidentStatus.RESOLVED, "It went away by itself.")
        assert one.resolved_at == NOW + timedelta(seconds=60)
        async with at.store.read() as connection:
            rows = (await connection.exec_driver_sql("SELECT event, body FROM audit ORDER BY position")).all()
            assert (await audit.verify(connection)).broken_at is None
        assert [row.event for row in rows] == ["incident.opened", "incident.resolved"]
        assert '"how":"It went away by itself."' in rows[1].body


async def test_the_same_alert_again_is_one_incident_and_writes_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert(), alert())
        before, result = await at.incidents(), at.store.changes.sequence
        for _ in range(3):
            at.clock.move(60)
            await at.take(alert())
        assert await at.incidents() == before
        assert at.store.changes.sequence == result


async def test_different_alerts_of_one_target_are_one_incident(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.take(alert("DiskFull", severity=Severity.CRITICAL, summary="Disk is full"))
        (one,) = await at.incidents()
        assert (one.alert_count, one.severity) == (2, Severity.CRITICAL)
        assert one.title == "radarr: Disk is full (and 1 more)"
        await at.take(alert(status=RESOLVED))
        assert [one.status for one in await at.incidents()] == [IncidentStatus.OPEN]
        await at.take(alert("DiskFull", status=RESOLVED))
        assert [one.status for one in await at.incidents()] == [IncidentStatus.RESOLVED]


async def test_two_sources_are_two_alerts_of_one_incident(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.take(alert(), source="checks")
        (one,) = await at.incidents()
        assert one.alert_count == 2
        await at.take(alert(status=RESOLVED), source="checks")
        assert [one.status for one in await at.incidents()] == [IncidentStatus.OPEN]


async def test_resolved_before_it_fired_is_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert(status=RESOLVED))
        assert await at.incidents() == []
        assert await at.alerts() == {}
        await at.take(alert())
        assert len(await at.incidents()) == 1


async def test_an_alert_of_nothing_we_know_is_an_incident_too(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert("X", name="stranger", instance="nas:9100"))
        (one,) = await at.incidents()
        assert (one.target, one.group_key) == (None, 'alert:X:{"instance": "nas:9100", "name": "stranger"}')
        assert one.category == GENERAL.key


@pytest.mark.parametrize("order", ["node first", "node last", "node between"])
async def test_a_dead_node_with_thirty_guests_is_one_incident(tmp_path: Path, order: str) -> None:
    guests = [guest_down(name) for name in GUESTS]
    at_node = {"node first": 0, "node last": 30, "node between": 15}[order]
    async with desk(tmp_path) as at:
        await at.take(*guests[:at_node], node_down(), *guests[at_node:])
        (one,) = await at.incidents()
        assert (one.target, one.group_key, one.alert_count) == (NODE, target_key(NODE), 31)
        assert one.title == "node1 is down (and 30 more)"
        assert len(one.alerts) == 20
        await at.take(*(guest_down(name, RESOLVED) for name in GUESTS))
        assert [one.status for one in await at.incidents()] == [IncidentStatus.OPEN]
        await at.take(node_down(RESOLVED))
        assert [one.status for one in await at.incidents()] == [IncidentStatus.RESOLVED]


async def test_guests_that_are_missed_before_their_node_are_taken_over(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for name in GUESTS[:5]:
            await at.take(guest_down(name))
        before = await at.open()
        assert len(before) == 5
        request = await at.wait_for_person(before[0])
        await at.save(replace(before[1], status=IncidentStatus.ACTING))
        at.clock.move(60)
        with at.store.changes.watch(RowKind.APPROVAL) as watch:
            await at.take(node_down(), guest_down(GUESTS[2], RESOLVED))
            result = await watch.next()
        assert isinstance(result, Event)
        assert result.approval is not None
        assert result.approval.status is ApprovalStatus.SUPERSEDED
        assert await at.status_of(request) is ApprovalStatus.SUPERSEDED
        acting, node = await at.open()
        assert acting.id == before[1].id, "what is being done is not pulled from under it"
        assert (node.target, node.alert_count) == (NODE, 5)
        closed = [one for one in await at.incidents() if one.status is IncidentStatus.RESOLVED]
        assert {one.resolution for one in closed} == {f"It is part of incident {node.number}."}
        assert len(closed) == 4
        owners = Counter(one.incident_id for one in (await at.alerts()).values())
        assert owners == {node.id: 5, acting.id: 1}
        await at.take(guest_down(GUESTS[9]))
        assert len(await at.open()) == 2, "later ones join them"


async def test_what_a_person_asked_for_is_not_taken_over_by_a_host_that_is_down(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(guest_down(GUESTS[0]))
        (guest,) = await at.open()
        request = await at.wait_for_person(guest)
        (guest,) = await at.open()
        await at.save(replace(guest, is_request=True))
        at.clock.move(60)
        await at.take(node_down())
        assert await at.status_of(request) is ApprovalStatus.PENDING
        assert [one.is_request for one in await at.open()] == [True, False]


async def test_older_incidents_of_guests_are_not_absorbed(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(guest_down("radarr"))
        at.clock.move(JUST_BEFORE.total_seconds())
        await at.take(node_down())
        assert [one.target for one in await at.open()] == [box(), NODE]


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.CRITICAL])
async def test_a_node_that_is_only_unwell_swallows_nothing(tmp_path: Path, severity: Severity) -> None:
    async with desk(tmp_path) as at:
        unwell = alert("StorageFull", severity=severity, summary="Storage is full", node="node1", name="")
        await at.take(unwell, guest_down("radarr"))
        await at.take(guest_down("sonarr"))
        assert [one.target for one in await at.open()] == [NODE, box(), box("sonarr")]


async def test_a_node_that_was_dead_swallows_nothing_later(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(node_down())
        await at.take(node_down(RESOLVED))
        await at.take(guest_down("radarr"))
        assert [one.target for one in await at.open()] == [box()]


async def test_the_echo_of_a_death_opens_nothing_under_the_nodes_name(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(node_down())
        (node,) = await at.incidents()
        mended = replace(
            node, status=IncidentStatus.RESOLVED, resolved_at=NOW, run=records.run(RunStatus.SUCCEEDED)
        )
        await at.save(mended)
        await at.take(replace(node_down(), summary="node1 is still down"), guest_down("radarr"))
        assert [one.target for one in await at.open()] == [box()]
        assert len(await at.incidents()) == 2


class Programs(ToyInventory):
    """Radarr runs in the box radarr."""

    PROGRAM = TargetRef(instance_id="radarr1", kind="instance", id="radarr1", name="Radarr")

    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        return self.PROGRAM if labels.get("app") == "radarr" else super().locate(labels)

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        return (box(), NODE, ITSELF) if target == self.PROGRAM else super().parents(target)


async def test_an_application_and_its_guest_are_one_problem_of_the_guest(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        inventory = Programs(Toy())
        await inventory.poll_now("toy1")
        at.correlator = Correlator(at.store, inventory, at.clock)
        await at.take(alert("RadarrUnhealthy", app="radarr"))
        (one,) = await at.open()
        assert (one.target, one.group_key) == (Programs.PROGRAM, target_key(box()))
        request = await at.wait_for_person(one)
        await at.take(alert())
        (one,) = await at.open()
        assert (one.target, one.status, one.round) == (box(), IncidentStatus.OPEN, 2)
        assert await at.status_of(request) is ApprovalStatus.SUPERSEDED
        await at.take(alert("Another"))
        (one,) = await at.open()
        assert (one.target, one.round, one.alert_count) == (box(), 2, 3)


async def mended(at: Desk) -> Incident:
    """Fire the alert and let its incident be mended by a run."""
    await at.take(alert())
    one = (await at.incidents())[-1]
    done = replace(
        one,
        status=IncidentStatus.RESOLVED,
        resolved_at=at.clock.now(),
        run=records.run(RunStatus.SUCCEEDED),
    )
    await at.save(done)
    return done


async def test_right_after_a_repair_repetitions_are_its_echo(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await mended(at)
        at.clock.move(60)
        await at.take(alert())
        await at.take(alert(summary="Memory of radarr is at 94 %"))
        await at.take(alert("AnotherOfTheSame"))
        await at.take(alert(status=RESOLVED))
        assert len(await at.incidents()) == 1
        (one,) = await at.incidents()
        assert one.status is IncidentStatus.RESOLVED
        assert one.alert_count == 2


async def test_what_fires_on_after_the_echo_is_a_new_incident(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        first = await mended(at)
        at.clock.move(ECHO_WINDOW.total_seconds() - 1)
        await at.take(alert())
        assert len(await at.incidents()) == 1
        at.clock.move(1)
        await at.take(alert())
        one, other = await at.incidents()
        assert one == first
        assert (other.status, other.number, other.alert_count) == (IncidentStatus.OPEN, 2, 1)
        await at.take(alert())
        assert len(await at.incidents()) == 2


async def test_what_ends_after_the_echo_has_ended(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await mended(at)
        at.clock.move(ECHO_WINDOW.total_seconds() + 1)
        await at.take(alert(status=RESOLVED))
        assert len(await at.incidents()) == 1
        assert [one.status for one in (await at.alerts()).values()] == [RESOLVED]


async def test_what_began_after_the_repair_is_no_echo(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await mended(at)
        at.clock.move(60)
        # Its end was never reported, but it started again.
        await at.take(alert(at=NOW + timedelta(seconds=30)))
        assert [one.status for one in await at.incidents()] == [IncidentStatus.RESOLVED, IncidentStatus.OPEN]


@pytest.mark.parametrize("days", [400, -400])
async def test_a_clock_that_jumps_makes_no_endless_echo(tmp_path: Path, days: int) -> None:
    async with desk(tmp_path) as at:
        await mended(at)
        at.clock.jump(days * 86_400)
        await at.take(alert())
        assert len(await at.open()) == 1


async def test_a_clock_that_jumps_back_and_forth_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for jump in (3_600, -7_200, 86_400, -90_000, 10):
            await at.take(alert(), guest_down("sonarr"))
            at.clock.jump(jump)
            await at.take(alert(), guest_down("sonarr"), completeness=Completeness.MONITOR)
        assert [one.alert_count for one in await at.open()] == [1, 1]
        at.clock.jump(-86_400)
        await at.take(completeness=Completeness.MONITOR)
        assert await at.open() == []


async def test_a_flapping_alert_asks_twice_and_then_keeps_still(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for _ in range(8):
            await at.take(alert(at=at.clock.now()))
            at.clock.move(30)
            await at.take(alert(at=at.clock.now(), status=RESOLVED))
            at.clock.move(30)
        assert [one.status for one in await at.incidents()] == [IncidentStatus.RESOLVED] * 2
        assert [one.count for one in (await at.alerts()).values()] == [8]


async def test_a_flapping_alert_that_stays_is_a_new_incident(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for _ in range(4):
            at.clock.move(30)
            await at.take(alert(at=at.clock.now(), status=RESOLVED))
            await at.take(alert(at=at.clock.now()))
        assert len(await at.incidents()) == 2
        at.clock.move(ECHO_WINDOW.total_seconds())
        await at.take(alert(at=at.clock.now()))
        assert [one.status for one in await at.incidents()][-1] is IncidentStatus.OPEN
        assert len(await at.incidents()) == 3


async def test_a_complete_reading_ends_what_it_no_longer_has(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert(), guest_down("sonarr"))
        await at.take(guest_down("guest0"), source="other")
        await at.take(alert(), completeness=Completeness.MONITOR)
        assert len(await at.open()) == 3, "what has just come in cannot be known to it"
        at.clock.move(JUST_IN.total_seconds())
        await at.take(alert())
        assert len(await at.open()) == 3, "a partial one ends nothing"
        await at.take(alert(), completeness=Completeness.MONITOR)
        assert [one.target for one in await at.open()] == [box(), box("guest0")], "of its own source only"
        await at.take(completeness=Completeness.MONITOR)
        assert [one.target for one in await at.open()] == [box("guest0")]


async def test_what_waits_for_a_person_is_closed_when_it_is_over(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        request = await at.wait_for_person((await at.incidents())[0])
        with at.store.changes.watch(RowKind.APPROVAL) as watch:
            await at.take(alert(status=RESOLVED))
            result = await watch.next()
        assert isinstance(result, Event)
        assert result.approval is not None
        assert result.approval.status is ApprovalStatus.SUPERSEDED
        assert await at.status_of(request) is ApprovalStatus.SUPERSEDED
        assert [one.status for one in await at.incidents()] == [IncidentStatus.RESOLVED]


async def test_what_is_being_done_goes_on_though_the_alert_is_over(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.save(replace((await at.incidents())[0], status=IncidentStatus.ACTING))
        await at.take(alert(status=RESOLVED))
        (one,) = await at.incidents()
        assert one.status is IncidentStatus.ACTING
        assert one.alerts[0].status is RESOLVED


async def test_an_ignored_problem_is_ignored_until_it_starts_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.save(replace((await at.incidents())[0], status=IncidentStatus.IGNORED))
        at.clock.move(86_400)
        await at.take(alert(summary="Memory of radarr is at 99 %"))
        assert len(await at.incidents()) == 1
        await at.take(alert(status=RESOLVED))
        assert [one.status for one in await at.incidents()] == [IncidentStatus.IGNORED]
        await at.take(alert())
        assert [one.status for one in await at.incidents()] == [IncidentStatus.IGNORED, IncidentStatus.OPEN]


async def test_given_up_it_is_looked_at_again_when_something_new_comes(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.save(replace((await at.incidents())[0], status=IncidentStatus.UNSOLVED))
        await at.take(alert(summary="Memory of radarr is at 97 %"))
        assert [(one.status, one.round) for one in await at.incidents()] == [(IncidentStatus.UNSOLVED, 1)]
        await at.take(alert("DiskFull"))
        assert [(one.status, one.round) for one in await at.incidents()] == [(IncidentStatus.OPEN, 2)]


async def test_in_a_storm_what_is_known_stays_known_beyond_what_is_shown(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        storm = [alert(f"A{number}") for number in range(30)]
        await at.take(*storm)
        (one,) = await at.incidents()
        assert (one.alert_count, len(one.alerts)) == (30, 20)
        await at.save(replace(one, status=IncidentStatus.UNSOLVED))
        hidden = {f"A{number}" for number in range(30)} - {shown.name for shown in one.alerts}
        for name in hidden:
            await at.take(alert(name, severity=Severity.INFO))
            await at.take(alert(name, status=RESOLVED))
            await at.take(alert(name))
        assert [(one.status, one.round) for one in await at.incidents()] == [(IncidentStatus.UNSOLVED, 1)]


async def test_two_hundred_labels_and_long_texts(tmp_path: Path) -> None:
    labels = {f"label{number}": "x" * 2_000 for number in range(200)}
    async with desk(tmp_path) as at:
        long = replace(alert(summary="s" * 5_000), labels=labels | {"name": "radarr"})
        await at.take(long)
        await at.take(long)
        (one,) = await at.incidents()
        assert one.target == box()
        assert one.alert_count == 1
        assert len(one.title) <= 255


@pytest.mark.parametrize(
    "text", ["a\0b", "\ud800", "\udfff\0", "{{7*7}}", "%s %(x)s", "${jndi:ldap://x}", "{target}"]
)
async def test_whatever_the_text_it_is_an_incident(tmp_path: Path, text: str) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert(text, summary=text, name=text, instance=text, fingerprint=text))
        await at.take(alert(text, summary=text, name=text, instance=text, fingerprint=text))
        (one,) = await at.incidents()
        assert one.alert_count == 1
        await at.take(alert(text, status=RESOLVED, name=text, instance=text, fingerprint=text))
        assert await at.open() == []


async def test_an_instance_that_lost_its_service_still_has_incidents(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.inventory.known = False
        await at.take(alert())
        (one,) = await at.incidents()
        assert one.category == GENERAL.key


async def test_ten_thousand_alerts_of_five_hundred_fingerprints(tmp_path: Path) -> None:
    names = [f"box{number}" for number in range(500)]
    async with desk(tmp_path, names) as at:
        for begin in range(0, 10_000, 200):
            batch = [alert(name=names[number % 500]) for number in range(begin, begin + 200)]
            await at.take(*batch)
        found = await at.incidents()
        assert [one.number for one in found] == list(range(1, 501))
        assert Counter(one.group_key for one in found) == {target_key(box(name)): 1 for name in names}
        assert {one.alert_count for one in found} == {1}
        owners = {one.incident_id for one in (await at.alerts()).values()}
        assert owners == {one.id for one in found}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.sampled_from(["a", "b", "c"]), st.sampled_from([FIRING, RESOLVED])),
        st.tuples(st.just("move"), st.sampled_from([20, 700]), st.none()),
        st.tuples(st.just("jump"), st.sampled_from([-86_400, 86_400]), st.none()),
        st.tuples(st.just("ignore"), st.none(), st.none()),
        st.tuples(st.just("mend"), st.none(), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
async def test_whatever_happens_every_firing_alert_has_one_incident(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object, object]]
) -> None:
    async with desk(tmp_path_factory.mktemp("desk"), ["a", "b", "c"]) as at:
        last: dict[str, AlertStatus] = {}
        for verb, first, second in steps:
            if verb == "take":
                assert isinstance(first, str)
                assert isinstance(second, AlertStatus)
                last[first] = second
                await at.take(alert(status=second, name=first, at=at.clock.now()))
            elif verb == "move":
                at.clock.move(float(str(first)))
            elif verb == "jump":
                at.clock.jump(float(str(first)))
            else:
                await _close_one(at, verb)
        known = {one.id: one for one in await at.incidents()}
        stored = (await at.alerts()).values()
        firing = [one for one in stored if one.status is FIRING]
        assert {one.labels["name"] for one in firing} == {name for name, one in last.items() if one is FIRING}
        assert all(one.incident_id in known for one in firing), "nothing is lost"
        open_keys = [one.group_key for one in known.values() if one.status not in incidents.CLOSED]
        assert len(open_keys) == len(set(open_keys)), "nothing is there twice"
        by_incident = Counter(one.incident_id for one in firing)
        for one in known.values():
            if one.status not in incidents.CLOSED:
                assert by_incident[one.id] > 0, "no incident is left open without a reason"


async def _close_one(at: Desk, verb: str) -> None:
    found = await at.open()
    if not found:
        return
    status = IncidentStatus.IGNORED if verb == "ignore" else IncidentStatus.RESOLVED
    done = records.run(RunStatus.SUCCEEDED) if verb == "mend" else None
    ended = at.clock.now() if verb == "mend" else None
    await at.save(replace(found[0], status=status, run=done, resolved_at=ended))


UNTIL = NOW + timedelta(hours=2)


def silenced(one: IncomingAlert, until: timedelta = timedelta(hours=2)) -> IncomingAlert:
    return replace(one, suppressed="silenced until 14:00", silenced_until=NOW + until)


async def test_a_silenced_alert_stays_firing_and_says_until_when(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.take(silenced(alert()), completeness=Completeness.MONITOR)
        (one,) = await at.open()
        assert (one.suppressed, one.silenced_until) == ("silenced until 14:00", UNTIL)
        assert one.alerts[0].status is FIRING
        await at.take(alert("DiskFull"), silenced(alert()))
        (one,) = await at.open()
        assert (one.suppressed, one.silenced_until) == (None, None), "one of two is not silenced"
        await at.take(silenced(alert("DiskFull"), timedelta(hours=1)))
        (one,) = await at.open()
        assert one.silenced_until == NOW + timedelta(hours=1)
        await at.take(alert(), alert("DiskFull"))
        (one,) = await at.open()
        assert one.suppressed is None


async def test_what_is_silenced_when_it_comes_asks_nobody_until_the_silence_ends(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(silenced(alert()))
        assert await at.incidents() == []
        assert [one.status for one in (await at.alerts()).values()] == [FIRING]
        await at.take(alert())
        assert [one.status for one in await at.incidents()] == [IncidentStatus.OPEN]


async def test_a_silence_of_more_alerts_than_are_shown_is_seen(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        many = [alert(f"A{number}") for number in range(30)]
        await at.take(*many)
        await at.take(*(silenced(one) for one in many[:29]))
        assert [one.suppressed for one in await at.open()] == [None]
        await at.take(silenced(many[29]))
        assert [one.silenced_until for one in await at.open()] == [UNTIL]


async def test_what_no_source_reports_any_more_is_stale_and_not_resolved(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        labels = {"check": "memory", "steward_instance": "toy1"}
        await at.take(with_labels(alert(), labels), source="toy1")
        for _ in range(4):
            at.clock.move(300)
            await at.take(with_labels(alert(), labels), source="toy1")
        await at.correlator.note_silence()
        assert [one.stale_since for one in await at.open()] == [None]
        last = at.clock.now()
        at.clock.move(STALE_POLLED.total_seconds() + 1)
        await at.correlator.note_silence()
        await at.correlator.note_silence()
        (one,) = await at.open()
        assert (one.status, one.stale_since) == (IncidentStatus.OPEN, last)
        await at.take(with_labels(alert(), labels), source="toy1")
        assert [one.stale_since for one in await at.open()] == [None]


async def test_an_alert_whose_target_is_gone_for_good_ends_with_the_reason(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        labels = {CHECK: "memory", STEWARD_INSTANCE: "toy1", STEWARD_KIND: "box", STEWARD_TARGET: "box/x"}
        await at.take(with_labels(alert(), labels), source="toy1")
        at.clock.move(STALE_POLLED.total_seconds() + 1)
        for number in range(GONE_POLLS):
            assert [one.status for one in await at.open()] == [IncidentStatus.OPEN]
            at.inventory.taken_at = NOW + timedelta(minutes=number)
            await at.inventory.poll_now("toy1")
            await at.correlator.note_silence()
        (one,) = await at.incidents()
        assert (one.status, one.resolution) == (IncidentStatus.RESOLVED, "Toy does not list it any more.")
        assert await at.alerts("toy1") != {}


async def test_a_sender_of_webhooks_may_repeat_itself_seldom(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        at.clock.move(STALE_SENT.total_seconds())
        await at.correlator.note_silence()
        assert [one.stale_since for one in await at.open()] == [None]
        at.clock.move(1)
        await at.correlator.note_silence()
        assert [one.stale_since for one in await at.open()] == [NOW]


async def test_something_worse_withdraws_the_request_and_asks_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert(severity=Severity.INFO))
        (one,) = await at.open()
        request = await at.wait_for_person(one)
        await at.take(alert("Slow", severity=Severity.INFO))
        assert await at.status_of(request) is ApprovalStatus.PENDING, "it is not worse"
        await at.take(alert("DiskFull", severity=Severity.CRITICAL, summary="The disk is full"))
        (one,) = await at.open()
        assert (one.status, one.round, one.severity) == (IncidentStatus.OPEN, 2, Severity.CRITICAL)
        assert await at.status_of(request) is ApprovalStatus.SUPERSEDED
        async with at.store.read() as connection:
            withdrawn = await approvals.request(connection, request.id)
        assert withdrawn is not None
        assert withdrawn.withdrawn == "It got worse: The disk is full."


async def test_an_alert_that_gets_worse_asks_again_but_not_while_something_is_done(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.save(replace((await at.open())[0], status=IncidentStatus.ACTING))
        await at.take(alert(severity=Severity.CRITICAL))
        assert [(one.status, one.round) for one in await at.open()] == [(IncidentStatus.ACTING, 1)]
        await at.save(
            replace((await at.open())[0], status=IncidentStatus.UNSOLVED, severity=Severity.WARNING)
        )
        await at.take(alert(severity=Severity.CRITICAL, summary="Memory of radarr is at 99 %"))
        assert [(one.status, one.round) for one in await at.open()] == [(IncidentStatus.OPEN, 2)]


def stranger(number: int, status: AlertStatus = FIRING) -> IncomingAlert:
    return alert("Flood", status=status, name=f"stranger{number}", summary=f"number {number}")


async def test_a_storm_is_one_incident_and_real_alerts_stay_beside_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(*(stranger(number) for number in range(500)), alert(), source="toy1")
        storm, radarr = sorted(await at.open(), key=lambda one: one.target is not None)
        assert (storm.alert_count, storm.target) == (500, None)
        assert storm.title.startswith("500 alerts from Toy at once, such as ")
        assert radarr.target == box()
        await at.take(stranger(1_000), source="toy1")
        assert len(await at.open()) == 3, "one alert is no storm"
        await at.take(*(stranger(number, RESOLVED) for number in range(500)), source="toy1")
        assert [one.number for one in await at.open()] == sorted([radarr.number, 3])


async def test_a_storm_in_small_pieces_is_one_too(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for number in range(STORM + 20):
            await at.take(stranger(number), source="toy1")
        assert len(await at.open()) == STORM + 1
        at.clock.move(61)
        await at.take(stranger(1_000), source="toy1")
        assert len(await at.open()) == STORM + 2


async def test_a_silence_ends_by_its_time_when_its_monitor_says_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert(), alert("DiskFull"))
        await at.take(silenced(alert()), silenced(alert("DiskFull"), timedelta(hours=3)))
        at.clock.move((timedelta(hours=2) + CLOCK_MARGIN).total_seconds() - 1)
        await at.correlator.note_silence()
        assert [one.silenced_until for one in await at.open()] == [UNTIL]
        at.clock.move(1)
        await at.correlator.note_silence()
        assert [one.suppressed for one in await at.open()] == [None]


async def test_what_was_given_up_is_asked_about_when_its_silence_ends(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as at:
        await at.take(alert())
        await at.take(silenced(alert()))
        await at.save(replace((await at.open())[0], status=IncidentStatus.UNSOLVED))
        await at.take(silenced(alert(), timedelta(hours=3)))
        assert [one.status for one in await at.open()] == [IncidentStatus.UNSOLVED]
        await at.take(alert())
        assert [(one.status, one.round) for one in await at.open()] == [(IncidentStatus.OPEN, 2)]


def outage(check: str, **labels: str) -> IncomingAlert:
    """Return the steward's own alert that something of the toy does not run, or does not answer."""
    own = {STEWARD_INSTANCE: "toy1", OUTAGE: check, "check": check, "name": ""}
    return with_labels(alert(check, severity=Severity.WARNING), {**own, **labels})


UNREACHABLE = outage("unreachable")
STOPPED = outage("stopped", name="sonarr")


@pytest.mark.parametrize("order", [(UNREACHABLE, STOPPED), (STOPPED, UNREACHABLE)], ids=["first", "last"])
async def test_a_cluster_that_does_not_answer_explains_what_does_not_run(
    tmp_path: Path, order: tuple[IncomingAlert, ...]
) -> None:
    """One incident for the host, whatever was seen first; a full memory is another problem."""
    async with desk(tmp_path) as at:
        at.inventory.itself = True
        await at.take(alert(), source="am")
        for one in order:
            await at.take(one, source="toy1")
        memory, *others = await at.open()
        assert (memory.target, memory.alert_count) == (box(), 1)
        assert [(one.target, one.alert_count) for one in others] == [(ITSELF, 2)]
        await at.take(alert("Another"), source="am")
        assert len(await at.open()) == 2


async def test_a_program_that_does_not_answer_does_not_explain_its_host(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.inventory.itself = True
        at.inventory.running_in[ITSELF.key] = box("sonarr")
        await at.take(UNREACHABLE, source="toy1")
        await at.take(alert(), source="am")
        assert [one.target for one in await at.open()] == [ITSELF, box()]


def forget_the_inventory(at: Desk) -> None:
    """Let the inventory list nothing, as after a start."""
    at.inventory._snapshot = None


@pytest.mark.parametrize("is_repeated", [True, False], ids=["reported again", "said once"])
async def test_a_target_known_later_is_asked_about_again(tmp_path: Path, *, is_repeated: bool) -> None:
    async with desk(tmp_path) as at:
        forget_the_inventory(at)
        await at.take(alert())
        (one,) = await at.open()
        assert (one.target, one.category) == (None, GENERAL.key)
        request = await at.wait_for_person(one)
        await at.correlator.note_silence()
        assert await at.status_of(request) is ApprovalStatus.PENDING, "nothing is known of it yet"
        await at.inventory.poll_now("toy1")
        await (at.take(alert()) if is_repeated else at.correlator.note_silence())
        (one,) = await at.open()
        assert (one.status, one.round, one.target) == (IncidentStatus.OPEN, 2, box())
        assert (one.category, one.group_key) == (INFRASTRUCTURE.key, target_key(box()))
        assert await at.status_of(request) is ApprovalStatus.SUPERSEDED
        await at.take(alert("DiskFull", summary="Disk is full"))
        assert [two.alert_count for two in await at.open()] == [2], "the target has one incident"
        await at.take(alert(status=RESOLVED), alert("DiskFull", status=RESOLVED))
        assert [two.resolution for two in await at.incidents()] == ["It went away by itself."]


async def test_a_target_that_is_known_later_and_has_an_incident_already(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        forget_the_inventory(at)
        await at.take(alert())
        await at.inventory.poll_now("toy1")
        await at.take(alert("DiskFull", summary="Disk is full"))
        assert [one.target for one in await at.open()] == [None, box()]
        await at.correlator.note_silence()
        first, second = await at.incidents()
        assert (first.status, first.resolution) == (IncidentStatus.RESOLVED, "It is part of incident 2.")
        assert (second.status, second.alert_count) == (IncidentStatus.OPEN, 2)
        assert {one.incident_id for one in (await at.alerts()).values()} == {second.id}


async def test_what_is_done_goes_on_when_the_target_becomes_known(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        forget_the_inventory(at)
        await at.take(alert())
        (one,) = await at.open()
        await at.save(replace(one, status=IncidentStatus.ACTING))
        await at.inventory.poll_now("toy1")
        await at.take(alert())
        await at.correlator.note_silence()
        (one,) = await at.open()
        assert (one.status, one.target) == (IncidentStatus.ACTING, None)
        await at.save(replace(one, status=IncidentStatus.UNSOLVED))
        await at.correlator.note_silence()
        assert [(two.status, two.target) for two in await at.open()] == [(IncidentStatus.OPEN, box())]
