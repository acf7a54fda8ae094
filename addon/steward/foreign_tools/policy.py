"""Decides whether a tool may be called. Pure."""

from homelab_steward.contract.foreign_tools import ToolAccess, ToolState

from ..settings.foreign_tools import ChosenTool
from ..texts import Text


def state_of(pinned: str | None, current: str | None, *, is_online: bool, is_unusable: bool) -> ToolState:
    """Return the state of a chosen tool.

    ``pinned`` is the digest that was accepted, None before the first. ``current`` is the digest of what
    the server gives now, None when it gives no definition that can be used. Without an accepted digest
    nothing may be called.
    """
    if not is_online:
        return ToolState.UNKNOWN
    if is_unusable:
        return ToolState.UNUSABLE
    if current is None:
        return ToolState.MISSING
    return ToolState.READY if pinned == current else ToolState.CHANGED


def refusal(
    tool: str, choice: ChosenTool | None, access: ToolAccess, state: ToolState, *, as_private: bool
) -> Text | None:
    """Return why a tool must not be called in this way, None when it may.

    ``access`` is what the caller is entitled to: a reading, or a change that a person approved.
    ``as_private``: only an owner, and only a local model, gets the result.
    """
    if choice is None:
        return t"{tool} is not among the tools that may be used."
    if choice.access is not access:
        return t"{tool} is not a tool of this kind: settings say whether it reads or writes."
    if choice.private is not as_private:
        return t"{tool} is not a tool of this kind: settings say whether it is private."
    return state_refusal(tool, state)


def state_refusal(tool: str, state: ToolState) -> Text | None:
    """Return why a tool in this state cannot be used, None when it can."""
    match state:
        case ToolState.READY:
            return None
        case ToolState.CHANGED:
            return t"The definition of {tool} changed. A person has to accept it first."
        case ToolState.UNUSABLE:
            return t"The definition of {tool} cannot be used."
        case ToolState.MISSING:
            return t"The server has no tool {tool} any more."
        case _:
            return t"The server of {tool} does not answer."
