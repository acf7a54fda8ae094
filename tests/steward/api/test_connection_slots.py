"""Connections are limited in all and per address; one that waits for its request makes room."""

import resource
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.api.connection_slots import LEAST, ConnectionSlots, Slot, most_connections


class Room:
    """Takes slots and records which connections are aborted."""

    def __init__(self, most: int, most_per_address: int) -> None:
        self.slots = ConnectionSlots(most, most_per_address)
        self.aborted: list[str] = []
        self.taken: dict[str, Slot] = {}

    def take(self, name: str, address: str) -> bool:
        slot = self.slots.take(address, self.abort(name))
        if slot is not None:
            self.taken[name] = slot
        return slot is not None

    def abort(self, name: str) -> Callable[[], None]:
        return lambda: self.aborted.append(name)


def test_the_longest_waiting_connection_of_the_address_makes_room() -> None:
    room = Room(10, 2)
    for name, address in (("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.2"), ("d", "10.0.0.2")):
        assert room.take(name, address)
    assert room.aborted == ["b"]
    assert room.slots.number == 3


def test_the_longest_waiting_connection_of_all_makes_room() -> None:
    room = Room(2, 2)
    assert room.take("a", "10.0.0.1")
    assert room.take("b", "10.0.0.2")
    assert room.take("c", "10.0.0.3")
    assert room.aborted == ["a"]


def test_a_connection_with_a_request_is_kept() -> None:
    room = Room(2, 2)
    assert room.take("a", "10.0.0.1")
    assert room.take("b", "10.0.0.2")
    room.slots.serving(room.taken["a"])
    assert room.take("c", "10.0.0.3")
    assert room.aborted == ["b"]
    room.slots.serving(room.taken["c"])
    assert not room.take("d", "10.0.0.4")
    room.slots.waiting(room.taken["a"])
    assert room.take("d", "10.0.0.4")
    assert room.aborted == ["b", "a"]


def test_a_waiting_connection_keeps_its_place_while_it_drips() -> None:
    room = Room(2, 2)
    assert room.take("a", "10.0.0.1")
    assert room.take("b", "10.0.0.1")
    room.slots.waiting(room.taken["a"])
    assert room.take("c", "10.0.0.1")
    assert room.aborted == ["a"]


def test_a_closed_connection_frees_its_slot_once() -> None:
    room = Room(2, 1)
    assert room.take("a", "10.0.0.1")
    for _ in range(2):
        room.slots.release(room.taken["a"])
        assert room.slots.number == 0
    room.slots.waiting(room.taken["a"])
    assert not room.slots.make_room()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8::ffff:0:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix", "unix", True),
    ],
)
def test_addresses_of_one_device_are_counted_together(one: str, other: str, *, is_same: bool) -> None:
    room = Room(10, 1)
    assert room.take("a", one)
    room.slots.serving(room.taken["a"])
    assert room.take("b", other) is not is_same


@given(st.lists(st.tuples(st.sampled_from("tsrw"), st.integers(0, 3)), max_size=60))
def test_no_limit_is_ever_exceeded(steps: list[tuple[str, int]]) -> None:
    slots, taken = ConnectionSlots(5, 3), list[Slot]()
    for step, number in steps:
        if step == "t":
            slot = slots.take(f"10.0.0.{number}", lambda: None)
            taken += [slot] if slot else []
        elif taken:
            one = taken[number % len(taken)]
            {"s": slots.serving, "w": slots.waiting, "r": slots.release}[step](one)
        is_open = [one for one in taken if one.is_open]
        assert slots.number == len(is_open) <= 5
        assert all(sum(one.group == group for one in is_open) <= 3 for group in {one.group for one in taken})


@pytest.mark.parametrize(
    ("limit", "most"),
    [(1024, 512), (700, 444), (100, LEAST), (resource.RLIM_INFINITY, 512)],
)
def test_descriptors_are_kept_in_reserve(monkeypatch: pytest.MonkeyPatch, limit: int, most: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (limit, limit))
    assert most_connections(512) == most
