"""Stored messages are decoded once, and only so many are remembered."""

from dataclasses import replace

import pytest

from homelab_steward.contract.errors import MalformedMessage
from homelab_steward.contract.incidents import Alert, Incident
from rig import records
from steward.store import decoding
from steward.store.decoding import decode, encode

INCIDENT = records.incident()


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    decoding._known.clear()
    decoding._size = 0


def test_what_was_stored_or_read_is_not_decoded_again() -> None:
    assert decode(Incident, encode(INCIDENT)) is INCIDENT
    other = replace(INCIDENT, title="Another").to_json()
    assert decode(Incident, other) is decode(Incident, bytes(bytearray(other)))


def test_another_kind_with_the_same_json_is_another_message() -> None:
    body = encode(INCIDENT)
    with pytest.raises(MalformedMessage):
        decode(Alert, body)


def test_what_is_not_understood_is_not_remembered() -> None:
    for _ in range(2):
        with pytest.raises(MalformedMessage):
            decode(Incident, b"{}")


def test_what_was_not_used_for_the_longest_time_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [encode(replace(INCIDENT, title=str(number))) for number in range(3)]
    monkeypatch.setattr(decoding, "MOST_BYTES", 3 * len(bodies[0]))
    first, second = decode(Incident, bodies[0]), decode(Incident, bodies[1])
    encode(replace(INCIDENT, title="3"))
    assert decode(Incident, bodies[0]) is first, "it was asked for again"
    assert decode(Incident, bodies[1]) is second
    assert decoding._size == sum(len(body) for _, body in decoding._known) == decoding.MOST_BYTES
    assert (Incident, bodies[2]) not in decoding._known


def test_a_long_message_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LONGEST", 10)
    assert decode(Incident, encode(INCIDENT)) is not INCIDENT
    assert not decoding._known
