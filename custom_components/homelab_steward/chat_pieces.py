"""Converts the pieces of an answer into deltas of Home Assistant's chat log."""

from collections.abc import Mapping
from typing import Final

from homeassistant.components import conversation
from homeassistant.helpers import llm

from .contract.base import Value
from .contract.chat import ChatPiece, ChatPieceKind
from .contract.errors import ContractError

LONGEST_RESULT: Final = 500
LONGEST_ARGUMENT: Final = 200

type Delta = conversation.AssistantContentDeltaDict | conversation.ToolResultContentDeltaDict


class Answer:
    """One answer in progress: its text so far, whether a reply is expected, and the failure."""

    def __init__(self) -> None:
        """Start without text."""
        self.expects_reply = False
        self.failure: ContractError | None = None
        self._messages: list[str] = []
        self._is_open = False
        self._tools: dict[str | None, str] = {}

    @property
    def text(self) -> str:
        """Return the text so far; texts with tool results between them are paragraphs."""
        return "\n\n".join(text.strip() for text in self._messages if text.strip())

    def take(self, piece: ChatPiece) -> Delta | None:
        """Return the delta of a piece, None when it has none."""
        match piece.kind:
            case ChatPieceKind.TEXT:
                return self.say(piece.text) if piece.text else None
            case ChatPieceKind.TOOL_CALL:
                return self._call(piece)
            case ChatPieceKind.TOOL_RESULT:
                return self._result(piece)
            case ChatPieceKind.END:
                self.expects_reply = piece.expects_reply
                return None

    def say(self, text: str) -> Delta:
        """Return a text that continues the message before it, or begins one."""
        delta = self._continued()
        self._messages[-1] += text
        delta["content"] = text
        return delta

    def _call(self, piece: ChatPiece) -> Delta:
        tool = piece.tool or ""
        self._tools[piece.call_id] = tool
        # External: the app calls the tool itself, Home Assistant only records the call.
        call = llm.ToolInput(
            tool_name=tool,
            tool_args=_arguments(piece.arguments),
            id=piece.call_id or "",
            external=True,
        )
        delta = self._continued()
        delta["tool_calls"] = [call]
        return delta

    def _result(self, piece: ChatPiece) -> Delta:
        self._is_open = False
        return {
            "role": "tool_result",
            "tool_call_id": piece.call_id or "",
            "tool_name": piece.tool or self._tools.get(piece.call_id, ""),
            "result": llm.ToolResult(data={"text": _cut(piece.text, LONGEST_RESULT)}, error=not piece.ok),
        }

    def _continued(self) -> conversation.AssistantContentDeltaDict:
        """Return an empty delta; a role in it begins a message."""
        if self._is_open:
            return {}
        self._is_open = True
        self._messages.append("")
        return {"role": "assistant"}


def _arguments(arguments: Mapping[str, Value]) -> dict[str, Value]:
    return {
        key: _cut(value, LONGEST_ARGUMENT) if isinstance(value, str) else value
        for key, value in arguments.items()
    }


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
