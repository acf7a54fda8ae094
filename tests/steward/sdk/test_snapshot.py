"""States read endpoint by endpoint, and what their snapshots and checks say."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.state import CoverageStatus, ResourceKey, Snapshot
from steward.clock import SystemClock
from steward.errors import ServiceError, ServiceMalformed, ServiceRefused, ServiceUnreachable
from steward.sdk.categories import GENERAL
from steward.sdk.coverage import Gaps
from steward.sdk.description import Check, ResourceKind, Right, Sensor, Service, Tool, Versions
from steward.sdk.parse import Item
from steward.sdk.readings import NOT_REPORTED, NotKnown, known
from steward.sdk.snapshot import DEFECT, CheckResults, notices, run_checks, snapshot
from steward.sdk.state import State, computed, many, one
from steward.sdk.typed_calls import Parameter

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Status(Item):
    version: str
    token: str | None = None


class Disk(Item):
    """A disk; its use is not always known."""

    id: str
    used: float | None = None
    pool: str | None = None

    @property
    def is_full(self) -> bool:
        return known(self.used) > 90


class Nas(State):
    """What the NAS answers."""

    status = one("status", Status)
    disks = many("disks", Disk, below="data.items", total="data.total", limit=50)
    jobs = many("jobs", Disk, optional=True)


class Fake:
    """Answers by path; an exception is raised."""

    clock = SystemClock()

    def __init__(self, **answers: object) -> None:
        self.answers: dict[str, object] = {
            "status": {"version": "25.10", "token": "no"},
            "disks": {
                "data": {
                    "items": [{"id": "a", "used": 5, "pool": "tank"}, {"id": "b", "used": 95}],
                    "total": 2,
                }
            },
            "jobs": [],
            **answers,
        }
        self.asked: list[tuple[str, dict[str, Parameter | None]]] = []

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the answer; a warning beside it is a gap."""
        if isinstance(answer, dict) and "warning" in answer:
            gaps.add(part, str(answer["warning"]))
        return answer

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        self.asked.append((path, query))
        answer = self.answers[path]
        if isinstance(answer, Exception):
            raise answer
        return answer


ODD = {"data": {"items": [{"id": "a"}, {"id": None}], "total": 2}}
"""A list whose second item cannot be read."""


def full(disk: Disk) -> str | None:
    return f"Disk {disk.id} is full" if disk.is_full else None


def any_full(state: Nas) -> str | None:
    return next((f"Disk {disk.id} is full" for disk in state.disks if disk.is_full), None)


def no_jobs(state: Nas) -> str | None:
    return "No job is planned" if not state.jobs else None


async def poll(client: Any, gaps: Gaps) -> Nas:
    return await Nas.poll(client, gaps)


async def read_log(_: Any, __: Any) -> Any:
    raise NotImplementedError


SERVICE: Service[Any, Nas] = Service(
    key="nas",
    name="NAS",
    category=GENERAL,
    settings=(),
    connect=lambda access: Fake(),
    poll=poll,
    version=lambda state: state.status.version,
    sensors=(
        Sensor(key="disks", name="Disks", value=lambda state: len(state.disks)),
        Sensor(key="jobs", name="Jobs", value=lambda state: len(state.jobs)),
    ),
    resources=(
        ResourceKind(
            key="disk",
            name="Disk",
            items=lambda state: state.disks,
            id=lambda disk: disk.id,
            title=lambda disk: f"Disk {disk.id}",
            parent=lambda disk: ResourceKey(kind="pool", id=disk.pool) if disk.pool else None,
            sensors=(
                Sensor(key="used", name="Used", value=lambda disk: disk.used),
                Sensor(key="full", name="Full", value=lambda disk: disk.is_full),
            ),
        ),
        ResourceKind(
            key="job",
            name="Job",
            items=lambda state: state.jobs,
            id=lambda job: job.id,
        ),
    ),
    checks=(
        Check[Disk](key="full", name="Full", severity=Severity.WARNING, problem=full, scope="disk"),
        Check[Nas](key="any_full", name="Any full", severity=Severity.WARNING, problem=any_full),
        Check[Nas](key="no_jobs", name="No jobs", severity=Severity.INFO, problem=no_jobs),
    ),
    tools=(
        Tool(key="log", name="Log", description="The log.", read=read_log, needs=("logs",)),
        Tool(
            key="new",
            name="New",
            description="Since 26.",
            read=read_log,
            available=lambda state: None if state.status.version >= "26" else "It needs version 26",
        ),
    ),
    rights=(Right(key="logs", name="Read logs", needed_for="the log"),),
    granted=lambda state: frozenset() if known(state.status.token) == "no" else frozenset({"logs"}),
)


async def state_of(**answers: object) -> tuple[Nas, Gaps]:
    gaps = Gaps()
    return await Nas.poll(Fake(**answers), gaps), gaps


async def taken(service: Service[Any, Nas] = SERVICE, **answers: object) -> Snapshot:
    state, gaps = await state_of(**answers)
    return snapshot(service, "i", state, gaps, NOW)


# -- states ----------------------------------------------------------------------------------


async def test_every_endpoint_is_read_once_with_its_query() -> None:
    fake = Fake()
    state = await Nas.poll(fake, Gaps())
    assert sorted(fake.asked, key=lambda one: one[0]) == [
        ("disks", {"limit": 50}),
        ("jobs", {}),
        ("status", {}),
    ]
    assert state.status.version == "25.10"
    assert [disk.id for disk in state.disks] == ["a", "b"]


@pytest.mark.parametrize(
    "error", [ServiceUnreachable("away"), ServiceRefused("404"), ServiceMalformed("no JSON")]
)
async def test_a_required_endpoint_fails_the_poll_and_an_optional_one_is_a_gap(error: ServiceError) -> None:
    with pytest.raises(type(error)):
        await state_of(status=error)
    state, gaps = await state_of(jobs=error)
    assert gaps.of("jobs") == str(error)
    with pytest.raises(NotKnown, match=str(error)):
        _ = state.jobs
    assert state.status.version == "25.10"


async def test_an_optional_endpoint_that_cannot_be_understood_is_a_gap() -> None:
    state, gaps = await state_of(jobs={"no": "list"})
    assert "expected a list" in str(gaps.of("jobs"))
    with pytest.raises(NotKnown):
        _ = state.jobs


async def test_a_shorter_list_than_the_services_own_count_is_a_gap() -> None:
    _, gaps = await state_of(disks={"data": {"items": [{"id": "a"}], "total": 7}})
    assert gaps.of("disks") == "the service counts 7 and lists 1"
    _, gaps = await state_of(disks={"data": {"items": [{"id": "a"}], "total": "7"}})
    assert gaps.of("disks") == "the service counts 7 and lists 1", "some services write numbers as text"


@pytest.mark.parametrize("total", [0, "0"])
async def test_a_service_that_counts_nothing_may_leave_out_the_list(total: int | str) -> None:
    state, gaps = await state_of(disks={"data": {"total": total}})
    assert (state.disks, gaps.of("disks")) == ((), None)


@pytest.mark.parametrize("data", [{}, {"total": 1}, {"total": "none"}])
async def test_a_list_that_is_missing_is_not_empty(data: dict[str, object]) -> None:
    with pytest.raises(ServiceMalformed, match=r"has no data\.items"):
        await state_of(disks={"data": data})


async def test_a_service_without_an_endpoint_lists_nothing_there() -> None:
    class Server(State):
        """A list that only some versions have."""

        disks = many("disks", Disk, optional=True, may_be_absent=True)

    gaps = Gaps()
    state = await Server.poll(Fake(disks=ServiceRefused("404")), gaps)
    assert (state.disks, gaps.of("disks")) == ((), None)
    state = await Server.poll(Fake(disks=ServiceUnreachable("502")), gaps)
    assert gaps.of("disks") == "502"
    with pytest.raises(NotKnown):
        _ = state.disks


async def test_a_service_without_an_object_does_not_report_it() -> None:
    class Server(State):
        """An object that only some versions have."""

        status = one("status", Status, optional=True, may_be_absent=True)

    gaps = Gaps()
    state = await Server.poll(Fake(status=ServiceRefused("404")), gaps)
    assert gaps.of("status") is None
    with pytest.raises(NotKnown, match=NOT_REPORTED):
        _ = state.status
    await Server.poll(Fake(status=ServiceUnreachable("502")), gaps)
    assert gaps.of("status") == "502"


async def test_only_some_endpoints_are_read() -> None:
    fake = Fake()
    state = await Nas.poll(fake, Gaps(), "disks", "jobs")
    assert [path for path, _ in fake.asked] == ["disks", "jobs"]
    assert (len(state.disks), state.jobs) == (2, ())
    with pytest.raises(NotKnown, match="It was not read"):
        _ = state.status
    with pytest.raises(ServiceUnreachable):
        await Nas.poll(Fake(jobs=ServiceUnreachable("502")), Gaps(), "jobs")


async def test_an_endpoint_is_read_alone() -> None:
    gaps, fake = Gaps(), Fake(disks=ODD)
    assert [disk.id for disk in await Nas.disks.now(fake, gaps)] == ["a"]
    assert "item 2" in (gaps.of("disks") or "")
    assert fake.asked == [("disks", {"limit": 50})]
    with pytest.raises(ServiceMalformed, match=r"disks: .*item 2"):
        await Nas.disks.whole(fake)
    assert (await Nas.status.whole(fake)).version == "25.10"


async def test_an_item_that_cannot_be_read_may_be_the_one_that_is_looked_for() -> None:
    found = await Nas.disks.find(Fake(disks=ODD), lambda disk: disk.id == "a")
    assert found == Disk(id="a")
    with pytest.raises(ServiceMalformed, match=r"disks: .*item 2"):
        await Nas.disks.find(Fake(disks=ODD), lambda disk: disk.id == "b")
    assert await Nas.disks.find(Fake(), lambda disk: disk.id == "c") is None


async def test_an_item_that_must_be_listed() -> None:
    found = await Nas.disks.listed(Fake(), lambda disk: disk.id == "b", "B")
    assert found.used == 95
    with pytest.raises(ServiceMalformed, match="disks: C is not listed"):
        await Nas.disks.listed(Fake(), lambda disk: disk.id == "c", "C")


async def test_a_warning_beside_the_content_is_a_gap() -> None:
    state, gaps = await state_of(status={"version": "26", "warning": "a store is away"})
    assert (state.status.version, gaps.of("status")) == ("26", "a store is away")


async def test_resources_lack_what_any_list_lacks_that_they_are_made_of() -> None:
    joined = ResourceKind[Nas, Disk](
        key="joined",
        name="Joined",
        items=lambda state: (*state.disks, *state.jobs),
        id=lambda disk: disk.id,
        title=lambda disk: disk.id,
    )
    found = await taken(replace(SERVICE, resources=(joined,)), jobs=[{"id": "c"}, 7])
    assert [one.id for one in found.resources] == ["a", "b", "c"]
    assert {gap.part for gap in found.coverage.gaps} == {"jobs", "joined"}


def test_what_was_not_read_is_not_known() -> None:
    state = Nas(status=Status(version="1"))
    assert state.status.version == "1"
    with pytest.raises(NotKnown, match="not read"):
        _ = state.disks


async def test_a_state_takes_from_its_client_what_no_endpoint_answers() -> None:
    class Limited(Nas):
        """The NAS with the number of answers that its client has."""

        answers = 0

        def complete(self, client: Any) -> None:
            """Count them."""
            self.answers = len(client.answers) * len(self.disks)

    assert (await Limited.poll(Fake(), Gaps())).answers == 6


def test_endpoints_are_inherited() -> None:
    class More(Nas):
        """A relative with one endpoint more."""

        pools = many("pools", Disk)

    assert set(More._endpoints()) == {"status", "disks", "jobs", "pools"}


async def test_what_was_computed_from_a_list_with_a_gap_is_said() -> None:
    state, _ = await state_of(disks={"data": {"items": [{"id": "a"}, 7], "total": 2}})
    count, missing = computed(state, lambda: len(state.disks))
    assert count == 1
    assert "not understood" in str(missing)
    assert computed(state, lambda: len(state.jobs)) == (0, None)
    assert computed("no state", lambda: 3) == (3, None)


# -- snapshots -------------------------------------------------------------------------------


async def test_all_readings_and_resources() -> None:
    found = await taken()
    assert (found.instance_id, found.taken_at, found.version) == ("i", NOW, "25.10")
    assert found.values == {"disks": 2, "jobs": 0, "version": "25.10"}
    assert found.coverage.status is CoverageStatus.COMPLETE
    first, second = found.resources
    assert (first.kind, first.id, first.name, first.parent) == (
        "disk",
        "a",
        "Disk a",
        ResourceKey(kind="pool", id="tank"),
    )
    assert (second.values, second.parent) == ({"used": 95.0, "full": True}, None)
    assert Snapshot.from_json(found.to_json()) == found


async def test_without_a_title_a_resource_is_called_by_its_id() -> None:
    found = await taken(jobs=[{"id": "scrub"}])
    assert [one.name for one in found.resources if one.kind == "job"] == ["scrub"]


async def test_a_name_is_on_one_line_without_hidden_characters() -> None:
    odd = {"id": "a\n\u202eb\u200b", "used": 5}
    found = await taken(disks={"data": {"items": [odd], "total": 1}})
    (disk,) = found.resources
    assert (disk.id, disk.name) == (odd["id"], "Disk a b")


async def test_a_reading_that_is_not_known_has_its_reason() -> None:
    found = await taken(disks={"data": {"items": [{"id": "a"}], "total": 1}}, jobs=ServiceRefused("404"))
    assert found.values["jobs"] is None
    assert found.unknown == {"jobs": "404"}
    assert found.resources[0].values == {"used": None, "full": None}
    assert set(found.resources[0].unknown) == {"used", "full"}
    assert found.coverage.status is CoverageStatus.PARTIAL
    assert {gap.part for gap in found.coverage.gaps} == {"jobs", "job"}
    assert Snapshot.from_json(found.to_json()) == found


async def test_a_count_over_a_list_with_an_odd_item_is_not_known() -> None:
    found = await taken(disks={"data": {"items": [{"id": "a", "used": 5}, {"used": 95}], "total": 2}})
    assert found.values["disks"] is None
    assert "not understood" in found.unknown["disks"]
    assert [one.id for one in found.resources] == ["a"]
    assert found.resources[0].values["used"] == 5.0, "an odd item costs that item"
    assert {gap.part for gap in found.coverage.gaps} == {"disks", "disk"}


async def test_a_reading_that_fails_costs_only_itself() -> None:
    def fail(_: Any) -> None:
        raise ValueError("token=hunter2")

    wrong: Sensor[Nas] = Sensor(key="wrong", name="Wrong", value=fail)
    with capture_logs() as logs:
        found = await taken(replace(SERVICE, sensors=(*SERVICE.sensors, wrong)))
    assert found.values == {"disks": 2, "jobs": 0, "version": "25.10", "wrong": None}
    assert found.unknown == {"wrong": DEFECT}
    assert [(one["log_level"], one["service"], one["sensor"]) for one in logs] == [
        ("warning", "nas", "wrong")
    ]


async def test_a_sensor_that_is_not_available_says_why() -> None:
    sensor: Sensor[Nas] = Sensor(key="new", name="New", value=lambda _: 1, available=lambda _: "Since 26")
    found = await taken(replace(SERVICE, sensors=(sensor,)))
    assert (found.values["new"], found.unknown) == (None, {"new": "Since 26"})


async def test_what_is_not_offered_says_why() -> None:
    found = await taken()
    assert found.unavailable == {
        "tool.log": "The credentials lack the right Read logs",
        "tool.new": "It needs version 26",
    }
    assert found.missing_rights == ("Read logs (the log)",)
    found = await taken(status={"version": "26.1", "token": "yes"})
    assert (found.unavailable, found.missing_rights) == ({}, ())


async def test_rights_that_are_not_known_are_not_missing() -> None:
    found = await taken(status={"version": "26.1"})
    assert (found.unavailable, found.missing_rights) == ({}, ())
    state, _ = await state_of(status={"version": "26.1"})
    assert notices(SERVICE, state, "26.1") == ()


async def test_notices_name_missing_rights_and_a_version_that_is_not_understood() -> None:
    state, _ = await state_of()
    service = replace(SERVICE, understood=Versions("24", "25"))
    right = "These credentials lack the right Read logs (the log). Not offered: Log"
    assert notices(service, state, "25.10") == (right,)
    assert notices(service, state, "26.1") == (
        right,
        "Version 26.1 is newer than those understood (24 to 25)",
    )
    nothing = replace(service, tools=())
    assert notices(nothing, state, None) == ("These credentials lack the right Read logs (the log)",)


# -- checks ----------------------------------------------------------------------------------


async def test_checks_are_per_item_or_of_the_state() -> None:
    results = run_checks(SERVICE, (await state_of())[0])
    assert results.problems == {
        ("full", ("disk", "b")): "Disk b is full",
        ("any_full", None): "Disk b is full",
        ("no_jobs", None): "No job is planned",
    }
    assert results.clear == {("full", ("disk", "a"))}
    assert results.unknown == {}


async def test_what_cannot_be_judged_is_neither_a_problem_nor_clear() -> None:
    items = [{"id": "a", "used": 5}, {"id": "b"}]
    state, _ = await state_of(disks={"data": {"items": items, "total": 2}}, jobs=ServiceRefused("404"))
    results = run_checks(SERVICE, state)
    assert results.problems == {}
    assert results.clear == {("full", ("disk", "a"))}
    assert set(results.unknown) == {("full", ("disk", "b")), ("any_full", None), ("no_jobs", None)}
    assert results.unknown["no_jobs", None] == "404"


async def test_a_list_that_lacks_items_shows_problems_and_proves_nothing() -> None:
    good, odd = {"id": "a", "used": 5}, {"used": 95}
    state, _ = await state_of(disks={"data": {"items": [good, odd], "total": 2}})
    results = run_checks(SERVICE, state)
    assert ("any_full", None) in results.unknown
    assert ("full", ("disk", "a")) in results.clear
    state, _ = await state_of(disks={"data": {"items": [{"id": "b", "used": 99}, odd], "total": 2}})
    assert run_checks(SERVICE, state).problems["any_full", None] == "Disk b is full"


async def test_items_that_could_not_be_read_are_not_seen() -> None:
    scoped = Check[Disk](key="job", name="Job", severity=Severity.INFO, problem=full, scope="job")
    state, _ = await state_of(jobs=ServiceRefused("404"))
    results = run_checks(replace(SERVICE, checks=(scoped,)), state)
    assert (results.problems, results.clear, results.unknown) == ({}, frozenset(), {})


def _not_known(_: object) -> str:
    raise NotKnown("the status was not read")


async def test_what_a_missing_status_decides_is_not_known() -> None:
    tool: Tool[Any] = replace(SERVICE.tools[0], available=_not_known, needs=())
    sensor: Sensor[Nas] = Sensor(key="new", name="New", value=lambda _: 1, available=_not_known)
    service = replace(SERVICE, sensors=(sensor,), tools=(tool,), version=_not_known)
    shown = await taken(service)
    assert shown.version is None
    assert shown.unknown["new"] == "the status was not read"
    assert shown.unavailable[f"tool.{tool.key}"] == "the status was not read"


async def test_one_thing_that_fails_costs_itself() -> None:
    def broken(_: Any) -> Any:
        raise ValueError("no")

    def title(disk: Any) -> Any:
        return None if disk.id == "a" else disk.id

    kind = SERVICE.resources[0]
    service = replace(
        SERVICE,
        version=broken,
        resources=(
            replace(kind, title=title),
            replace(kind, key="other", items=broken),
        ),
        checks=(
            Check(key="broken", name="Broken", severity=Severity.WARNING, problem=broken),
            Check(key="full", name="Full", severity=Severity.WARNING, problem=full, scope="disk"),
        ),
    )
    gaps = Gaps()
    state = await Nas.poll(Fake(), gaps)
    found = snapshot(service, "i", state, gaps, NOW)
    assert (found.values["disks"], found.version, [one.id for one in found.resources]) == (2, None, ["b"])
    assert {one.part: one.reason for one in found.coverage.gaps} == {"disk": DEFECT, "other": DEFECT}
    checks = run_checks(service, state)
    assert checks.unknown == {("broken", None): DEFECT}
    assert checks.problems == {("full", ("disk", "b")): "Disk b is full"}
    assert checks.clear == {("full", ("disk", "a"))}


@pytest.mark.parametrize("uses", [(5, 95), (95, 5), (95, None), (None, 5)])
async def test_the_worst_of_several_items_with_one_id_counts(uses: tuple[int | None, int | None]) -> None:
    rows = [{"id": "a", "used": one} for one in uses]
    state = await Nas.poll(Fake(disks={"data": {"items": rows, "total": 2}}), gaps := Gaps())
    service = replace(
        SERVICE,
        checks=(Check(key="full", name="Full", severity=Severity.WARNING, problem=full, scope="disk"),),
    )
    found, checks = snapshot(service, "i", state, gaps, NOW), run_checks(service, state)
    assert [one.id for one in found.resources] == ["a"]
    assert [one.reason for one in found.coverage.gaps] == ["a is listed several times"]
    key = ("full", ("disk", "a"))
    assert (key in checks.problems, key in checks.unknown, checks.clear) == (
        95 in uses,
        95 not in uses,
        frozenset(),
    )


async def test_what_fails_in_a_description_costs_only_itself() -> None:
    def fails(_: object) -> Any:
        raise KeyError("a defect")

    kind = SERVICE.resources[0]
    tool: Tool[Any] = replace(SERVICE.tools[0], available=fails, needs=())
    check: Check[Any] = Check(
        key="any", name="Any", severity=Severity.WARNING, problem=lambda _: "odd", scope=kind.key
    )
    state, _ = await state_of()
    for broken in (replace(kind, items=fails), replace(kind, id=fails)):
        service = replace(SERVICE, resources=(broken,), tools=(tool,), checks=(check,))
        assert run_checks(service, state).problems == {}
        shown = await taken(service)
        assert shown.resources == ()
        assert shown.values["version"]
        assert shown.unavailable == {f"tool.{tool.key}": DEFECT}


def test_the_results_of_checks_are_given_by_subject() -> None:
    box, other = ("box", "1"), ("box", "2")
    results = CheckResults(
        problems={("full", box): "It is full", ("slow", other): "It is slow"},
        clear=frozenset({("running", box), ("full", other)}),
        unknown={("slow", box): "It was not read"},
    )
    assert results.of(box) == {"running": True, "slow": None, "full": False}
    assert results.of(other) == {"full": True, "slow": False}
    assert results.of(None) == {}
