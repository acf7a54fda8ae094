"""What entities of Home Assistant say about devices, and what that is worth beside other monitors."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from homelab_steward.contract.devices import Agreement, Aspect, Method, Word
from homelab_steward.contract.home import HomeWitness
from homelab_steward.contract.state import Instance, Origin
from lab.visit import visit
from steward.agent.monitors.device_book import DeviceBook, device_book
from steward.agent.monitors.device_view import view
from steward.inventory.topology import Topology
from steward.inventory.witnessed import InstanceReport, origins, witnessed
from steward.quorum.marks import marks
from steward.sdk.answers import NotKnown
from steward.sdk.description import AnyService, Gaps, Repeats, ResourceKind
from steward.sdk.testimonies import Said
from steward.sdk.testimonies import testimonies as all_said
from steward.services.home_assistant import SERVICE as HOME
from steward.services.home_assistant.witnesses import WITNESS, aspect, marks_of, word
from steward.services.proxmox import SERVICE as PROXMOX
from steward.services.uptime_kuma import SERVICE as KUMA

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
NAS = "192.0.2.30"
PING = HomeWitness(
    id="binary_sensor.nas",
    name="NAS",
    domain="binary_sensor",
    state="on",
    device_class="connectivity",
    integration="ping",
    device="d1",
    address=NAS,
)
HOME_ROW = Instance(id="home", service="home_assistant", name="Home", origin=Origin.FILE)
KUMA_ROW = replace(
    HOME_ROW, id="kuma", service="uptime_kuma", name="Kuma", settings={"url": "http://192.0.2.98"}
)


@pytest.mark.parametrize(
    ("domain", "kind", "state", "says", "what"),
    [
        ("binary_sensor", "connectivity", "on", Word.UP, Aspect.REACH),
        ("binary_sensor", "connectivity", "off", Word.DOWN, Aspect.REACH),
        ("binary_sensor", "running", "off", Word.DOWN, Aspect.SERVICE),
        ("binary_sensor", "problem", "on", Word.DOWN, Aspect.CAPACITY),
        ("binary_sensor", "problem", "off", Word.UP, Aspect.CAPACITY),
        ("device_tracker", None, "home", Word.UP, Aspect.REACH),
        ("device_tracker", None, "not_home", Word.DOWN, Aspect.REACH),
        ("sensor", "enum", "up", Word.UP, Aspect.SERVICE),
        ("sensor", "enum", "down", Word.DOWN, Aspect.SERVICE),
        ("sensor", "enum", "maintenance", Word.PAUSED, Aspect.SERVICE),
    ],
)
def test_what_states_say(domain: str, kind: str | None, state: str, says: Word, what: Aspect) -> None:
    one = replace(PING, domain=domain, device_class=kind, state=state)
    assert (word(one), aspect(one)) == (says, what)


@pytest.mark.parametrize("state", ["unavailable", "unknown", "pending", ""])
def test_what_says_nothing_is_not_known(state: str) -> None:
    for one in (PING, replace(PING, domain="sensor"), replace(PING, device_class="problem")):
        with pytest.raises(NotKnown):
            word(replace(one, state=state))
    assert said(replace(PING, state=state))[0].word is Word.UNKNOWN


def test_the_device_registry_identifies_the_device() -> None:
    one = replace(PING, serial="SN-77", macs=("00:11:32:aa:bb:cc",))
    assert marks_of(one) == marks(serial="SN-77", macs=["00:11:32:aa:bb:cc"], addresses=[NAS], name="NAS")


async def test_a_poll_reads_them_and_lists_no_target() -> None:
    async with visit("home_assistant") as here:
        state = await here.service.poll(here.client, Gaps())
        found = {one.id: one for one in all_said(here.service, state, NOW, 30.0) if one.kind == "witness"}
        snapshot = await here.snapshot()
    ping, website = found["binary_sensor.printer"], found["sensor.website"]
    assert (ping.word, ping.aspect, ping.method) == (Word.UP, Aspect.REACH, Method.ICMP)
    assert (website.word, website.aspect, website.method) == (Word.UP, Aspect.SERVICE, Method.API)
    assert website.repeats == Repeats("uptime_kuma", "192.0.2.98")
    assert "witness" not in {one.kind for one in snapshot.resources}


@pytest.mark.parametrize(
    ("integration", "source", "rows", "origin"),
    [
        ("uptime_kuma", "192.0.2.98", [KUMA_ROW], "kuma"),
        ("uptime_kuma", "kuma.lan", [KUMA_ROW], "kuma"),
        ("uptime_kuma", "", [KUMA_ROW], "kuma"),
        ("uptime_kuma", "192.0.2.97", [KUMA_ROW], ""),
        ("uptime_kuma", "192.0.2.98", [KUMA_ROW, replace(KUMA_ROW, id="k2", settings={})], "kuma"),
        ("uptime_kuma", "", [KUMA_ROW, replace(KUMA_ROW, id="k2")], None),
        ("ping", "192.0.2.98", [KUMA_ROW], ""),
        ("uptime_kuma", "192.0.2.98", [], ""),
    ],
)
def test_whose_vote_it_doubles(
    integration: str, source: str, rows: Sequence[Instance], origin: str | None
) -> None:
    assert origins((one, KUMA) for one in rows)(Repeats(integration, source)) == origin


def test_integrations_have_other_names_than_services() -> None:
    row = replace(KUMA_ROW, id="pve", service="proxmox")
    known = origins([(row, PROXMOX), (KUMA_ROW, None)])
    assert known(Repeats("proxmoxve", "192.0.2.98")) == "pve"
    assert known(Repeats("uptime_kuma", "192.0.2.98")) == "", "a service that is not known reads nothing"


def said(*entities: HomeWitness) -> tuple[Said, ...]:
    kind: ResourceKind[Any, HomeWitness] = replace(WITNESS, items=lambda _: entities)
    only: AnyService = replace(HOME, resources=(), watches=(kind,))
    return all_said(only, None, NOW, 30.0)


def by_kuma(what: Word, seen: Aspect = Aspect.REACH) -> Said:
    [one] = said(PING)
    return replace(
        one, kind="monitor", id="1", device=NAS, word=what, aspect=seen, repeats=None, method=Method.HTTP
    )


def book(home: Sequence[HomeWitness], kuma: Sequence[Said] = ()) -> DeviceBook:
    rows = (HOME_ROW, KUMA_ROW)
    reports = (InstanceReport(HOME_ROW, said(*home)), InstanceReport(KUMA_ROW, tuple(kuma)))
    origin = origins([(HOME_ROW, HOME), (KUMA_ROW, KUMA)])
    found = witnessed(reports, Topology(rows, (), {}), origin)
    return device_book(found, {("home/d1", f"kuma/{NAS}"): True}, NOW)


def verdict(found: DeviceBook, what: Aspect) -> tuple[Agreement, bool]:
    [device] = found.devices
    [one] = [facet.consensus for facet in device.facets if facet.aspect is what]
    return one.verdict, one.may_act


DOWN = replace(PING, state="off")
STATUS = replace(PING, id="sensor.nas", domain="sensor", device_class="enum", integration="uptime_kuma")


def test_home_assistant_alone_is_never_enough() -> None:
    many = [DOWN, replace(DOWN, id="device_tracker.nas", domain="device_tracker", state="not_home")]
    assert verdict(book(many), Aspect.REACH) == (Agreement.ALONE, False)


def test_home_assistant_and_another_monitor_are_two_votes() -> None:
    assert verdict(book([DOWN], [by_kuma(Word.DOWN)]), Aspect.REACH) == (Agreement.DOWN, True)


def test_what_home_assistant_has_from_the_other_monitor_is_no_second_vote() -> None:
    status, kuma = replace(STATUS, state="down"), by_kuma(Word.DOWN, Aspect.SERVICE)
    assert verdict(book([status], [kuma]), Aspect.SERVICE) == (Agreement.ALONE, False)
    strange = replace(status, integration="other")
    assert verdict(book([strange], [kuma]), Aspect.SERVICE) == (Agreement.DOWN, True)


def test_what_it_repeats_is_shown() -> None:
    status, kuma = replace(STATUS, state="down"), by_kuma(Word.DOWN, Aspect.SERVICE)
    for name, shown in ({"kuma": "Kuma"}.get, "Kuma"), (lambda _: None, "kuma"):
        [device] = view(book([status], [kuma]), NOW, "", 9, name=name).devices
        [one] = device.aspects
        assert {row.instance: row.repeats for row in one.statements} == {"Home": shown, "Kuma": ""}


@pytest.mark.parametrize(("state", "other"), [("on", Word.DOWN), ("off", Word.UP)])
def test_a_split_with_another_monitor_allows_nothing(state: str, other: Word) -> None:
    found = book([replace(PING, state=state)], [by_kuma(other)])
    assert verdict(found, Aspect.REACH) == (Agreement.SPLIT, False)


def test_what_may_repeat_one_of_several_says_nothing() -> None:
    rows = [(KUMA_ROW, KUMA), (replace(KUMA_ROW, id="k2"), KUMA)]
    status = replace(STATUS, state="down", source="kuma.lan")
    [one] = witnessed([InstanceReport(HOME_ROW, said(status))], Topology([HOME_ROW], (), {}), origins(rows))
    assert one.testimony is not None
    assert (one.testimony.word, one.testimony.witness.derived_from) == (Word.UNKNOWN, "")


def test_a_problem_says_nothing_about_reach() -> None:
    found = book([replace(PING, device_class="problem"), PING], [by_kuma(Word.UP)])
    assert verdict(found, Aspect.REACH)[0] is Agreement.UP
    assert verdict(found, Aspect.CAPACITY) == (Agreement.ALONE, False)


def test_devices_are_matched_by_what_the_registry_knows() -> None:
    known = replace(PING, macs=("00:11:32:aa:bb:cc",))
    kuma = replace(by_kuma(Word.UP), marks=marks(macs=["00:11:32:aa:bb:cc"], addresses=[NAS]))
    reports = (InstanceReport(HOME_ROW, said(known)), InstanceReport(KUMA_ROW, (kuma,)))
    found = device_book(witnessed(reports, Topology((HOME_ROW, KUMA_ROW), (), {})), {}, NOW)
    assert [one.members for one in found.devices] == [("home/d1", f"kuma/{NAS}")]
