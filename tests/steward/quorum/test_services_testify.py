"""What real answers of services say about devices."""

from datetime import UTC, datetime

import pytest

from homelab_steward.contract.devices import Aspect, Method, Word
from lab.visit import visit
from services.beszel import NAS
from steward.sdk.description import Gaps
from steward.sdk.testimonies import Said
from steward.sdk.testimonies import testimonies as all_said

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


async def said_by(service: str) -> list[Said]:
    async with visit(service) as here:
        state = await here.service.poll(here.client, Gaps())
        return list(all_said(here.service, state, NOW, 60.0))


@pytest.mark.parametrize(
    ("service", "kind", "aspects"),
    [
        ("librenms", "device", {Aspect.REACH}),
        ("prtg", "sensor", {Aspect.REACH, Aspect.SERVICE, Aspect.CAPACITY}),
        ("uptime_kuma", "monitor", {Aspect.REACH, Aspect.SERVICE}),
        ("unifi", "switch", {Aspect.REACH}),
        ("proxmox", "node", {Aspect.REACH}),
        ("beszel", "system", {Aspect.REACH}),
        ("gatus", "endpoint", {Aspect.SERVICE}),
        ("prometheus", "target", {Aspect.SERVICE}),
    ],
)
async def test_what_they_say(service: str, kind: str, aspects: set[Aspect]) -> None:
    found = [one for one in await said_by(service) if one.kind == kind]
    assert {one.aspect for one in found} <= aspects
    assert {one.word for one in found} & {Word.UP, Word.DOWN}
    assert all(one.device for one in found)


async def test_devices_of_librenms_have_addresses_and_names() -> None:
    one = next(one for one in await said_by("librenms") if one.id == "1")
    assert (one.marks.addresses, one.marks.sys_name) == (frozenset({"sw1.example.org", "192.0.2.1"}), "sw1")
    assert (one.word, one.method, one.interval, one.checked_at) == (Word.UP, Method.SNMP, 60.0, NOW)


async def test_sensors_of_prtg_are_about_their_device() -> None:
    found = {one.id: one for one in await said_by("prtg")}
    ping = found["2101"]
    assert (ping.aspect, ping.word, ping.part) == (Aspect.REACH, Word.DOWN, "")
    assert ping.marks.addresses == {"192.0.2.30"}
    assert len({one.device for one in found.values()}) < len(found)


async def test_clients_of_unifi_are_known_and_say_nothing() -> None:
    found = [one for one in await said_by("unifi") if one.kind == "client"]
    assert found
    assert {one.word for one in found} == {None}
    assert all(one.marks.macs for one in found)


async def test_a_running_guest_does_not_prove_that_it_can_be_reached() -> None:
    guests = [one for one in await said_by("proxmox") if one.kind == "container"]
    reach = {one.word for one in guests if one.aspect is Aspect.REACH}
    assert Word.UP not in reach
    assert Word.UP in {one.word for one in guests if one.aspect is Aspect.SERVICE}


async def test_beszel_says_whether_its_agents_answer() -> None:
    found = {one.name: one for one in await said_by("beszel")}
    nas, pi = found["nas"], found["pi"]
    assert (nas.word, nas.method, nas.part, nas.marks.addresses) == (
        Word.UP,
        Method.AGENT,
        "",
        frozenset({"nas.example.org"}),
    )
    assert (pi.word, pi.aspect) == (Word.DOWN, Aspect.REACH)


async def test_beszel_says_nothing_of_what_is_paused_or_was_never_read() -> None:
    async with visit("beszel") as here:
        for status, word in (("paused", Word.PAUSED), ("pending", Word.UNKNOWN), ("up", Word.UP)):
            here.served.state.values[NAS] = status
            state = await here.service.poll(here.client, Gaps())
            words = {one.id: one.word for one in all_said(here.service, state, NOW, 60.0)}
            assert words[NAS] is word
