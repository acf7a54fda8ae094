"""What a phone says about when a request is executed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from rows import CATALOGUE, NOW, approval, target

from custom_components.homelab_steward.contract.later import Later, LaterCondition
from custom_components.homelab_steward.notifications.views import scheduled, view_of
from custom_components.homelab_steward.phrases import Phrases

IDLE = LaterCondition(name="Plex: Nobody is streaming", target=target(), reading="idle", equals=True)
WAITING = Later(
    at=NOW,
    until=NOW + timedelta(days=1),
    conditions=(IDLE,),
    text="When nobody is streaming on Plex",
)
LATER = NOW + timedelta(hours=3)


@pytest.mark.parametrize(
    ("later", "begin", "parts"),
    [
        (None, "", ()),
        (Later(at=LATER, until=LATER), "Scheduled: ", ()),
        (Later(at=LATER, until=LATER, finish_by=LATER), "Scheduled: ", ("It has to be finished by",)),
        (WAITING, "When nobody is streaming on Plex, at the latest ", ()),
        (replace(WAITING, at=LATER), "When nobody is streaming on Plex, not before ", ("and at the latest",)),
        (replace(WAITING, is_once=True), "When nobody is streaming on Plex. This is checked right after", ()),
    ],
)
async def test_when_a_request_is_executed(
    hass: HomeAssistant, later: Later | None, begin: str, parts: tuple[str, ...]
) -> None:
    text = scheduled(replace(approval(), created_at=NOW, later=later), await Phrases.async_load(hass))
    assert text.startswith(begin)
    assert bool(text) is (later is not None)
    assert all(one in text for one in parts)


async def test_it_is_said_once_and_above_the_plan(hass: HomeAssistant) -> None:
    phrases = await Phrases.async_load(hass)
    text = "Wenn niemand streamt.\nContainer 105 is stopped."
    asked = replace(approval(), created_at=NOW, later=WAITING, text=text)
    message = view_of(asked, None, phrases, CATALOGUE, None).message
    assert message.startswith("When nobody is streaming on Plex, at the latest ")
    assert message.count("streami") == 1, "the line in the language of the household is left out"
    assert "Container 105 is stopped." in message
    only = view_of(replace(asked, text="Wenn niemand streamt."), None, phrases, CATALOGUE, None).message
    assert phrases("finding", text="").strip()[:5] not in only
