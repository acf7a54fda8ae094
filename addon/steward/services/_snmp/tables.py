"""Tables of objects by their names: what a client can read, and a simulator can serve."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MIB2: Final = "1.3.6.1.2.1"


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that are read, by the names of the MIB. Those of ``bits`` are shown as hex digits.

    With ``is_scalar`` it is a group of single objects, which are read as one row.
    """

    columns: Mapping[str, str]
    bits: frozenset[str] = field(default_factory=frozenset)
    is_scalar: bool = False


def table(base: str, *bits: str, scalar: bool = False, **columns: int) -> Table:
    """Return a table whose columns have these numbers below ``base``."""
    return Table({name: f"{base}.{number}" for name, number in columns.items()}, frozenset(bits), scalar)


SYSTEM: Final = table(f"{MIB2}.1", scalar=True, sysDescr=1, sysObjectID=2, sysUpTime=3, sysName=5)
