"""What a service says about copies of data that are made before something is updated."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ...texts import Text

BY_HAND: Final = "by_hand"
"""The key in the baseline of an action that copies: why a person has to bring this copy back, "" or nothing
when the action ``back`` can."""


class Covers(StrEnum):
    """What a copy contains, and so what goes back with it."""

    APPLICATION = "application"
    """The data of the program itself, by its own backup."""

    VOLUMES = "volumes"
    """Everything in the volumes of the item."""

    FOLDERS = "folders"
    """Everything in the folders of the item, whatever wrote it."""

    MACHINE = "machine"
    """Everything in the item, and all that runs in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preserves[Item]:
    """How the data of a program or of an item is copied, and how it comes back.

    ``action`` makes the copy, and its undo removes it. The argument ``name``, if the action has one, takes
    the name of the copy; the action chooses it otherwise. Its dry run refuses what cannot be copied, such as
    for a lack of space. ``back`` is the action that brings a copy back, by the same argument. Without one, or
    when the dry run of the copy says BY_HAND, a person does it as ``by_hand`` says. ``folders`` are the paths
    where the server has the files of an item; the function raises NotKnown.
    """

    action: str
    covers: Covers
    back: str = ""
    by_hand: Text = ""
    folders: Callable[[Item], tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """A folder in which an item keeps data that an update of it does not copy.

    ``server`` is the name or address of the machine that has it, "" for the one that the item runs on.
    ``why`` says why it is not copied.
    """

    path: str
    server: str = ""
    why: Text = ""
