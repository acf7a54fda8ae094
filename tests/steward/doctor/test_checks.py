"""What each check finds, by what was read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity
from homelab_steward.contract.restore_drill import BackupProof, ProofLevel, RestoreReport
from homelab_steward.contract.state import Instance, InstanceStatus, Origin, TargetRef
from steward.doctor.backups import BackupFacts, check_backups
from steward.doctor.clock import ClockReading, check_clock
from steward.doctor.findings import Checked, worst_first
from steward.doctor.home import HomeFacts, check_home
from steward.doctor.models import ModelFacts, check_models
from steward.doctor.network import NetworkFacts, check_network
from steward.doctor.services import ServiceFacts, check_services
from steward.doctor.settings import check_settings
from steward.doctor.storage import GIB, MIB, StorageFacts, check_storage
from steward.doctor.telegram import TelegramFacts, check_telegram

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
E, W, N = FindingSeverity.ERROR, FindingSeverity.WARNING, FindingSeverity.NOTE

STORAGE = StorageFacts(
    folder="/data", exists=True, is_writable=True, free=50 * GIB, database_problem="", newest="0010"
)


def found(checked: Checked) -> dict[str, FindingSeverity]:
    assert all(one.problem and one.why and one.remedy and one.subject for one in checked.findings)
    return {one.id: one.severity for one in checked.findings}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        ({"free": GIB}, {}),
        ({"free": GIB - 1}, {"storage.space": W}),
        ({"free": 200 * MIB}, {"storage.space": W}),
        ({"free": 200 * MIB - 1}, {"storage.space": E}),
        ({"free": None}, {}),
        ({"is_writable": False}, {"storage.writable": E}),
        (
            {"modes": {"/data/token": 0o600, "/data/signing_key": 0o640}},
            {"storage.mode./data/signing_key": W},
        ),
        ({"modes": {"/data/token": 0o604}}, {"storage.mode./data/token": W}),
        ({"database_problem": "It is damaged."}, {"storage.database": E}),
        ({"revision": "0010"}, {}),
        ({"revision": "0009"}, {}),
        ({"revision": "0011"}, {"storage.schema": E}),
        ({"wal": 512 * MIB}, {}),
        ({"wal": 512 * MIB + 1}, {"storage.wal": W}),
    ],
)
def test_storage(changed: dict[str, Any], expected: dict[str, FindingSeverity]) -> None:
    assert found(check_storage(replace(STORAGE, **changed))) == expected


def test_a_folder_that_is_not_there_yet_is_no_problem() -> None:
    checked = check_storage(replace(STORAGE, exists=False, is_writable=False, free=None))
    assert not checked.findings
    assert "is not there yet" in checked.text


def test_a_database_that_was_not_looked_at_is_said() -> None:
    assert check_storage(replace(STORAGE, database_problem=None)).not_checked


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        ([], {}),
        ([0.0, 3.0, -30.0], {}),
        ([31.0], {"clock.0": W}),
        ([31.0, 31.0], {"clock.own": W}),
        ([-400.0, -401.0, -399.0], {"clock.own": E}),
        ([0.0, 0.0, 90.0], {"clock.2": W}),
        ([400.0, 400.0, 0.0], {"clock.own": E, "clock.2": W}),
    ],
)
def test_clock(ahead: list[float], expected: dict[str, FindingSeverity]) -> None:
    readings = [ClockReading(source=str(number), ahead=one) for number, one in enumerate(ahead)]
    assert found(check_clock(readings)) == expected


@pytest.mark.parametrize(("ahead", "text"), [(90.0, "behind"), (-90.0, "ahead")])
def test_the_own_clock_is_said_to_be_on_the_right_side(ahead: float, text: str) -> None:
    readings = [ClockReading(source=one, ahead=ahead) for one in ("a", "b")]
    (finding,) = check_clock(readings).findings
    assert finding.problem.endswith(f"{text}.")


def service(status: InstanceStatus = InstanceStatus.OK, origin: Origin = Origin.FRONT_END) -> ServiceFacts:
    instance = Instance(
        id="radarr", service="radarr", name="Radarr", origin=origin, status=status, error="401 (refused)"
    )
    return ServiceFacts(instance=instance, was_read=True)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (service(), {}),
        (service(InstanceStatus.PENDING), {}),
        (service(InstanceStatus.UNAUTHORIZED), {"services.radarr.state": E}),
        (service(InstanceStatus.UNREACHABLE), {"services.radarr.state": E}),
        (replace(service(), missing_rights=["write"]), {"services.radarr.rights": W}),
        (replace(service(), version_notice="Version 9 is newer"), {"services.radarr.version": N}),
        (
            replace(service(), certificate_until=NOW + timedelta(days=13)),
            {"services.radarr.certificate": W},
        ),
        (replace(service(), certificate_until=NOW + timedelta(days=14)), {}),
        (replace(service(), certificate_until=NOW), {"services.radarr.certificate": E}),
    ],
)
def test_services(facts: ServiceFacts, expected: dict[str, FindingSeverity]) -> None:
    assert found(check_services([facts], NOW)) == expected


def test_a_service_that_is_meant_to_be_off_is_left_out() -> None:
    facts = service(InstanceStatus.UNREACHABLE)
    off = replace(facts, instance=replace(facts.instance, expected_off="Holiday"))
    assert not check_services([off], NOW).findings


@pytest.mark.parametrize(
    ("status", "origin", "step"),
    [
        (InstanceStatus.UNAUTHORIZED, Origin.FRONT_END, "Enter new ones"),
        (InstanceStatus.UNAUTHORIZED, Origin.FILE, "credentials of the instance radarr in the settings file"),
        (InstanceStatus.UNREACHABLE, Origin.FRONT_END, "Check that it runs, then its form"),
        (InstanceStatus.UNREACHABLE, Origin.FILE, "address of the instance radarr in the settings file"),
    ],
)
def test_what_to_do_about_a_service_depends_on_where_it_is_set_up(
    status: InstanceStatus, origin: Origin, step: str
) -> None:
    (finding,) = check_services([service(status, origin)], NOW).findings
    assert finding.problem == "401 (refused)"
    assert step in finding.remedy


@pytest.mark.parametrize(
    ("was_read", "has_incident", "needs_repair"),
    [(True, False, False), (False, True, False), (True, True, False), (False, False, True)],
)
def test_only_a_service_without_an_incident_that_never_answered_needs_a_repair(
    *, was_read: bool, has_incident: bool, needs_repair: bool
) -> None:
    facts = replace(service(InstanceStatus.UNREACHABLE), was_read=was_read, has_incident=has_incident)
    (finding,) = check_services([facts], NOW).findings
    assert finding.needs_repair is needs_repair


MODEL = ModelFacts(id="local", model="qwen", is_offered=True, can_call_tools=True)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (MODEL, {}),
        (replace(MODEL, problem="no answer"), {"models.local.reach": E}),
        (replace(MODEL, is_offered=False), {"models.local.offered": E}),
        (replace(MODEL, is_offered=None), {}),
        (replace(MODEL, can_call_tools=None), {"models.local.unchecked": N}),
        (replace(MODEL, can_call_tools=None, model=""), {}),
        (replace(MODEL, can_call_tools=False), {"models.local.tools": N}),
    ],
)
def test_models(facts: ModelFacts, expected: dict[str, FindingSeverity]) -> None:
    assert found(check_models([facts])) == expected


BOT = TelegramFacts(
    bot="steward_bot",
    reads_everything=False,
    has_group=True,
    is_forum=True,
    is_admin=True,
    may_manage_topics=True,
    may_delete=True,
)
HOOK = "https://steward.example/telegram"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (None, {}),
        (BOT, {}),
        (TelegramFacts(problem="refused", is_refused=True), {"telegram.reach": E}),
        (replace(BOT, has_group=False), {"telegram.group": E}),
        (replace(BOT, group_problem="chat not found"), {"telegram.group": E}),
        (replace(BOT, is_forum=False), {"telegram.forum": W}),
        (replace(BOT, is_admin=False, may_delete=None), {"telegram.admin": W}),
        (replace(BOT, may_manage_topics=False), {"telegram.topics": W}),
        (replace(BOT, may_manage_topics=False, is_forum=False), {"telegram.forum": W}),
        (replace(BOT, may_delete=False), {"telegram.delete": W}),
        (replace(BOT, conflict=True), {"telegram.conflict": E}),
        (replace(BOT, webhook="https://other.example"), {"telegram.webhook": E}),
        (replace(BOT, wanted_webhook=HOOK), {"telegram.webhook": E}),
        (replace(BOT, wanted_webhook=HOOK, webhook=HOOK), {}),
        (replace(BOT, wanted_webhook=HOOK, webhook=HOOK, webhook_error="timeout"), {"telegram.delivery": E}),
    ],
)
def test_telegram(facts: TelegramFacts | None, expected: dict[str, FindingSeverity]) -> None:
    assert found(check_telegram(facts)) == expected


def test_privacy_mode_matters_only_to_a_bot_that_is_no_administrator() -> None:
    (finding,) = check_telegram(replace(BOT, is_admin=False)).findings
    assert "privacy mode" in finding.problem
    (finding,) = check_telegram(replace(BOT, is_admin=False, reads_everything=True)).findings
    assert "privacy mode" not in finding.problem


HOME = HomeFacts(
    is_set_up=True,
    is_connected=True,
    app_version="1.0.0",
    integration="1.0.0",
    app_zone="Europe/Berlin",
    home_zone="Europe/Berlin",
    phones=(),
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (None, {}),
        (HOME, {}),
        (replace(HOME, is_connected=False), {"home.connected": E}),
        (replace(HOME, is_connected=False, is_set_up=False), {"home.connected": W}),
        (replace(HOME, integration="0.9.0"), {"home.version": W}),
        (replace(HOME, integration=None), {}),
        (replace(HOME, app_zone="UTC"), {"home.zone": W}),
        (replace(HOME, phones=["Anna's phone"]), {"home.phones": W}),
    ],
)
def test_home(facts: HomeFacts | None, expected: dict[str, FindingSeverity]) -> None:
    assert found(check_home(facts)) == expected


def test_what_is_not_known_about_the_home_is_said() -> None:
    assert check_home(None).not_checked
    assert check_home(replace(HOME, phones=None)).not_checked
    assert not check_home(HOME).not_checked


TARGET = TargetRef(instance_id="", kind="steward", id="steward", name="Homelab Steward")


def restores(level: ProofLevel) -> RestoreReport:
    proof = BackupProof(
        target=TARGET, drill="steward", newest_id="1", newest_at=NOW, level=level, tried_at=NOW, proven_at=NOW
    )
    return RestoreReport(days=30, proofs=(proof,))


def untried() -> RestoreReport:
    """Return a report about a backup of another service that was never restored."""
    (proof,) = restores(ProofLevel.BOOTED).proofs
    return RestoreReport(days=30, proofs=(replace(proof, tried_at=None, proven_at=None),))


BACKUPS = BackupFacts(
    folder="/data/backups",
    every=timedelta(hours=24),
    newest_at=NOW - timedelta(hours=20),
    restores=restores(ProofLevel.BOOTED),
)
RESTORE = "backups.restore..steward.steward"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        ({"newest_at": NOW - timedelta(hours=49)}, {}),
        ({"newest_at": NOW - timedelta(hours=49, seconds=1)}, {"backups.old": W}),
        ({"newest_at": None}, {}),
        ({"newest_at": None, "began_at": NOW - timedelta(days=3)}, {"backups.old": W}),
        ({"newest_at": None, "began_at": NOW - timedelta(days=1)}, {}),
        ({"newest_at": None, "every": None}, {"backups.off": N}),
        ({"every": None}, {}),
        ({"problem": "It is damaged"}, {"backups.damaged": E}),
        ({"restores": None}, {"backups.drill": N}),
        ({"restores": None, "newest_at": None}, {}),
        ({"restores": RestoreReport(days=30, proofs=()), "newest_at": None}, {}),
        ({"restores": untried(), "newest_at": None}, {"backups.drill": N}),
        ({"restores": restores(next(iter(ProofLevel)))}, {RESTORE: E}),
    ],
)
def test_backups(changed: dict[str, Any], expected: dict[str, FindingSeverity]) -> None:
    assert found(check_backups(replace(BACKUPS, **changed), NOW)) == expected


NETWORK = NetworkFacts(host="127.0.0.1", port=8099, has_tls=False, is_private=False, has_mcp=False)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {}),
        ({"host": "::1"}, {}),
        ({"host": "localhost"}, {}),
        ({"host": "192.0.2.7"}, {"network.tls": N}),
        ({"host": "192.0.2.7", "has_tls": True}, {}),
        ({"host": "192.0.2.7", "is_private": True}, {}),
        ({"port_problem": "Cannot listen"}, {"network.port": E}),
    ],
)
def test_network(changed: dict[str, Any], expected: dict[str, FindingSeverity]) -> None:
    assert found(check_network(replace(NETWORK, **changed))) == expected


def test_the_address_of_mcp_is_said() -> None:
    assert check_network(replace(NETWORK, has_mcp=True, host="::1")).text.endswith(
        "MCP http://[::1]:8099/mcp."
    )


def test_own_services_that_cannot_be_used_are_errors() -> None:
    assert found(check_settings({})) == {}
    assert found(check_settings({"mine": "no SERVICE"}, "wrong.md: no front matter")) == {
        "settings.mine": E,
        "settings.file": E,
    }


def test_the_worst_of_an_area_is_first() -> None:
    def finding(severity: FindingSeverity) -> Finding:
        return Finding(
            id=severity, area=Area.CLOCK, severity=severity, subject="", problem="", why="", remedy=""
        )

    areas = [
        Checked(area=Area.STORAGE, text="", findings=[finding(N)]),
        Checked(area=Area.CLOCK, text="", findings=[finding(W), finding(E)]),
    ]
    assert [one.id for one in worst_first(areas)] == ["note", "error", "warning"]
