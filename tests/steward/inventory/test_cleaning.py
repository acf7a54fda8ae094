"""A secret that a service repeats leaves the inventory masked, wherever it stands."""

from dataclasses import replace
from pathlib import Path

from homelab_steward.contract.incidents import AlertStatus, Severity
from steward.inventory.polling import clean_alert
from steward.sdk.coverage import Gaps
from steward.sdk.description import AnyService, IncomingAlert, Sensor
from steward.sdk.readings import NotKnown, Unknown
from steward.texts import said_in, texts_of

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


async def test_reasons_are_said_in_other_languages_and_masked_in_each(tmp_path: Path) -> None:
    def lost(_: State) -> str:
        name = SECRET
        raise NotKnown(t"There is no maintenance window for {name}.")

    async def partial(client: FakeClient, gaps: Gaps) -> State:
        gaps.add("rules", t"Prometheus has just started and may not have evaluated all rules yet")
        return await client.poll()

    world = World()
    made = replace(
        world.service(), poll=partial, sensors=(Sensor[State](key="lost", name="Lost", value=lost),)
    )
    rig = InventoryRig(tmp_path, world, {"thing": made}, (configured("a"), configured("b")))
    async with rig as inventory:
        shown = await inventory.poll_now("a")
        target = inventory.target("a")
        assert target is not None
        reading = inventory.readings(target)["lost"]
    assert isinstance(reading, Unknown)
    assert reading.reason == "There is no maintenance window for ***."
    assert said_in(reading.reason, texts_of("de")) == "Für *** gibt es kein Wartungsfenster."
    (gap,) = shown.coverage.gaps
    assert gap.reason.startswith("Prometheus has just started")
    assert str(said_in(gap.reason, texts_of("de"))).startswith("Prometheus wurde gerade gestartet")


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
