"""The markup of thoughts and tool calls that models write into their text. Pure.

Sources: the chat templates of DeepSeek, Qwen, Kimi, GLM, Seed, Magistral, Command, Gemma, Granite,
gpt-oss, Llama, Hermes, MiniMax, LFM2, Apriel, Apertus, LongCat and Solar.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

LONGEST_MARK: Final = 200
"""Characters of the longest mark; a longer one is text."""

_THOUGHT_NAMES: Final = (
    r"think|thinking|thoughts?|reasoning|reasoning_content|reflection|analysis|scratchpad|rationale|"
    r"inner_monologue|chain_of_thought|antthinking|antml:thinking|[a-z]{1,20}[:_]think"
)
_CALL_NAMES: Final = (
    r"(?:[a-z]{1,20}:)?(?:tool_?calls?|function_?calls?|tools?|toolcalls?|invoke|functions?|"
    r"[a-z]{1,20}_tool_calls?|[a-z]{1,20}_arg_(?:key|value)|"
    r"start_function_call|end_function_call|tool_code|parameter|arg_key|arg_value|tool_response)"
)
_WRAPPER_NAMES: Final = r"answer|response|output|final|final_answer|s|eos|bos|pad|end_of_turn|start_of_turn"
_BAR: Final = r"[|\N{FULLWIDTH VERTICAL LINE}]"
_BLANK: Final = r"[_\s\N{LOWER ONE EIGHTH BLOCK}-]"

_TAG: Final = r"<\s{0,3}"
_END_TAG: Final = r"<\s{0,3}/\s{0,3}"
_CLOSE: Final = r"\s{0,3}>"
_LEFT: Final = "\N{WHITE LEFT-POINTING TRIANGLE}"
_RIGHT: Final = "\N{WHITE RIGHT-POINTING TRIANGLE}"
_INNER: Final = r"[^<>|\N{FULLWIDTH VERTICAL LINE}]{0,60}"

THOUGHT_END: Final = re.compile(
    rf"{_END_TAG}(?:{_THOUGHT_NAMES}){_CLOSE}|\[/THINK\]|{_LEFT}/think{_RIGHT}|<channel\|>|<unused95>|"
    rf"<{_BAR}\s?(?:end{_BLANK}of{_BLANK}thought|end{_BLANK}thinking|/think(?:ing)?|inner_suffix)\s?{_BAR}>",
    re.IGNORECASE,
)
THOUGHT_START: Final = re.compile(
    rf"{_TAG}(?:{_THOUGHT_NAMES})(?:\s[^<>]{{0,80}})?>|\[THINK\]|{_LEFT}think{_RIGHT}|<\|channel>|<unused94>|"
    rf"{_TAG}details\s[^<>]{{0,40}}reasoning[^<>]{{0,40}}>|"
    rf"<{_BAR}\s?(?:begin{_BLANK}of{_BLANK}thought|start{_BLANK}thinking|think(?:ing)?|inner_prefix)\s?{_BAR}>",
    re.IGNORECASE,
)
DETAILS_END: Final = re.compile(rf"{_END_TAG}details{_CLOSE}", re.IGNORECASE)
CHANNEL: Final = "<|channel|>"
MESSAGE: Final = "<|message|>"
BARE_ANALYSIS: Final = re.compile(r"analysis(?=[A-Z])")
BARE_FINAL: Final = "assistantfinal"
BARE_CALL: Final = "assistantcommentary to="
"""What servers leave of the channels of gpt-oss when they drop its special tokens."""

REACT_FINAL: Final = "Final Answer:"
REACT_ACTION: Final = re.compile(r"^[ \t]*Action[ \t]*:", re.MULTILINE)
"""What ends a thought of ReAct: the answer, or a call."""

BARE_THOUGHTS: Final = (
    ("analysis", BARE_ANALYSIS, BARE_FINAL),
    ("Here is my thought process:", re.compile("Here is my thought process:"), "Here is my response:"),
    ("Here are my reasoning steps:", re.compile("Here are my reasoning steps:"), "[BEGIN FINAL RESPONSE]"),
    ("Thought:", re.compile("Thought:"), REACT_FINAL),
    ("Final Answer:", re.compile("(?=Final Answer:)"), REACT_FINAL),
    ("Thinking...\n", re.compile(r"Thinking\.\.\.\n"), "...done thinking."),
)
"""Thoughts in plain text at the start of an answer: the longest start, its pattern, and their end.

Sources: gpt-oss, Granite, Apriel, ReAct, and the command line of Ollama.
"""

CHANNEL_END: Final = re.compile(r"<\|(?:end|start|channel|return|call)\|>")
ROLE_START: Final = re.compile(r"<\|(?:im_start|start|start_header_id)\|>|<start_of_turn>", re.IGNORECASE)
CALL_START: Final = re.compile(
    rf"{_TAG}(?:{_CALL_NAMES})(?:[\s=][^<>]{{0,120}})?>|<{_BAR}DSML{_BAR}[^<>]{{0,120}}>|"
    rf"<{_BAR}{_INNER}?(?:tool|python_tag|action_start|start{_BLANK}action){_INNER}{_BAR}>|<\|tool_call>|"
    r"\[TOOL_CALLS?\]|\[ARGS\]",
    re.IGNORECASE,
)
_REST: Final = re.compile(
    rf"<{_BAR}[^<>|\s\N{{FULLWIDTH VERTICAL LINE}}]{{1,60}}{_BAR}>|"
    rf"<\s{{0,3}}/?\s{{0,3}}(?:{_WRAPPER_NAMES}){_CLOSE}|{_END_TAG}(?:{_CALL_NAMES}){_CLOSE}|"
    r"\[(?:BEGIN|END) FINAL RESPONSE\]",
    re.IGNORECASE,
)
"""Marks that are removed: special tokens, wrappers of the answer, and ends of calls."""

MARK: Final = re.compile(
    f"(?P<thought_end>{THOUGHT_END.pattern})|(?P<thought>{THOUGHT_START.pattern})|"
    f"(?P<channel>{re.escape(CHANNEL)})|(?P<role>{ROLE_START.pattern})|(?P<call>{CALL_START.pattern})|"
    f"(?P<rest>{_REST.pattern})",
    re.IGNORECASE,
)

_TAG_NAME: Final = re.compile(r"<\s{0,3}/?\s{0,3}([\w:.-]{0,60})")
_KNOWN_NAME: Final = re.compile(
    rf"{_THOUGHT_NAMES}|{_CALL_NAMES}|{_WRAPPER_NAMES}|details|channel|unused9[45]", re.IGNORECASE
)
_BRACKETS: Final = (
    "[think]",
    "[/think]",
    "[tool_call]",
    "[tool_calls]",
    "[args]",
    "[begin final response]",
    "[end final response]",
)
_TRIANGLES: Final = (f"{_LEFT}think{_RIGHT}", f"{_LEFT}/think{_RIGHT}")
_OPEN_BRACKET: Final = re.compile(r"(?:\A|\n)[ \t]*([{\[]\s{0,40})\Z")
CALL_LABEL: Final = (
    r"[ \t]*(?:-[ \t]+)?[\"'`*]*(?:action|tool_name|tool_call|tool|function|name)[\"'`*]*[ \t]*:[ \t*]*"
)
"""What a line with the name of a tool begins with, in ReAct and in YAML."""

_LABELS: Final = ("action:", "tool_name:", "tool_call:", "tool:", "function:", "name:")
_OPEN_LABEL: Final = re.compile(rf"{CALL_LABEL}[\"'`]?([\w./-]*)", re.IGNORECASE)
_PREFIXES: Final = ("functions.", "default_api.", "tools.")


def incomplete_mark(text: str) -> int:
    """Return where an incomplete mark may begin at the end of ``text``, its length if there is none."""
    least = max(0, len(text) - LONGEST_MARK)
    at = text.rfind("<", least)
    if at != -1 and ">" not in text[at:] and _may_be_tag(text[at:]):
        return at
    at = text.rfind("[", least)
    if at != -1 and any(one.startswith(text[at:].lower()) for one in _BRACKETS):
        return at
    at = text.rfind(_LEFT, least)
    if at != -1 and any(one.startswith(text[at:].lower()) for one in _TRIANGLES):
        return at
    return len(text)


def _may_be_tag(tail: str) -> bool:
    """Return whether a text that begins with ``<`` may become a mark."""
    if tail[1:2] in ("|", "\N{FULLWIDTH VERTICAL LINE}"):
        return True
    match = _TAG_NAME.match(tail)
    return match is not None and (match.end() == len(tail) or _KNOWN_NAME.fullmatch(match[1]) is not None)


@lru_cache(maxsize=64)
def block_start(names: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern of what begins a block that may be a call, at the start of a line.

    A block is JSON, a code fence, or a call of one of ``names`` as in a program.
    """
    prefixes = "|".join(map(re.escape, _PREFIXES))
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"
    program = rf"(?:(?:{prefixes})(?:{known}|\w{{1,64}})|{known})[({{]"
    return re.compile(
        rf"^[ \t]*(?P<block>```|functools\[|\{{\s{{0,40}}[\"'{{]|\[\s{{0,40}}(?:[\[{{]|{program})|{program})",
        re.MULTILINE,
    )


def incomplete_block(text: str, names: Collection[str], *, at_line_start: bool) -> int:
    """Return where the start of a block may begin at the end of ``text``, its length if there is none.

    ``at_line_start`` says whether ``text`` itself begins a line.
    """
    bracket = _OPEN_BRACKET.search(text, max(0, len(text) - LONGEST_MARK))
    if bracket and (at_line_start or bracket.start() > 0 or text[:1] == "\n"):
        return bracket.start(1)
    line = text.rfind("\n") + 1
    if line == 0 and not at_line_start:
        return len(text)
    start = text[line:].lstrip(" \t")
    if start and len(start) < LONGEST_MARK and _may_be_block(start, names):
        return len(text) - len(start)
    return len(text)


@lru_cache(maxsize=64)
def labelled_call(names: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern of a line with a label and one of ``names``, which begins a call."""
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"^(?P<block>{CALL_LABEL}[\"'`]?(?:{known})(?![\w.-]))", re.MULTILINE | re.IGNORECASE)


def _may_be_block(start: str, names: Collection[str]) -> bool:
    plain = start.lstrip("-*\"'` \t")
    if any(one.startswith(plain.casefold()) for one in _LABELS):
        return True
    label = _OPEN_LABEL.fullmatch(start)
    if label is not None and any(one.startswith(label[1]) for one in names):
        return True
    if any(one.startswith(start) for one in ("```", "functools[")):
        return True
    inner = start[1:].lstrip() if start[0] == "[" else start
    if any(one.startswith(inner) for one in (*_PREFIXES, *names)) or inner in names:
        return True
    prefix = next((one for one in _PREFIXES if inner.startswith(one)), None)
    return prefix is not None and re.fullmatch(r"\w{0,64}", inner.removeprefix(prefix)) is not None
