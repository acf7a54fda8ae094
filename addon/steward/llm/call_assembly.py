"""Joins the pieces of streamed tool calls, as different servers number and name them."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from .call_arguments import LONGEST, is_complete, read_arguments
from .messages import ToolCall

MOST_CALLS: Final = 32
LONGEST_NAME: Final = 256


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    index: int | None
    id: str
    name: str
    arguments: str


class CallAssembler:
    """Collects the calls of one answer.

    A piece belongs to the call with its id, or else with its index, or else to the last call. A new
    id begins a new call, and so does a new name after complete arguments.
    """

    def __init__(self, names: Collection[str] = ()) -> None:
        """``names`` are those of the tools, to tell the end of a split name from another call."""
        self._names = frozenset(names)
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}

    def __bool__(self) -> bool:
        """Return whether there is a call."""
        return any(one.name or one.arguments.strip() for one in self._calls)

    def add(self, pieces: object) -> None:
        """Add the pieces of one chunk; what is not a piece is ignored."""
        found = [piece for one in _as_list(pieces) if (piece := _piece(one)) is not None]
        for position, piece in enumerate(found):
            call = self._continued(piece, position if len(found) > 1 else None)
            if call is None:
                if len(self._calls) >= MOST_CALLS:
                    return
                call = _Call()
                self._calls.append(call)
            if piece.index is not None:
                self._by_index[piece.index] = call
            _extend(call, piece)

    def calls(self, *, is_cut: bool = False) -> tuple[ToolCall, ...]:
        """Return the calls; ``is_cut`` says that the answer ended at a limit of tokens."""
        found: list[ToolCall] = []
        ids: set[str] = set()
        for one in self._calls:
            if not one.name and not one.arguments.strip():
                continue
            call_id = one.id if one.id and one.id not in ids else f"call_{len(found)}"
            ids.add(call_id)
            arguments = read_arguments(one.arguments, is_cut=is_cut)
            found.append(
                ToolCall(id=call_id, name=one.name, arguments=arguments.values, problem=arguments.problem)
            )
        return tuple(found)

    def _continued(self, piece: _Piece, position: int | None) -> _Call | None:
        """Return the call that a piece continues, None when it begins a new one.

        ``position`` is that among the pieces of a chunk with several.
        """
        call = self._by_index.get(piece.index) if piece.index is not None else None
        if piece.id and (call is None or call.id != piece.id):
            same = (one for one in reversed(self._calls) if one.id == piece.id)
            call = next(same, call)
        if call is None and self._calls and (piece.index is None or not piece.name):
            if position is not None and not piece.name and not piece.id and position < len(self._calls):
                call = self._calls[position]
            else:
                call = self._calls[-1]
        return None if call is None or self._begins(call, piece) else call

    def _begins(self, call: _Call, piece: _Piece) -> bool:
        """Return whether a piece begins another call than ``call``."""
        has_ended = is_complete(call.arguments)
        if piece.id and call.id and piece.id != call.id:
            return bool(piece.name) or (has_ended and bool(piece.arguments.strip()))
        if not piece.name or not call.name:
            return False
        if has_ended:
            is_repeat = piece.name == call.name and (piece.arguments.strip() in ("", call.arguments.strip()))
            is_joined = piece.index is not None or bool(piece.id)
            return not (is_repeat and is_joined)
        if piece.name == call.name:
            return False
        if call.arguments.strip():
            return True
        return call.name in self._names and call.name + piece.name not in self._names


def _extend(call: _Call, piece: _Piece) -> None:
    call.id = call.id or piece.id
    if piece.name != call.name and not call.arguments.strip():
        call.name = (call.name + piece.name)[:LONGEST_NAME]
    is_repeat = piece.arguments == call.arguments and is_complete(call.arguments)
    if not is_repeat and len(call.arguments) <= LONGEST:
        call.arguments += piece.arguments


def _as_list(pieces: object) -> list[object]:
    if isinstance(pieces, dict):
        return [pieces]
    return pieces if isinstance(pieces, list) else []


def _piece(plain: object) -> _Piece | None:
    if not isinstance(plain, dict):
        return None
    function = plain.get("function")
    inner = function if isinstance(function, dict) else plain
    index, name, call_id = plain.get("index"), inner.get("name"), plain.get("id")
    return _Piece(
        index=index if isinstance(index, int) and not isinstance(index, bool) else None,
        id=str(call_id).encode("utf-8", "replace").decode().strip() if isinstance(call_id, str | int) else "",
        name=name.encode("utf-8", "replace").decode().strip() if isinstance(name, str) else "",
        arguments=_arguments_text(inner.get("arguments")),
    )


def _arguments_text(arguments: object) -> str:
    """Return arguments as JSON text; some servers send an object instead."""
    if isinstance(arguments, str):
        return arguments.encode("utf-8", "replace").decode()
    return "" if arguments is None else json.dumps(arguments)
