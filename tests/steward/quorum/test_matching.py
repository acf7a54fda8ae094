"""Which sightings are the same device, and which a person is asked about."""

import random
from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.quorum.marks import Marks, marks
from steward.quorum.matching import MOST_ALIKE, Matches, Pair, Sighting, contradicts, likeness, match

MAC = "bc:24:11:aa:bb:cc"
LOCAL = "02:24:11:aa:bb:cc"
IP = "192.168.1.20"


def seen(key: str, **given: object) -> Sighting:
    """Return a sighting of the instance that the key begins with."""
    return Sighting(key=key, instance=key.partition("/")[0], name=key, marks=marks(**given))  # type: ignore[arg-type]


def result(*sightings: Sighting, decided: Mapping[tuple[str, str], bool] | None = None) -> Matches:
    return match(sightings, decided or {})


@pytest.mark.parametrize(
    ("one", "other", "expected", "common"),
    [
        ({"uuid": "a-1"}, {"uuid": "A-1"}, 1.0, ("uuid",)),
        ({"serial": "s1"}, {"serial": "s1"}, 1.0, ("serial",)),
        ({"macs": [MAC]}, {"macs": [MAC]}, 0.95, ("mac",)),
        ({"addresses": [IP]}, {"addresses": [f"{IP}:80"]}, 0.7, ("address",)),
        ({"sys_name": "nas.lan"}, {"sys_name": "NAS.lan"}, 0.76, ("sys_name", "short_name")),
        ({"name": "nas"}, {"sys_name": "nas.lan"}, 0.4, ("short_name",)),
        (
            {"addresses": [IP], "name": "nas"},
            {"addresses": [IP], "name": "nas"},
            0.82,
            ("address", "short_name"),
        ),
        (
            {"addresses": [IP], "sys_name": "nas"},
            {"addresses": [IP], "sys_name": "nas"},
            0.928,
            ("address", "sys_name", "short_name"),
        ),
        ({"name": "nas"}, {"name": "router"}, 0.0, ()),
        ({}, {}, 0.0, ()),
    ],
)
def test_likeness(
    one: dict[str, object], other: dict[str, object], expected: float, common: tuple[str, ...]
) -> None:
    assert likeness(seen("a", **one).marks, seen("b", **other).marks) == (expected, common)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"serial": "s1"}, {"serial": "s2"}, True),
        ({"uuid": "u1"}, {"uuid": "u2"}, True),
        ({"uuid": "u1"}, {"serial": "s2"}, False),
        ({"serial": "s1"}, {}, False),
        ({"macs": [MAC]}, {"macs": ["bc:24:11:00:00:01"]}, True),
        ({"macs": [MAC]}, {"macs": [MAC, "bc:24:11:00:00:01"]}, False),
        ({"macs": [MAC]}, {}, False),
    ],
)
def test_contradictions(one: dict[str, object], other: dict[str, object], expected: bool) -> None:  # noqa: FBT001
    assert contradicts(seen("a", **one).marks, seen("b", **other).marks) is expected


def test_a_mac_address_joins() -> None:
    found = result(seen("unifi/1", macs=[MAC]), seen("librenms/7", macs=[MAC]))
    assert found == Matches((("librenms/7", "unifi/1"),), ())


def test_an_address_and_a_name_are_asked_about() -> None:
    found = result(seen("kuma/1", addresses=[IP], name="nas"), seen("prtg/2", addresses=[IP], name="nas"))
    assert found.devices == (("kuma/1",), ("prtg/2",))
    assert found.questions == (Pair(0.82, "kuma/1", "prtg/2", ("address", "short_name")),)


def test_a_name_alone_is_nothing() -> None:
    assert result(seen("kuma/1", name="nas"), seen("prtg/2", name="nas")).questions == ()


@pytest.mark.parametrize(("answer", "devices"), [(True, 1), (False, 2)])
def test_what_a_person_said_is_not_asked_again(answer: bool, devices: int) -> None:  # noqa: FBT001
    found = result(
        seen("kuma/1", addresses=[IP]), seen("prtg/2", addresses=[IP]), decided={("kuma/1", "prtg/2"): answer}
    )
    assert (len(found.devices), found.questions) == (devices, ())


def test_a_person_may_join_what_has_nothing_in_common_and_what_contradicts() -> None:
    said = {("kuma/1", "prtg/2"): True, ("gone/1", "kuma/1"): True, ("kuma/1", "zz/1"): True}
    found = result(seen("kuma/1", serial="s1"), seen("prtg/2", serial="s2"), decided=said)
    assert found.devices == (("kuma/1", "prtg/2"),)


def test_a_person_may_keep_apart_what_has_the_same_mac_address() -> None:
    said = {("kuma/1", "prtg/2"): False}
    found = result(seen("kuma/1", macs=[MAC]), seen("prtg/2", macs=[MAC]), decided=said)
    assert len(found.devices) == 2


def test_a_contradicting_serial_number_is_never_the_same() -> None:
    one, other = seen("kuma/1", macs=[MAC], serial="s1"), seen("prtg/2", macs=[MAC], serial="s2")
    assert result(one, other) == Matches((("kuma/1",), ("prtg/2",)), ())


def test_a_contradiction_reaches_through_a_third() -> None:
    found = result(
        seen("a/1", serial="s1", macs=[MAC]),
        seen("b/1", macs=[MAC, "bc:24:11:00:00:01"]),
        seen("c/1", serial="s2", macs=["bc:24:11:00:00:01"]),
    )
    assert len(found.devices) == 2
    assert found.questions == ()


def test_two_of_one_monitor_are_never_one_device() -> None:
    found = result(
        seen("a/1", addresses=[IP], sys_name="x"),
        seen("a/2", macs=[MAC]),
        seen("b/1", addresses=[IP], sys_name="x", macs=[MAC]),
    )
    assert ("a/1", "a/2", "b/1") not in found.devices


def test_without_a_margin_a_person_is_asked() -> None:
    both = {"addresses": [IP, "192.168.1.21"], "sys_name": "nas"}
    found = result(
        seen("a/1", addresses=[IP], sys_name="nas"),
        seen("a/2", addresses=["192.168.1.21"], sys_name="nas"),
        seen("b/1", **both),
    )
    assert len(found.devices) == 3
    assert {one.keys for one in found.questions} == {("a/1", "b/1"), ("a/2", "b/1")}


def test_only_the_best_pair_is_asked_about() -> None:
    found = result(
        seen("a/1", addresses=[IP], name="nas"),
        seen("a/2", addresses=["10.0.0.9"], name="disk"),
        seen("b/1", addresses=[IP, "10.0.0.9"], name="nas"),
    )
    assert [one.keys for one in found.questions] == [("a/1", "b/1")]


def test_the_margin_is_two_tenths() -> None:
    # 0.95 against 0.76 is no clear lead, 0.965 or more is.
    rival = seen("a/2", sys_name="nas")
    target = seen("b/1", macs=[MAC], sys_name="nas")
    assert len(result(seen("a/1", macs=[MAC]), rival, target).devices) == 3
    assert (
        len(
            result(
                seen("a/1", macs=[MAC], addresses=[IP]),
                rival,
                seen("b/1", macs=[MAC], sys_name="nas", addresses=[IP]),
            ).devices
        )
        == 2
    )


def test_a_locally_administered_address_counts_only_from_a_hypervisor() -> None:
    one, other = seen("unifi/1", macs=[LOCAL]), seen("librenms/2", macs=[LOCAL])
    assert len(result(one, other).devices) == 2
    assert len(result(one, seen("proxmox/3", assigned=[LOCAL])).devices) == 1
    assert len(result(one, other, seen("proxmox/3", assigned=[LOCAL])).devices) == 1


@pytest.mark.parametrize("kind", ["macs", "addresses"])
def test_what_two_of_one_monitor_have_identifies_neither(kind: str) -> None:
    value = [MAC] if kind == "macs" else [IP]
    found = result(seen("a/1", **{kind: value}), seen("a/2", **{kind: value}), seen("b/1", **{kind: value}))
    assert (len(found.devices), found.questions) == (3, ())


@pytest.mark.parametrize("kind", ["uuid", "serial"])
def test_a_number_that_two_of_one_monitor_have_is_asked_about(kind: str) -> None:
    found = result(seen("a/1", **{kind: "n1"}), seen("a/2", **{kind: "n1"}), seen("b/1", **{kind: "n1"}))
    assert (len(found.devices), len(found.questions)) == (3, 2)


def test_an_answer_frees_the_other_one() -> None:
    sightings = [seen(key, addresses=[IP], sys_name="nas") for key in ("a/1", "b/1")]
    rival = seen("a/2", sys_name="nas")
    assert len(result(*sightings, rival).devices) == 3
    assert len(result(*sightings, rival, decided={("a/2", "b/1"): False}).devices) == 2


def test_the_most_alike_are_joined_first() -> None:
    # Either c/1 or c/2 can be joined with the others, not both: the pair that is more alike wins.
    found = result(
        seen("a/1", macs=[MAC], serial="s1"),
        seen("b/1", macs=[MAC], addresses=[IP], sys_name="nas"),
        seen("c/1", serial="s1"),
        seen("c/2", addresses=[IP], sys_name="nas"),
    )
    assert ("a/1", "b/1", "c/1") in found.devices


@pytest.mark.parametrize(("more", "devices"), [(0, 1), (1, MOST_ALIKE + 1)])
def test_what_very_many_have_in_common_identifies_none(more: int, devices: int) -> None:
    found = result(*(seen(f"m{n:02}/1", serial="s1") for n in range(MOST_ALIKE + more)))
    assert len(found.devices) == devices


words = st.sampled_from(["", "nas", "router", "pve"])
sightings = st.lists(
    st.builds(
        lambda number, instance, **own: Sighting(
            key=f"{instance}/{number}", instance=instance, name="x", marks=Marks(**own)
        ),
        st.integers(0, 3),
        st.sampled_from(["a", "b", "c"]),
        serial=st.sampled_from(["", "", "s1", "s2"]),
        macs=st.frozensets(st.sampled_from(["bc2411000001", "bc2411000002"]), max_size=1),
        addresses=st.frozensets(st.sampled_from(["10.0.0.1", "10.0.0.2"]), max_size=1),
        sys_name=words,
        name=words,
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)
decisions = st.dictionaries(
    st.sampled_from([(f"a/{n}", f"b/{m}") for n in range(4) for m in range(4)]), st.booleans(), max_size=3
)


@settings(max_examples=40)
@given(sightings, decisions, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(
    found: list[Sighting], decided: dict[tuple[str, str], bool], order: random.Random
) -> None:
    assert match(order.sample(found, len(found)), decided) == match(found, decided)


@settings(max_examples=40)
@given(sightings)
def test_no_device_contradicts_itself(found: list[Sighting]) -> None:
    by_key = {one.key: one for one in found}
    for device in match(found, {}).devices:
        for first, second in combinations(device, 2):
            one, other = by_key[first], by_key[second]
            assert one.instance != other.instance
            assert not (one.marks.serial and other.marks.serial and one.marks.serial != other.marks.serial)


@settings(max_examples=40)
@given(sightings)
def test_each_sighting_is_in_one_device(found: list[Sighting]) -> None:
    keys = [key for device in match(found, {}).devices for key in device]
    assert sorted(keys) == sorted(one.key for one in found)
