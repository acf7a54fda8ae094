"""Copies of data that a service can make before an update."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ...texts import Text

BY_HAND: Final = "by_hand"
"""The key in the baseline of an action that copies data: why a person has to restore this copy, "" or missing
when the action ``back`` can restore it."""


class Covers(StrEnum):
    """The content of a copy, which is also what a restore overwrites."""

    APPLICATION = "application"
    """The data of the program itself, by its own backup."""

    VOLUMES = "volumes"
    """Everything in the volumes of the item."""

    FOLDERS = "folders"
    """Everything in the folders of the item, independent of which program wrote it."""

    MACHINE = "machine"
    """The whole machine with all programs in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preserves[Item]:
    """How the data of a program or of an item is copied and restored.

    ``action`` is the key of the action that makes the copy, and whose undo removes it. Its argument ``name``,
    if it has one, is the name of the copy. Its dry run refuses data that cannot be copied, such as for a lack
    of space. ``back`` is the key of the action that restores a copy, with the same argument. Without it, or
    with BY_HAND in the baseline of the copy, a person restores it as the text ``by_hand`` says. ``folders``
    returns the paths of an item's files on the server, and may raise NotKnown.
    """

    action: str
    covers: Covers
    back: str = ""
    by_hand: Text = ""
    folders: Callable[[Item], tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """A folder with data of an item that is not copied before its update.

    ``server`` is the name or address of the machine with the folder, "" for the one that the item runs on.
    ``why`` says why the folder is not copied.
    """

    path: str
    server: str = ""
    why: Text = ""
