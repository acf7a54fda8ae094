"""Devices from what several instances say, their aspects, and vantages that are down."""

from dataclasses import replace
from datetime import datetime, timedelta

from homelab_steward.contract.devices import Agreement, Aspect, Method, Word
from homelab_steward.contract.state import Instance, Origin, TargetRef
from rig.inventory import NOW
from steward.agent.monitors.device_book import DeviceBook, device_book
from steward.agent.monitors.device_view import view
from steward.inventory.ports import Witnessed
from steward.quorum.marks import marks
from steward.quorum.matching import Sighting
from steward.quorum.witnesses import Testimony as Statement
from steward.quorum.witnesses import Witness
from steward.store.device_matches import Answered

MINUTE = timedelta(minutes=1)
IP = "192.0.2.30"
UP, DOWN = Word.UP, Word.DOWN


def seen(
    instance: str,
    item: str,
    word: Word | None,
    *,
    aspect: Aspect = Aspect.REACH,
    part: str = "",
    vantage: str = "",
    about: TargetRef | None = None,
    address: str = IP,
    mac: str = "bc:24:11:aa:bb:cc",
    method: Method = Method.API,
    since: datetime | None = None,
    name: str = "",
) -> Witnessed:
    """Return what an item of an instance says about the device with an address."""
    target = TargetRef(instance_id=instance, kind="item", id=item, name=name or item)
    subject = about or target
    testimony = None
    if word is not None:
        testimony = Statement(
            witness=Witness(id=instance, instance=instance, vantage=vantage, method=method),
            subject="/".join(subject.key),
            aspect=aspect,
            word=word,
            checked_at=NOW,
            interval=MINUTE,
            since=since,
        )
    known = marks(addresses=[address], macs=[mac], name=name)
    return Witnessed(
        instance=Instance(id=instance, service=instance, name=instance.title(), origin=Origin.FILE),
        name=name or item,
        part=part,
        target=target,
        about=subject,
        sighting=Sighting(key=f"{instance}/{address}", instance=instance, name=item, marks=known),
        testimony=testimony,
    )


def book(*said: Witnessed, decided: dict[tuple[str, str], bool] | None = None) -> DeviceBook:
    return device_book(said, decided or {}, NOW)


def verdicts(found: DeviceBook) -> list[tuple[Aspect, str, Agreement]]:
    return [
        (one.aspect, one.part, one.consensus.verdict) for device in found.devices for one in device.facets
    ]


def test_two_monitors_speak_about_one_device() -> None:
    found = book(seen("kuma", "nas ping", DOWN), seen("librenms", "7", DOWN))
    assert [one.members for one in found.devices] == [(f"kuma/{IP}", f"librenms/{IP}")]
    assert verdicts(found) == [(Aspect.REACH, "", Agreement.DOWN)]


def test_services_are_compared_one_by_one() -> None:
    found = book(
        seen("kuma", "web", DOWN, aspect=Aspect.SERVICE, part="443"),
        seen("gatus", "web", UP, aspect=Aspect.SERVICE, part="443"),
        seen("gatus", "ssh", DOWN, aspect=Aspect.SERVICE, part="22"),
    )
    assert verdicts(found) == [
        (Aspect.SERVICE, "22", Agreement.ALONE),
        (Aspect.SERVICE, "443", Agreement.SPLIT),
    ]


def test_a_service_that_answers_shows_that_the_device_can_be_reached() -> None:
    ping = seen("kuma", "ping", DOWN)
    web = seen("gatus", "web", UP, aspect=Aspect.SERVICE, method=Method.HTTP)
    assert (Aspect.REACH, "", Agreement.SPLIT) in verdicts(book(ping, web))
    by_api = seen("pve", "guest", UP, aspect=Aspect.SERVICE)
    assert (Aspect.REACH, "", Agreement.ALONE) in verdicts(book(ping, by_api))
    broken = seen("gatus", "web", DOWN, aspect=Aspect.SERVICE, method=Method.HTTP)
    assert (Aspect.REACH, "", Agreement.ALONE) in verdicts(book(ping, broken))


def test_items_of_one_monitor_add_to_what_is_known_of_the_device() -> None:
    one = seen("kuma", "a", UP, mac="")
    other = seen("kuma", "b", UP, mac="bc:24:11:00:00:07")
    found = book(one, other, seen("unifi", "x", UP, address="192.0.2.99", mac="bc:24:11:00:00:07"))
    assert len(found.devices) == 1


def test_what_is_behind_a_dead_vantage_does_not_count() -> None:
    node = TargetRef(instance_id="pve", kind="node", id="pve1", name="pve1")
    pve1 = {"about": node, "address": "192.0.2.1", "mac": "bc:24:11:00:00:01"}
    found = book(
        seen("librenms", "pve1", DOWN, **pve1),  # type: ignore[arg-type]
        seen("gatus", "pve1", DOWN, **pve1),  # type: ignore[arg-type]
        seen("kuma", "nas", DOWN, vantage="pve/node/pve1"),
        seen("gatus", "nas", DOWN),
    )
    assert found.dead == {"pve/node/pve1"}
    nas = next(one for one in found.devices if f"kuma/{IP}" in one.members)
    assert nas.facets[0].consensus.verdict is Agreement.ALONE


def test_a_blind_monitor_does_not_count() -> None:
    flips = [
        seen("prtg", f"p{n}", DOWN, address=f"192.0.2.{n}", mac=f"bc:24:11:00:01:0{n}", since=NOW)
        for n in range(1, 7)
    ]
    found = book(*flips)
    assert [one.witness for one in found.blind] == ["prtg"]
    assert {one[2] for one in verdicts(found)} == {Agreement.BLIND}


def test_the_view_shows_problems_first_and_who_says_what() -> None:
    nas = TargetRef(instance_id="pve", kind="vm", id="7", name="NAS")
    found = view(
        book(
            seen("kuma", "a fine one", UP, address="192.0.2.9", mac="bc:24:11:00:00:09"),
            seen("kuma", "ping", DOWN, about=nas, since=NOW),
            seen("unifi", "phone", None, address="192.0.2.77", mac="bc:24:11:00:00:77"),
        ),
        NOW,
        "",
        100,
    )
    assert [one.name for one in found.devices] == ["NAS", "a fine one"]
    assert (found.total, found.devices[0].targets, found.devices[0].names) == (2, (nas,), ("NAS", "ping"))
    [aspect] = found.devices[0].aspects
    assert (aspect.verdict, aspect.may_act) == (Agreement.ALONE, False)
    [statement] = aspect.statements
    assert (statement.instance, statement.word, statement.since, statement.is_fresh) == (
        "Kuma",
        DOWN,
        NOW,
        True,
    )


def test_the_view_is_searched_and_limited() -> None:
    said = [
        seen("kuma", name, UP, address=f"192.0.2.{n}", mac=f"bc:24:11:00:00:0{n}")
        for n, name in enumerate(("nas", "nas2", "router"), 1)
    ]
    assert [one.name for one in view(book(*said), NOW, " NAS", 100).devices] == ["nas", "nas2"]
    limited = view(book(*said), NOW, "", 1)
    assert (len(limited.devices), limited.total) == (1, 3)


def test_a_pair_that_may_be_the_same_is_a_question() -> None:
    said = (seen("kuma", "nas", UP, mac="", name="nas"), seen("prtg", "nas", UP, mac="", name="nas"))
    [question] = view(book(*said), NOW, "", 9).questions
    assert (question.first, question.second, question.score) == (f"kuma/{IP}", f"prtg/{IP}", 0.82)
    assert (question.first_name, question.why) == ("nas", "same address, same name")
    assert view(book(*said, decided={(f"kuma/{IP}", f"prtg/{IP}"): True}), NOW, "", 9).questions == ()


def test_the_view_has_what_people_said_of_what_is_still_there_and_who_is_blind() -> None:
    said = (seen("kuma", "nas", UP, mac="", name="nas"), seen("prtg", "nas", UP, mac="", name="nas"))
    keys = (f"kuma/{IP}", f"prtg/{IP}")
    here = Answered(first=keys[0], second=keys[1], is_same=False, person_id="olga", decided_at=NOW)
    later = replace(here, second="prtg/gone", decided_at=NOW + MINUTE)
    other = replace(here, first="kuma/gone", decided_at=NOW + MINUTE)
    found = view(book(*said, decided={keys: False}), NOW, "", 9, answers=(other, here, later))
    assert [(one.first, one.second_name, one.is_same, one.decided_at) for one in found.answers] == [
        (keys[0], "nas", False, NOW)
    ]
    assert found.blind == ()
    blind = device_book(said, {}, NOW + 5 * MINUTE)
    german = view(blind, NOW, "", 9, language="de")
    assert [(one.instance_id, one.name) for one in german.blind] == [("kuma", "Kuma"), ("prtg", "Prtg")]
    assert german.blind[0].why.startswith("Er hat seit 2026-11-20 12:00")
    assert german.questions[0].why == "gleiche Adresse, gleicher Name"
