"""The use of the models is published after each request and read for the initial state."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import insert

from homelab_steward.contract.model_limits import LimitUse
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.usage import ModelUse, Usage
from lab.model import Script, ScriptedModel, Turn
from steward.llm.errors import InvalidAnswer, NoModelAllowed
from steward.llm.messages import Delta, Finish, Tier
from steward.llm.messages import Usage as MessageUsage
from steward.llm.openai_wire import JsonObject
from steward.llm.ports import TimeLimits
from steward.llm.settings import Deployment, DeploymentKind
from steward.llm.tables import egress

from .rig import NOW, Rig, chat_request, deployment_of, open_rig

HELLO = Script([Turn(pieces=("Good evening.",))])


async def read(rig: Rig) -> Usage:
    async with rig.database.read() as connection:
        return await rig.usage.read(connection)


async def test_each_request_is_published_with_what_was_sent_out(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model:
        cloud = deployment_of(model, Tier.CLOUD, api_key="sk-lab", daily_requests=50, cost_per_request=0.25)
        async with open_rig(tmp_path, [cloud]) as rig:
            limits = (LimitUse(kind="daily_requests", used=0, limit=50),)
            assert await read(rig) == Usage(
                day="2026-11-21",
                models=(ModelUse(deployment="cloud-m", tier="cloud", limit=50, limits=limits),),
            )
            with rig.changes.watch(RowKind.USAGE) as watch:
                await rig.gateway.chat(chat_request("what does exit code 137 mean?"))
                await watch.next()
                event = await watch.next()
            assert isinstance(event, Event)
            assert event.usage == await read(rig), "also the tokens of the answer"
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


@pytest.mark.parametrize("reports", [True, False])
async def test_tokens_and_their_price_are_counted_also_without_the_figures_of_the_server(
    tmp_path: Path,
    reports: bool,  # noqa: FBT001
) -> None:
    client = _Client(MessageUsage(prompt_tokens=400, answer_tokens=50) if reports else None)
    paid = Deployment(
        id="paid", tier=Tier.CLOUD, kind=DeploymentKind.LITELLM, model="m", input_price=10, output_price=1000
    )
    async with open_rig(tmp_path, [paid], others={DeploymentKind.LITELLM: client}) as rig:
        await rig.gateway.chat(chat_request("what is a container?"))
        (used,) = (await read(rig)).models
        if reports:
            assert [used.tokens, used.cost] == pytest.approx([450, 0.054])
        else:
            assert used.tokens == client.sent // 3 + 100
            assert used.cost == pytest.approx((client.sent // 3 * 10 + 100_000) / 1_000_000)


async def test_an_answer_that_breaks_off_is_counted(tmp_path: Path) -> None:
    client = _Client(None, breaks_off=True)
    paid = Deployment(id="paid", tier=Tier.CLOUD, kind=DeploymentKind.LITELLM, model="m", daily_tokens=120)
    async with open_rig(tmp_path, [paid], others={DeploymentKind.LITELLM: client}) as rig:
        with pytest.raises(InvalidAnswer):
            await rig.gateway.chat(chat_request("what is a container?"))
        assert (await read(rig)).models[0].tokens > 120
        with pytest.raises(NoModelAllowed, match="the daily limit is reached"):
            await rig.gateway.chat(chat_request("what is a container?"))


@pytest.mark.parametrize(
    ("privacy", "masked", "counted"),
    [("public", 0, 0), ("private", 2, 0), ("private", 0, 1), ("secret", 0, 1)],
)
async def test_private_text_without_a_mask_is_counted(
    tmp_path: Path, privacy: str, masked: int, counted: int
) -> None:
    async with open_rig(tmp_path, []) as rig:
        row = {"deployment": "c", "tier": "cloud", "task": "chat", "bytes": 1, "digest": "d"}
        async with rig.database.write() as connection:
            await connection.execute(insert(egress).values(at=NOW, privacy=privacy, masked=masked, **row))
        usage = await read(rig)
        assert (usage.sent_out, usage.private_sent) == (1, counted)


class _Client:
    """A model that answers with 300 characters, or breaks off after them."""

    def __init__(self, usage: MessageUsage | None, *, breaks_off: bool = False) -> None:
        self.sent = 0
        self._usage = usage
        self._breaks_off = breaks_off

    async def stream(
        self, deployment: Deployment, body: JsonObject, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        self.sent = len(orjson.dumps(body))
        yield Delta(text="a" * 300)
        if self._breaks_off:
            raise InvalidAnswer(f"{deployment.id} broke off")
        yield Delta(finish=Finish.STOP, usage=self._usage)

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        raise NotImplementedError

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        return ()
