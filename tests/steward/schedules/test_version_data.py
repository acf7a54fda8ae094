"""End of support and vulnerabilities of versions: what is asked, what is kept, and what fails."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.state import InstanceStatus
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyInventory
from rig.toy import Toy
from steward.clock import ManualClock
from steward.errors import ServiceError
from steward.schedules import version_data
from steward.schedules.asking import Asking
from steward.schedules.question import Question
from steward.schedules.releases import Release, plain_version, read_releases, read_vulnerabilities, release_of
from steward.schedules.rules import RULES, Facts, wanted_of
from steward.schedules.version_data import Looked, VersionData, Wanted
from steward.services.finder import find_services
from steward.timing.scheduler import Due

from .test_asking import read
from .test_rules import EN, watched
from .version_servers import version_servers

DATABASE = Wanted(product="postgresql", package="", version="14.3")
HOME = Wanted(product="", package="PyPI:homeassistant", version="2026.11.0")
OTHER = Wanted(product="unheard-of", package="PyPI:homeassistant", version="2026.10.1")


async def test_only_products_and_versions_are_sent_and_each_is_asked_once_a_day() -> None:
    clock = ManualClock(NOW)
    async with version_servers(clock) as (servers, data):
        for _ in range(2):
            looked = await data.look_up([DATABASE, HOME, OTHER, DATABASE])
            assert looked.failed == ()
            assert looked.releases["postgresql"][:2] == (
                Release(name="18", is_over=False, end=date(2030, 11, 14)),
                Release(name="14", is_over=False, end=date(2027, 1, 15)),
            )
            assert [one.name for one in looked.releases["postgresql"]] == ["18", "14", "9.6", "9"]
            assert looked.releases["unheard-of"] == ()
            assert looked.vulnerabilities == {
                ("PyPI:homeassistant", "2026.11.0"): ("CVE-2026-1", "GHSA-2"),
                ("PyPI:homeassistant", "2026.10.1"): (),
            }
        package = {"ecosystem": "PyPI", "name": "homeassistant"}
        everything = [
            ("/api/v1/products/postgresql", None),
            ("/api/v1/products/unheard-of", None),
            ("/v1/query", {"version": "2026.10.1", "package": package}),
            ("/v1/query", {"version": "2026.11.0", "package": package}),
        ]
        assert sorted(servers.asked, key=str) == everything
        clock.jump(24 * 3600)
        await data.look_up([DATABASE])
        assert len(servers.asked) == 5


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (500, "500"),
        (403, "403"),
        (302, "redirect"),
        (b"<html>", "not JSON"),
        (b"[]", "has no "),
        (b'{"result": {"releases": 1}, "vulns": 1}', "has no "),
        (b"[" * 100_000, "not JSON"),
    ],
)
async def test_a_fault_is_named_once_and_not_kept(fault: int | bytes, reason: str) -> None:
    async with version_servers(ManualClock(NOW)) as (servers, data):
        servers.fault = fault
        looked = await data.look_up([DATABASE, replace(DATABASE, product="grafana"), HOME, OTHER])
        support, vulnerabilities = (EN(one) for one in looked.failed)
        assert support.startswith("End of support: ")
        assert vulnerabilities.startswith("Known vulnerabilities: ")
        assert reason in support
        assert reason in vulnerabilities
        assert (looked.releases, looked.vulnerabilities) == ({}, {})
        servers.fault = None
        assert (await data.look_up([DATABASE])).releases["postgresql"]


async def test_a_server_that_is_away_or_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with version_servers(ManualClock(NOW)) as (servers, data):
        monkeypatch.setattr(version_data, "SECONDS", 0.05)
        servers.is_silent = True
        (failed,) = (await data.look_up([DATABASE])).failed
        assert "no answer in time" in EN(failed)
    async with aiohttp.ClientSession() as session:
        away = VersionData(session, ManualClock(NOW), "http://127.0.0.1:1/")
        (failed,) = (await away.look_up([DATABASE])).failed
        assert "cannot connect" in EN(failed)


def test_what_the_rule_says_about_each_version() -> None:
    releases = (
        Release(name="18", is_over=False, end=date(2030, 11, 14)),
        Release(name="14", is_over=False, end=date(2027, 1, 15)),
        Release(name="13", is_over=False, end=date(2025, 11, 13)),
        Release(name="9.6", is_over=True, end=date(2021, 11, 11)),
        Release(name="9", is_over=True),
    )
    looked = Looked(
        releases={"postgresql": releases},
        vulnerabilities={
            ("PyPI:homeassistant", "2026.11.0"): ("CVE-1", "CVE-2", "CVE-3", "CVE-4"),
            ("npm:n8n", "2.1"): ("CVE-9",),
        },
        failed=(t"Known vulnerabilities: no answer",),
    )
    versions = ("18.1", "14.3 (Debian)", "13.1", "9.6.24", "9.5", "7.4", "")
    each = tuple(
        watched("postgresql", name=f"db{number}", version=one) for number, one in enumerate(versions)
    )
    home, flows = watched("home_assistant", version="2026.11.0"), watched("n8n", version="v2.1")
    facts = Facts(now=NOW, watched=(*each, home, flows, watched("radarr", version="6.0")), looked=looked)
    found = RULES["versions"](facts, EN)
    assert [(one.rank, one.text) for one in found.findings] == [
        (2, "db1 14.3: supported until 2027-01-15"),
        (1, "db2 13.1: not supported since 2025-11-13"),
        (1, "db3 9.6.24: not supported since 2021-11-11"),
        (1, "db4 9.5: not supported any more"),
        (1, "Home_Assistant 2026.11.0: 4 known vulnerabilities, such as CVE-1, CVE-2, CVE-3"),
        (1, "N8N 2.1: 1 known vulnerability (CVE-9)"),
    ]
    assert found.not_checked[:2] == (
        "Known vulnerabilities: no answer",
        "End of support is not known for: db5 7.4, db6, Radarr",
    )


def test_without_the_setting_the_message_says_so() -> None:
    found = RULES["versions"](Facts(now=NOW, watched=(watched("postgresql", version="9.6"),)), EN)
    assert found.findings == ()
    assert found.not_checked[0] == (
        "End of support and known vulnerabilities: the setting “Look up versions” is off"
    )


async def test_a_question_looks_up_only_for_its_rule(tmp_path: Path) -> None:
    clock: Any = ManualClock(NOW)
    inventory = ToyInventory(Toy())
    inventory.service_row = replace(inventory.service_row, product="postgresql")
    inventory.instance_row = replace(inventory.instance_row, version="9.6.1", status=InstanceStatus.OK)
    async with version_servers(clock) as (servers, data), opened_store(tmp_path, clock) as store:
        asking = Asking(store, inventory, clock, read, None, data)
        question = Question(id="own", title="Own", cron="0 9 * * *", rules=("requests",), is_own=True)
        await asking.answer(question, Due(at=NOW))
        assert servers.asked == []
        message = await asking.answer(replace(question, id="more", rules=("versions",)), Due(at=NOW))
        assert message.lines == ("Toy 9.6.1: not supported since 2021-11-11",)
        assert [path for path, _ in servers.asked] == ["/api/v1/products/postgresql"]


def test_services_say_their_names_in_the_data() -> None:
    found = {key: one for key, one in find_services().items() if one.product or one.package}
    assert {"postgresql", "proxmox", "kubernetes", "docker", "home_assistant"} <= set(found)
    for one in found.values():
        assert re.fullmatch(r"[a-z0-9-]*", one.product)
        assert re.fullmatch(r"((Go|PyPI|npm):[\w./-]+)?", one.package)


def test_a_version_belongs_to_the_longest_name() -> None:
    names = [Release(name=one, is_over=False) for one in ("1", "1.3", "1.31", "16")]
    for version, name in (("1.31.2", "1.31"), ("1.3", "1.3"), ("1.32", "1"), ("160", None), ("16.4", "16")):
        found = release_of(version, names)
        assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v1.31.2+k3s1", "1.31.2"),
        ("PostgreSQL 16.4 (Debian)", "16.4"),
        ("9", "9"),
        ("none", None),
        ("", None),
    ],
)
def test_the_number_in_a_version(text: str, version: str | None) -> None:
    assert plain_version(text) == version


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["result", "releases", "name", "isEol", "eolFrom", "vulns", "id", "aliases"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_answer_is_read_or_refused(answer: object) -> None:
    for read_answer in (read_releases, read_vulnerabilities):
        try:
            assert isinstance(read_answer(answer), tuple)
        except ServiceError:
            continue


def test_nothing_is_looked_up_without_a_version() -> None:
    assert wanted_of(watched("postgresql")) is None
    assert wanted_of(replace(watched("postgresql", version="16"), service=None)) is None
    assert wanted_of(watched("postgresql", version="16")) == replace(DATABASE, version="16")
