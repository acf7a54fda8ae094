"""A small lab for every test: a quick world, and simulators that are started when asked for."""

import warnings
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from telegram import Bot

from lab.clock import ManualClock
from lab.faults import Faults
from lab.phone import Phone
from lab.prometheus import PrometheusSimulator
from lab.proxmox import ProxmoxSimulator
from lab.radarr import RadarrSimulator
from lab.telegram import TelegramSimulator
from lab.world import World

with warnings.catch_warnings():
    # backoff, below pyarr, asks asyncio what Python 3.14 wants asked of inspect.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pyarr  # noqa: F401


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def still_world(clock: ManualClock) -> World:
    return World(clock)


@pytest.fixture
def world() -> World:
    return World(task_seconds=0.1, boot_seconds=0.05)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def proxmox(world: World, faults: Faults) -> AsyncIterator[ProxmoxSimulator]:
    simulator = ProxmoxSimulator(world, faults)
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
async def radarr(world: World, faults: Faults) -> AsyncIterator[RadarrSimulator]:
    simulator = RadarrSimulator(world, faults, slow_seconds=0.05)
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
async def prometheus(world: World, faults: Faults) -> AsyncIterator[PrometheusSimulator]:
    simulator = PrometheusSimulator(world, faults)
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
async def telegram(world: World, faults: Faults) -> AsyncIterator[TelegramSimulator]:
    simulator = TelegramSimulator(world, faults)
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
async def phone(world: World, faults: Faults) -> AsyncIterator[Phone]:
    simulator = Phone(world, faults)
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
async def bot(telegram: TelegramSimulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the library's own switch to its future `retry_after`
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        yield bot
