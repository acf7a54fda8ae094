"""Settings of servers that are described by an OpenAPI document."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from steward.errors import InvalidSetting
from steward.settings.foreign_tools import ForeignServer
from steward.settings.reader import read_settings

SECRET = "the-secret-of-the-api-0123456789"


def read(folder: Path, **server: Any) -> ForeignServer:
    file = folder / "steward.yaml"
    file.write_text(yaml.safe_dump({"foreign_tools": {"servers": [{"name": "boxes", **server}]}}))
    return read_settings({}, None, file).foreign_tools.servers[0]


def openapi(**more: Any) -> dict[str, Any]:
    return {"kind": "openapi", "url": "http://boxes.lan/api", "document": "boxes.json", **more}


def test_a_document_is_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    tools = [{"name": "listBoxes", "access": "read"}]
    server = read(tmp_path, **openapi(token_file="key", token_header="X-Api-Key", tools=tools))
    assert server.document == tmp_path / "boxes.json"
    assert server.token_header == "X-Api-Key"
    assert server.secrets() == (SECRET,)
    assert SECRET not in repr(server)


def test_a_document_has_an_address(tmp_path: Path) -> None:
    server = read(tmp_path, **openapi(document=None, document_url="http://boxes.lan/openapi.json"))
    assert server.document is None


@pytest.mark.parametrize(
    ("server", "key"),
    [
        (openapi(url=""), "url"),
        (openapi(url="http://boxes.lan/api?key=1"), "url"),
        (openapi(url="http://me:pass@boxes.lan"), "url"),
        (openapi(url="ftp://boxes.lan"), "url"),
        (openapi(document=None), "document"),
        (openapi(document_url="http://boxes.lan/openapi.json"), "document"),
        (openapi(document=None, document_url="boxes.lan"), "document_url"),
        (openapi(command="boxes"), "command"),
        (openapi(token_header="Host"), "token_header"),
        (openapi(token_header="X Y"), "token_header"),
        (openapi(token_header=3), "token_header"),
        ({"kind": "http", "url": "http://boxes.lan", "document": "boxes.json"}, "document"),
        ({"kind": "http", "url": "http://boxes.lan", "document_url": "http://boxes.lan/a"}, "document_url"),
        ({"kind": "http", "url": "http://boxes.lan", "token_header": "X-Api-Key"}, "token_header"),
        ({"kind": "stdio", "command": "boxes", "url": "http://boxes.lan"}, "url"),
        ({"kind": "stdio"}, "command"),
        ({"kind": "http", "url": "http://boxes.lan", "command": "boxes"}, "command"),
    ],
)
def test_settings_that_do_not_fit(tmp_path: Path, server: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        read(tmp_path, **server)
    assert caught.value.key == f"foreign_tools.servers[0].{key}"
