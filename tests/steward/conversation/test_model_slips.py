"""What a model or its server does wrong concerns one question only, and is never shown as it is."""

import json
from pathlib import Path

import pytest

from homelab_steward.contract.chat import ChatPieceKind
from lab.model import ModelFault, ModelFaultKind, Script, ScriptedModel, Turn
from lab.wire import Json, JsonObject
from rig.conversation_rig import ConversationRig, of_kind, open_conversation, says, text_of
from steward.conversation.dialogue import LONGEST_REMEMBERED
from steward.llm.messages import Tier
from steward.llm.settings import Deployment
from steward.observability.redaction import Redactor

ASKED = "How much memory does the box radarr have, in your own words?"
ANSWERS = says("It uses ", "95 %.", role="tool")
DONE = "data: [DONE]\n\n"


def event(delta: JsonObject, finish: object = None, **fields: object) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice], **fields})}\n\n"


def called(arguments: Json, *, name: str = "toy_status", **fields: Json) -> str:
    function: Json = {"name": name, "arguments": arguments}
    return event({"tool_calls": [{"id": "x", "index": 0, "function": function, **fields}]})


def raw(*parts: str, **fields: object) -> Turn:
    return Turn(raw=parts, **fields)  # type: ignore[arg-type]


async def is_available(rig: ConversationRig) -> bool:
    """Return whether the model is asked again at once."""
    rig.model.script.turns[:] = [says("Still here.")]
    return await rig.ask("Tell me a story") == "Still here."


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("{'target': 'radarr',}", "not valid JSON"),
        ('{"target": ["radarr"]}', "must be a string, number or boolean, not a list"),
        ('["radarr"]', "must be one JSON object"),
        ('{"target": "no such box"}', "must be one of"),
        ("null", "target is missing"),
        ("", "target is missing"),
        ("  ", "target is missing"),
        (None, "target is missing"),
        ('{"tar', "not valid JSON"),
    ],
)
async def test_an_unreadable_call_goes_back_to_the_model(
    tmp_path: Path, arguments: Json, reason: str
) -> None:
    slip = raw(called(arguments), event({}, "tool_calls"), DONE, times=1)
    mended = raw(called('{"target": "radarr"}'), event({}, "tool_calls"), DONE, role="tool", times=1)
    async with open_conversation(tmp_path, slip, mended, ANSWERS) as rig:
        pieces = await rig.pieces(ASKED)
        first, second = of_kind(pieces, ChatPieceKind.TOOL_RESULT)
        assert not first.ok
        assert reason in first.text
        assert second.ok
        assert text_of(pieces) == "It uses 95 %."
        (call,) = json.loads(rig.model.bodies[1])["messages"][-2]["tool_calls"]
        json.loads(call["function"]["arguments"])
        assert await is_available(rig)


async def test_a_model_that_repeats_its_slip_ends_the_turn(tmp_path: Path) -> None:
    slips = [raw(called("{'a"), event({}, "tool_calls"), DONE, role=role) for role in ("user", "tool")]
    async with open_conversation(tmp_path, *slips) as rig:
        assert "The model gave no answer" in await rig.ask(ASKED)
        assert len(rig.model.bodies) <= 6
        assert await is_available(rig)


async def test_a_new_id_at_the_same_index_is_another_call(tmp_path: Path) -> None:
    both = raw(
        called('{"target": "radarr"}', id="a"),
        called('{"target": "radarr"}', name="toy_log", id="b"),
        event({}, "tool_calls"),
        DONE,
    )
    async with open_conversation(tmp_path, both, ANSWERS) as rig:
        pieces = await rig.pieces(ASKED)
        assert [one.tool for one in of_kind(pieces, ChatPieceKind.TOOL_CALL)] == ["toy_status", "toy_log"]


@pytest.mark.parametrize("body", [[event({"content": "All is quiet."})], [": ping\n\n"], ["\n"]])
async def test_an_answer_whose_end_is_not_marked_is_no_outage(tmp_path: Path, body: list[str]) -> None:
    async with open_conversation(tmp_path, raw(*body)) as rig:
        assert "did not say that its answer has ended" in await rig.ask("Tell me a story")
        assert await is_available(rig)


WORDS = ("All is ", "quiet.")
PARTS: list[Json] = [{"type": "text", "text": "All is "}, {"type": "text", "text": "quiet."}]
WHOLE = {"choices": [{"message": {"role": "assistant", "content": "All is quiet."}, "finish_reason": "stop"}]}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            [event({"content": one}, "") for one in WORDS] + [event({}, "stop"), DONE], id="blank finish"
        ),
        pytest.param([event({"content": one}) for one in WORDS] + [DONE], id="no finish"),
        pytest.param([event({"content": one}) for one in WORDS] + [event({}, "stop")], id="no done"),
        pytest.param([event({"content": one}, "stop") for one in WORDS] + [DONE], id="finish on every piece"),
        pytest.param([event({"content": one}, error=None) for one in WORDS] + [DONE], id="null error"),
        pytest.param(
            [event({"content": one}, error={"code": 0, "message": ""}) for one in WORDS] + [DONE],
            id="error without values",
        ),
        pytest.param(
            [event({"content": one}) for one in WORDS] + ['data: "[DONE]"\n\n'], id="done in quotes"
        ),
        pytest.param([event({"content": PARTS}), event({}, "stop"), DONE], id="content as parts"),
        pytest.param(
            [": ping\n\n", "data:\n\n", event({"content": "All is quiet."}), DONE], id="empty events"
        ),
        pytest.param([event({"content": "All is quiet."}).replace("\n", "\r\n"), DONE], id="line ends"),
        pytest.param([json.dumps(WHOLE)], id="a body of JSON"),
        pytest.param([event({"content": "All is quiet."}, logprob=float("nan")), DONE], id="not a number"),
        pytest.param([event({"refusal": "All is quiet."}), event({}, "stop"), DONE], id="a refusal"),
        pytest.param(
            ["\n", json.dumps(WHOLE, indent=1)[:40], json.dumps(WHOLE, indent=1)[40:]], id="JSON in pieces"
        ),
        pytest.param([f"data: {json.dumps(WHOLE)}\n\n"], id="one event"),
        pytest.param(
            [event({"content": "<think>Hm."}), event({"content": "</think>All is quiet."}), DONE], id="think"
        ),
        pytest.param(
            [event({"reasoning_content": "Hm."}), event({"content": "All is quiet."}), DONE], id="field"
        ),
        pytest.param(
            [event({"reasoning": "Hm."}), event({"content": "All is quiet."}), DONE], id="other field"
        ),
        pytest.param(
            [event({"content": "Hm.</th"}), event({"content": "ink>All is quiet."}), DONE], id="no start"
        ),
    ],
)
@pytest.mark.parametrize("spoken", [True, False])
async def test_an_unusual_answer_is_an_answer(tmp_path: Path, body: list[str], spoken: bool) -> None:  # noqa: FBT001
    async with open_conversation(tmp_path, raw(*body)) as rig:
        assert await rig.ask("Tell me a story", spoken=spoken) == "All is quiet."
        assert await is_available(rig)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            [event({"content": "All is"}), event({}, "length")],
            "All is… The answer was cut off: it reached the limit",
        ),
        (
            [event({"content": "All is"}), event({}, "content_filter")],
            "All is… The answer was cut off by the content",
        ),
        ([event({"reasoning_content": "Hm"}), event({}, "length")], "reached the limit of 700 tokens before"),
        ([event({"content": "<think>Hm"}), event({}, "length")], "reached the limit of 700 tokens before"),
        ([event({}, "length")], "reached the limit of 700 tokens before"),
        ([event({"reasoning_content": "Hm"}), event({}, "content_filter")], "blocked the answer"),
        ([event({}, "stop")], "The model gave no answer"),
        ([DONE], "The model gave no answer"),
        ([event({"content": "<tool_call>{}"}), DONE], "The model gave no answer"),
        (["<html><body>Please log in</body></html>"], "The model could not answer this question"),
        (["data: {'choices': \n\n"], "The model could not answer this question"),
        ([event({}, error={"message": "the prompt is too long"})], "is too long for the model"),
        ([event({}, error={"message": "odd"})], "The model could not answer this question"),
        ([event({}, error={"code": 429})], "No model is available"),
    ],
)
async def test_a_missing_or_cut_answer_is_explained(tmp_path: Path, body: list[str], said: str) -> None:
    async with open_conversation(tmp_path, raw(*body), raw(*body, role="tool")) as rig:
        assert said in await rig.ask("Tell me a story", spoken=True)
        assert await is_available(rig) is (said != "No model is available")


async def test_a_cut_answer_says_so_in_german(tmp_path: Path) -> None:
    cut = raw(event({"content": "Alles ist"}), event({}, "length"))
    async with open_conversation(tmp_path, cut) as rig:
        assert "wurde abgeschnitten" in await rig.ask("Erzähl mir was", language="de")


@pytest.mark.parametrize("half", ['"\\ud83d"', '"\\ude00 smile"'])
async def test_half_a_character_does_not_end_the_answer(tmp_path: Path, half: str) -> None:
    odd = event({"content": "X"}).replace('"X"', half)
    async with open_conversation(tmp_path, raw(event({"content": "All "}), odd, DONE)) as rig:
        assert (await rig.ask("Tell me a story")).startswith("All ?")


@pytest.mark.parametrize(
    "text",
    [
        "<tool_call>\n<function=toy_status>\n<parameter=target>\nradarr\n</parameter>\n</function>\n</tool_call>",
        '[TOOL_CALLS]toy_status{"target": "radarr"}',
        '[TOOL_CALLS] [{"name": "toy_status", "arguments": {"target": "radarr"}}]',
        '<|python_tag|>{"name": "toy_status", "parameters": {"target": "radarr"}}',
        '<function=toy_status>{"target": "radarr"}</function>',
        'I look.\n```json\n{"name": "functions.toy_status", "arguments": {"target": "radarr"}}\n```',
    ],
)
async def test_a_call_written_as_text_is_made(tmp_path: Path, text: str) -> None:
    pieces = [event({"content": text[at : at + 5]}) for at in range(0, len(text), 5)]
    async with open_conversation(tmp_path, raw(*pieces, event({}, "stop"), DONE), ANSWERS) as rig:
        found = await rig.pieces(ASKED, spoken=True)
        assert [one.ok for one in of_kind(found, ChatPieceKind.TOOL_RESULT)] == [True]
        assert text_of(found).endswith("It uses 95 %.")
        assert "toy_status" not in text_of(found)


@pytest.mark.parametrize(("spoken", "gap"), [(True, " "), (False, "\n\n")])
async def test_the_texts_of_two_steps_are_separated(tmp_path: Path, spoken: bool, gap: str) -> None:  # noqa: FBT001
    first = raw(event({"content": "I look."}), called('{"target": "radarr"}'), event({}, "tool_calls"), DONE)
    async with open_conversation(tmp_path, first, ANSWERS) as rig:
        assert await rig.ask(ASKED, spoken=spoken) == f"I look.{gap}It uses 95 %."


async def test_a_call_that_names_no_tool_is_sent_back_with_a_name_that_servers_accept(tmp_path: Path) -> None:
    slip = raw(event({"content": "<tool_call>the queue, please</tool_call>"}), DONE, times=1)
    odd = raw(called("{}", name="read the queue!"), event({}, "tool_calls"), DONE, role="tool", times=1)
    async with open_conversation(tmp_path, slip, odd, says("I cannot.", role="tool")) as rig:
        assert await rig.ask(ASKED) == "I cannot."
        messages = json.loads(rig.model.bodies[-1])["messages"]
        sent = [call["function"]["name"] for one in messages for call in one.get("tool_calls", [])]
        assert sent == ["unknown", "read_the_queue_"]


async def test_another_deployment_answers_where_it_may(tmp_path: Path) -> None:
    broken = raw("data: {\n\n")
    async with ScriptedModel(Script([says("From the other one.")])) as other:
        second = Deployment(id="second", url=f"{other.url}/v1", model="m")
        async with open_conversation(tmp_path, broken, others=(second,)) as rig:
            assert await rig.ask("Tell me a story") == "From the other one."
        cloud = Deployment(id="cloud", url=f"{other.url}/v1", model="m", tier=Tier.CLOUD)
        asked = len(other.bodies)
        async with open_conversation(tmp_path / "two", broken, others=(cloud,)) as rig:
            assert "The model could not answer" in await rig.ask("Tell me a story of radarr")
    assert len(other.bodies) == asked, "a private question stays at home"


SECRET = 'open "sesame"\n street 9!'


@pytest.mark.parametrize("kept", range(8, len(SECRET), 3))
async def test_a_secret_that_was_cut_in_the_memory_does_not_reach_a_model(tmp_path: Path, kept: int) -> None:
    redactor = Redactor()
    redactor.register(SECRET)
    async with open_conversation(tmp_path, says("Yes."), clean=redactor.clean) as rig:
        before = "x" * (LONGEST_REMEMBERED - kept)
        await rig.ask(f"{before}{SECRET}")
        await rig.ask("Tell me a story")
        sent = " ".join(json.loads(rig.model.bodies[-1])["messages"][1]["content"].split())
        assert before in sent
        plain = " ".join(SECRET.split())
        assert not any(plain[at : at + 8] in sent for at in range(len(plain) - 7))


@pytest.mark.parametrize("kind", [ModelFaultKind.CUT, ModelFaultKind.STALL])
async def test_what_follows_the_end_of_an_answer_does_not_matter(
    tmp_path: Path, kind: ModelFaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.llm.openai_compatible.AFTER_FINISH", 0.05)
    body = (event({"content": "All is quiet."}), event({}, "stop"))
    async with open_conversation(tmp_path, raw(*body, fault=ModelFault(kind=kind, after=2))) as rig:
        assert await rig.ask("Tell me a story") == "All is quiet."
        assert await is_available(rig)


async def test_a_web_page_is_no_answer_and_no_outage(tmp_path: Path) -> None:
    page = raw("<html><body>Please log in</body></html>", content_type="text/html")
    async with open_conversation(tmp_path, page) as rig:
        assert "sent a web page instead of an answer" in await rig.ask("Tell me a story")
        assert await is_available(rig)


async def test_an_answer_without_end_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.llm.openai_compatible.LONGEST_EVENT", 1_000)
    async with open_conversation(tmp_path, raw("data: " + "x" * 5_000)) as rig:
        assert "answers without end" in await rig.ask("Tell me a story")
