"""Reads one streamed answer: its text without thoughts and markup, and its tool calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .answer_scanner import AnswerScanner, Scanned
from .markup import THOUGHT_END
from .messages import Delta, Finish, ToolCall, ToolSpec
from .small_models import answer_text, read_plan
from .text_calls import UNREADABLE, read_calls
from .typed_arguments import tool_name


@dataclass(slots=True)
class ThoughtStyle:
    """How a deployment marks its thoughts, as far as its answers have shown.

    ``in_prompt`` is set when its prompt contains the mark that begins a thought, so that an answer
    contains only the mark that ends it. None means that this is not known.
    """

    in_prompt: bool | None = None


class AnswerReader:
    """Yields the pieces of an answer that people may see; the last one has the tool calls.

    Until it is known whether an answer begins with a thought, its text is held back.
    """

    def __init__(self, tools: Sequence[ToolSpec], style: ThoughtStyle, *, by_schema: bool) -> None:
        """``style`` is read and updated; with ``by_schema``, the answer is JSON of ``plan_schema``."""
        self._tools = tools
        self._names = frozenset(one.name for one in tools)
        self._style = style
        self._by_schema = by_schema
        self._scanner = AnswerScanner(self._names, style.in_prompt)
        self._held: list[str] | None = [] if by_schema or style.in_prompt is not False else None
        self._has_text = False
        self._has_thought = False
        self._native: list[ToolCall] = []
        self._finish: Finish | None = None

    def read(self, delta: Delta) -> Iterator[Delta]:
        """Yield what is certain after the next piece."""
        self._native += [replace(one, name=tool_name(one.name, self._names)) for one in delta.calls]
        self._finish = delta.finish or self._finish
        if delta.is_thinking:
            self._style.in_prompt = False
            self._scanner.begins_without_thought()
        if delta.text:
            self._has_text = True
        text = delta.text if self._by_schema else self._visible(self._scanner.read(delta.text))
        if self._held is not None:
            self._held.append(text)
            text = self._release() if self._style.in_prompt is False and not self._by_schema else ""
        if text or delta.usage:
            yield Delta(text=text, usage=delta.usage)

    def end(self) -> Iterator[Delta]:
        """Yield the last piece."""
        planned: tuple[ToolCall, ...] = ()
        if self._by_schema:
            raw = THOUGHT_END.split("".join(self._held or ()))[-1].strip()
            planned = read_plan(raw, self._tools)
            text = "" if planned else self._whole_by_schema(raw)
        else:
            text = self._visible(self._scanner.end())
        calls = tuple(self._native) or planned or self._text_calls()
        if self._held is not None and not self._by_schema:
            is_thought = bool(self._style.in_prompt) and self._finish is Finish.LENGTH
            text = "" if is_thought else "".join((*self._held, text)).lstrip()
        is_whole = self._finish in (Finish.STOP, Finish.CALLS) and (self._has_text or self._native)
        # A schema leaves no room for thoughts: such an answer does not show the style.
        if self._style.in_prompt is None and is_whole and not self._by_schema:
            self._style.in_prompt = False
        finish = Finish.CALLS if calls else self._finish
        yield Delta(text=text, calls=calls, finish=finish)

    def _visible(self, scanned: Scanned) -> str:
        """Return the text of a step, and note what it says about thoughts."""
        if scanned.is_erased:
            self._held = None
        if scanned.ends_thought and not self._has_thought:
            self._style.in_prompt = True
        if scanned.has_thought:
            self._has_thought = True
            self._style.in_prompt = bool(self._style.in_prompt)
        return scanned.text

    def _release(self) -> str:
        text, self._held = "".join(self._held or ()), None
        return text

    def _text_calls(self) -> tuple[ToolCall, ...]:
        """Return the calls in the text; a call that cannot be read is one with a problem."""
        raw = self._scanner.calls
        if not raw.strip() or not self._tools:
            return ()
        found = read_calls(raw, self._tools)
        return found or (ToolCall(id="call_0", name="", problem=UNREADABLE),)

    def _whole_by_schema(self, raw: str) -> str:
        """Scan a whole answer that is JSON: the JSON itself is no markup."""
        text = answer_text(raw)
        self._scanner = AnswerScanner(self._names)
        return self._scanner.read(text).text + self._scanner.end().text
