"""A drill on a real Docker Engine: marked containers are changed and undone, all others are left alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import ClientSession

from demo.front_end import FrontEndClient
from homelab_steward.contract.commands import Confirmation
from homelab_steward.contract.drill import DrillTargets, TargetDrill, TryState
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from mcp_bridge.remote import RemoteSteward
from real import docker_engine
from real.conftest import Record
from real.docker_engine import DockerEngine
from steward.app import App
from steward.clock import SystemClock
from steward.drill.target_command import exit_code, lines, wait_for_end
from steward.sdk.description import DRILL_MARK
from steward.secret_file import read_secret
from steward.settings.model import ConfiguredInstance, KnownPerson, Limits, Listen, Settings
from steward.settings.reader import keep_secrets, read_settings

OWNER: Final = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="owner")
DEADLINE: Final = 240.0
MARKED, OTHER = "marked", "other"


@pytest.fixture(scope="module")
def engine(record_testsuite_property: Record) -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        record_testsuite_property("Docker drill", engine.version())
        for name, labels in ((MARKED, {DRILL_MARK: ""}), (OTHER, {})):
            engine.run(name, labels=labels, host={"Memory": 256 * 2**20})
        yield engine


@asynccontextmanager
async def app_of(folder: Path, engine: DockerEngine) -> AsyncIterator[tuple[RemoteSteward, FrontEndClient]]:
    """Run the app, with the command line and a front end as its clients."""
    settings: Settings = keep_secrets(
        replace(
            read_settings({"STEWARD_DATA_DIR": str(folder / "data")}, None, None),
            listen=Listen(host="127.0.0.1", port=0),
            instances=(
                ConfiguredInstance(
                    id="docker",
                    service="docker",
                    name="Docker",
                    settings={"address": f"unix://{engine.socket}", "poll_seconds": 2},
                ),
            ),
            people=(KnownPerson(id="owner", name="Olga", role=Role.OWNER, ha_user_id=OWNER.user_id),),
            limits=Limits(changes_per_hour=100),
        )
    )
    app = App(settings, SystemClock())
    try:
        await app.start()
        url = f"http://127.0.0.1:{app.port}"
        token = settings.api_token or read_secret(settings.data_dir / "token")
        async with ClientSession() as session:
            line, front_end = RemoteSteward(session, url, token), FrontEndClient(session, url, token)
            try:
                await line.start(60)
                await front_end.start()
                yield line, front_end
            finally:
                await front_end.close()
                await line.close()
    finally:
        await app.close()


async def test_marked_containers_are_as_before_and_all_others_untouched(
    engine: DockerEngine, tmp_path: Path
) -> None:
    before = {one: await _of(engine, one) for one in (MARKED, OTHER)}
    async with app_of(tmp_path, engine) as (line, front_end):

        async def send(request: DrillTargets) -> TargetDrill:
            found = await line.drill_targets(request)
            if not request.approval_id:
                approvals = front_end.approvals
                asked = await front_end.wait_for(lambda: approvals.get(found.approval_id), DEADLINE)
                assert asked is not None
                assert asked.owner_only
                await front_end.approve(asked, 1, OWNER, Confirmation.UNLOCKED)
            return found

        await front_end.wait_for(
            lambda: (row := front_end.snapshots.get("docker")) is not None and row.resources, DEADLINE
        )
        async with asyncio.timeout(DEADLINE):
            drill = await wait_for_end(send, as_json=True, every=1)
    report = "\n".join(lines(drill))
    assert exit_code(drill) == 0, report
    assert {one.action for one in drill.tries} == {"docker.stop", "docker.pause", "docker.set_memory"}, report
    assert {one.target.name for one in drill.tries} == {MARKED}
    assert [one.state for one in drill.tries] == [TryState.UNDONE] * 3, report
    assert not any(OTHER in one for one in drill.left_out)
    after = {one: await _of(engine, one) for one in (MARKED, OTHER)}
    assert after[OTHER] == before[OTHER]
    started = "StartedAt"
    assert after[MARKED].pop(started) != before[MARKED].pop(started), "it was never stopped"
    assert after[MARKED] == before[MARKED]


async def _of(engine: DockerEngine, name: str) -> dict[str, Any]:
    """Return what must stay the same of a container."""
    found = await asyncio.to_thread(engine.inspect, name)
    state, host = found["State"], found["HostConfig"]
    return {
        "Id": found["Id"],
        "Config": found["Config"],
        "Memory": host["Memory"],
        "NanoCpus": host["NanoCpus"],
        "StartedAt": state["StartedAt"],
        "Status": state["Status"],
        "Paused": state["Paused"],
    }
