"""Pictures of trends in notifications: phones download them from Home Assistant."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.records import LONGEST_TREND, TrendPicture
from custom_components.homelab_steward.notifications import trend_pictures
from custom_components.homelab_steward.notifications.trend_pictures import MOST_KEPT, VALID, TrendPictures

PNG = b"\x89PNG\r\n\x1a\n a picture"
PATH = "/api/homelab_steward/trend/inc1"


@pytest.fixture
def steward(steward: FakeSteward) -> FakeSteward:
    """Return an app that draws a trend."""
    steward.answers[Command.GET_TREND] = lambda _: TrendPicture(png=b64encode(PNG).decode())
    return steward


@pytest.fixture
async def download(
    hass: HomeAssistant, asked: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> Callable[..., Any]:
    """Return how to download a path, with the token of a user or without one."""
    client = await hass_client_no_auth()

    async def get(path: str, user: MockUser | None = None) -> tuple[int, bytes, str]:
        headers = {}
        if user is not None:
            token = await hass.auth.async_create_refresh_token(user, "https://example.org")
            headers["Authorization"] = f"Bearer {hass.auth.async_create_access_token(token)}"
        answer = await client.get(path, headers=headers)
        return answer.status, await answer.read(), answer.content_type

    return get


async def test_each_phone_gets_the_signed_path_in_its_own_form(
    push: FakePush, steward: FakeSteward, download: Callable[..., Any]
) -> None:
    android, apple = push.shown("pixel", "ask1") or {}, push.shown("iphone", "ask1") or {}
    assert "attachment" not in android["data"]
    assert "image" not in apple["data"]
    attachment = apple["data"]["attachment"]
    assert attachment["content-type"] == "png"
    for path in (android["data"]["image"], attachment["url"]):
        assert path.startswith(f"{PATH}?authSig=")
        assert await download(path) == (HTTPStatus.OK, PNG, "image/png")
    assert len(steward.asked(Command.GET_TREND)) == 1, "drawn once for both phones and all downloads"


async def test_details_have_the_picture_and_a_decision_has_none(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    await press(hass, pixel.user, push.button("pixel", "ask1", "details"))
    await until(lambda: push.shown("pixel", "ask1-details"))
    assert (push.shown("pixel", "ask1-details") or {})["data"]["image"].startswith(PATH)
    decided = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    await steward.push(RowKind.APPROVAL, decided)
    await until(lambda: "decided by" in (push.shown("pixel", "ask1") or {})["message"])
    assert "image" not in (push.shown("pixel", "ask1") or {})["data"]


async def test_a_path_is_refused_unless_it_is_signed_for_this_incident(
    hass: HomeAssistant, push: FakePush, download: Callable[..., Any]
) -> None:
    signed = (push.shown("pixel", "ask1") or {})["data"]["image"]
    for path in (PATH, f"{PATH}?authSig=forged", signed[:-4], signed.replace("inc1", "inc2")):
        assert (await download(path))[0] == HTTPStatus.UNAUTHORIZED
    expired = async_sign_path(hass, PATH, -VALID, use_content_user=True)
    assert (await download(expired))[0] == HTTPStatus.UNAUTHORIZED


async def test_the_token_of_a_phone_or_of_a_known_person_is_enough(
    hass: HomeAssistant,
    steward: FakeSteward,
    iphone: TestPhone,
    download: Callable[..., Any],
    until: Until,
) -> None:
    stranger, known = (MockUser(name=name).add_to_hass(hass) for name in ("Eve", "Kim"))
    await steward.push(RowKind.PERSON, rows.person("p2", ha_user_id=known.id))
    for user, status in (
        (iphone.user, HTTPStatus.OK),
        (known, HTTPStatus.OK),
        (stranger, HTTPStatus.NOT_FOUND),
    ):
        assert (await download(PATH, user))[0] == status


async def test_unknown_and_closed_incidents_have_no_picture(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    download: Callable[..., Any],
    until: Until,
) -> None:
    for unknown in ("inc2", "..%2F..%2Fsecrets", "x" * 2_000):
        path = async_sign_path(hass, f"/api/homelab_steward/trend/{unknown}", VALID, use_content_user=True)
        assert (await download(path))[0] == HTTPStatus.NOT_FOUND
    signed = (push.shown("pixel", "ask1") or {})["data"]["image"]
    trends = asked.runtime_data.notifications.trends
    assert set(trends._kept) == {"inc1"}
    await steward.push(RowKind.INCIDENT, rows.incident(status=IncidentStatus.RESOLVED))
    await until(lambda: not trends._kept)
    assert (await download(signed))[0] == HTTPStatus.NOT_FOUND
    assert len(steward.asked(Command.GET_TREND)) == 1


@pytest.mark.parametrize(
    "png",
    [
        "",
        "not base64",
        "ö",
        b64encode(PNG).decode()[:-1],
        b64encode(b"<svg onload='alert(1)'/>").decode(),
        b64encode(PNG + bytes(LONGEST_TREND)).decode(),
    ],
)
async def test_garbage_of_the_app_is_no_picture(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until, png: str
) -> None:
    steward.answers[Command.GET_TREND] = lambda _: TrendPicture(png=png)
    await shown_without_picture(steward, push, until)


@pytest.mark.parametrize("code", [ErrorCode.NOT_FOUND, ErrorCode.UNKNOWN_COMMAND, ErrorCode.INTERNAL])
async def test_a_refusal_of_the_app_is_no_picture(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until, code: ErrorCode
) -> None:
    def refuse(_query: object) -> TrendPicture:
        raise ContractError(code, "no")

    steward.answers[Command.GET_TREND] = refuse
    await shown_without_picture(steward, push, until)


async def test_a_request_does_not_wait_for_an_app_that_does_not_draw(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never(_query: object) -> TrendPicture:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(trend_pictures, "DRAWING_TIMEOUT", 0.01)
    steward.answers[Command.GET_TREND] = never
    await shown_without_picture(steward, push, until)


async def shown_without_picture(steward: FakeSteward, push: FakePush, until: Until) -> None:
    """Ask about another incident; both phones show the request without a key for a picture."""
    await steward.push(RowKind.INCIDENT, rows.incident("inc2", approval_id="ask2"))
    await steward.push(RowKind.APPROVAL, replace(rows.approval("ask2"), incident_id="inc2"))
    await until(lambda: push.shown("pixel", "ask2") and push.shown("iphone", "ask2"))
    assert steward.asked(Command.GET_TREND)[-1].id == "inc2"
    for phone in ("pixel", "iphone"):
        assert not {"image", "attachment"} & (push.shown(phone, "ask2") or {})["data"].keys()


async def test_a_round_has_its_own_picture_and_few_are_kept(
    steward: FakeSteward, asked: MockConfigEntry, until: Until
) -> None:
    coordinator = asked.runtime_data.coordinator
    trends: TrendPictures = asked.runtime_data.notifications.trends
    await steward.push(RowKind.INCIDENT, rows.incident(round=2))
    await until(lambda: not trends._kept)
    assert await trends.picture("inc1") == PNG
    assert len(steward.asked(Command.GET_TREND)) == 2
    for number in range(MOST_KEPT):
        await steward.push(RowKind.INCIDENT, rows.incident(f"more{number}"))
        await until(lambda key=f"more{number}": key in coordinator.steward_state.incidents)
        assert await trends.picture(f"more{number}") == PNG
    assert len(trends._kept) == MOST_KEPT
    assert "inc1" not in trends._kept
    assert not trends._drawing
