"""A database whose folder cannot be copied is dumped before an update, and goes back with its data."""

import copy
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.changes import WayBack
from services.docker.engine import Engine
from services.docker.test_update import Connect, Killed, call, connect, noting, updated
from steward.errors import PreconditionFailed, ServiceError, TemporaryFailure
from steward.sdk.answers import Unknown
from steward.sdk.coverage import Gaps
from steward.sdk.description import IMAGE_ONLY, Effect
from steward.sdk.item_versions import versions
from steward.services._docker.databases import database_of
from steward.services._docker.mounts import Dumping, Mount, Volume, data_of
from steward.services.docker import SERVICE
from steward.texts import translate

__all__ = ["connect"]  # the fixture

UPDATE = next(one for one in SERVICE.actions if one.key == "update")
KEPT = f"homelab-steward-{'01' * 6}"
PASSWORD = "correct-horse"
DATA = "/var/lib/postgresql/data"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = Engine()
    engine.images.clear()
    engine.images.update({"sha256:old": ["postgres:16.3"], "sha256:new": ["postgres:16.4"]})
    one = engine.add("radarr", Image="postgres:16.3")
    one["Config"]["Env"] = [f"POSTGRES_PASSWORD={PASSWORD}", "VERSION=sha256:old"]
    one["HostConfig"] |= {"Binds": [f"/srv/db:{DATA}"], "NetworkMode": "none"}
    one["Mounts"] = [{"Type": "bind", "Source": "/srv/db", "Destination": DATA, "RW": True}]
    engine.commands.databases["radarr"] = b"one"
    engine.started = migrates(engine)
    runner = await engine.serve(tmp_path / "d.sock")
    yield engine
    engine.events.put_nowait(None)
    await runner.cleanup()


def migrates(engine: Engine) -> Any:
    """Return what lets the new version change the data."""

    def start(one: Mapping[str, Any]) -> None:
        if one["Image"] == "sha256:new":
            engine.commands.databases["radarr"] = b"migrated"

    return start


def target() -> Any:
    return call("16.4")


def is_as_before(engine: Engine, content: bytes = b"one") -> None:
    assert set(engine.containers) == {"radarr"}, "containers are left over"
    assert not engine.storage.volumes, "volumes are left over"
    assert engine.commands.databases == {"radarr": content}
    one = engine.containers["radarr"]
    assert (one["Image"], one["State"]["Running"]) == ("sha256:old", True)


def is_updated(engine: Engine) -> None:
    assert set(engine.containers) == {"radarr", KEPT, f"{KEPT}-dump"}
    assert engine.storage.content == {f"{KEPT}-dump": b"one"}
    assert engine.containers["radarr"]["Image"] == "sha256:new"
    assert not engine.storage.dumps, "a dump is left in a container"


async def test_a_database_goes_back_with_its_dump(engine: Engine, connect: Connect) -> None:
    engine.commands.looks = 3
    async with connect() as client:
        run = await UPDATE.dry_run(client, target())
        assert run.note == "Can be taken back with its data: dump of PostgreSQL."
        baseline = await updated(client, target())
        is_updated(engine)
        assert UPDATE.undo is not None
        lines = await UPDATE.undo.dry_run(client, target(), baseline)
        assert [(one.field, one.after) for one in lines] == [
            ("Image", "postgres:16.3"),
            ("Data in PostgreSQL", "as in the dump before the update"),
        ]
        await UPDATE.undo.execute(client, target(), baseline)
        is_as_before(engine)
        assert await UPDATE.undo.dry_run(client, target(), baseline) == ()
    assert PASSWORD not in str([one["Cmd"] for one in engine.commands.made]), "it stays in the container"
    assert PASSWORD not in str(baseline)


async def test_a_database_goes_back_without_its_data(engine: Engine, connect: Connect) -> None:
    async with connect() as client:
        baseline = {**await updated(client, target()), IMAGE_ONLY: True}
        assert UPDATE.undo is not None
        lines = await UPDATE.undo.dry_run(client, target(), baseline)
        assert [one.field for one in lines] == ["Image"]
        await UPDATE.undo.execute(client, target(), baseline)
        is_as_before(engine, b"migrated")


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_the_update_of_a_database_is_finished(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, target())).baseline
    number = 0
    while True:
        number += 1
        before = parts_of(engine)
        async with connect(number, after=after) as client:
            try:
                await UPDATE.execute(client, target(), baseline)
            except Killed:
                pass
            else:
                break
        async with connect() as client:
            if await UPDATE.probe(client, target(), baseline) is not Effect.DONE:
                await UPDATE.precheck(client, target(), baseline)
                await UPDATE.execute(client, target(), baseline)
            assert (await UPDATE.verify(client, target(), baseline)).ok is True
        is_updated(engine)
        restore(engine, before)
    assert number > 15


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_a_database_is_taken_back(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client, target())
    number = 0
    while True:
        number += 1
        before = parts_of(engine)
        async with connect(number, after=after) as client:
            try:
                await UPDATE.undo.execute(client, target(), baseline)
            except Killed:
                pass
            else:
                break
        async with connect() as client:
            if await UPDATE.undo.dry_run(client, target(), baseline):
                await UPDATE.undo.execute(client, target(), baseline)
            assert await UPDATE.undo.dry_run(client, target(), baseline) == ()
        is_as_before(engine)
        restore(engine, before)
    assert number > 10


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_change_a_database_that_ends_at_once_goes_back(
    engine: Engine,
    connect: Connect,
    after: bool,  # noqa: FBT001
) -> None:
    def crash(one: dict[str, Any]) -> None:
        if one["Image"] == "sha256:new":
            engine.commands.databases["radarr"] = b"broken"
            one["State"] |= {"Running": False, "Status": "exited", "ExitCode": 3}

    engine.started = crash
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, target())).baseline
    number = 0
    while True:
        number += 1
        before, noted = parts_of(engine), dict[str, Value]()
        async with connect(number, after=after) as client:
            try:
                await UPDATE.execute(client, aimed(noted), baseline)
            except Killed:
                pass
            except PreconditionFailed:
                break
        async with connect() as client:
            known = {**baseline, **noted}
            if await UPDATE.probe(client, target(), known) is not Effect.NOT_DONE:
                await UPDATE.precheck(client, target(), known)
                with pytest.raises(PreconditionFailed, match="runs again as before"):
                    await UPDATE.execute(client, aimed(noted), known)
        is_as_before(engine)
        restore(engine, before)
    assert number > 25


def aimed(noted: dict[str, Value]) -> Any:
    one = noting(noted)
    return type(one)(target=one.target, arguments=target().arguments, note=one.note)


def parts_of(engine: Engine) -> tuple[dict[str, Any], ...]:
    """Return a copy of all that the engine has."""
    return copy.deepcopy(changing(engine))


def changing(engine: Engine) -> tuple[dict[str, Any], ...]:
    storage = engine.storage
    parts = (engine.containers, storage.volumes, storage.content, engine.images)
    return (*parts, storage.dumps, engine.commands.databases)


def restore(engine: Engine, kept: tuple[dict[str, Any], ...]) -> None:
    for part, old in zip(changing(engine), kept, strict=True):
        part.clear()
        part.update(old)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (27, "it has more than 20 GiB"),
        (28, "the disk has not enough space for it"),
        (29, "the database does not answer"),
        (30, "the dump is not complete"),
        (1, "the command ended with exit code 1"),
    ],
)
async def test_without_a_dump_nothing_is_updated(
    engine: Engine, connect: Connect, code: int, reason: str
) -> None:
    engine.commands.exit_code = code
    async with connect() as client:
        with pytest.raises(
            TemporaryFailure, match=f"PostgreSQL cannot be dumped: {reason}.*runs again as before"
        ):
            await updated(client, target())
    is_as_before(engine)
    assert not [one for one in engine.calls if one.endswith(f"{'01' * 32}/stop")], "it was stopped"


async def test_a_command_that_does_not_end_is_not_waited_for_without_end(
    engine: Engine, connect: Connect
) -> None:
    engine.commands.looks = 10**9
    async with connect() as client:
        with pytest.raises(TemporaryFailure, match="it takes more than an hour"):
            await updated(client, target())
    is_as_before(engine)


async def test_a_database_that_was_stopped_before_its_dump_is_not_updated(
    engine: Engine, connect: Connect
) -> None:
    async with connect() as client:
        baseline = (await UPDATE.dry_run(client, target())).baseline
        engine.containers["radarr"]["State"] |= {"Running": False, "Status": "exited"}
        fresh = f"{'01' * 6}_radarr.new"
        engine.add(fresh, "created", Image="postgres:16.4")
        await UPDATE.precheck(client, target(), baseline)
        with pytest.raises(TemporaryFailure, match="was stopped before its database was dumped"):
            await UPDATE.execute(client, target(), baseline)
    is_as_before(engine)


async def test_a_restore_that_fails_keeps_the_dump_and_can_be_repeated(
    engine: Engine, connect: Connect
) -> None:
    assert UPDATE.undo is not None
    async with connect() as client:
        baseline = await updated(client, target())
        engine.commands.exit_code = 3
        with pytest.raises(ServiceError, match="The dump of PostgreSQL cannot be restored"):
            await UPDATE.undo.execute(client, target(), baseline)
        assert engine.storage.content == {f"{KEPT}-dump": b"one"}
        engine.commands.exit_code = 0
        lines = await UPDATE.undo.dry_run(client, target(), baseline)
        assert [one.field for one in lines] == ["Data in PostgreSQL"]
        await UPDATE.undo.execute(client, target(), baseline)
    is_as_before(engine)


async def test_a_database_in_a_volume_is_copied_and_not_dumped(engine: Engine, connect: Connect) -> None:
    one = engine.containers["radarr"]
    one["HostConfig"]["Binds"] = [f"db:{DATA}"]
    one["Mounts"] = [{"Type": "volume", "Name": "db", "Destination": DATA, "RW": True}]
    engine.storage.add_volume("db", b"files")
    async with connect() as client:
        await updated(client, target())
    assert not engine.commands.made


async def test_a_proxy_that_denies_commands_is_named(engine: Engine, connect: Connect) -> None:
    engine.denied = ("/exec",)
    async with connect() as client:
        await SERVICE.poll(client, Gaps())
        (version,) = versions(SERVICE, await SERVICE.poll(client, Gaps()))
    assert version.image is not None
    assert version.image.way_back is WayBack.IMAGE
    assert translate(version.image.way_back_text) == (
        "Image only: /srv/db is a bind mount, and PostgreSQL cannot be dumped:"
        " the engine does not let the app do that"
    )


@pytest.mark.parametrize(
    ("part", "changes", "reason"),
    [
        ("HostConfig", {"ReadonlyRootfs": True}, "its root file system is read-only"),
        (
            "Config",
            {"Image": "mariadb:11", "Env": []},
            "the password of root is not in its environment",
        ),
        ("Config", {"Labels": {"homelab-steward.dump": "off"}}, None),
    ],
)
async def test_what_cannot_be_dumped_is_said(
    engine: Engine, connect: Connect, part: str, changes: dict[str, Any], reason: str | None
) -> None:
    one = engine.containers["radarr"]
    one[part] |= changes
    one["Mounts"][0]["Destination"] = "/var/lib/mysql" if "Image" in changes else DATA
    async with connect() as client:
        note = (await UPDATE.dry_run(client, target())).note
    expected = "Image only: /srv/db is a bind mount"
    if reason is not None:
        name = "MariaDB" if "Image" in changes else "PostgreSQL"
        expected += f", and {name} cannot be dumped: {reason}"
    assert note == f"{expected}."


def test_the_rest_of_the_data_of_a_database_is_still_named() -> None:
    postgresql = database_of("postgres:16", ())
    assert postgresql is not None
    mounts = [
        Mount(type="bind", source="/srv/db", destination=DATA),
        Mount(type="bind", source="/srv/backup", destination="/backup"),
        Mount(type="volume", name="extra", destination="/extra"),
    ]
    volumes = {"extra": Volume(name="extra")}
    data = data_of(mounts, volumes, {}, {}, "db", Dumping(database=postgresql))
    assert (data.way_back, data.dump, data.volumes) == (WayBack.IMAGE, postgresql, ("extra",))
    assert translate(data.text) == (
        "Image and volume extra and dump of PostgreSQL can be taken back, the rest of its data cannot:"
        " /srv/backup is a bind mount"
    )
    assert data_of(mounts, Unknown("denied"), {}, {}, "db").dump is None


@pytest.mark.parametrize(
    ("image", "variables", "key"),
    [
        ("postgres:16", (), "postgresql"),
        ("docker.io/library/postgres@sha256:" + "a" * 64, (), "postgresql"),
        ("ghcr.io/immich-app/postgres:14-vectorchord", (), "postgresql"),
        ("tensorchord/pgvecto-rs:pg14", ("PG_MAJOR", "PGDATA", "OTHER"), "postgresql"),
        ("mariadb:11.4", (), "mariadb"),
        ("own/db:1", ("MARIADB_VERSION",), "mariadb"),
        ("mysql:8.4", (), "mysql"),
        ("bitnami/postgresql:16", ("PG_MAJOR", "PGDATA"), None),
        ("timescale/timescaledb:2-pg16", ("PG_MAJOR", "PGDATA"), None),
        ("prometheuscommunity/postgres-exporter:1", (), None),
        ("phpmyadmin:5", ("MYSQL_ROOT_PASSWORD",), None),
        ("sha256:" + "a" * 64, (), None),
    ],
)
def test_databases_are_recognised(image: str, variables: tuple[str, ...], key: str | None) -> None:
    found = database_of(image, variables)
    assert (found.key if found else None) == key
