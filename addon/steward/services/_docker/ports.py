"""The ports of containers."""

from collections.abc import Iterator, Mapping, Sequence

from ...sdk.answers import Item


class PortBinding(Item, rename="pascal"):
    """A port of the host, "" for one that the engine chooses."""

    host_port: str = ""


def ports_of(bindings: Mapping[str, Sequence[PortBinding]]) -> Iterator[str]:
    """Yield the ports inside ("8080" of "8080/tcp") and those of the host."""
    for inside, bound in bindings.items():
        yield inside.partition("/")[0]
        yield from (one.host_port for one in bound if one.host_port)
