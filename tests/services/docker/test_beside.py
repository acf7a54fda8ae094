"""A database in another container is dumped before an update of its app, and goes back with its data."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.changes import WayBack
from services.docker.engine import Engine
from services.docker.test_dumps import aimed, parts_of, restore
from services.docker.test_update import Connect, Killed, call, connect, updated
from steward.errors import PreconditionFailed, TemporaryFailure
from steward.sdk.coverage import Gaps
from steward.sdk.description import ALSO_CHANGES, IMAGE_ONLY, Effect
from steward.sdk.item_versions import versions
from steward.services._docker.databases import WANTED
from steward.services.docker import SERVICE
from steward.texts import translate

__all__ = ["connect"]  # the fixture

UPDATE = next(one for one in SERVICE.actions if one.key == "update")
KEPT = f"homelab-steward-{'01' * 6}"
PASSWORD = "correct-horse"


def network(one: dict[str, Any], *names: str, **networks: str) -> None:
    """Connect a container to networks with the aliases ``names``; ``networks`` are addresses."""
    one["HostConfig"]["NetworkMode"] = next(iter(networks))
    one["NetworkSettings"] = {
        "Networks": {
            name: {"Aliases": [*names], "IPAddress": address, "Gateway": "172.20.0.1"}
            for name, address in networks.items()
        }
    }


def add(engine: Engine, name: str, image: str, *env: str, **config: Any) -> dict[str, Any]:
    """Add a container on the network of the app."""
    one = engine.add(name, Image=image, Env=[*env, "VERSION=sha256:old"], **config)
    one["HostConfig"]["Binds"] = []
    network(one, f"{name}-alias", media=f"172.20.0.{len(engine.containers)}")
    return one


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = Engine()
    app = add(engine, "radarr", "radarr:5", f"DATABASE_URL=postgresql://app:{PASSWORD}@db:5432/films")
    app["HostConfig"] |= {"Binds": ["config:/config"]}
    app["Mounts"] = [{"Type": "volume", "Name": "config", "Destination": "/config", "RW": True}]
    engine.storage.add_volume("config", b"one")
    add(engine, "db", "postgres:16", "POSTGRES_PASSWORD=secret")
    engine.commands.databases["db"] = b"rows"

    def start(one: Mapping[str, Any]) -> None:
        """Let the new version change its data, also in the database."""
        if one["Image"] == "sha256:new":
            engine.storage.content["config"] = b"migrated"
            engine.commands.databases["db"] = b"migrated"

    engine.started = start
    runner = await engine.serve(tmp_path / "d.sock")
    yield engine
    engine.events.put_nowait(None)
    await runner.cleanup()


def is_as_before(engine: Engine, rows: bytes = b"rows", config: bytes = b"one") -> None:
    assert set(engine.containers) == {"radarr", "db"}, "containers are left over"
    assert engine.storage.content == {"config": config}, "volumes are left over, or their content is new"
    assert engine.commands.databases == {"db": rows}
    assert not engine.storage.dumps, "a dump is left in a container"
    one = engine.containers["radarr"]
    assert (one["Image"], one["State"]["Running"]) == ("sha256:old", True)


def is_updated(engine: Engine) -> None:
    assert set(engine.containers) == {"radarr", "db", KEPT, f"{KEPT}-beside"}
    assert engine.storage.content == {"config": b"migrated", f"{KEPT}-0": b"one", f"{KEPT}-beside": b"rows"}
    assert engine.containers["radarr"]["Image"] == "sha256:new"
    assert not engine.storage.dumps, "a dump is left in a container"


async def said(connect: Connect, name: str = "radarr") -> tuple[WayBack, str]:
    """Return what the card of a container says, from a poll."""
    async with connect() as client:
        found = versions(SERVICE, await SERVICE.poll(client, Gaps()))
    image = next(one.image for one in found if one.id == name)
    assert image is not None
    return image.way_back, translate(image.way_back_text)


async def test_an_app_goes_back_with_its_database_beside(engine: Engine, connect: Connect) -> None:
    expected = "Can be taken back with its data: volume config and dump of films in db"
    assert await said(connect) == (WayBack.DATA, expected)
    async with connect() as client:
        assert (await UPDATE.dry_run(client, call())).note == f"{expected}."
        baseline = await updated(client)
        is_updated(engine)
        (command, _) = engine.commands.made
        assert command["container"]["Name"] == "/db"
        assert command["Env"] == [f"{WANTED}=films"]
        assert UPDATE.undo is not None
        lines = await UPDATE.undo.dry_run(client, call(), baseline)
        assert [one.field for one in lines] == ["Image", "Data in config", "Data in films in db"]
        await UPDATE.undo.execute(client, call(), baseline)
        is_as_before(engine)
        assert await UPDATE.undo.dry_run(client, call(), baseline) == ()
    assert baseline[ALSO_CHANGES] == "db", "its fence holds"
    assert PASSWORD not in str(baseline)
    assert PASSWORD not in str([(one["Cmd"], one.get("Env")) for one in engine.commands.made])


async def test_a_database_beside_is_dumped_after_the_stop(engine: Engine, connect: Connect) -> None:
    async with connect() as client:
        await updated(client)
    stop = next(i for i, one in enumerate(engine.calls) if one.endswith(f"{'01' * 32}/stop"))
    dump = next(i for i, one in enumerate(engine.calls) if one.endswith("/containers/db/exec"))
    assert stop < dump, "what was written until the stop would not be in the dump"


async def test_an_app_goes_back_without_its_data_beside(engine: Engine, connect: Connect) -> None:
    async with connect() as client:
        baseline = {**await updated(client), IMAGE_ONLY: True}
        assert UPDATE.undo is not None
        assert [one.field for one in await UPDATE.undo.dry_run(client, call(), baseline)] == ["Image"]
        await UPDATE.undo.execute(client, call(), baseline)
    is_as_before(engine, b"migrated", b"migrated")


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_the_update_is_finished(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, call())).baseline
    number = 0
    while True:
        number += 1
        before = parts_of(engine)
        async with connect(number, after=after) as client:
            try:
                await UPDATE.execute(client, call(), baseline)
            except Killed:
                pass
            else:
                break
        async with connect() as client:
            if await UPDATE.probe(client, call(), baseline) is not Effect.DONE:
                await UPDATE.precheck(client, call(), baseline)
                await UPDATE.execute(client, call(), baseline)
        is_updated(engine)
        restore(engine, before)
    assert number > 25


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_it_goes_back(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client)
    number = 0
    while True:
        number += 1
        before = parts_of(engine)
        async with connect(number, after=after) as client:
            try:
                await UPDATE.undo.execute(client, call(), baseline)
            except Killed:
                pass
            else:
                break
        async with connect() as client:
            if await UPDATE.undo.dry_run(client, call(), baseline):
                await UPDATE.undo.execute(client, call(), baseline)
        is_as_before(engine)
        restore(engine, before)
    assert number > 15


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_an_app_that_ends_at_once_goes_back(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    def crash(one: dict[str, Any]) -> None:
        if one["Image"] == "sha256:new":
            engine.commands.databases["db"] = b"broken"
            one["State"] |= {"Running": False, "Status": "exited", "ExitCode": 3}

    engine.started = crash
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, call())).baseline
    number = 0
    while True:
        number += 1
        before, noted = parts_of(engine), dict[str, Value]()
        async with connect(number, after=after) as client:
            try:
                await UPDATE.execute(client, aimed_at_6(noted), baseline)
            except Killed:
                pass
            except PreconditionFailed:
                break
        async with connect() as client:
            known = {**baseline, **noted}
            if await UPDATE.probe(client, call(), known) is not Effect.NOT_DONE:
                await UPDATE.precheck(client, call(), known)
                with pytest.raises(PreconditionFailed, match="runs again as before"):
                    await UPDATE.execute(client, aimed_at_6(noted), known)
        is_as_before(engine)
        restore(engine, before)
    assert number > 35


def aimed_at_6(noted: dict[str, Value]) -> Any:
    one = aimed(noted)
    return type(one)(target=one.target, arguments=call().arguments, note=one.note)


async def test_without_a_dump_beside_nothing_is_updated(engine: Engine, connect: Connect) -> None:
    engine.commands.exit_code = 32
    async with connect() as client:
        with pytest.raises(
            TemporaryFailure,
            match=r"PostgreSQL in db cannot be dumped: the database does not exist.*runs again as before",
        ):
            await updated(client)
    is_as_before(engine)


async def test_it_does_not_go_back_while_the_server_does_not_run(engine: Engine, connect: Connect) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client)
        engine.containers["db"]["State"] |= {"Running": False, "Status": "exited"}
        for step in (UPDATE.undo.dry_run, UPDATE.undo.execute):
            with pytest.raises(PreconditionFailed, match="db does not run"):
                await step(client, call(), baseline)
        is_updated(engine)
        engine.containers["db"]["State"] |= {"Running": True, "Status": "running"}
        await UPDATE.undo.execute(client, call(), baseline)
    is_as_before(engine)


async def test_it_does_not_go_back_under_a_newer_part_of_the_app(engine: Engine, connect: Connect) -> None:
    assert UPDATE.undo is not None
    worker = add(engine, "worker", "radarr:5", "DB_HOST=db", "DB_NAME=films")
    async with connect() as client:
        baseline = await updated(client)
        worker["Image"] = "sha256:new"
        with pytest.raises(PreconditionFailed, match="worker was updated since"):
            await UPDATE.undo.execute(client, call(), baseline)
        assert engine.containers["radarr"]["State"]["Running"]
        worker["Image"] = "sha256:old"
        await UPDATE.undo.execute(client, call(), baseline)
    assert engine.commands.databases == {"db": b"rows"}


COMPOSE = "com.docker.compose"


@pytest.mark.parametrize(
    ("env", "labels", "text"),
    [
        (["PAPERLESS_DBHOST=db"], {}, "dump of PostgreSQL in db"),
        (["APP_DBHOST=DB", "APP_DBNAME=docs"], {}, "dump of docs in db"),
        (["APP__POSTGRESQL__HOST=db-alias", "APP__POSTGRESQL__NAME=auth"], {}, "dump of auth in db"),
        (["X__POSTGRES__HOST=db", "X__POSTGRES__MAINDB=m", "X__POSTGRES__LOGDB=l"], {}, "dump of m, l in db"),
        (["DB_ADDRESS=172.20.0.2:5432"], {}, "dump of PostgreSQL in db"),
        (["CONN=Host=db;Database=vault;Password=x"], {}, "dump of vault in db"),
        (["URL=jdbc:postgresql://db/keys?user=x"], {}, "dump of keys in db"),
        (["URL=postgresql+asyncpg://u:p%40@db/it%20is"], {}, "dump of PostgreSQL in db"),
        (
            ["DB_DATABASE_NAME=photos"],
            {f"{COMPOSE}.depends_on": "data:service_healthy:false"},
            "dump of photos in db",
        ),
        ([], {"homelab-steward.database": "db/own"}, "dump of own in db"),
    ],
)
async def test_the_database_of_an_app_is_found(
    engine: Engine, connect: Connect, env: list[str], labels: dict[str, str], text: str
) -> None:
    one, server = engine.containers["radarr"], engine.containers["db"]
    one["Config"] |= {"Env": env, "Labels": {f"{COMPOSE}.project": "p", **labels}}
    server["Config"]["Labels"] = {f"{COMPOSE}.project": "p", f"{COMPOSE}.service": "data"}
    server["Config"]["Env"] += ["POSTGRES_DB=photos"]
    expected = f"Can be taken back with its data: volume config and {text}"
    assert await said(connect) == (WayBack.DATA, expected)


@pytest.mark.parametrize(
    ("env", "labels", "why"),
    [
        (["DB_HOST=10.0.0.9"], {}, "its database on 10.0.0.9 is not copied"),
        (["U=mysql://u:p@nas:3306/x"], {}, "its database on nas is not copied"),
        (
            ["MONGO_URL=mongodb://mongo/x"],
            {},
            "its data in MongoDB in mongo is not copied: the app cannot dump it",
        ),
        (
            ["U=postgresql://db/a", "V=mongodb://mongo/b"],
            {},
            "its data in MongoDB in mongo is not copied: the update dumps only that in db",
        ),
        ([], {}, "whether it has data in PostgreSQL in db is not known"),
        ([], {"homelab-steward.database": "old/x"}, "its database on old is not copied"),
    ],
)
async def test_a_database_that_is_not_copied_is_said(
    engine: Engine, connect: Connect, env: list[str], labels: dict[str, str], why: str
) -> None:
    add(engine, "mongo", "mongo:7")
    add(engine, "other", "other:1", "MONGO_URL=mongodb://mongo/other")
    engine.containers["radarr"]["Config"] |= {"Env": env, "Labels": labels}
    way_back, text = await said(connect)
    assert way_back is WayBack.IMAGE
    assert why in text
    async with connect() as client:
        assert why in (await UPDATE.dry_run(client, call())).note


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Labels": {"homelab-steward.dump": "off"}}, "its label homelab-steward.dump turns it off"),
        ({"Image": "timescale/timescaledb:2-pg16"}, "the app cannot dump it"),
        ({"Image": "mariadb:11"}, "the password of root is not in its environment"),
    ],
)
async def test_a_server_that_cannot_be_dumped_is_said(
    engine: Engine, connect: Connect, changes: dict[str, Any], reason: str
) -> None:
    engine.containers["db"]["Config"] |= changes
    way_back, text = await said(connect)
    assert way_back is WayBack.IMAGE
    assert text.endswith(f" in db is not copied: {reason}")


async def test_only_its_own_database_in_a_shared_server_is_dumped(engine: Engine, connect: Connect) -> None:
    add(engine, "other", "other:1", "DB_HOST=db", "DB_NAME=other")
    assert (await said(connect))[1].endswith("volume config and dump of films in db")
    engine.containers["radarr"]["Config"]["Env"] = ["DB_HOST=db"]
    assert (await said(connect))[1].endswith(
        "is not copied: its name is not known, and db is also used by other"
    )
    engine.containers["radarr"]["Config"]["Env"] = ["DB_HOST=db", "DB_NAME=other"]
    assert (await said(connect))[1].endswith("is not copied: it is also used by other")
    engine.containers["other"]["Config"]["Image"] = "prometheuscommunity/postgres-exporter:1"
    assert (await said(connect))[0] is WayBack.DATA, "an exporter has no data there"


async def test_redis_as_the_only_store_is_said(engine: Engine, connect: Connect) -> None:
    app = engine.containers["radarr"]
    app["Config"]["Env"] = ["REDIS_HOST=cache"]
    add(engine, "cache", "redis:7")
    add(engine, "other", "other:1", "DB_HOST=db")
    assert await said(connect) == (WayBack.DATA, "Can be taken back with its data: volume config")
    app["HostConfig"]["Binds"], app["Mounts"] = [], []
    expected = "Image only: its data in Redis in cache is not copied"
    assert await said(connect) == (WayBack.IMAGE, expected)


@pytest.mark.parametrize("env", [[], ["DB_HOST=localhost"], ["SMTP_HOST=mail", "HOST=0.0.0.0"]])
async def test_an_app_without_a_database_is_as_before(
    engine: Engine, connect: Connect, env: list[str]
) -> None:
    engine.containers["radarr"]["Config"]["Env"] = env
    add(engine, "other", "other:1", "DB_HOST=db")
    assert await said(connect) == (WayBack.DATA, "Can be taken back with its data: volume config")


@pytest.mark.parametrize(("label", "way_back"), [("none", WayBack.DATA), (None, WayBack.IMAGE)])
async def test_a_label_says_that_there_is_no_database(
    engine: Engine, connect: Connect, label: str | None, way_back: WayBack
) -> None:
    engine.containers["radarr"]["Config"] |= {
        "Env": ["DB_HOST=elsewhere"],
        "Labels": {"homelab-steward.database": label} if label else None,
    }
    assert (await said(connect))[0] is way_back


@pytest.mark.parametrize("mode", ["host", "container", "published", "link", "address"])
async def test_a_database_is_found_without_a_shared_name(engine: Engine, connect: Connect, mode: str) -> None:
    app, server = engine.containers["radarr"], engine.containers["db"]
    host = {"host": "localhost", "container": "127.0.0.1", "link": "sql", "address": "172.17.0.3"}.get(mode)
    app["Config"]["Env"] = [f"DB_HOST={host or 'host.docker.internal'}", "DB_NAME=films"]
    network(app, bridge="172.17.0.2")
    network(server, bridge="172.17.0.3")
    server["Config"]["ExposedPorts"] = {"5432/tcp": {}}
    if mode == "host":
        app["HostConfig"]["NetworkMode"] = server["HostConfig"]["NetworkMode"] = "host"
    if mode == "container":
        app["HostConfig"]["NetworkMode"] = f"container:{server['Id']}"
    if mode == "published":
        server["HostConfig"]["PortBindings"] = {"5432/tcp": [{"HostPort": "5432"}]}
    if mode == "link":
        app["HostConfig"]["Links"] = ["/db:/radarr/sql"]
    assert (await said(connect))[1].endswith("volume config and dump of films in db")


@pytest.mark.parametrize("own", ["host", "pod"])
async def test_what_may_reach_a_server_without_a_name_is_not_known(
    engine: Engine, connect: Connect, own: str
) -> None:
    app, server = engine.containers["radarr"], engine.containers["db"]
    app["Config"]["Env"] = [] if own == "host" else ["DB_HOST=localhost:5432"]
    network(app, bridge="172.17.0.2")
    network(server, bridge="172.17.0.3")
    assert (await said(connect))[0] is WayBack.DATA
    app["HostConfig"]["NetworkMode"] = "host" if own == "host" else "container:ab12"
    server["HostConfig"] |= {"PortBindings": {"5432/tcp": [{"HostPort": "5432"}]}}
    if own == "pod":
        server["HostConfig"]["NetworkMode"] = "container:ab12"
        assert (await said(connect))[1].endswith("dump of PostgreSQL in db")
    else:
        assert (await said(connect))[1].endswith("whether it has data in PostgreSQL in db is not known")


async def test_an_app_and_its_server_are_not_updated_at_the_same_time(
    engine: Engine, connect: Connect
) -> None:
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, call())).baseline
        client.updating.add(engine.containers["db"]["Id"])
        with pytest.raises(PreconditionFailed, match="db is being updated already"):
            await UPDATE.execute(client, call(), baseline)
        client.updating.clear()
        await UPDATE.execute(client, call(), baseline)
        assert not client.updating


async def test_sqlite_in_a_bind_mount_is_not_copied(engine: Engine, connect: Connect) -> None:
    app = engine.containers["radarr"]
    app["Config"]["Env"] = ["DATABASE_URL=sqlite:////data/app.db"]
    app["Mounts"] = [{"Type": "bind", "Source": "/srv/app", "Destination": "/data", "RW": True}]
    add(engine, "other", "other:1", "DB_HOST=db")
    assert await said(connect) == (WayBack.IMAGE, "Image only: /srv/app is a bind mount")
