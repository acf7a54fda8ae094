"""What a tool or an action has by default: its capability, and the icon of that."""

from dataclasses import replace
from typing import Any

import pytest

from steward.sdk.description import Action, ResourceKind, Tool
from steward.sdk.kits.delete_item import DeleteItem

from .fakes import ABOUT

ACTION: Action[Any] = DeleteItem[Any, Any](read=lambda *_: None, delete=lambda *_: None).action(**ABOUT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("capability", "icon", "offered"),
    [
        ("stop", None, "mdi:stop"),
        ("stop", "mdi:flag", "mdi:flag"),
        ("free_space", None, None),
        (None, None, None),
    ],
)
def test_the_icon_of_an_action(capability: str | None, icon: str | None, offered: str | None) -> None:
    assert replace(ACTION, capability=capability, icon=icon).offer().icon == offered


@pytest.mark.parametrize(
    ("key", "capability", "offered"),
    [
        ("restart", None, "restart"),
        ("restart", "reload", "reload"),
        ("restart", "", None),
        ("logs", None, None),
        ("do", None, None),
        ("restart_port", None, "restart"),
        ("restart_port", "power_cycle", "power_cycle"),
        ("restart_port", "", None),
        ("restart_vm", None, None),
        # A key that is a capability as a whole is that one.
        ("disable_port", None, "disable_port"),
    ],
)
def test_the_capability_of_an_action(key: str, capability: str | None, offered: str | None) -> None:
    found = replace(ACTION, key=key, scope="port", capability=capability)
    assert found.offer().capability == offered


@pytest.mark.parametrize(
    ("name", "shown"), [("", "Restart access point"), ("Switch it off and on", "Switch it off and on")]
)
def test_the_name_of_an_action(name: str, shown: str) -> None:
    assert replace(ACTION, key="restart_access_point", name=name).offer().name == shown


@pytest.mark.parametrize(("name", "shown"), [("", "Access point"), ("Gateway", "Gateway")])
def test_the_name_of_a_kind_of_resource(name: str, shown: str) -> None:
    kind = ResourceKind[Any, str](key="access_point", name=name, items=lambda state: state, id=str)
    assert kind.offer().name == shown


@pytest.mark.parametrize(
    ("key", "capability", "offered"),
    [
        ("logs", None, "logs"),
        ("logs", "health", "health"),
        ("logs", "", None),
        ("restart", None, None),
        ("ask", None, None),
    ],
)
def test_the_capability_of_a_tool(key: str, capability: str | None, offered: str | None) -> None:
    async def read(_: Any, __: Any) -> Any:
        raise NotImplementedError

    tool: Tool[Any] = Tool(key=key, name="Ask", description="", read=read, capability=capability)
    assert tool.offer().capability == offered
