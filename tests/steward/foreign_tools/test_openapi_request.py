"""Requests of operations: no argument changes where one goes."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from steward.errors import InvalidArgument
from steward.foreign_tools.openapi_document import operations
from steward.foreign_tools.openapi_request import LONGEST_VALUE, request_of

from .openapi_rig import data, document, parameter

OPERATIONS = operations(data()).usable


def target(tool: str, **arguments: object) -> str:
    return request_of(OPERATIONS[tool], arguments).target


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("7", "/boxes/7"),
        (7, "/boxes/7"),
        (True, "/boxes/true"),
        (False, "/boxes/false"),
        ("a b", "/boxes/a%20b"),
        ("library/nginx", "/boxes/library%2Fnginx"),
        ("a?b=1&c#d", "/boxes/a%3Fb%3D1%26c%23d"),
        ("100%", "/boxes/100%25"),
        ("%2f", "/boxes/%252f"),
        ("..a", "/boxes/..a"),
        ("é@:;", "/boxes/%C3%A9%40%3A%3B"),
    ],
)
def test_a_value_stays_in_its_segment(value: object, path: str) -> None:
    assert target("readBox", id=value) == path


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "..",
        "../admin",
        "a/../../admin",
        "a\\..\\b",
        "%2e%2e",
        "%2e%2e/admin",
        "%252e%252e%252fadmin",
        "%25252e%25252e",
        "..\n",
        "a\nb",
        "a\0b",
        "\ud800",
        chr(0xDFFF),
        "x" * 2_001,
        ["a"],
        {"a": 1},
    ],
)
def test_a_value_that_would_leave_its_segment_is_refused(value: object) -> None:
    with pytest.raises(InvalidArgument) as caught:
        target("readBox", id=value)
    assert not isinstance(value, str) or len(value) < 3 or value not in str(caught.value)


@given(value=st.text(st.characters(codec="utf-8"), max_size=30))
@example(value="....//....//")
@settings(max_examples=50)
def test_any_value_stays_in_its_segment(value: str) -> None:
    try:
        path = target("readBox", id=value)
    except InvalidArgument:
        return
    assert path.isascii()
    assert path.startswith("/boxes/")
    segment = path.removeprefix("/boxes/")
    assert not set(segment) & set("/?#\\ ")
    assert segment not in ("", ".", "..")
    assert unquote(segment) == value


def test_dots_of_two_values_do_not_lead_upwards() -> None:
    parameters = [parameter("a", "path"), parameter("b", "path")]
    content = document(**{"/x/{a}{b}/y": {"get": {"operationId": "one", "parameters": parameters}}})
    one = operations(data(content)).usable["one"]
    with pytest.raises(InvalidArgument):
        request_of(one, {"a": ".", "b": "."})


@given(label=st.text(st.characters(codec="utf-8"), max_size=30))
@settings(max_examples=50)
def test_any_value_stays_in_its_parameter(label: str) -> None:
    path = target("listBoxes", label=label)
    parts = urlsplit(f"http://boxes.example{path}")
    assert (parts.netloc, parts.path, parts.fragment) == ("boxes.example", "/boxes", "")
    assert parse_qsl(parts.query, keep_blank_values=True) == [("label", label)]


def test_a_value_has_at_most_the_longest_length() -> None:
    assert target("listBoxes", label="x" * LONGEST_VALUE) == f"/boxes?label={'x' * LONGEST_VALUE}"
    for value in ("x" * (LONGEST_VALUE + 1), chr(0xD800), chr(0xDFFF)):
        with pytest.raises(InvalidArgument, match=r"^label: is too long, or is not valid Unicode$"):
            target("listBoxes", label=value)
    around = chr(0xD7FF) + chr(0xE000)
    assert target("listBoxes", label=around) == "/boxes?label=%ED%9F%BF%EE%80%80"


def test_lists_are_repeated_or_joined() -> None:
    assert target("listBoxes", tag=["a", "b&c"], field=["x", "y"]) == "/boxes?tag=a&tag=b%26c&field=x%2Cy"
    assert target("listBoxes", label=None) == "/boxes"


def test_the_body_is_json() -> None:
    request = request_of(OPERATIONS["addBox"], {"body": {"label": "é"}})
    assert (request.method, request.target, request.body) == ("POST", "/boxes", b'{"label": "\\u00e9"}')


@pytest.mark.parametrize(
    ("tool", "arguments", "key", "reason"),
    [
        ("readBox", {}, "id", "is missing"),
        ("readBox", {"id": None}, "id", "is missing"),
        ("readBox", {"id": ".."}, "id", "cannot be a part of a path"),
        ("addBox", {}, "body", "is missing"),
        (
            "readBox",
            {"id": "1", "Authorization": "x"},
            "arguments",
            "has a key that the tool does not have",
        ),
        ("listBoxes", {"label": {"a": 1}}, "label", "must be a text, a number, true or false"),
        ("listBoxes", {"tag": [["a"]]}, "tag", "must be a text, a number, true or false"),
    ],
)
def test_wrong_arguments_are_refused(tool: str, arguments: dict[str, Any], key: str, reason: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        request_of(OPERATIONS[tool], arguments)
    assert (caught.value.key, str(caught.value)) == (key, f"{key}: {reason}")
