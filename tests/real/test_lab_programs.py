"""Services with the real programs: Redis, Mosquitto, NUT, PostgreSQL, Net-SNMP and rclone."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiohttp import ClientSession

from demo.waiting import becomes
from homelab_steward.contract.base import Value
from homelab_steward.contract.state import TargetRef
from lab.ports import free_port
from real.conftest import Record
from real.postgresql import PostgresqlServer
from real.programs import DEADLINE, TOOLS, Connected, running
from steward.errors import ServiceUnauthorized, ServiceUnreachable
from steward.sdk.description import Action, Call
from steward.sdk.snapshot import run_checks
from steward.services._snmp.ber import OCTETS, block
from steward.services._snmp.client import SnmpClient
from steward.services._snmp.tables import Table

PASSWORD = "Blue heron 42"
HOST = "127.0.0.1"
COMMUNITY: dict[str, Value] = {"community": "heron"}
UPS = """
ups.status: OL CHRG
battery.charge: 100
battery.charge.low: 20
battery.runtime: 1830
ups.load: 23
device.model: Line 900
"""


def action(service: Connected, key: str) -> Action[Any]:
    return next(one for one in service.service.actions if one.key == key)


def call(service: Connected, kind: str = "instance", identity: str = "i", **arguments: Any) -> Call:
    target = TargetRef(instance_id="i", kind=kind, id=identity, name=service.service.name)
    return Call(target=target, arguments=arguments)


async def carried_out(service: Connected, key: str, one: Call) -> None:
    """Carry an action out as the executor does, and assert that it is verified."""
    chosen = action(service, key)
    before = await chosen.dry_run(service.client, one)
    await chosen.precheck(service.client, one, before.baseline)
    await chosen.execute(service.client, one, before.baseline)
    result = await chosen.verify(service.client, one, before.baseline)
    assert result.ok is True, result.text


@pytest.fixture
async def redis(
    tmp_path: Path, session: ClientSession, record_testsuite_property: Record
) -> AsyncIterator[Connected]:
    port, users = free_port(), tmp_path / "users.acl"
    users.write_text(
        f"user keeper on #{hashlib.sha256(PASSWORD.encode()).hexdigest()} "
        "+info +slowlog|get +config|set +bgsave\nuser default on nopass ~* &* +@all\n"
    )
    arguments = ("--port", str(port), "--bind", HOST, "--dir", tmp_path, "--aclfile", users)
    async with running(tmp_path, "usr/bin/redis-server", *arguments, "--slowlog-log-slower-than", "0"):
        settings: dict[str, Value] = {"host": HOST, "port": port, "username": "keeper", "password": PASSWORD}
        service = Connected("redis", session, settings)
        state = await service.started()
        record_testsuite_property("Redis", f"{state.info.version}, RESP on loopback")
        yield service


async def test_redis(redis: Connected, session: ClientSession) -> None:
    state = await redis.poll()
    assert (state.info.role, state.info.keys) == ("master", 0)
    assert not run_checks(redis.service, state).problems
    await carried_out(redis, "set_memory", call(redis, memory_mib=64))
    assert (await redis.poll()).info.limit == 64 * 2**20
    await asyncio.sleep(1.1)  # the time of a save has whole seconds
    await carried_out(redis, "save", call(redis))
    assert "INFO" in {one.command for one in (await redis.poll()).slow}
    wrong = Connected("redis", session, {**redis.client.access.settings, "password": "Grey heron 43"})
    with pytest.raises(ServiceUnauthorized):
        await wrong.poll()


async def test_mosquitto(tmp_path: Path, session: ClientSession, record_testsuite_property: Record) -> None:
    port, config = free_port(), tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} {HOST}\nallow_anonymous true\nsys_interval 1\nuser root\n")
    async with running(tmp_path, "usr/sbin/mosquitto", "-c", config):
        service = Connected("mqtt", session, {"host": HOST, "port": port})
        await service.started()

        async def look() -> Any:
            state = await service.poll()
            return state if state.broker.total is not None else None

        state = await becomes(look, DEADLINE, "the statistics are published")
        record_testsuite_property("Mosquitto", f"{state.broker.number}, MQTT 3.1.1 on loopback")
        assert state.broker.connected is not None
        tool = next(one for one in service.service.tools if one.key == "retained")
        assert (await tool.read(service.client, call(service))).text


@pytest.fixture
async def nut(
    tmp_path: Path, session: ClientSession, record_testsuite_property: Record
) -> AsyncIterator[Connected]:
    port = free_port()
    (tmp_path / "ups.conf").write_text('[rack]\ndriver = dummy-ups\nport = rack.dev\ndesc = "Cellar rack"\n')
    (tmp_path / "rack.dev").write_text(UPS)
    (tmp_path / "upsd.conf").write_text(f"LISTEN {HOST} {port}\nSTATEPATH {tmp_path}\n")
    (tmp_path / "upsd.users").write_text(
        f'[keeper]\npassword = "{PASSWORD}"\ninstcmds = beeper.enable\ninstcmds = beeper.disable\n'
    )
    for name in ("ups.conf", "upsd.conf", "upsd.users"):
        (tmp_path / name).chmod(0o640)
    env = {"NUT_CONFPATH": str(tmp_path), "NUT_STATEPATH": str(tmp_path), "NUT_ALTPIDPATH": str(tmp_path)}
    async with (
        running(tmp_path, "lib/nut/dummy-ups", "-a", "rack", "-F", "-u", "root", env=env),
        running(tmp_path, "lib/nut/upsd", "-F", "-u", "root", env=env),
    ):
        settings: dict[str, Value] = {"host": HOST, "port": port, "username": "keeper", "password": PASSWORD}
        service = Connected("nut", session, settings)
        await service.started()

        async def look() -> Any:
            state = await service.poll()
            return state if state.ups[0].variables.status not in (None, "WAIT") else None

        state = await becomes(look, DEADLINE, "the driver reports a status")
        record_testsuite_property("NUT", f"{service.service.version(state)} with dummy-ups")
        yield service


async def test_nut(nut: Connected, tmp_path: Path) -> None:
    [rack] = (await nut.poll()).ups
    assert (rack.name, rack.description, rack.is_on_mains, rack.values.runtime) == (
        "rack",
        "Cellar rack",
        True,
        1830,
    )
    (tmp_path / "rack.dev").write_text(UPS.replace("OL CHRG", "OB DISCHRG LB"))

    async def on_battery() -> bool:
        return {check for check, _ in run_checks(nut.service, await nut.poll()).problems} == {
            "ups_on_battery",
            "ups_battery_low",
        }

    await becomes(on_battery, DEADLINE, "the UPS is on battery")


async def test_rclone(tmp_path: Path, session: ClientSession, record_testsuite_property: Record) -> None:
    port, data = free_port(), tmp_path / "data"
    (data / "photos").mkdir(parents=True)
    arguments = ("serve", "s3", "--addr", f"{HOST}:{port}", "--auth-key", "keeper,heron-42", data)
    settings: dict[str, Value] = {"url": f"http://{HOST}:{port}", "access_key": "keeper"}
    async with running(tmp_path, "bin/rclone", *arguments, fetched=TOOLS / "real" / "rclone"):
        service = Connected("s3", session, {**settings, "secret_key": "heron-42"})

        async def look() -> Any:
            try:
                return await service.client.get("buckets")
            except ServiceUnreachable:
                return None

        assert [one["name"] for one in await becomes(look, DEADLINE, "rclone answers")] == ["photos"]
        record_testsuite_property("rclone", "serve s3 on loopback, with signatures")
        wrong = Connected("s3", session, {**settings, "secret_key": "heron-43"})
        with pytest.raises(ServiceUnauthorized):
            await wrong.client.get("buckets")


@pytest.mark.parametrize("version", ["2c", "3"])
async def test_net_snmp(
    version: str, tmp_path: Path, session: ClientSession, record_testsuite_property: Record
) -> None:
    port, config = free_port(), tmp_path / "snmpd.conf"
    config.write_text(
        f"agentaddress udp:{HOST}:{port}\nrwcommunity heron {HOST}\nsysServices 72\n"
        "createUser keeper SHA blue-heron-42 AES grey-heron-43\nrwuser keeper priv\n"
    )
    env = {"MIBS": "", "SNMP_PERSISTENT_DIR": str(tmp_path)}
    users: dict[str, Value] = {"username": "keeper", "password": "blue-heron-42"}
    wrong: dict[str, Value] = {**users, "privacy_password": "grey-heron-43", "password": "blue-heron-43"}
    users["privacy_password"] = "grey-heron-43"
    address: dict[str, Value] = {"host": HOST, "port": port, "timeout": 5}
    async with running(tmp_path, "usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", config, env=env):
        service = Connected("nas_snmp", session, {**address, **(users if version == "3" else COMMUNITY)})
        state = await service.started()
        record_testsuite_property("Net-SNMP", f"version {version} over UDP on loopback")
        assert "Linux" in state.system.sys_descr
        assert state.memory().size > 2**20
        contact = "1.3.6.1.2.1.1.4.0"
        await service.client.set("sysContact", {contact: block(OCTETS, b"keeper@example.org")})
        service.client._tables = {"contact": Table({"sysContact": "1.3.6.1.2.1.1.4"}, is_scalar=True)}
        found = await SnmpClient.get(service.client, "contact")
        assert found == {"index": "0", "sysContact": "keeper@example.org"}
        await service.client.close()
        if version == "3":
            other = Connected("nas_snmp", session, {**address, **wrong})
            with pytest.raises(ServiceUnauthorized):
                await other.poll()
            await other.client.close()


async def test_postgresql(postgresql: PostgresqlServer, session: ClientSession) -> None:
    settings: dict[str, Value] = {"host": HOST, "port": postgresql.port, "username": "postgres"}
    service = Connected("postgresql", session, settings)
    try:
        state = await service.poll()
        assert state.server.is_replica is False
        assert "postgres" in {one.name for one in state.databases}
        assert not run_checks(service.service, state).problems
        async with await psycopg.AsyncConnection.connect(postgresql.url, autocommit=True) as busy:
            running_query = asyncio.create_task(busy.execute("SELECT pg_sleep(600), 'secret'"))

            async def look() -> Any:
                return next((one for one in (await service.poll()).queries if "pg_sleep" in one.text), None)

            found = await becomes(look, DEADLINE, "the query is listed")
            assert found.shown == "SELECT pg_sleep(?), ?"
            await carried_out(service, "cancel_query", call(service, "query", found.id))
            with pytest.raises(psycopg.errors.QueryCanceled):
                await running_query
        for tool in service.service.tools:
            assert (await tool.read(service.client, call(service))).text
    finally:
        await service.client.close()
