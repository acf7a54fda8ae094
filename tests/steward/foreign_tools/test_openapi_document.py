"""Documents in OpenAPI 3.0 and 3.1 as tools, also those that are wrong or hostile."""

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.foreign_tools.definitions import LONGEST
from steward.foreign_tools.openapi_document import Operation, Operations, WrongDocument, operations
from steward.foreign_tools.openapi_schema import DEEPEST, MOST_NODES, References, SchemaCopier

from .openapi_rig import TEXT, data, document, parameter

SPECS = Path(os.environ.get("STEWARD_SHARED", Path(__file__).parents[4] / "shared")) / "specs"


def only(**operation: Any) -> tuple[Operation | None, str]:
    """Return the operation of a document with one, or why it cannot be used."""
    found = operations(data(document(**{"/boxes": {"get": {"operationId": "one", **operation}}})))
    return found.usable.get("one"), found.unusable.get("one", "")


def test_operations_become_tools() -> None:
    found = operations(data())
    assert not found.unusable
    assert {name: (one.method, one.path, one.only_reads) for name, one in found.usable.items()} == {
        "listBoxes": ("GET", "/boxes", True),
        "addBox": ("POST", "/boxes", False),
        "readBox": ("GET", "/boxes/{id}", True),
        "removeBox": ("DELETE", "/boxes/{id}", False),
    }
    assert all(one.definition.reads_only is one.only_reads for one in found.usable.values())
    reading = found.usable["readBox"].definition
    assert reading.description == "GET /boxes/{id}"
    assert reading.input_schema["required"] == ["id"]
    assert reading.input_schema["properties"] == {"id": {"type": "string", "x-in": "path"}}
    assert found.usable["listBoxes"].definition.description == "GET /boxes\nLists boxes"


def test_what_a_schema_says_about_a_value_is_kept() -> None:
    limits = {"minimum": 1, "maximum": 9, "minLength": 2, "maxLength": 8, "minItems": 1, "maxItems": 4}
    plain = {"type": "string", "format": "date", "default": "2026-11-30", "nullable": True, **limits}
    assert SchemaCopier(References({})).copied({**plain, "example": "x"}) == plain


def test_yaml_and_json_are_the_same() -> None:
    as_yaml = operations(yaml.safe_dump(document()).encode())
    assert as_yaml == operations(data())


def test_a_name_is_made_of_method_and_path() -> None:
    found = operations(
        data(document(**{"/api/v3/queue/{id}": {"get": {"parameters": [parameter("id", "path")]}}}))
    )
    assert list(found.usable) == ["get_api_v3_queue_id"]


def test_method_path_and_place_belong_to_the_definition() -> None:
    digests = set()
    for path, place, method in (("/a", "query", "get"), ("/b", "query", "get"), ("/a", "query", "post")):
        operation = {"operationId": "one", "parameters": [parameter("x", place)]}
        found = operations(data(document(**{path: {method: operation}})))
        digests.add(found.usable["one"].definition.digest)
    in_path = {"operationId": "one", "parameters": [parameter("x", "path")]}
    digests.add(operations(data(document(**{"/a/{x}": {"get": in_path}}))).usable["one"].definition.digest)
    assert len(digests) == 4


def properties(found: Operations, tool: str) -> Any:
    """Return the properties of the arguments of an operation, by name."""
    return found.usable[tool].definition.input_schema["properties"]


def test_a_circle_ends() -> None:
    body = properties(operations(data()), "addBox")["body"]
    depth = 0
    while "properties" in body:
        body = body["properties"].get("inside", {})
        depth += 1
    assert depth == DEEPEST + 1


@pytest.mark.parametrize(
    "reference", ["#/components/schemas/A", "http://elsewhere.example/a.json", "#/none", "#/text/x", 3]
)
def test_a_reference_that_leads_nowhere_allows_everything(reference: object) -> None:
    document_ = {"text": "x", "components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}}
    assert SchemaCopier(References(document_)).copied({"$ref": reference}) == {}


def test_a_schema_that_multiplies_is_bounded() -> None:
    schemas: dict[str, Any] = {"L0": TEXT}
    for level in range(1, 20):
        inner = {"$ref": f"#/components/schemas/L{level - 1}"}
        schemas[f"L{level}"] = {"type": "object", "properties": {f"p{one}": inner for one in range(20)}}
    content = {**document(), "components": {"schemas": schemas}}
    copy = SchemaCopier(References(content)).copied({"$ref": "#/components/schemas/L19"})
    assert json.dumps(copy).count('"type"') <= MOST_NODES


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ({"parameters": [parameter("x", "header", required=True)]}, "header or a cookie"),
        ({"parameters": [parameter("x", "cookie", required=True)]}, "header or a cookie"),
        ({"parameters": [parameter("x", "path")]}, "path and its parameters differ"),
        ({"parameters": [{"$ref": "#/none"}]}, "refers to something"),
        ({"parameters": [{"name": "x", "in": "query", "content": {}}]}, "not supported"),
        ({"parameters": [parameter("x", "query", allowReserved=True)]}, "not supported"),
        ({"parameters": [parameter(f"x{one}", "query") for one in range(61)]}, "more than 60"),
        ({"requestBody": {"required": True, "content": {"text/plain": {}}}}, "not JSON"),
        ({"requestBody": {"required": True, "content": {"application/json": {}}}}, "not JSON"),
    ],
)
def test_an_operation_that_cannot_be_called_safely_is_unusable(
    operation: Mapping[str, Any], reason: str
) -> None:
    usable, why = only(**operation)
    assert usable is None
    assert reason in why


def test_optional_headers_and_bodies_are_left_out() -> None:
    usable, _ = only(
        parameters=[parameter("Authorization", "header"), parameter("x", "query")],
        requestBody={"content": {"text/plain": {}}},
    )
    assert usable is not None
    assert [one.name for one in usable.parameters] == ["x"]


@pytest.mark.parametrize(
    "path",
    [
        "boxes",
        "//elsewhere.example/boxes",
        "/../admin",
        "/a/./b",
        "/a?b=1",
        "/a#b",
        "/a\\b",
        "/%2e%2e/a",
        "/a{",
    ],
)
def test_a_path_that_leaves_the_address_is_unusable(path: str) -> None:
    found = operations(data(document(**{path: {"get": {"operationId": "one"}}})))
    assert "path" in found.unusable["one"]


def test_two_arguments_with_one_name_are_unusable() -> None:
    parameters = [parameter("id", "path"), parameter("id", "query")]
    found = operations(
        data(document(**{"/a/{id}": {"get": {"operationId": "one", "parameters": parameters}}}))
    )
    assert "same name" in found.unusable["one"]


def test_two_operations_with_one_name_are_unusable() -> None:
    one = {"operationId": "one"}
    found = operations(data(document(**{"/a": {"get": one}, "/b": {"get": one}, "/c": {"get": one}})))
    assert not found.usable
    assert list(found.unusable) == ["one"]


def test_many_operations_are_cut() -> None:
    found = operations(data(document(**{f"/a{one}": {"get": {}} for one in range(2_001)})))
    assert found.is_cut
    assert len(found.usable) == 2_000


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"a: [",
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b"swagger: '2.0'",
        b"openapi: 3.2.0",
        b"openapi: [3]",
        b"!!python/object/apply:os.system ['true']",
        b"openapi: 3.1.0\npaths: &a {b: *a}",
    ],
)
def test_what_is_no_document_is_refused(wrong: bytes) -> None:
    with pytest.raises(WrongDocument):
        operations(wrong)


def test_dates_of_yaml_become_text() -> None:
    schema_ = {"type": "string", "default": date(2026, 11, 29), "enum": [date(2026, 11, 29)]}
    operation = {"operationId": "one", "parameters": [{"name": "x", "in": "query", "schema": schema_}]}
    text = yaml.safe_dump(document(**{"/a": {"get": operation}}))
    schema = properties(operations(text.encode()), "one")["x"]
    assert schema["default"] == "2026-11-29"
    assert schema["enum"] == ["2026-11-29"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["$ref", "get", "post", "in", "name", "schema", "parameters", "properties", "items", "/a"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=50)
@given(paths=JSON, components=JSON)
def test_any_content_is_read_or_refused(paths: object, components: object) -> None:
    content = {"openapi": "3.0.3", "paths": paths, "components": components}
    found = operations(json.dumps(content).encode())
    assert all(len(one.definition.canonical) <= LONGEST for one in found.usable.values())


@pytest.mark.skipif(not SPECS.exists(), reason="no published documents on this machine")
@pytest.mark.parametrize(
    ("file", "least"),
    [
        ("sonarr/openapi-v3.json", 230),
        ("radarr/openapi-v3.json", 230),
        ("ollama/openapi.yaml", 12),
        ("unifi-network/openapi-10.5.66.json", 73),
        ("github/openapi-filtered.json", 170),
        ("prometheus/openapi_3.1_golden.yaml", 39),
    ],
)
def test_published_documents_are_read(file: str, least: int) -> None:
    assert len(operations((SPECS / file).read_bytes()).usable) >= least
