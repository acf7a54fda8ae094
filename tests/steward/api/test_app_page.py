"""The page of the app in Home Assistant: who may open it, and what it shows."""

import re
from dataclasses import replace
from typing import Any

import pytest

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.protocol import InitialState
from homelab_steward.contract.state import (
    FrontEnd,
    FrontEndState,
    FrontEndStatus,
    Instance,
    InstanceStatus,
    Origin,
    Person,
    Role,
    Speaker,
)
from steward.api.app_page import AppPage, _without_port
from steward.api.app_page_html import FrontEndRow, PageContent, ServiceRow, render
from steward.sdk.description import AlertSource

from .api_rig import API_TOKEN, BEARER, MONITOR_TOKEN, ApiRig, approval, bytes_parse, service

USER = {"X-Remote-User-Id": "robin-id", "X-Forwarded-Host": "ha.example:8123"}
ROLES = {"robin-id": Role.OWNER, "sam-id": Role.MEMBER, "vera-id": Role.GUEST}
MONITOR = replace(service(AlertSource(parse=bytes_parse)), name="Monitor").offer()


class State:
    """The state that the page shows."""

    def __init__(self, *instances: Instance) -> None:
        self.instances = instances

    async def initial(self, sequence: int) -> InitialState:
        return InitialState(
            sequence=sequence,
            catalogue=Catalogue(digest="d", services=(MONITOR,)),
            instances=self.instances,
            snapshots=(),
            incidents=(),
            approvals=(approval(),),
            statistics=(),
            people=(),
            front_ends=(
                FrontEndStatus(front_end=FrontEnd.TELEGRAM, state=FrontEndState.DOWN, problems=("gone",)),
            ),
        )


def person(speaker: Speaker) -> Person | None:
    role = ROLES.get(speaker.user_id)
    return Person(id=speaker.user_id, name="?", role=role) if role else None


def page(*instances: Instance, **changes: Any) -> AppPage:
    values: dict[str, Any] = {
        "app_version": "0.1.0",
        "host": "abc-homelab-steward",
        "port": 8099,
        "api_token": API_TOKEN,
        "monitor_token": MONITOR_TOKEN,
        "queries": State(*instances),
        "person": person,
        "is_home_connected": lambda: True,
        "log_tail": lambda: ("first line", "<b>second</b>"),
        "supervisor": "127.0.0.1",
    }
    return AppPage(**values | changes)


async def shown(opened: AppPage | None, headers: dict[str, str]) -> tuple[int, str, Any]:
    api = ApiRig()
    api.page = opened
    async with api, api.session.get(f"{api.url}/", headers=headers) as response:
        return response.status, await response.text(), response.headers


@pytest.mark.parametrize("user", ["robin-id", "somebody-not-set-up"])
async def test_an_administrator_sees_tokens_and_addresses(user: str) -> None:
    alertmanager = Instance(id="am1", service="monitor", name="Alerts", origin=Origin.FRONT_END)
    status, text, headers = await shown(page(alertmanager), USER | {"X-Remote-User-Id": user})
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    for value in (
        API_TOKEN,
        MONITOR_TOKEN,
        "http://abc-homelab-steward:8099",
        "http://ha.example:8099/api/webhooks/am1",
        "http://abc-homelab-steward:8099/api/webhooks/am1",
        "first line",
        "&lt;b&gt;second&lt;/b&gt;",
        "<dt>Telegram</dt><dd><span class=bad>problem</span>: gone</dd>",
    ):
        assert value in text


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        ({}, {}),
        ({"X-Remote-User-Id": ""}, {}),
        ({"X-Remote-User-Name": "robin"}, {}),
        (BEARER, {}),
        (USER | {"X-Forwarded-For": "172.30.32.2"}, {"supervisor": "172.30.32.2"}),
        (USER | {"X-Remote-User-Id": "sam-id"}, {}),
        (USER | {"X-Remote-User-Id": "vera-id"}, {}),
    ],
)
async def test_others_see_nothing(headers: dict[str, str], changes: dict[str, Any]) -> None:
    status, text, _ = await shown(page(**changes), headers)
    assert status == 403
    assert API_TOKEN not in text
    assert MONITOR_TOKEN not in text


async def test_without_supervisor_there_is_no_page() -> None:
    status, _, _ = await shown(None, USER)
    assert status == 404


async def test_only_the_style_and_script_of_the_page_run() -> None:
    _, text, headers = await shown(page(), USER)
    policy = headers["Content-Security-Policy"]
    nonce = re.findall(r"'nonce-([\w-]+)'", policy)
    assert len(set(nonce)) == 1
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert set(re.findall(r'<(?:style|script) nonce="([\w-]+)"', text)) == set(nonce)
    assert not re.search(r"(?:src|@import|url\()", text.replace("textContent", "")), "nothing else is loaded"
    assert not re.search(r"\son\w+=", text), "the policy forbids handlers in attributes"
    _, _, again = await shown(page(), USER)
    assert again["Content-Security-Policy"] != policy


CONTENT = PageContent(
    version="0.1.0",
    is_connected=True,
    open_incidents=3,
    waiting=1,
    access_token="the-access-token",
    monitor_token="the-monitor-token",
    inside="http://inside:8099",
    outside="http://outside:8099",
    services=(),
    log=(),
)
ROW = ServiceRow(name="nas", kind="Monitor", status="ok", reason="", is_good=True, id="i1")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (CONTENT, "There is no service yet"),
        (CONTENT, "Add a service that sends alerts"),
        (CONTENT, "There are no lines yet."),
        (CONTENT, "<dt>Open incidents</dt><dd>3</dd>"),
        (CONTENT, "<span class=good>connected</span>"),
        (
            replace(CONTENT, front_ends=(FrontEndRow(name="Telegram", is_good=True),)),
            "<dt>Telegram</dt><dd><span class=good>OK</span></dd>",
        ),
        (
            replace(CONTENT, front_ends=(FrontEndRow(name="Telegram", is_good=False, reason="no <rights>"),)),
            "<span class=bad>problem</span>: no &lt;rights&gt;",
        ),
        (replace(CONTENT, is_connected=False), "<span class=bad>not connected</span>"),
        (replace(CONTENT, services=(ROW,)), "<dt>Services</dt><dd>1</dd>"),
        (replace(CONTENT, services=(replace(ROW, is_good=False),)), "1 failing"),
        (replace(CONTENT, services=(replace(ROW, reason="no <route>"),)), "no &lt;route&gt;"),
        (replace(CONTENT, services=(replace(ROW, name='"><script>'),)), "&quot;&gt;&lt;script&gt;"),
        (replace(CONTENT, services=(replace(ROW, path="/hook"),)), 'value="http://outside:8099/hook"'),
        (replace(CONTENT, log=("a", "b")), ">a\nb</pre>"),
        (replace(CONTENT, access_token='"x"'), 'value="&quot;x&quot;"'),
    ],
)
def test_the_document(content: PageContent, expected: str) -> None:
    assert expected in render(content, "n")


def test_secrets_are_hidden_until_they_are_shown() -> None:
    fields = re.findall(r"<input id=(\w+) type=(\w+)", render(replace(CONTENT, services=(ROW,)), "n"))
    assert dict(fields) == {"address": "text", "token": "password"}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("ha.local:8123", "ha.local"),
        ("ha.local", "ha.local"),
        ("[fd00::1]:8123", "[fd00::1]"),
        ("a, b", "a"),
        ("", ""),
    ],
)
def test_the_host_of_home_assistant(host: str, expected: str) -> None:
    assert _without_port(host) == expected


async def test_a_service_that_cannot_be_read_shows_the_reason() -> None:
    broken = Instance(
        id="x1",
        service="gone",
        name="Old",
        origin=Origin.FILE,
        status=InstanceStatus.UNREACHABLE,
        error="No route to host",
    )
    _, text, _ = await shown(page(broken), USER)
    assert "No route to host" in text
    assert "<span class=bad>unreachable</span>" in text
    assert "/api/webhooks/x1" not in text


def test_the_offer_says_whether_it_takes_webhooks() -> None:
    assert MONITOR.takes_webhooks
    assert not service(None).offer().takes_webhooks
    assert not service(AlertSource(parse=None)).offer().takes_webhooks
