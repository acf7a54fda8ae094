"""Separates what a model says from its thoughts and its tool calls, while the answer streams in."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from . import markup
from .text_calls import BlockEnd, is_call

LONGEST_CALLS: Final = 64 * 1024
"""Characters of calls that are kept; the rest is dropped."""

LONGEST_HEADER: Final = 200
MOST_BLOCKS: Final = 32
"""Blocks of one answer that are examined."""


_LONGEST_BARE_END: Final = max(len(markup.BARE_CALL), *(len(end) for _, _, end in markup.BARE_THOUGHTS))


class _Mode(Enum):
    TEXT = auto()
    THOUGHT = auto()
    CHANNEL = auto()
    ROLE = auto()
    BLOCK = auto()
    CALL = auto()


@dataclass(slots=True)
class Scanned:
    """What one step adds to an answer.

    ``has_thought`` is set after a whole thought, ``ends_thought`` after the mark that ends a thought
    without one that begins it. With ``is_erased``, everything before that mark was a thought, and
    ``text`` is only what follows it.
    """

    text: str = ""
    has_thought: bool = False
    ends_thought: bool = False
    is_erased: bool = False


class AnswerScanner:
    """Scans one answer. The result does not depend on where its chunks begin and end."""

    def __init__(self, names: Collection[str], in_prompt: bool | None = None) -> None:  # noqa: FBT001
        """``names`` are those of the tools that the model may call.

        ``in_prompt`` says whether the prompt contains the mark that begins a thought, None if unknown.
        """
        self._in_prompt = in_prompt
        self._names = frozenset(names)
        self._mode = _Mode.TEXT
        self._buffer = ""
        self._is_line_start = True
        self._depth = 0
        self._is_channel = False
        self._end_mark = markup.THOUGHT_END
        self._thought_end = ""
        self._has_begun = False
        self._kept: list[str] | None = None
        self._blocks = 0
        self._block = BlockEnd()
        self._calls: list[str] = []
        self._calls_length = 0
        self._found = Scanned()
        self._last = ""
        self._has_gap = False

    @property
    def calls(self) -> str:
        """The text from the first call on, empty if there is none."""
        return "".join(self._calls)

    def read(self, text: str) -> Scanned:
        """Return what is certain after the next chunk."""
        self._buffer += text
        return self._scan(is_end=False)

    def end(self) -> Scanned:
        """Return the rest when the answer has ended."""
        return self._scan(is_end=True)

    def _scan(self, *, is_end: bool) -> Scanned:
        self._found = Scanned()
        while self._step(is_end=is_end):
            pass
        return self._found

    def _step(self, *, is_end: bool) -> bool:
        """Process the beginning of the buffer; return whether there is more to process."""
        match self._mode:
            case _Mode.TEXT:
                return self._text(is_end=is_end)
            case _Mode.THOUGHT:
                return self._thought(is_end=is_end)
            case _Mode.CHANNEL:
                return self._channel(is_end=is_end)
            case _Mode.ROLE:
                return self._role(is_end=is_end)
            case _Mode.BLOCK:
                return self._block_text(is_end=is_end)
            case _Mode.CALL:
                return self._call(is_end=is_end)

    def _text(self, *, is_end: bool) -> bool:
        if not self._has_begun:
            start = self._buffer.lstrip()
            if not is_end and any(longest.startswith(start) for longest, _, _ in markup.BARE_THOUGHTS):
                return False
            self._has_begun = True
            ends = [end for _, pattern, end in markup.BARE_THOUGHTS if pattern.match(start)]
            if ends:
                self._mode, self._thought_end = _Mode.THOUGHT, ends[0]
                return True
        buffer = self._buffer
        mark = markup.MARK.search(buffer)
        until = mark.start() if mark else len(buffer)
        labelled = self._next_label(until)
        if labelled is not None:
            self._emit(buffer[:labelled])
            self._buffer, self._mode = buffer[labelled:], _Mode.CALL
            return True
        block = self._next_block(until)
        if block is not None:
            self._emit(buffer[:block])
            self._buffer = buffer[block:]
            self._block = BlockEnd()
            self._blocks += 1
            self._mode = _Mode.BLOCK
            return True
        if mark is None:
            hold = len(buffer)
            if not is_end:
                hold = min(
                    markup.incomplete_mark(buffer),
                    markup.incomplete_block(buffer, self._names, at_line_start=self._is_line_start),
                )
            self._emit(buffer[:hold])
            self._buffer = buffer[hold:]
            return False
        self._emit(buffer[: mark.start()])
        self._buffer = buffer[mark.end() :]
        self._enter(mark.lastgroup or "", mark[0])
        return True

    def _next_block(self, until: int) -> int | None:
        """Return where a block begins that may be a call, before ``until``."""
        if self._blocks >= MOST_BLOCKS:
            return None
        pattern = markup.block_start(self._names)
        match = pattern.search(self._buffer, 0 if self._is_line_start else 1, until)
        return match.start("block") if match else None

    def _next_label(self, until: int) -> int | None:
        """Return where a line begins that names a tool after a label, before ``until``."""
        if self._blocks:
            # An example in a code fence is no call.
            return None
        fence = self._buffer.find("```")
        pattern = markup.labelled_call(self._names)
        end = min(until, fence) if fence != -1 else until
        match = pattern.search(self._buffer, 0 if self._is_line_start else 1, end)
        return match.start("block") if match else None

    def _is_labelled(self, block: str) -> bool:
        """Return whether an answer begins with a code fence in which a line names a tool after a label."""
        pattern = markup.labelled_call(self._names)
        return not self._last and block.startswith("```") and pattern.search(block) is not None

    def _enter(self, kind: str, mark: str) -> None:
        """Change the mode after a mark in the text."""
        self._has_gap = True
        match kind:
            case "thought":
                self._mode, self._depth, self._is_channel, self._kept = _Mode.THOUGHT, 1, False, None
                is_details = "details" in mark.lower()
                self._end_mark = markup.DETAILS_END if is_details else markup.THOUGHT_END
            case "thought_end":
                self._end_without_start()
            case "channel":
                self._mode = _Mode.CHANNEL
            case "role":
                self._mode = _Mode.ROLE
            case "call":
                self._mode = _Mode.CALL
                self._keep_call(mark)
            case _:
                return

    def _end_without_start(self) -> None:
        """Erase what the answer began with, unless it cannot have been a thought."""
        is_erased = self._in_prompt is not False
        self._found.ends_thought = True
        self._in_prompt = False
        if is_erased:
            self._found = Scanned(ends_thought=True, is_erased=True)
            self._last, self._is_line_start = "", True

    def begins_without_thought(self) -> None:
        """Note that the answer does not begin with a thought, unless its prompt is known to begin one."""
        if self._in_prompt is None:
            self._in_prompt = False

    def _thought(self, *, is_end: bool) -> bool:
        """Drop a thought. What follows an end inside nested thoughts is the answer if no end follows."""
        buffer = self._buffer
        if self._thought_end:
            return self._bare_thought(is_end=is_end)
        if self._is_channel:
            end = markup.CHANNEL_END.search(buffer)
            if end:
                self._end_thought(buffer[end.start() :])
            return end is not None or self._drop(is_end=is_end)
        start = markup.THOUGHT_START.search(buffer)
        end = self._end_mark.search(buffer)
        if start and (end is None or start.start() < end.start()):
            self._depth += 1
            self._kept = None
            self._buffer = buffer[start.end() :]
            return True
        if end is None:
            return self._drop(is_end=is_end)
        self._depth -= 1
        self._kept, self._buffer = [], buffer[end.end() :]
        if self._depth == 0:
            self._end_thought(self._buffer)
        return True

    def _bare_thought(self, *, is_end: bool) -> bool:
        """Drop a thought in plain text; a call in plain text may end that of gpt-oss."""
        action = markup.REACT_ACTION.search(self._buffer) if self._thought_end == markup.REACT_FINAL else None
        if action and markup.REACT_FINAL not in self._buffer[: action.start()]:
            self._end_thought(self._buffer[action.start() :])
            self._mode, self._thought_end = _Mode.CALL, ""
            return True
        _, end, rest = self._buffer.partition(self._thought_end)
        if not end and self._thought_end == markup.BARE_FINAL:
            _, end, rest = self._buffer.partition(markup.BARE_CALL)
            rest = f" to={rest}"
        if end:
            self._end_thought(rest)
            if end == markup.BARE_CALL:
                self._mode = _Mode.CALL
            self._thought_end = ""
            return True
        is_react = self._thought_end == markup.REACT_FINAL
        # A call of ReAct has to begin a line.
        kept = self._buffer[self._buffer.rfind("\n") + 1 :] if is_react else self._buffer
        self._buffer = "" if is_end else kept[-_LONGEST_BARE_END:]
        return False

    def _end_thought(self, rest: str) -> None:
        self._found.has_thought = True
        self.begins_without_thought()
        self._mode, self._buffer = _Mode.TEXT, rest

    def _drop(self, *, is_end: bool) -> bool:
        """Drop what is certainly a part of a thought; return whether the rest is text."""
        hold = len(self._buffer) if is_end else markup.incomplete_mark(self._buffer)
        if self._kept is not None:
            self._kept.append(self._buffer[:hold])
        self._buffer = self._buffer[hold:]
        if not is_end or not self._kept:
            return False
        kept, self._kept = "".join(self._kept), None
        self._end_thought(kept)
        return True

    def _channel(self, *, is_end: bool) -> bool:
        """Read the header of a channel of gpt-oss: thoughts, a call, or the answer."""
        header, message, rest = self._buffer.partition(markup.MESSAGE)
        if not message and len(header) <= LONGEST_HEADER and not is_end:
            return False
        if "to=" in header:
            self._keep_call(markup.CHANNEL + header + message)
            self._mode, self._buffer = _Mode.CALL, rest
        elif message and header.strip().startswith("final"):
            self._mode, self._buffer = _Mode.TEXT, rest
        else:
            self._mode, self._buffer = _Mode.THOUGHT, rest if message else header
            self._is_channel, self._kept = True, None
        return True

    def _role(self, *, is_end: bool) -> bool:
        """Drop the name of a role after a special token."""
        letters = 0
        while letters < len(self._buffer) and self._buffer[letters].isalpha() and letters < LONGEST_HEADER:
            letters += 1
        if letters == len(self._buffer) and letters < LONGEST_HEADER and not is_end:
            return False
        self._buffer = self._buffer[letters:]
        self._mode = _Mode.TEXT
        return True

    def _block_text(self, *, is_end: bool) -> bool:
        """Hold a block back until it is known whether it is a call."""
        length = self._block.read(self._buffer)
        if length is None and not is_end:
            return False
        block = self._buffer[:length]
        if self._is_labelled(block) or is_call(block, self._names):
            self._mode = _Mode.CALL
            return True
        # Only its beginning is text for certain: the block may contain marks.
        self._emit(self._buffer[:1])
        self._buffer = self._buffer[1:]
        self._mode = _Mode.TEXT
        return True

    def _call(self, *, is_end: bool) -> bool:
        """Keep the rest of the answer, unless it shows that the call was a part of a thought."""
        self._keep_call(self._buffer)
        self._buffer = ""
        end = markup.THOUGHT_END.search(self.calls) if is_end and self._in_prompt is not False else None
        if end is None:
            return False
        self._buffer = self.calls[end.end() :]
        self._calls, self._calls_length = [], 0
        self._mode = _Mode.TEXT
        self._end_without_start()
        return True

    def _keep_call(self, text: str) -> None:
        kept = text[: LONGEST_CALLS - self._calls_length]
        self._calls.append(kept)
        self._calls_length += len(kept)

    def _emit(self, text: str) -> None:
        """Add visible text, without blanks at the start of the answer and around a removed part."""
        line = text.rpartition("\n")[2]
        self._is_line_start = not line.strip(" \t") and ("\n" in text or self._is_line_start)
        if not self._last or (self._has_gap and self._last.isspace()):
            text = text.lstrip()
        if text:
            self._has_gap = False
            self._last = text[-1]
            self._found.text += text
