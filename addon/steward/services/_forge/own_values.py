"""What a template of the owner needs besides its file: a repository and the values of its parameters."""

from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind

from ...errors import InvalidArgument, PreconditionFailed
from ...sdk.arguments import check_arguments
from ...sdk.description import Call
from ...sdk.fields import text_field
from .client import ForgeClient
from .models import Info

REPOSITORY: Final = Field(
    key="repository",
    kind=SettingKind.TARGET,
    name="Repository",
    description="May be left out when there is only one",
    scope="repository",
    required=False,
)
VALUES: Final = text_field("values", "Values", "Such as storage=50, separated by commas", default="-")
NO_VALUES: Final = "-"


async def repository_of(client: ForgeClient, call: Call) -> str:
    """Return the repository of a call by its name. Raises PreconditionFailed, InvalidArgument."""
    wanted = call.arguments.get(REPOSITORY.key)
    if wanted is None and len(client.names) == 1:
        return client.names[0]
    if wanted is None:
        names = ", ".join(client.names)
        raise InvalidArgument(REPOSITORY.key, t"must be one of these: {names}")
    for name in client.names:
        if str((await client.one(Info, f"repos/{name}")).id) == wanted:
            return name
    raise PreconditionFailed(t"There is no such repository any more")


def values_of(said: str, fields: Sequence[Field]) -> Mapping[str, Value]:
    """Return the values of parameters from ``storage=50, name=watch``, with the defaults of the others.

    Raises InvalidArgument for one that is not known or does not fit.
    """
    known = {one.key: one for one in fields}
    found: dict[str, Value] = {}
    for part in (one.strip() for one in said.split(",")) if said != NO_VALUES else ():
        key, equals, value = (one.strip() for one in part.partition("="))
        if not equals:
            raise InvalidArgument(VALUES.key, t"must look like storage=50, name=watch")
        found[key] = _typed(known.get(key), value)
    return check_arguments(found, fields)


def _typed(field: Field | None, value: str) -> Value:
    """Return a value as its field wants it; what does not fit is refused by the check of the field."""
    is_number = field is not None and field.kind is SettingKind.NUMBER
    return int(value) if is_number and value.isascii() and value.isdecimal() else value
