"""An action has the icon of its capability, or its own."""

from dataclasses import replace
from typing import Any

import pytest

from steward.sdk.description import Action
from steward.sdk.kits.delete_item import DeleteItem

from .fakes import ABOUT

ACTION: Action[Any] = DeleteItem[Any](read=lambda *_: None, delete=lambda *_: None).action(**ABOUT)  # type: ignore[arg-type]


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
