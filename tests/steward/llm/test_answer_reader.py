"""Thoughts and the markup of calls are not shown, and calls in a text are read, wherever chunks end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.answer_reader import AnswerReader, ThoughtStyle
from steward.llm.messages import Delta, Finish, ToolCall, ToolSpec, Usage
from steward.llm.text_calls import MOST_CALLS, UNREADABLE, read_calls
from steward.llm.tool_calls import why_not
from steward.llm.typed_arguments import tool_name

from .rig import LOGS, RESTART

TOOLS = (RESTART, LOGS)
PLAIN = '{"name": "logs", "arguments": {"container": "immich", "lines": 50}}'
INNER = '{"container": "immich", "lines": 50}'
WANTED = [("logs", {"container": "immich", "lines": 50})]
BAR, GAP = "\N{FULLWIDTH VERTICAL LINE}", "\N{LOWER ONE EIGHTH BLOCK}"

CALLS = [
    PLAIN,
    f"Thought: I need the log.\nAction: logs\nAction Input: {INNER}",
    f"Thought: The log\nmay help.\n\nAction: logs\nAction Input: {INNER}\nObservation: 7\nFinal Answer: 7",
    f"Action: logs\nAction Input: {INNER}\nObservation:",
    f"**Action:** logs\n**Action Input:** {INNER}",
    'Action: logs(container="immich", lines=50)',
    "Action: logs\nAction Input:\ncontainer: immich\nlines: 50",
    "tool: logs\narguments:\n  container: immich\n  lines: 50",
    "name: logs\nparameters:\n  container: 'immich'\n  lines: 50\n",
    "- tool: logs\n  args:\n    container: immich\n    lines: 50",
    "```yaml\ntool: logs\narguments:\n  container: immich\n  lines: 50\n```",
    "tool: logs\ncontainer: immich\nlines: 50",
    f"  \n{PLAIN}\n",
    f"{PLAIN}\n\nThis reads the last lines {{of it}}.",
    f"```json\n{PLAIN}\n```",
    f"```\n{PLAIN}\n```\nThe log follows.",
    f"```json\n{PLAIN}",
    f"```tool_call\n{PLAIN}\n```",
    f"```xml\n<tool_call>{PLAIN}</tool_call>\n```",
    f"<tool_call>\n{PLAIN}\n</tool_call>",
    f"<tool_call>{PLAIN}",
    f"<tool_call>[{PLAIN}]</tool_call>",
    f"<TOOLCALL>[{PLAIN}]</TOOLCALL>",
    f"<|tool_call|>[{PLAIN}]<|/tool_call|>",
    f"<tools>\n```json\n{PLAIN}\n```\n</tools>",
    f"[TOOL_CALLS] [{PLAIN}]",
    f"[TOOL_CALLS][{PLAIN}]</s>",
    f"[TOOL_CALLS]logs{INNER}",
    f"[TOOL_CALLS]logs[ARGS]{INNER}</s>",
    f"[TOOL_CALLS]logs[CALL_ID]a1B2c3d4e[ARGS]{INNER}",
    f"<|python_tag|>{PLAIN.replace('arguments', 'parameters')}<|eom_id|>",
    '<|python_tag|>logs.call(container="immich", lines=50)',
    f"<function=logs>{INNER}</function>",
    f"<function=logs>{INNER}</function><|eom_id|>",
    "<function=logs>\n<parameter=container>\nimmich\n</parameter>\n<parameter=lines>\n50\n</parameter>\n</function>",
    (
        "<tool_call>\n<function=logs>\n<parameter=container>immich</parameter>\n<parameter=lines>50</parameter>\n"
        "</function>\n</tool_call>"
    ),
    "<tool_call><function=logs><parameter=container>immich<parameter=lines>50",
    (
        '<function name="logs"><parameter name="container">immich</parameter>'
        '<parameter name="lines">50</parameter></function>'
    ),
    (
        '<function_calls><invoke name="logs"><parameter name="container">immich</parameter>'
        '<parameter name="lines">50</parameter></invoke></function_calls>'
    ),
    (
        '<minimax:tool_call>\n<invoke name="logs">\n<parameter name="container">immich</parameter>\n'
        '<parameter name="lines">50</parameter>\n</invoke>\n</minimax:tool_call>'
    ),
    (
        f'<{BAR}DSML{BAR}function_calls><{BAR}DSML{BAR}invoke name="logs"><{BAR}DSML{BAR}parameter '
        f'name="container" string="true">immich</{BAR}DSML{BAR}parameter><{BAR}DSML{BAR}parameter '
        f'name="lines">50</{BAR}DSML{BAR}parameter></{BAR}DSML{BAR}invoke>'
    ),
    (
        "<tool_call>logs\n<arg_key>container</arg_key>\n<arg_value>immich</arg_value>\n<arg_key>lines</arg_key>\n"
        "<arg_value>50</arg_value>\n</tool_call>"
    ),
    (
        f"<{BAR}tool{GAP}calls{GAP}begin{BAR}><{BAR}tool{GAP}call{GAP}begin{BAR}>function<{BAR}tool{GAP}sep{BAR}>logs\n"
        f"```json\n{INNER}\n```<{BAR}tool{GAP}call{GAP}end{BAR}><{BAR}tool{GAP}calls{GAP}end{BAR}>"
    ),
    f"<{BAR}tool{GAP}call{GAP}begin{BAR}>logs<{BAR}tool{GAP}sep{BAR}>{INNER}<{BAR}tool{GAP}call{GAP}end{BAR}>",
    (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.logs:0<|tool_call_argument_begin|>"
        f"{INNER}<|tool_call_end|><|tool_calls_section_end|>"
    ),
    f"<|channel|>commentary to=functions.logs <|constrain|>json<|message|>{INNER}<|call|>",
    (
        f"<|start|>assistant<|channel|>analysis<|message|>I look.<|end|><|start|>assistant"
        f"<|channel|>commentary to=functions.logs<|message|>{INNER}<|call|>"
    ),
    f"analysisI look.assistantcommentary to=functions.logs json{INNER}",
    f"<|tool_call:begin|>a1<|tool_call:name|>logs<|tool_call:args|>{INNER}<|tool_call:end|>",
    '<|tool_call>call:logs{container:<|"|>immich<|"|>,lines:50}<tool_call|>',
    "<start_function_call>call:logs{container:<escape>immich<escape>,lines:50}<end_function_call>",
    f'<|tools_prefix|>[{{"logs": {INNER}}}]<|tools_suffix|>',
    (
        "<longcat_tool_call>logs\n<longcat_arg_key>container</longcat_arg_key><longcat_arg_value>immich"
        "</longcat_arg_value>\n<longcat_arg_key>lines</longcat_arg_key><longcat_arg_value>50"
        "</longcat_arg_value>\n</longcat_tool_call>"
    ),
    f'{{"tool_calls": [{{"type": "function", "function": {PLAIN}}}]}}',
    f'{{"logs": {INNER}}}',
    f"functools[{PLAIN}]",
    '[logs(container="immich", lines=50)]',
    '<|tool_call_start|>[logs(container="immich", lines=50)]<|tool_call_end|>',
    '```tool_code\nprint(default_api.logs(container="immich", lines=50))\n```',
    'functions.logs(container="immich", lines=50)',
    'logs(container="immich", lines=50)',
    f"logs{INNER}",
    f"functions.logs{INNER}",
    "{" + PLAIN + "}}",
    "{" + PLAIN + "}",
    PLAIN.replace("{", "{{").replace("}", "}}"),
    '{"function": {"name": "logs", "arguments": "{\\"container\\": \\"immich\\", \\"lines\\": 50}"}}',
    f'{{"type": "function", "function": {PLAIN}}}',
    '{"tool": "logs", "parameters": {"container": "immich", "lines": 50}}',
    PLAIN.replace('"logs"', '"functions.logs"'),
    f"<think>The log, of course. {PLAIN}</think>\n{PLAIN}",
    f"Maybe this:\n{PLAIN.replace('immich', 'radarr')}\nNo.</think>{PLAIN}",
    f"<think>I use <tool_call>.</think><tool_call>{PLAIN}</tool_call>",
]

AFTER_TEXT = [
    f"I look at the log.\nAction: logs\nAction Input: {INNER}",
    "I look at the log.\ntool: logs\narguments:\n  container: immich\n  lines: 50",
    f"I look at the log.\n{PLAIN}",
    f"I look at the log.\n\n```json\n{PLAIN}\n```\n",
    f"I look at the log. <tool_call>{PLAIN}</tool_call>",
    f"I look at the log. [TOOL_CALLS]logs{INNER}",
    'I look at the log.\nlogs(container="immich", lines=50)',
]

TEXTS = [
    "The log is empty.",
    "Next\nAction: restart it by hand.\nName: Radarr",
    "tool: a hammer",
    "1 < 2 and 3 > 2, a <b>bold</b> word, and <unknown tag>.",
    f"You could write {PLAIN} to read it.",
    f"1. {PLAIN}",
    "{so called} text",
    '{"answer": "logs"}',
    '{"name": "Radarr", "size": 3}',
    "[1, 2]",
    "[Radarr](http://radarr) is fine",
    "[x] done\n[ ] not done",
    "```python\nprint(1)\n```",
    "Like this:\n```yaml\nname: logs\narguments: {}\n```\nThat is all.",
    "logs are kept for a week",
    "The tool logs (and others) reads it.",
    "functions. They are useful",
    "{" * 300,
    "{{" + "[" * 300,
    "A tag at the end <",
    "analysis of the log: nothing",
    "Thinking... about it, the log is empty.",
    "Here is my",
    '{"logs": "none"}',
    '{"radarr": {"state": "fine"}}',
    "analysis",
    "A fence at the end ``",
    "a\n\n- b\n- c\n",
    "<details>\n<summary>More</summary>\nText\n</details>",
]

THOUGHTS = [
    "<think>Hm, Alex asks.</think>\n\nThe queue is empty.",
    "\n<think>\n</think>\n\nThe queue is empty.",
    "<thinking>Hm.</thinking>The queue is empty.",
    "<thought>Hm.</thought> The queue is empty.",
    "<reasoning>Hm <b>bold</b> and 1 < 2.</reasoning>The queue is empty.",
    "<THINK>Hm.</THINK>The queue is empty.",
    "< think >Hm.</ think >The queue is empty.",
    '<think duration="3">Hm.</think>The queue is empty.',
    '<details type="reasoning" done="true"><summary>Hm</summary>Hm.</details>The queue is empty.',
    "<think>I could write <details>Hm</details>, or not.</think>The queue is empty.",
    "<seed:think>Hm.</seed:think>The queue is empty.",
    "[THINK]Hm.[/THINK]The queue is empty.",
    "<|begin_of_thought|>Hm.<|end_of_thought|><|begin_of_solution|>The queue is empty.<|end_of_solution|>",
    "<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>The queue is empty.<|END_RESPONSE|>",
    (
        "\N{WHITE LEFT-POINTING TRIANGLE}think\N{WHITE RIGHT-POINTING TRIANGLE}Hm."
        "\N{WHITE LEFT-POINTING TRIANGLE}/think\N{WHITE RIGHT-POINTING TRIANGLE}The queue is empty."
    ),
    (
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant"
        "<|channel|>final<|message|>The queue is empty.<|return|>"
    ),
    "analysisHm, Alex asks.assistantfinalThe queue is empty.",
    "Here is my thought process:\nHm, Alex asks.\n\nHere is my response:\nThe queue is empty.",
    ("Here are my reasoning steps:\nHm.\n[BEGIN FINAL RESPONSE]\nThe queue is empty.\n[END FINAL RESPONSE]"),
    "Thinking...\nHm, Alex asks.\n...done thinking.\n\nThe queue is empty.",
    "<|inner_prefix|>Hm.<|inner_suffix|>The queue is empty.",
    "<longcat_think>Hm.</longcat_think>The queue is empty.",
    "<|channel>thought\nHm.<channel|>The queue is empty.",
    "<think>Hm.</think><answer>The queue is empty.</answer>",
    "<think>The tag <think> begins it.</think>The queue is empty.",
    "<think>a<think>b</think>c</think>The queue is empty.",
    "Hm, the start of this thought is in the prompt.</think>The queue is empty.",
    "Hm. {'a': 1}\n```json\n{}\n```\n</thinking>\n\nThe queue is empty.",
    "Hm, I could write <tool_call> here.</think>The queue is empty.",
    "The queue <think>which one?</think> is empty.",
    "<|im_start|>assistant\nThe queue is empty.<|im_end|>",
    "The queue is empty.</s>",
    "The queue is empty.<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
]

HIDDEN = [
    "<think>Hm, this never ends",
    "<think>",
    "<think>a<think>b",
    "<|channel|>analysis<|message|>Hm",
    "analysisWe need to look",
    "Here is my thought process:\nHm",
    "<|channel|>analysis",
]

UNREAD = [
    "<tool_call>read the log please</tool_call>",
    "<tool_call>{'name': 'logs', 'arguments': {'container': 'immich'}}</tool_call>",
    "[TOOL_CALLS]",
    PLAIN[:-2],
    PLAIN[:30],
    "<|python_tag|>import os",
    "{'name': 'logs', 'arguments': {}}",
]


def read(
    pieces: list[str],
    style: ThoughtStyle | None = None,
    *,
    by_schema: bool = False,
    tools: tuple[ToolSpec, ...] = TOOLS,
) -> tuple[str, list[ToolCall]]:
    reader = AnswerReader(tools, style or ThoughtStyle(), by_schema=by_schema)
    found: list[Delta] = []
    for piece in pieces:
        found += reader.read(Delta(text=piece))
    found += [*reader.read(Delta(finish=Finish.STOP)), *reader.end()]
    return "".join(one.text for one in found), [call for one in found for call in one.calls]


def calls_of(calls: list[ToolCall]) -> list[tuple[str, dict[str, object]]]:
    return [(one.name, dict(one.arguments)) for one in calls]


@pytest.mark.parametrize("text", CALLS)
def test_a_call_is_read_and_not_shown(text: str) -> None:
    shown, calls = read([text])
    assert calls_of(calls) == WANTED
    assert shown.strip() == ""


@pytest.mark.parametrize("text", AFTER_TEXT)
def test_a_call_after_a_text_is_read(text: str) -> None:
    shown, calls = read([text])
    assert calls_of(calls) == WANTED
    assert shown.strip() == "I look at the log."


@pytest.mark.parametrize("text", TEXTS)
def test_other_texts_are_shown_as_they_are(text: str) -> None:
    assert read([text]) == (text, [])


@pytest.mark.parametrize("text", THOUGHTS)
@pytest.mark.parametrize("tools", [TOOLS, ()])
def test_a_thought_is_not_shown(text: str, tools: tuple[ToolSpec, ...]) -> None:
    shown, calls = read([text], tools=tools)
    assert (" ".join(shown.split()), calls) == ("The queue is empty.", [])


@pytest.mark.parametrize("text", HIDDEN)
def test_an_unfinished_thought_is_not_shown(text: str) -> None:
    assert read([text]) == ("", [])


@pytest.mark.parametrize("text", UNREAD)
def test_a_call_that_cannot_be_read_is_not_shown_and_the_model_learns_why(text: str) -> None:
    shown, (call,) = read([text])
    assert shown == ""
    assert why_not(call, TOOLS) == UNREADABLE
    assert read([text], tools=()) == ("", []), "without tools there is nothing to call"


@given(text=st.sampled_from([*CALLS, *AFTER_TEXT, *TEXTS, *THOUGHTS, *HIDDEN, *UNREAD]), data=st.data())
def test_the_result_does_not_depend_on_the_chunks(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert read(pieces) == read([text])
    assert read(list(text)) == read([text])
    known = ThoughtStyle(in_prompt="</think" in text and "<think" not in text)
    assert read(pieces, known) == read([text], ThoughtStyle(in_prompt=known.in_prompt))


MARKS = st.sampled_from(
    [
        *(
            "<think>",
            "</think>",
            "<tool_call>",
            "</tool_call>",
            "[TOOL_CALLS]",
            "<|channel|>",
            "<|message|>",
            "<|end|>",
        ),
        *(
            "```",
            "json",
            "\n",
            " ",
            "{",
            "}",
            '"',
            "name",
            ":",
            "logs",
            "(",
            ")",
            "[",
            "]",
            "<",
            ">",
            "</",
            "|",
            "a b",
        ),
        *(
            "<function=logs>",
            "<|im_start|>",
            "assistant",
            "[THINK]",
            "final",
            "analysis",
            "to=logs",
            "functions.",
        ),
    ]
)


@given(st.lists(MARKS, max_size=25), st.sampled_from([None, True, False]))
def test_any_mixture_of_marks_is_accepted(parts: list[str], in_prompt: bool | None) -> None:  # noqa: FBT001
    text = "".join(parts)
    whole = read([text], ThoughtStyle(in_prompt=in_prompt))
    assert read(list(text), ThoughtStyle(in_prompt=in_prompt)) == whole
    assert "<think>" not in whole[0]
    assert "<tool_call>" not in whole[0]


@given(st.text(alphabet='{}[]()"\\:,<>`=/|logs container1 \n', max_size=200))
def test_any_text_is_accepted(text: str) -> None:
    assert len(read_calls(text, TOOLS)) <= MOST_CALLS
    assert read(list(text)) == read([text])


def test_text_is_streamed_once_the_style_is_known() -> None:
    style = ThoughtStyle()
    reader = AnswerReader(TOOLS, style, by_schema=False)
    assert list(reader.read(Delta(text="The "))) == []
    assert list(reader.read(Delta(text="log", finish=Finish.STOP))) == []
    assert list(reader.end()) == [Delta(text="The log", finish=Finish.STOP)]
    assert style.in_prompt is False
    reader = AnswerReader(TOOLS, style, by_schema=False)
    shown = [one.text for piece in ("The ", "log {", "is}") for one in reader.read(Delta(text=piece))]
    assert shown == ["The ", "log {", "is}"]


def test_thoughts_that_begin_in_the_prompt_are_held_back_from_the_second_answer_on() -> None:
    style = ThoughtStyle()
    assert read(["Hm.", "</think>", "Yes."], style)[0] == "Yes."
    assert style.in_prompt is True
    reader = AnswerReader(TOOLS, style, by_schema=False)
    pieces = [*reader.read(Delta(text="Hm, cut off", finish=Finish.LENGTH)), *reader.end()]
    assert "".join(one.text for one in pieces) == ""
    assert read(["Yes."], style)[0] == "Yes."


def test_thoughts_in_a_field_of_their_own_release_the_text() -> None:
    reader = AnswerReader((), ThoughtStyle(), by_schema=False)
    usage = Usage(prompt_tokens=1)
    assert list(reader.read(Delta(is_thinking=True, usage=usage))) == [Delta(usage=usage)]
    assert list(reader.read(Delta(text="Yes"))) == [Delta(text="Yes")]


def test_native_calls_come_first_and_lose_their_prefix() -> None:
    reader = AnswerReader(TOOLS, ThoughtStyle(), by_schema=False)
    native = ToolCall(id="x", name="functions.logs", arguments={"container": "immich"})
    assert list(reader.read(Delta(text=PLAIN, calls=(native,), finish=Finish.CALLS))) == []
    (last,) = reader.end()
    assert [(one.id, one.name) for one in last.calls] == [("x", "logs")]
    assert (last.text, last.finish) == ("", Finish.CALLS)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("logs", "logs"),
        (" logs\n", "logs"),
        ("functions.logs", "logs"),
        ("functions.logs:3", "logs"),
        ("logs<|channel|>commentary", "logs"),
        ("default_api.logs", "logs"),
        ("other.logs", "other.logs"),
    ],
)
def test_the_name_of_a_tool(name: str, plain: str) -> None:
    assert tool_name(name, {"logs"}) == plain


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("logs('immich')", "every argument needs its name"),
        ("logs(container=['a'])", "'container' must be a string, number or boolean, not a list"),
        ("logs(container=open('x'))", "'container' must be a string, number or boolean, not a list"),
        ("<function=logs>{'container': 1}</function>", "not valid JSON"),
        ('[TOOL_CALLS]logs{"container": ', "not valid JSON"),
    ],
)
def test_the_problem_of_a_call_in_a_text(text: str, problem: str) -> None:
    (call,) = read_calls(text, TOOLS)
    assert call.name == "logs"
    assert problem in call.problem


def test_values_in_tags_get_the_type_of_the_schema() -> None:
    text = "<function=logs><parameter=container>1</parameter><parameter=full>True</parameter></function>"
    (call,) = read_calls(text, TOOLS)
    assert call.arguments == {"container": "1", "full": True}
    (wrong,) = read_calls("<function=logs><parameter=lines>many</parameter></function>", TOOLS)
    assert wrong.arguments == {"lines": "many"}


def test_two_calls_are_two_calls() -> None:
    two = f"<tool_call>{PLAIN}</tool_call>\n<tool_call>{PLAIN}</tool_call>"
    assert [one.id for one in read_calls(two, TOOLS)] == ["call_0", "call_1"]
    assert len(read_calls(PLAIN * 20, TOOLS)) == MOST_CALLS
    assert read_calls("x" * 70_000, TOOLS) == ()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('{"name": "none", "answer": "All is \\"well\\"."}', 'All is "well".'),
        ('Hm.</think>{"name": "none", "answer": "All is well."}', "All is well."),
        ("All is well.", "All is well."),
        ('{"name": "other"}', '{"name": "other"}'),
    ],
)
def test_an_answer_by_schema_is_its_text(answer: str, text: str) -> None:
    assert read([answer[:9], answer[9:]], by_schema=True) == (text, [])


def test_an_answer_by_schema_does_not_show_whether_a_prompt_begins_thoughts() -> None:
    style = ThoughtStyle()
    read(['{"name": "none", "answer": "Yes."}'], style, by_schema=True)
    assert style.in_prompt is None


def test_a_call_by_schema_is_a_call() -> None:
    shown, calls = read([PLAIN[:9], PLAIN[9:]], by_schema=True)
    assert (shown, calls_of(calls)) == ("", WANTED)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Action: logs\nAction Input: {'container': 'immich'}", "not valid JSON"),
        ("Thought: hm\nAction: dance\nAction Input: {}", "there is no tool 'dance'"),
        ("tool: logs\narguments:\n  container: immich\n  lines: many", "lines must be integer"),
        ("Action: logs\nAction Input: ", "container is missing"),
    ],
)
def test_a_call_in_lines_that_does_not_fit_is_corrected(text: str, problem: str) -> None:
    shown, (call,) = read([text])
    assert shown == ""
    assert problem in (why_not(call, TOOLS) or "")


def test_a_single_argument_needs_no_name() -> None:
    only = {"type": "object", "properties": {"container": {"type": "string"}}, "required": ["container"]}
    tools = (replace(LOGS, schema=only),)
    for text in ("Action: logs[immich]", "Action: logs\nAction Input: immich", 'Action: logs("immich")'):
        assert calls_of(read([text], tools=tools)[1]) == [("logs", {"container": "immich"})]


@pytest.mark.parametrize("size", [1, 4, 1_000])
def test_a_thought_of_react_is_not_shown(size: int) -> None:
    text = "Thought: I know it.\nIt is full.\nFinal Answer: It is full."
    assert read([text[at : at + size] for at in range(0, len(text), size)])[0].strip() == "It is full."
