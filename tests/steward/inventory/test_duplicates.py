"""The same service is not added twice: by address, or by what it reports about itself."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.commands import SaveInstance
from homelab_steward.contract.errors import ContractError, ErrorCode
from steward.inventory.duplicates import normalized, occupied
from steward.sdk.readings import NotKnown
from steward.services.finder import find_services

from .fakes import InventoryRig, State, World, configured

FIELDS = (
    Field(key="url", kind=SettingKind.URL, name="Address"),
    Field(key="path_prefix", kind=SettingKind.TEXT, name="Prefix"),
    Field(key="tenant", kind=SettingKind.TEXT, name="Tenant"),
    Field(key="socket", kind=SettingKind.TEXT, name="Socket"),
    Field(key="token", kind=SettingKind.SECRET, name="Token"),
    Field(key="user", kind=SettingKind.TEXT, name="User"),
    Field(key="host", kind=SettingKind.TEXT, name="Host"),
    Field(key="port", kind=SettingKind.NUMBER, name="Port", default=161),
)


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("http://nas:7878", "http://NAS:7878/"),
        ("http://nas:7878", "https://nas.:7878"),
        ("http://nas", "http://nas:80"),
        ("https://nas/", "https://nas:443//"),
        ("http://nas/radarr", "http://nas/radarr/"),
        ("http://nas/a/../radarr", "http://nas//radarr"),
        ("http://[fd00:0::0:1]:9", "http://[fd00::1]:9"),
        ("http://127.0.0.1:9", "http://localhost:9"),
        ("http://[::1]:9", "http://localhost:9"),
        ("unix:///var/run/docker.sock", "unix:///var/run//docker.sock"),
    ],
)
def test_spellings_of_one_address(address: str, same: str) -> None:
    assert normalized(address) == normalized(same)


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("http://nas:7878", "http://nas:7879"),
        ("http://nas:7878", "http://mini:7878"),
        ("http://nas/radarr", "http://nas/radarr4k"),
        ("http://nas/Radarr", "http://nas/radarr"),
        ("http://nas", "https://nas"),
        ("unix:///var/run/docker.sock", "unix:///run/user/1000/docker.sock"),
    ],
)
def test_different_addresses(address: str, other: str) -> None:
    assert normalized(address) != normalized(other)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"url": "http://a:1"}, {"url": "http://a:1/"}, True),
        ({"url": "http://a:1", "user": "x"}, {"url": "http://a:1", "user": "y", "token": "t"}, True),
        ({"url": "http://a:1/x"}, {"url": "http://a:1", "path_prefix": "/x/"}, True),
        ({"url": "http://a:1", "tenant": "one"}, {"url": "http://a:1", "tenant": "two"}, False),
        ({"url": "http://a:1", "tenant": "one"}, {"url": "http://a:1"}, False),
        ({"socket": "unix:///a"}, {"socket": "unix:///a"}, True),
        ({"url": "http://a:1"}, {"url": "http://b:1"}, False),
        ({"host": "a"}, {"host": "A.", "port": 161}, True),
        ({"host": "a"}, {"host": "b"}, False),
        ({"host": "a", "port": 1}, {"host": "a", "port": 2.0}, False),
        ({"host": "fd00::1", "port": 2}, {"host": "fd00:0::1", "port": 2.0}, True),
        ({}, {}, True),
    ],
)
def test_the_same_place(one: Mapping[str, Value], other: Mapping[str, Value], *, is_same: bool) -> None:
    first, second = occupied("thing", FIELDS, one, ""), occupied("thing", FIELDS, other, "")
    assert first.is_same(second) is second.is_same(first) is is_same
    assert not first.is_same(occupied("another", FIELDS, other, ""))


@pytest.mark.parametrize(
    ("identities", "tokens", "is_same"),
    [
        (("i", "i"), ("t", "t"), True),
        (("i", "i"), ("t", "u"), False),
        (("i", "j"), ("t", "t"), False),
        (("", ""), ("t", "t"), False),
    ],
)
def test_the_same_identity_at_two_addresses(
    identities: tuple[str, str], tokens: tuple[str, str], *, is_same: bool
) -> None:
    one, other = (
        occupied("thing", FIELDS, {"url": f"http://{index}:1", "token": token}, identity)
        for index, (identity, token) in enumerate(zip(identities, tokens, strict=True))
    )
    assert one.is_same(other) is is_same
    assert "token" not in repr(one)


def identity(state: State) -> str:
    if not state.version:
        raise NotKnown("no version")
    return state.version


def save(url: str, **more: Any) -> SaveInstance:
    return SaveInstance(service="thing", name="New one", settings={"url": url, "token": "secret"}, **more)


def make_rig(tmp_path: Path) -> InventoryRig:
    world = World()
    service = dataclasses.replace(world.service(), identity=identity)
    return InventoryRig(tmp_path, world, {"thing": service}, (configured("first"),))


async def test_an_address_that_is_set_up_already_is_refused_before_it_is_polled(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    async with rig as inventory:
        with pytest.raises(ContractError) as caught:
            await inventory.save(save("HTTP://FIRST:1/"))
        name = inventory.instances()[0].name
        assert caught.value.code is ErrorCode.ALREADY_CONFIGURED
        assert caught.value.placeholders == {"name": name}
        assert caught.value.message == f"{name} is the same service"
        assert len(inventory.instances()) == 1
        assert "http://FIRST:1" not in rig.world.polls


async def test_a_program_at_another_address_is_recognised(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    async with rig as inventory:
        rig.world.states |= {f"http://{one}:1": State(version="v7") for one in ("nas", "nas.lan", "mini")}
        rig.world.states["http://unknown:1"] = State(version="")
        made = await inventory.save(save("http://nas:1"))
        with pytest.raises(ContractError) as caught:
            await inventory.save(save("http://nas.lan:1"))
        assert caught.value.code is ErrorCode.ALREADY_CONFIGURED
        await inventory.save(dataclasses.replace(save("http://nas:1"), id=made.id, name="Renamed"))
        await inventory.save(dataclasses.replace(save("http://nas.lan:1"), id=made.id))
        await inventory.save(save("http://unknown:1"))
        rig.world.states["http://mini:1"] = State(version="v8")
        await inventory.save(save("http://mini:1"))
        assert len(inventory.instances()) == 4


def test_services_that_report_an_identity() -> None:
    found = {key for key, service in find_services().items() if service.identity is not None}
    assert {"alertmanager", "docker", "prometheus", "proxmox", "radarr"} <= found
