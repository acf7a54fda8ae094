"""The use of the models is published after each request and read for the initial state."""

from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.usage import ModelUse, Usage
from lab.model import Script, ScriptedModel, Turn
from steward.llm.errors import NoModelAllowed
from steward.llm.messages import Tier

from .rig import NOW, Rig, chat_request, deployment_of, open_rig

HELLO = Script([Turn(pieces=("Good evening.",))])


async def read(rig: Rig) -> Usage:
    async with rig.database.read() as connection:
        return await rig.usage.read(connection)


async def test_each_request_is_published_with_what_was_sent_out(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model:
        cloud = deployment_of(model, Tier.CLOUD, api_key="sk-lab", daily_requests=50, cost_per_request=0.25)
        async with open_rig(tmp_path, [cloud]) as rig:
            assert await read(rig) == Usage(
                day="2026-11-21", models=(ModelUse(deployment="cloud-m", tier="cloud", limit=50),)
            )
            with rig.changes.watch(RowKind.USAGE) as watch:
                await rig.gateway.chat(chat_request("what does exit code 137 mean?"))
                event = await watch.next()
            assert isinstance(event, Event)
            assert event.usage == await read(rig)
            assert event.usage is not None
            assert (event.usage.sent_out, event.usage.models[0].used, event.usage.cost) == (1, 1, 0.25)
            last = event.usage.last_sent
            assert last is not None
            assert (last.deployment, last.tier, last.task, last.at) == ("cloud-m", "cloud", "chat", NOW)


async def test_a_local_request_is_counted_and_not_sent_out(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        with rig.changes.watch(RowKind.USAGE) as watch:
            await rig.gateway.chat(chat_request("hello"))
            event = await watch.next()
        assert isinstance(event, Event)
        assert event.usage is not None
        assert (event.usage.sent_out, event.usage.last_sent) == (0, None)
        assert event.usage.models == (ModelUse(deployment="local-m", tier="local", used=1),)


async def test_a_new_day_begins_at_zero_and_keeps_the_last_request(tmp_path: Path) -> None:
    async with (
        ScriptedModel(HELLO, name="m") as model,
        open_rig(tmp_path, [deployment_of(model, Tier.CLOUD, api_key="sk-lab")]) as rig,
    ):
        await rig.gateway.chat(chat_request("what is a container?"))
        rig.clock.move(timedelta(days=1).total_seconds())
        usage = await read(rig)
        assert (usage.day, usage.sent_out, usage.models[0].used) == ("2026-11-22", 0, 0)
        assert usage.last_sent is not None


async def test_a_refused_request_is_not_published(tmp_path: Path) -> None:
    async with (
        ScriptedModel(HELLO, name="m") as model,
        open_rig(tmp_path, [deployment_of(model, daily_requests=1)]) as rig,
    ):
        await rig.gateway.chat(chat_request("hello"))
        before = rig.changes.sequence
        with pytest.raises(NoModelAllowed):
            await rig.gateway.chat(chat_request("hello"))
        assert rig.changes.sequence == before
