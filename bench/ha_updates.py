"""Measures a pushed update of 1,000 entities in Home Assistant's event loop, and bare state writes.

Both write a new state of the same 1,000 sensors on 100 sub-devices of one real Home Assistant
core. The update starts with the bytes of the websocket frame: decode, validate, find what
changed. The bare writes only set the value and write the state. Also measures how long the setup
of the entry with these entities takes. Runs in Home Assistant's environment.
"""

import argparse
import asyncio
import gc
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import aiohttp

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ha")]

import ha_early  # noqa: E402, F401  # adapts the test harness to this Home Assistant
from fake_steward import APP_ID, TOKEN, FakeSteward  # noqa: E402
from homeassistant import loader  # noqa: E402
from homeassistant.components.sensor import DATA_COMPONENT  # noqa: E402
from homeassistant.core import HomeAssistant  # noqa: E402
from homeassistant.helpers import entity_registry as er  # noqa: E402
from homeassistant.setup import async_setup_component  # noqa: E402
from homeassistant.util import dt as dt_util  # noqa: E402
from pytest_homeassistant_custom_component.common import (  # noqa: E402
    MockConfigEntry,
    async_test_home_assistant,
)
from rows import instance  # noqa: E402

import custom_components  # noqa: E402, F401  # before the harness replaces it
from custom_components.homelab_steward.const import DOMAIN  # noqa: E402
from custom_components.homelab_steward.contract.catalogue import (  # noqa: E402
    Catalogue,
    ResourceOffer,
    SensorOffer,
    ServiceOffer,
)
from custom_components.homelab_steward.contract.protocol import (  # noqa: E402
    Event,
    Frame,
    FrameKind,
    RowKind,
)
from custom_components.homelab_steward.contract.state import Resource, Snapshot  # noqa: E402
from custom_components.homelab_steward.sensor import ReadingSensor  # noqa: E402

RESOURCES, READINGS = 100, 10
ROUNDS = 30
WARM_UP = 5

SENSORS = tuple(
    SensorOffer(
        key=f"reading{number}",
        name=f"Reading {number}",
        scope="thing",
        unit="%",
        state_class="measurement",
        precision=1,
    )
    for number in range(READINGS)
)
CATALOGUE = Catalogue(
    digest="bench",
    services=(
        ServiceOffer(
            key="bench",
            name="Bench",
            category="general",
            settings=(),
            sensors=SENSORS,
            resources=(ResourceOffer(kind="thing", name="Thing", is_device=True),),
        ),
    ),
)


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    figures = asyncio.run(measured())
    if options.json:
        print(json.dumps(figures))
    else:
        print(f"pushed update of 1,000 entities: {figures['steward_us'] / 1000:.1f} ms")
        print(f"bare writes of the same:         {figures['bare_us'] / 1000:.1f} ms")
        print(f"ratio:                           {figures['ratio']:.2f}")
        print(f"setup with {figures['entities']} entities:      {figures['setup_s']:.2f} s")


async def measured() -> dict[str, float]:
    """Return the medians of interleaved runs in microseconds for all entities, and the setup time."""
    steward = FakeSteward(CATALOGUE)
    steward.rows[RowKind.INSTANCE]["bench"] = instance("bench", service="bench", name="Bench")
    steward.rows[RowKind.SNAPSHOT]["bench"] = snapshot(0)
    await steward.start()
    # Home Assistant's own resolver needs a name server; the URL has an IP address.
    resolver = patch(
        "homeassistant.helpers.aiohttp_client._async_make_resolver",
        side_effect=aiohttp.ThreadedResolver,
    )
    with resolver, tempfile.TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            try:
                return await compared(hass, steward)
            finally:
                await hass.async_stop(force=True)
                await steward.stop()


async def compared(hass: HomeAssistant, steward: FakeSteward) -> dict[str, float]:
    """Set up, warm up, and measure in turns."""
    # The conversation agent needs this component.
    assert await async_setup_component(hass, "homeassistant", {})
    entry = MockConfigEntry(
        domain=DOMAIN, unique_id=APP_ID, title="Bench", data={"url": steward.url, "token": TOKEN}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # The second setup finds devices and entities in the registries, as every start but the first.
    assert await hass.config_entries.async_unload(entry.entry_id)
    started = time.perf_counter()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    setup_s = time.perf_counter() - started
    entities = [one for one in hass.data[DATA_COMPONENT].entities if isinstance(one, ReadingSensor)]
    assert len(entities) == RESOURCES * READINGS
    receive = entry.runtime_data.coordinator._client._receive  # noqa: SLF001 - receives a frame
    pushed_times: list[float] = []
    bare: list[float] = []
    for turn in range(1, 2 * ROUNDS, 2):
        pushed = frame(turn)
        pushed_times.append(await timed(lambda pushed=pushed: receive(None, Frame.from_json(pushed))))
        assert {float(one.state) for one in entities} == set(values(turn).values())
        bare.append(await timed(lambda turn=turn: write(entities, turn + 1)))
        assert {float(one.state) for one in entities} == set(values(turn + 1).values())
    steward_us, bare_us = (statistics.median(times[WARM_UP:]) * 1e6 for times in (pushed_times, bare))
    return {
        "steward_us": round(steward_us, 1),
        "bare_us": round(bare_us, 1),
        "ratio": round(steward_us / bare_us, 3),
        "setup_s": round(setup_s, 3),
        "entities": len(er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)),
    }


async def timed(run: Callable[[], None]) -> float:
    """Return the seconds that a call and its callbacks keep the event loop busy."""
    gc.collect()
    started = time.perf_counter()
    run()
    await asyncio.sleep(0)
    return time.perf_counter() - started


def write(entities: list[ReadingSensor], turn: int) -> None:
    """Write every state directly."""
    new = list(values(turn).values())
    for number, entity in enumerate(entities):
        entity._attr_native_value = new[number % READINGS]  # noqa: SLF001 - as entities do
        entity.async_write_ha_state()


def frame(turn: int) -> bytes:
    """Return an update in which every value is new."""
    event = Event(
        sequence=turn,
        kind=RowKind.SNAPSHOT,
        id="bench",
        at=dt_util.utcnow(),
        snapshot=snapshot(turn),
    )
    return Frame(kind=FrameKind.EVENT, body=event.to_dict()).to_json()


def snapshot(turn: int) -> Snapshot:
    """Return a snapshot of 100 resources with 10 readings each."""
    resources = tuple(
        Resource(kind="thing", id=f"t{number}", name=f"Thing {number}", values=values(turn))
        for number in range(RESOURCES)
    )
    return Snapshot(instance_id="bench", taken_at=dt_util.utcnow(), resources=resources)


def values(turn: int) -> dict[str, float]:
    """Return ten values that differ from those of every other turn."""
    return {f"reading{number}": turn + number / 100 for number in range(READINGS)}


if __name__ == "__main__":
    main()
