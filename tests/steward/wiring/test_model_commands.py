"""The commands that check the models and export what was sent outside."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from lab.model import ScriptedModel
from lab.model_script import Script, Turn
from steward.clock import SystemClock
from steward.llm.messages import Tier
from steward.llm.model_abilities import ToolUse
from steward.llm.model_check import ModelChecks
from steward.llm.settings import Deployment
from steward.llm.tables import egress
from steward.settings.model import Settings
from steward.store.database import Database
from steward.store.schema import metadata
from steward.wiring.model_commands import NoModels, check_models, export_ledger


async def settings_of(tmp_path: Path, *models: Deployment) -> Settings:
    url = f"sqlite+aiosqlite:///{tmp_path / 'steward.db'}"
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()
    return Settings(data_dir=tmp_path, database_url=url, models=models)


async def test_each_model_is_checked_and_the_result_stored(tmp_path: Path) -> None:
    script = Script([Turn(pieces=("It is Tuesday.",))])
    async with ScriptedModel(script, name="m") as model:
        settings = await settings_of(
            tmp_path,
            Deployment(id="gpu", url=f"{model.url}/v1", model="m"),
            Deployment(id="gone", url="http://127.0.0.1:9/v1", model="m"),
            Deployment(id="vectors", url="http://127.0.0.1:9/v1", embedding_model="e"),
        )
        lines = await check_models(settings)
    assert lines[0].startswith("gpu (m): can call tools: no; en: good; de: weak;")
    assert lines[1:] == ["gone: gone cannot be reached"]
    database = Database(settings.database_url)
    stored = await ModelChecks(database, SystemClock()).current()
    await database.close()
    assert [(key, one.tools) for key, one in stored.items()] == [("gpu", ToolUse.NONE)]


async def test_without_models_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(NoModels):
        await check_models(await settings_of(tmp_path))


async def test_the_ledger_as_a_table(tmp_path: Path) -> None:
    settings = await settings_of(tmp_path)
    database = Database(settings.database_url)
    async with database.write() as connection:
        row = {
            "at": datetime(2026, 11, 21, 4, tzinfo=UTC),
            "deployment": "=cmd()",
            "tier": str(Tier.CLOUD),
            "task": "chat",
            "bytes": 900,
            "privacy": "public",
            "masked": 0,
            "digest": "d",
        }
        await connection.execute(insert(egress).values(row))
    await database.close()
    assert (await export_ledger(settings)).splitlines() == [
        "id,at,deployment,tier,task,bytes,privacy,masked,digest",
        "1,2026-11-21 04:00:00+00:00,'=cmd(),cloud,chat,900,public,0,d",
    ]
