"""What the Telegram front end needs from the rest of the app besides decisions."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.maintenance import (
    AddMaintenance,
    MaintenanceQuery,
    MaintenanceWindow,
    MaintenanceWindows,
    RemoveMaintenance,
)
from homelab_steward.contract.mode import SetPause, StewardMode
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.reports import WeeklyDocument, WeeklyQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class StewardCommands:
    """The commands of clients that people can write in the chat. They raise ContractError.

    ``mode`` returns whether the steward is paused.
    """

    ask: Callable[[ChatQuestion], AsyncGenerator[ChatPiece]]
    mode: Callable[[], Awaitable[StewardMode]]
    set_pause: Callable[[SetPause], Awaitable[StewardMode]]
    add_maintenance: Callable[[AddMaintenance], Awaitable[MaintenanceWindow]]
    remove_maintenance: Callable[[RemoveMaintenance], Awaitable[Nothing]]
    list_maintenance: Callable[[MaintenanceQuery], Awaitable[MaintenanceWindows]]
    weekly: Callable[[WeeklyQuery], Awaitable[WeeklyDocument]]
