"""A secret that a service repeats leaves the inventory masked, wherever it stands."""

from dataclasses import replace
from pathlib import Path

from homelab_steward.contract.incidents import AlertStatus, Severity
from steward.inventory.polling import clean_alert
from steward.sdk.coverage import Gaps
from steward.sdk.description import AnyService, IncomingAlert, Sensor
from steward.sdk.readings import NotKnown

from .fakes import NOW, FakeClient, Guest, InventoryRig, State, World, configured

SECRET = "canary-b"


def not_known(_: State) -> str:
    raise NotKnown(f"refused {SECRET}")


async def poll(client: FakeClient, gaps: Gaps) -> State:
    gaps.add("rows", f"{'x ' * 95}{SECRET} {SECRET}-and-more")
    return await client.poll()


def service(world: World) -> AnyService:
    one = world.service()
    sensors = (
        Sensor[State](key="text", name="Text", value=lambda _: f"uses {SECRET}"),
        Sensor[State](key="lost", name="Lost", value=not_known),
    )
    return replace(one, poll=poll, sensors=sensors)


async def test_readings_gaps_and_alerts_are_masked(tmp_path: Path) -> None:
    world = World()
    world.states["http://a:1"] = State(
        version=SECRET, guests=(Guest("1", f"web {SECRET}", 0.95),), wrong=f"x {SECRET}"
    )
    rig = InventoryRig(tmp_path, world, {"thing": service(world)}, (configured("a"), configured("b")))
    async with rig as inventory:
        shown = await inventory.poll_now("a")
        assert shown.values["text"] == "uses ***"
        assert shown.unknown["lost"] == "refused ***"
        assert [one.name for one in shown.resources] == ["web ***"]
        target = inventory.target("a", "container", "1")
        assert target is not None
        texts = (repr(shown), repr(rig.reported), target.name)
        assert [text for text in texts if "canary" in text] == []
        assert {one.summary for _, found, _ in rig.reported for one in found if one.summary} >= {"x ***"}


def test_an_alert_is_masked_in_all_its_texts() -> None:
    alert = IncomingAlert(
        name=SECRET,
        status=AlertStatus.FIRING,
        severity=Severity.WARNING,
        starts_at=NOW,
        labels={"url": SECRET},
        summary=SECRET,
        description=SECRET,
        fingerprint="one",
        suppressed=SECRET,
    )
    cleaned = clean_alert(alert, lambda text: text.replace(SECRET, "***"))
    assert (SECRET in repr(cleaned), cleaned.fingerprint) == (False, "one")
