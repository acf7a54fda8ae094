"""What the model of a client may read: results without what must stay at home."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.released_text import Reader, ReleasedTexts, ReleaseTexts

from .tool import Json, JsonObject

PRIVATE: Final = "[private]"
"""Stands for a text that the client must not read."""

NAMING: Final = ("instance", "target")
"""The arguments whose schema lists the names of machines."""

type Release = Callable[[ReleaseTexts], Awaitable[ReleasedTexts]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who sent a request: a person, and where the model of the program runs that the person uses."""

    person_id: str
    reader: Reader = Reader.OUTSIDE

    @property
    def is_home(self) -> bool:
        """Whether everything but secrets may be read."""
        return self.reader is Reader.HOME


async def released(release: Release, result: JsonObject, client: Client, *, is_private: bool) -> JsonObject:
    """Return a result with ``PRIVATE`` in place of each text that the client must not read.

    Raises ContractError, when the app cannot decide what it may read.
    """
    texts = tuple(dict.fromkeys(_texts(result)))
    asked = ReleaseTexts(
        texts=texts, reader=client.reader, agent=f"mcp:{client.person_id}", is_private=is_private
    )
    found = (await release(asked)).texts if texts else ()
    if len(found) != len(texts):
        raise ContractError(ErrorCode.INTERNAL, "The app did not say what may be read")
    shown = dict(zip(texts, found, strict=True))
    return {key: _replaced(one, shown) for key, one in result.items()}


async def released_error(release: Release, error: ContractError, client: Client) -> ContractError:
    """Return an error whose message the client may read."""
    message: JsonObject = {"message": error.message}
    try:
        text = (await released(release, message, client, is_private=False))["message"]
    except ContractError:
        text = PRIVATE
    return ContractError(error.code, f"It failed: {text}" if text == PRIVATE else str(text))


def without_names(schema: JsonObject) -> JsonObject:
    """Return the schema of arguments without the names of instances and targets."""
    properties = schema["properties"]
    if not isinstance(properties, Mapping):
        return schema
    shown = {key: _unnamed(one) if key in NAMING else one for key, one in properties.items()}
    return {**schema, "properties": shown}


def _unnamed(schema: Json) -> Json:
    if not isinstance(schema, Mapping):
        return schema
    return {key: one for key, one in schema.items() if key not in ("enum", "default")}


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts of a result, without the keys, which are those of its schema."""
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)


def _replaced(value: Json, shown: Mapping[str, str | None]) -> Json:
    if isinstance(value, str):
        found = shown.get(value, value)
        return PRIVATE if found is None else found
    if isinstance(value, list):
        return [_replaced(one, shown) for one in value]
    if isinstance(value, dict):
        return {key: _replaced(one, shown) for key, one in value.items()}
    return value
