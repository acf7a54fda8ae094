"""The texts of a request in the languages of the people, made while it is known how to say them. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.state import Person

from ...texts import household, is_spoken, said_in, texts_of


def wordings(request: ApprovalRequest, people: Iterable[Person]) -> dict[str, dict[str, str]]:
    """Return by language what the texts of a new request are in it.

    Texts that were read from a service, or from the store, are only in the language that they have.
    """
    languages = {texts_of(one.language).language for one in people} - {household().language}
    said = list(_spoken(request)) if languages else []
    return {one: {str(text): str(said_in(text, texts_of(one))) for text in said} for one in sorted(languages)}


def _spoken(value: object) -> Iterator[str]:
    """Yield the texts in a message that can be said in other languages."""
    if isinstance(value, str) and value and is_spoken(value):
        yield value
    for one in _parts(value):
        yield from _spoken(one)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, Mapping):
        return value.values()
    return (getattr(value, one.name) for one in fields(value)) if is_dataclass(value) else ()
