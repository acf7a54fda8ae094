"""What is said about an incident: who, about which aspect, and how fresh it is."""

from datetime import timedelta

import pytest

from homelab_steward.contract.devices import Aspect, Word
from rig.inventory import NOW, box
from steward.agent.monitors.device_book import device_book
from steward.agent.monitors.incident_voices import OWN, OwnRead, checks_of, voices
from steward.inventory.ports import CHECK, OUTAGE, STEWARD_INSTANCE
from steward.quorum import witnesses

from .test_quorum import fired, problem

BOX = box()
EMPTY = device_book((), {}, NOW)
READ = OwnRead(
    instance_id="toy1",
    word=Word.UP,
    measured=Word.DOWN,
    read_at=NOW,
    interval=timedelta(minutes=1),
    vantage="nas",
)
OUT = {OUTAGE: "stopped"}


@pytest.mark.parametrize(
    ("labels", "is_host", "aspect", "own"),
    [
        (OUT, True, Aspect.REACH, Word.UP),
        (OUT, False, Aspect.SERVICE, Word.UP),
        ({}, False, Aspect.CAPACITY, Word.DOWN),
        ({}, True, Aspect.CAPACITY, Word.DOWN),
    ],
)
def test_an_alert_and_the_own_reading_are_about_the_same(
    labels: dict[str, str],
    is_host: bool,  # noqa: FBT001
    aspect: Aspect,
    own: Word,
) -> None:
    said = voices(problem(fired("kuma", labels)), BOX, EMPTY, READ, {"kuma": "prom"}, is_host=is_host)
    subject = "/".join(BOX.key)
    assert said == (
        witnesses.Testimony(
            witness=witnesses.Witness(id="kuma", instance="kuma", derived_from="prom"),
            subject=subject,
            aspect=aspect,
            word=Word.DOWN,
            checked_at=NOW,
            interval=timedelta(minutes=5),
        ),
        witnesses.Testimony(
            witness=witnesses.Witness(
                id="steward/toy1", instance="toy1", vantage="nas", derived_from="steward"
            ),
            subject=subject,
            aspect=aspect,
            word=own,
            checked_at=NOW,
            interval=timedelta(minutes=1),
        ),
    )
    assert OWN == "steward"


def test_without_a_monitor_nothing_is_said() -> None:
    assert voices(problem(fired("am", OUT)), BOX, EMPTY, READ, {"kuma": ""}, is_host=False) == ()


def test_only_own_checks_of_the_instance_count() -> None:
    alerts = [
        fired("toy1", {STEWARD_INSTANCE: "toy1", CHECK: "memory"}),
        fired("toy2", {STEWARD_INSTANCE: "toy2", CHECK: "disk"}),
        fired("am", {CHECK: "disk"}),
        fired("am", {STEWARD_INSTANCE: "toy1"}),
    ]
    assert checks_of(alerts, BOX) == {"memory"}
