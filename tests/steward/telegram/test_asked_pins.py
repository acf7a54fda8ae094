"""Which decision waits for the PIN of a person."""

from homelab_steward.contract.commands import Decide
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.state import FrontEnd, Speaker
from steward.clock import ManualClock
from steward.telegram.callback_store import IssuedButtons
from steward.telegram.pins import LIFETIME, MOST, AskedPin, AskedPins

from .samples import NOON


def asked(user_id: int, approval_id: str = "a1") -> AskedPin:
    speaker = Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(user_id))
    command = Decide(approval_id=approval_id, verb=Verb.APPROVE, speaker=speaker, option=1)
    return AskedPin(command, IssuedButtons(short_id="s", approval_id=approval_id, plans={}, is_used=False))


def test_the_last_decision_of_a_person_waits_once_and_for_two_minutes() -> None:
    clock = ManualClock(NOON)
    pins = AskedPins(clock)
    pins.ask(asked(1, "a1"))
    pins.ask(asked(1, "a2"))
    pins.ask(asked(2, "a3"))
    assert pins.is_asked(1)
    assert pins.take(1) == asked(1, "a2")
    assert pins.take(1) is None
    clock.move(LIFETIME)
    assert not pins.is_asked(2)
    assert pins.take(2) is None
    assert pins.take(3) is None


def test_decisions_that_wait_are_bounded() -> None:
    pins = AskedPins(ManualClock(NOON))
    for user_id in range(MOST + 1):
        pins.ask(asked(user_id))
    assert not pins.is_asked(0)
    assert all(pins.is_asked(one) for one in range(1, MOST + 1))
