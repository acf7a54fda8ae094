"""Addresses and secrets of webhooks are checked when the settings are read."""

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from steward.errors import InvalidSetting
from steward.settings.event_webhooks import EventGroup
from steward.settings.model import Settings
from steward.settings.reader import read_settings

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


def read(folder: Path, *hooks: dict[str, Any]) -> Settings:
    file = folder / "steward.yaml"
    file.write_text(yaml.safe_dump({"event_webhooks": list(hooks)}))
    return read_settings({}, None, file)


def hook(**more: Any) -> dict[str, Any]:
    return {"id": "n8n", "url": "https://n8n.example.org/webhook/abc", "secret": SECRET, **more}


def test_a_webhook_gets_all_events_by_default(tmp_path: Path) -> None:
    settings = read(tmp_path, hook(), hook(id="red", url="http://10.0.0.7:1880/x", events=["run"]))
    first, second = settings.event_webhooks
    assert first.events == tuple(EventGroup)
    assert second.events == (EventGroup.RUN,)
    assert {SECRET, first.url} <= set(settings.secrets()), "the path of the address may be a secret"
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    "url", ["", "n8n.example.org", "ftp://a.example.org", "https://", "https://a:0/", "https://a:99999/", 5]
)
def test_an_address(tmp_path: Path, url: object) -> None:
    with pytest.raises(InvalidSetting, match="must be an address such as"):
        read(tmp_path, hook(url=url))


@pytest.mark.parametrize("url", ["https://me:pw@a.example.org/", "https://a.example.org/#part"])
def test_an_address_has_no_user_name_and_no_fragment(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidSetting, match="must have no user name") as caught:
        read(tmp_path, hook(url=url))
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_not base64!",
        SECRET.removeprefix("whsec_"),
        "whsec_c2hvcnQ=",
        f"{SECRET}AAAA" * 9,
        7,
    ],
)
def test_a_secret(tmp_path: Path, secret: object) -> None:
    with pytest.raises(InvalidSetting, match="openssl rand") as caught:
        read(tmp_path, hook(secret=secret))
    assert "c2hvcnQ" not in str(caught.value)


def test_two_webhooks_have_different_ids(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="n8n"):
        read(tmp_path, hook(), hook())


def test_a_group_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="event"):
        read(tmp_path, hook(events=["everything"]))
