"""What is read for the checks, from real files and simulated servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lab.certificate import make_certificate
from lab.faults import Faults
from lab.telegram.simulator import TelegramSimulator
from lab.world import World
from rig.small_disk import small_disk
from steward.clock import SystemClock
from steward.doctor.backup_reader import read_backups
from steward.doctor.backups import check_backups
from steward.doctor.http_probe import ahead_of, probe
from steward.doctor.model_reader import has_model, read_models
from steward.doctor.storage import MIB, check_storage
from steward.doctor.storage_reader import free_bytes, read_storage
from steward.doctor.telegram import TelegramFacts, check_telegram
from steward.doctor.telegram_reader import read_telegram
from steward.llm.errors import ModelUnavailable
from steward.llm.model_abilities import ModelCheck, ToolUse
from steward.llm.settings import Deployment, DeploymentKind
from steward.settings.model import Settings, Telegram
from steward.store.database import Database
from steward.store.migrate import migrate
from steward.telegram.settings import Mode
from steward.wiring.backup_commands import make_backup

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def opened(folder: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{folder}/steward.db")
    await migrate(database)
    return database


async def test_a_new_folder_is_left_as_it_is(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/data/steward.db")
    facts = await read_storage(tmp_path / "data", database)
    assert not facts.exists
    (tmp_path / "data").mkdir()
    facts = await read_storage(tmp_path / "data", database)
    assert facts.exists
    assert facts.database_problem is None
    assert not list((tmp_path / "data").iterdir())
    await database.close()


async def test_a_sound_folder(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    (tmp_path / "token").write_text("secret")
    (tmp_path / "token").chmod(0o600)
    (tmp_path / "steward.yaml").write_text("telegram: {token: x}")
    (tmp_path / "steward.yaml").chmod(0o644)
    facts = await read_storage(tmp_path, database, [tmp_path / "steward.yaml"], lambda _: 5)
    assert facts.database_problem == ""
    assert facts.revision == facts.newest
    assert facts.free == 5
    assert facts.is_writable
    assert facts.modes == {str(tmp_path / "token"): 0o600, str(tmp_path / "steward.yaml"): 0o644}
    await database.close()


async def test_a_database_that_is_gone_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("key")
    (tmp_path / "secret.key").chmod(0o600)
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/steward.db")
    found = check_storage(await read_storage(tmp_path, database)).findings
    assert [one.id for one in found] == ["storage.database"]
    assert "is missing" in found[0].problem
    assert not (tmp_path / "steward.db").exists()
    await database.close()


async def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    async with small_disk(tmp_path / "disk") as disk:
        database = await opened(disk.folder)
        disk.fill()
        facts = await read_storage(disk.folder, database)
        await database.close()
    assert facts.free is not None
    assert facts.free < MIB
    assert [one.id for one in check_storage(facts).findings] == ["storage.space"]


async def test_free_space_that_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    def refuse(folder: Path) -> int:
        return free_bytes(folder / "not-there")

    database = Database(f"sqlite+aiosqlite:///{tmp_path}/steward.db")
    assert (await read_storage(tmp_path, database, free=refuse)).free is None
    await database.close()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (NOW, 0.0),
        (NOW - timedelta(seconds=1), 0.0),
        (NOW + timedelta(seconds=2), 0.0),
        (NOW + timedelta(seconds=62), 60.0),
        (NOW - timedelta(seconds=61), -60.0),
        ((NOW + timedelta(seconds=62)).replace(tzinfo=None), 60.0),
    ],
)
def test_how_far_a_clock_is_ahead(told: datetime, expected: float) -> None:
    assert ahead_of(told, NOW, NOW + timedelta(seconds=2)) == expected


async def test_a_server_tells_its_time_and_the_end_of_its_certificate(tmp_path: Path) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"Date": "Fri, 20 Nov 2020 12:00:00 GMT"})

    application = web.Application()
    application.router.add_get("/", answer)
    certificate = make_certificate(tmp_path, "server")
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        plain = await probe(session, str(server.make_url("/")), SystemClock())
    assert plain.ahead is not None
    assert plain.ahead < -1e8
    assert plain.certificate_until is None
    server = TestServer(application, scheme="https")
    await server.start_server(ssl=certificate.server_context())
    async with aiohttp.ClientSession() as session:
        secure = await probe(session, str(server.make_url("/")), SystemClock())
    await server.close()
    assert secure.certificate_until is not None
    assert secure.certificate_until > datetime.now(UTC)


async def test_a_server_that_is_dead_tells_nothing() -> None:
    async with aiohttp.ClientSession() as session:
        for address in ("http://127.0.0.1:9", "https://127.0.0.1:9"):
            found = await probe(session, address, SystemClock())
            assert (found.ahead, found.certificate_until) == (None, None)


@asynccontextmanager
async def telegram() -> AsyncIterator[TelegramSimulator]:
    simulator = TelegramSimulator(World(), Faults())
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.close()


async def facts_of(simulator: TelegramSimulator, **changes: object) -> TelegramFacts:
    settings = replace(Telegram(token=simulator.token, api_base=simulator.url), **changes)  # type: ignore[arg-type]
    async with aiohttp.ClientSession() as session:
        return await read_telegram(session, settings, simulator.chat_id, may_poll=True)


async def test_a_good_bot_has_no_findings() -> None:
    async with telegram() as simulator:
        facts = await facts_of(simulator)
    assert facts.bot == "homelab_steward_bot"
    assert facts.is_forum
    assert facts.is_admin
    assert not check_telegram(facts).findings


async def test_rights_that_the_bot_lacks_are_found() -> None:
    async with telegram() as simulator:
        simulator.forum.set_rights(can_manage_topics=False, can_delete_messages=False)
        findings = check_telegram(await facts_of(simulator)).findings
    assert [one.id for one in findings] == ["telegram.topics", "telegram.delete"]


async def test_a_wrong_token_is_refused_and_never_shown() -> None:
    async with telegram() as simulator:
        facts = await facts_of(simulator, token="1:wrong-token")
    assert facts.is_refused
    assert "wrong-token" not in repr(facts)
    (finding,) = check_telegram(facts).findings
    assert "@BotFather" in finding.remedy


async def test_telegram_that_does_not_answer_is_not_a_wrong_token() -> None:
    settings = Telegram(token="1:secret-token", api_base="http://127.0.0.1:9")
    async with aiohttp.ClientSession() as session:
        facts = await read_telegram(session, settings, None, may_poll=True)
    assert not facts.is_refused
    assert "secret-token" not in facts.problem
    (finding,) = check_telegram(facts).findings
    assert "api.telegram.org" in finding.remedy


async def test_a_webhook_of_another_program_is_found() -> None:
    async with telegram() as simulator:
        async with aiohttp.ClientSession() as session:
            hook = {"url": "http://127.0.0.1:9/other"}
            await session.post(f"{simulator.base_url}{simulator.token}/setWebhook", json=hook)
        findings = check_telegram(await facts_of(simulator)).findings
        assert [one.id for one in findings] == ["telegram.webhook"]
        wanted = await facts_of(simulator, mode=Mode.WEBHOOK, webhook_url=hook["url"])
    assert wanted.webhook == wanted.wanted_webhook


async def test_a_group_without_the_bot_cannot_be_read() -> None:
    async with telegram() as simulator:
        simulator.forum.set_rights(is_member=False)
        findings = check_telegram(await facts_of(simulator)).findings
    assert len(findings) == 1
    assert findings[0].id in ("telegram.group", "telegram.admin")


async def test_models_are_asked_and_their_checks_are_used() -> None:
    deployments = [
        Deployment(id="good", model="qwen"),
        Deployment(id="without", model="qwen"),
        Deployment(id="dead", model="qwen"),
        Deployment(id="embeds", embedding_model="minilm"),
        Deployment(id="cloud", kind=DeploymentKind.LITELLM, model="x/y"),
    ]

    async def models(one: Deployment) -> tuple[str, ...]:
        if one.id == "dead":
            raise ModelUnavailable("dead does not answer")
        return ("qwen:latest",) if one.id == "good" else ("other",)

    check = ModelCheck(model="qwen", tools=ToolUse.NONE, languages=(), tested=(), speed=None)
    found = {one.id: one for one in await read_models(deployments, models, {"good": check})}
    assert found["good"].is_offered is True
    assert found["good"].can_call_tools is False
    assert found["without"].is_offered is False
    assert found["dead"].problem == "dead does not answer"
    assert found["embeds"].is_offered is None
    assert (found["cloud"].is_offered, found["cloud"].problem) == (None, "")


def test_a_model_without_a_tag_is_the_latest() -> None:
    assert has_model(["qwen:latest"], "qwen")
    assert not has_model(["qwen:7b"], "qwen")


async def test_the_newest_backup_is_verified(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    await database.close()
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite+aiosqlite:///{tmp_path}/steward.db")
    await make_backup(settings, None)
    (file,) = (tmp_path / "backups").iterdir()
    now = datetime.now(UTC)
    facts = await read_backups(tmp_path / "backups", timedelta(days=1), None, tmp_path)
    assert facts.newest_at is not None
    assert now - facts.newest_at < timedelta(hours=1)
    assert not facts.problem
    file.write_bytes(file.read_bytes()[:-100])
    damaged = check_backups(await read_backups(tmp_path / "backups", None, None, tmp_path), now)
    assert "backups.damaged" in [one.id for one in damaged.findings]
