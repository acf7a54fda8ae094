"""Every message of the contract is the same after crossing the wire.

Runs in both environments: as part of the integration, and as part of the app.
"""

import dataclasses
import importlib
import inspect
import random
import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Annotated, Any, TypeAliasType

import orjson
import pytest

try:
    from custom_components.homelab_steward import contract
except ImportError:
    from homelab_steward import contract  # type: ignore[no-redef,import-not-found,unused-ignore]

MODULES = [
    importlib.import_module(f"{contract.__name__}.{name}")
    for name in (
        *("base", "catalogue", "chat", "errors", "incidents", "protocol", "state", "home"),
        *("fences", "maintenance", "mode", "preferences", "reports", "records", "usage", "autonomy"),
        *("proposals", "command_messages"),
    )
]
BASE, CATALOGUE, PROTOCOL, COMMANDS = MODULES[0], MODULES[1], MODULES[5], MODULES[-1]
MALFORMED = MODULES[3].MalformedMessage

MESSAGES = sorted(
    {
        found
        for module in MODULES
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, BASE.Message) and found is not BASE.Message
    },
    key=lambda one: one.__name__,
)
TEXTS = ["", "plain", "ünïcödé ☂ 日本", 'quo"te\\', "<b>{{ x }}</b>", "line\nbreak", "\u2028 \x7f"]
SEEDS = range(25)


class Maker:
    """Makes random messages that their annotations allow."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same messages every time

    def message(self, kind: type[Any]) -> Any:
        hints = typing.get_type_hints(kind, include_extras=True)
        return kind(**{field.name: self.value(hints[field.name]) for field in dataclasses.fields(kind)})

    def value(self, hint: Any) -> Any:
        if isinstance(hint, TypeAliasType):
            hint = hint.__value__
        if hint == BASE.Value:
            hint = str | int | float | bool | None
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is Annotated:
            return self.value(arguments[0])
        if origin is tuple:
            return tuple(self.value(arguments[0]) for _ in range(self._random.randrange(3)))
        if origin is dict:
            keys = self._random.sample(TEXTS, self._random.randrange(3))
            return {key: self.value(arguments[1]) for key in keys}
        if origin in (typing.Union, types.UnionType):
            return self.value(self._random.choice(arguments))
        return self.plain(hint)

    def plain(self, hint: Any) -> Any:
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self._random.choice(list(hint))
        if isinstance(hint, type) and issubclass(hint, BASE.Message):
            return self.message(hint)
        makers = {
            bool: lambda: self._random.choice([True, False]),
            int: lambda: self._random.choice([0, -1, 2**31, 2**53, self._random.randrange(1000)]),
            float: lambda: self._random.choice([0.0, -1.5, 1e300, 0.1, 3.0]),
            str: lambda: self._random.choice(TEXTS),
            datetime: lambda: (
                datetime(2026, 11, 21, tzinfo=UTC) + timedelta(microseconds=self._random.randrange(10**12))
            ),
            type(None): lambda: None,
            Any: lambda: self._random.choice([1, "text", [1, {"a": None}], None]),
        }
        return makers[hint]()


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_every_message_survives_the_wire(kind: type[Any]) -> None:
    for seed in SEEDS:
        message = Maker(seed).message(kind)
        assert kind.from_json(message.to_json()) == message
        assert kind.from_plain(message.to_dict()) == message
        assert kind.from_json(message.to_json().decode()) == message


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_messages_are_immutable(kind: type[Any]) -> None:
    message = Maker(1).message(kind)
    assert kind.__dataclass_params__.frozen
    for field in dataclasses.fields(kind):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(message, field.name, None)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_unknown_fields_are_dropped(kind: type[Any]) -> None:
    message = Maker(2).message(kind)
    more = message.to_dict() | {"from_the_future": [1, 2, 3]}
    assert kind.from_plain(more) == message


def needed(kind: type[Any]) -> Iterator[str]:
    for field in dataclasses.fields(kind):
        has_default = field.default is not dataclasses.MISSING
        if not has_default and field.default_factory is dataclasses.MISSING:
            yield field.name


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_missing_or_invalid_field_is_named(kind: type[Any]) -> None:
    plain = Maker(3).message(kind).to_dict()
    for name in needed(kind):
        less = {key: value for key, value in plain.items() if key != name}
        with pytest.raises(MALFORMED) as caught:
            kind.from_plain(less)
        assert name in caught.value.message
        with pytest.raises(MALFORMED) as caught:
            kind.from_plain(plain | {name: object()})
        assert name in caught.value.message


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"null", b'"text"', b"1", b"\xff\xfe"])
def test_invalid_json_is_refused(kind: type[Any], garbage: bytes) -> None:
    with pytest.raises(MALFORMED):
        kind.from_json(garbage)


def test_an_error_names_the_field_but_never_its_content() -> None:
    with pytest.raises(MALFORMED) as caught:
        PROTOCOL.Hello.from_plain({"app_id": {"password": "hunter2"}, "app_version": "1", "stream": "s"})
    assert "app_id" in caught.value.message
    assert "hunter2" not in str(caught.value)


def test_every_command_has_a_request_and_an_answer() -> None:
    assert set(COMMANDS.MESSAGES) == set(PROTOCOL.Command)
    for messages in COMMANDS.MESSAGES.values():
        assert messages.request in MESSAGES
        assert messages.answer in MESSAGES


def test_every_kind_of_row_has_a_field_of_its_name() -> None:
    fields = {field.name for field in dataclasses.fields(PROTOCOL.Event)}
    assert {kind.value for kind in PROTOCOL.RowKind} <= fields


def test_a_frame_carries_any_message_unchanged() -> None:
    for kind in MESSAGES:
        body = Maker(4).message(kind)
        frame = PROTOCOL.Frame(kind=PROTOCOL.FrameKind.EVENT, id=7, body=body.to_dict())
        back = PROTOCOL.Frame.from_json(frame.to_json())
        assert kind.from_plain(back.body) == body


def test_times_are_converted_to_utc() -> None:
    there = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert BASE.read_timestamp(there.isoformat()) == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert BASE.read_timestamp("2026-11-21T08:30:00Z").tzinfo is UTC


@pytest.mark.parametrize("text", ["yesterday", "2026-11-21T08:30:00", "", 5, None])
def test_times_without_a_zone_are_refused(text: object) -> None:
    plain = Maker(5).message(MODULES[6].Snapshot).to_dict() | {"taken_at": text}
    with pytest.raises(MALFORMED, match="taken_at"):
        MODULES[6].Snapshot.from_plain(plain)


def test_values_keep_their_type() -> None:
    values = {"whole": 1, "part": 1.0, "yes": True, "no": False, "text": "1", "nothing": None}
    snapshot = MODULES[6].Snapshot(instance_id="i", taken_at=datetime.now(UTC), values=values)
    back = MODULES[6].Snapshot.from_json(snapshot.to_json()).values
    assert {key: type(value) for key, value in back.items()} == {
        key: type(value) for key, value in values.items()
    }
    assert orjson.loads(snapshot.to_json())["values"] == values


@pytest.mark.parametrize("value", [[1], {"a": 1}, object()])
def test_a_value_is_a_text_a_number_a_boolean_or_nothing(value: object) -> None:
    plain = Maker(7).message(MODULES[6].Snapshot).to_dict() | {"values": {"key": value}}
    with pytest.raises(MALFORMED, match="values"):
        MODULES[6].Snapshot.from_plain(plain)


def test_names_and_translation_keys_of_offers() -> None:
    def offer(name: str, scope: str | None = None) -> Any:
        return CATALOGUE.SensorOffer(key="k", name=name, scope=scope)

    assert CATALOGUE.name_of(offer("Memory usage"), None) == "Memory usage"
    assert CATALOGUE.name_of(offer("Memory usage"), "radarr") == "radarr memory usage"
    assert CATALOGUE.name_of(offer("CPU usage"), "radarr") == "radarr CPU usage"
    assert CATALOGUE.name_of(offer("PoE power"), "radarr") == "radarr PoE power"
    assert CATALOGUE.name_of(offer("X"), "radarr") == "radarr x"
    assert CATALOGUE.translation_key("proxmox", offer("X", "container")) == "proxmox_container_k"
    assert CATALOGUE.translation_key("proxmox", offer("X")) == "proxmox_k"


def test_services_and_options_are_found() -> None:
    maker = Maker(6)
    service = dataclasses.replace(maker.message(CATALOGUE.ServiceOffer), key="here")
    catalogue = CATALOGUE.Catalogue(digest="d", services=(service,))
    assert catalogue.service("here") is service
    assert catalogue.service("elsewhere") is None
    proposals = MODULES[-2]
    option = dataclasses.replace(maker.message(proposals.Option), number=2)
    proposal = dataclasses.replace(maker.message(proposals.Proposal), options=(option,))
    assert proposal.option(2) is option
    assert proposal.option(1) is None
