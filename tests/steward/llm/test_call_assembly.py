"""Streamed tool calls are joined, however a server numbers and names their pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.call_arguments import read_arguments
from steward.llm.call_assembly import MOST_CALLS, CallAssembler

NAMES = ("lamp_state", "door_log", "door")
LAMP = ("lamp_state", {"room": "hall"})
DOOR = ("door_log", {"lines": 3})


def piece(
    name: str | None = None, arguments: object = None, *, call_id: object = None, index: object = None
) -> dict[str, object]:
    function = {"name": name, "arguments": arguments}
    plain = {
        "id": call_id,
        "index": index,
        "function": {key: one for key, one in function.items() if one is not None},
    }
    return {key: one for key, one in plain.items() if one is not None}


def assembled(*chunks: object, names: tuple[str, ...] = NAMES) -> list[tuple[str, dict[str, object]]]:
    assembler = CallAssembler(names)
    for one in chunks:
        assembler.add(one)
    found = assembler.calls()
    assert len({one.id for one in found}) == len(found)
    return [(one.name, dict(one.arguments)) for one in found]


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(
            [
                [piece("lamp_state", '{"room": "hall"}', call_id="a", index=0)],
                [piece("door_log", '{"lines": 3}', call_id="b", index=0)],
            ],
            id="a new id at the same index",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room"', call_id="a", index=0)],
                [piece(None, ': "hall"}', index=0)],
                [piece("door_log", '{"li', call_id="b", index=0)],
                [piece(None, 'nes": 3}', index=0)],
            ],
            id="pieces at the same index",
        ),
        pytest.param(
            [
                [piece("lamp_state", "", call_id="a", index=0), piece("door_log", "", call_id="b", index=1)],
                [piece(None, '{"lines":', index=1), piece(None, '{"room":', index=0)],
                [piece(None, ' "hall"}', index=0), piece(None, " 3}", index=1)],
            ],
            id="interleaved by index",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room": "hall"}', call_id="a")],
                [piece("door_log", '{"lines": 3}', call_id="b")],
            ],
            id="no index",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room": ', call_id="a")],
                [piece("door_log", '{"lines": ', call_id="b")],
                [piece(None, '"hall"}', call_id="a")],
                [piece(None, "3}", call_id="b")],
            ],
            id="interleaved by id",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room": "hall"}')],
                [piece("door_log", '{"lines"')],
                [piece(None, ": 3}")],
            ],
            id="a new name after a complete object, no id and no index",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room": "hall"}', index=0)],
                [piece("door_log", '{"lines": 3}', index=0)],
            ],
            id="a new name at the same index, no id",
        ),
        pytest.param(
            [[piece("lamp_state", {"room": "hall"}), piece("door_log", {"lines": 3})]],
            id="objects instead of texts",
        ),
        pytest.param(
            [
                [piece("lamp_state", "", call_id="a"), piece("door_log", "", call_id="b")],
                [piece(None, '{"room": "hall"}'), piece(None, '{"lines": 3}')],
            ],
            id="by position in the chunk",
        ),
        pytest.param(
            [
                [piece("lamp_", None, call_id="a", index=0)],
                [piece("state", None, index=0)],
                [piece(None, '{"room": "hall"}', index=0)],
                [piece("door", None, call_id="b", index=1)],
                [piece("_log", '{"lines": 3}', index=1)],
            ],
            id="names in pieces",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room"', call_id="a", index=0)],
                [piece("lamp_state", ': "hall"}', call_id="a", index=0)],
                [piece("lamp_state", "", call_id="a", index=0)],
                [piece("door_log", '{"lines": 3}', call_id="b", index=1)],
                [piece(None, '{"lines": 3}', call_id="b", index=1)],
            ],
            id="id, name and arguments repeated",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room":', call_id="a", index=0)],
                [piece(None, '"hall"}', call_id="other", index=0)],
                [piece("door_log", "{}", call_id="b", index=1)],
                [piece(None, '{"lines": 3}', index=1)],
            ],
            id="a random id on each piece, and an empty object first",
        ),
        pytest.param(
            [
                [piece("lamp_state", None, call_id="a", index=1)],
                [piece(None, '{"room": "hall"}', index=2)],
                [piece("door_log", None, call_id="b", index=3)],
                [piece(None, '{"lines": 3}', index=4)],
            ],
            id="arguments at the next index",
        ),
        pytest.param(
            [
                [piece("lamp_state", '{"room": "hall"}', call_id="same", index=0)],
                [piece("door_log", '{"lines": 3}', call_id="same", index=1)],
            ],
            id="the same id for all",
        ),
        pytest.param(
            [{"name": "lamp_state", "arguments": '{"room": "hall"}'}, piece("door_log", '{"lines": 3}')],
            id="single objects instead of lists",
        ),
        pytest.param(
            [
                None,
                "text",
                [7, None],
                [piece("lamp_state", '{"room": "hall"}')],
                [piece("door_log", '{"lines": 3}')],
            ],
            id="what is no piece",
        ),
    ],
)
def test_two_calls_are_two_calls(chunks: list[object]) -> None:
    assert assembled(*chunks) == [LAMP, DOOR]


def test_calls_without_arguments_stay_apart() -> None:
    one, two = piece("lamp_state", "", index=0), piece("door_log", "", index=0)
    assert assembled([one], [two]) == [("lamp_state", {}), ("door_log", {})]
    assert assembled([piece("lamp_state", "{}")], [piece("lamp_state", "{}")]) == [("lamp_state", {})] * 2
    assert assembled([piece(None, "", call_id="x")], [piece(None, " ")]) == []


@given(st.data())
def test_the_split_of_arguments_does_not_matter(data: st.DataObject) -> None:
    chunks: list[object] = []
    for index, (name, text) in enumerate((("lamp_state", '{"room": "hall"}'), ("door_log", '{"lines": 3}'))):
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
        parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        is_shared = data.draw(st.booleans())
        has_index = data.draw(st.booleans())
        at = (0 if is_shared else index) if has_index else None
        chunks.append([piece(name, parts[0], call_id=f"id{index}", index=at)])
        chunks += [[piece(None, part, index=at)] for part in parts[1:]]
    assert assembled(*chunks) == [LAMP, DOOR]


@given(
    st.lists(
        st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "index": st.one_of(st.integers(-1, 3), st.none(), st.text(max_size=1), st.booleans()),
                    "id": st.one_of(st.sampled_from(["a", "b", ""]), st.none(), st.integers()),
                    "function": st.one_of(
                        st.none(),
                        st.fixed_dictionaries(
                            {},
                            optional={
                                "name": st.one_of(st.sampled_from(NAMES), st.none(), st.integers()),
                                "arguments": st.one_of(
                                    st.text("{}[]\"':a1 ", max_size=6), st.none(), st.lists(st.none())
                                ),
                            },
                        ),
                    ),
                },
            ),
            max_size=3,
        ),
        max_size=8,
    )
)
def test_any_pieces_are_accepted(chunks: list[object]) -> None:
    assembled(*chunks)


def test_the_number_and_length_of_calls_are_limited() -> None:
    assert len(assembled([piece("door", "{}", call_id=f"{n}") for n in range(100)])) == MOST_CALLS
    assembler = CallAssembler()
    for _ in range(100):
        assembler.add([piece("door", "x" * 10_000, index=0)])
    (call,) = assembler.calls()
    assert call.problem == "the arguments are too long"


def test_pieces_with_another_index_and_no_name_belong_to_the_last_call() -> None:
    assert assembled([piece("door", "", call_id="a")], [piece(None, "{}", call_id="a", index=7)]) == [
        ("door", {})
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        (" \n", {}),
        ("null", {}),
        (" null ", {}),
        ("{}", {}),
        ("[]", {}),
        ('""', {}),
        ('{"a": 1, "b": null}', {"a": 1, "b": None}),
        ('"{\\"a\\": true}"', {"a": True}),
        ('{}{"a": 1}', {"a": 1}),
    ],
)
def test_arguments_are_read(text: str, values: dict[str, object]) -> None:
    arguments = read_arguments(text)
    assert (dict(arguments.values), arguments.problem) == (values, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{'a': 'b',}", "not valid JSON"),
        ('{"a": ', "not valid JSON"),
        ("a=1", "not valid JSON"),
        ('[{"a": 1}]', "must be one JSON object"),
        ("7", "must be one JSON object"),
        ('{"a": ["b"]}', "'a' must be a string, number or boolean, not a list"),
        ('{"a": {"b": 1}}', "'a' must be a string, number or boolean, not an object"),
    ],
)
def test_a_problem_is_described_for_the_model(text: str, problem: str) -> None:
    arguments = read_arguments(text)
    assert problem in arguments.problem
    assert arguments.values == {}


def test_a_call_that_was_cut_off_says_so() -> None:
    assembler = CallAssembler(NAMES)
    assembler.add([piece("door", '{"a": "b')])
    assert "cut off" in assembler.calls(is_cut=True)[0].problem
