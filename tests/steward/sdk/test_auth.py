"""How a client proves who it is, over real connections."""

import asyncio
from collections.abc import Mapping

import pytest
from aiohttp import web

from steward.errors import (
    EffectUnknown,
    InvalidSetting,
    ServiceError,
    ServiceForbidden,
    ServiceNotFound,
    ServiceUnauthorized,
)
from steward.sdk.access import Access
from steward.sdk.auth import (
    LOGIN,
    Authentication,
    Basic,
    Credentials,
    Key,
    LoginCall,
    NoAuth,
    Session,
    bearer,
)
from steward.sdk.fields import secret_field, text_field
from steward.sdk.rest import Rest

from .conftest import MakeAccess, Server

TOKEN = secret_field("token", "Token")
USER, PASSWORD = text_field("username", "User name"), secret_field("password", "Password")
ANNA = {"username": "anna", "password": "pässword"}


@pytest.mark.parametrize(
    ("auth", "settings", "header", "value"),
    [
        (Key("X-Api-Key", (TOKEN,)), {"token": "t"}, "X-Api-Key", "t"),
        (
            Key("Authorization", (USER, TOKEN), template="Pve {username}={token}"),
            {**ANNA, "token": "t"},
            "Authorization",
            "Pve anna=t",
        ),
        (bearer(TOKEN), {"token": "t"}, "Authorization", "Bearer t"),
        (Basic(), ANNA, "Authorization", "Basic YW5uYTpww6Rzc3dvcmQ="),
        (Basic(), {**ANNA, "token": "t"}, "Authorization", "Bearer t"),
        (Basic(), {}, "Authorization", None),
        (NoAuth(), {}, "Authorization", None),
    ],
)
async def test_what_is_sent(
    server: Server,
    access: MakeAccess,
    auth: Authentication,
    settings: Mapping[str, str],
    header: str,
    value: str | None,
) -> None:
    await Rest(access(**settings), auth=auth).get("x")
    assert server.seen[0][2].get(header) == value


async def test_a_key_in_the_query_is_in_no_error(server: Server, access: MakeAccess) -> None:
    rest = Rest(access(token="hunter2"), auth=Key("apikey", (TOKEN,), query=True))
    await rest.get("x", page=1)
    assert server.seen[0][1] == "/base/x?page=1&apikey=hunter2"
    server.answers(status=403)
    with pytest.raises(ServiceForbidden) as caught:
        await rest.get("x")
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(Credentials(query={"apikey": "hunter2"}, headers={"a": "hunter2"}))


@pytest.mark.parametrize("token", ["", "with\r\nX-Evil: 1", "schlüssel"])
async def test_a_key_that_no_header_can_hold(access: MakeAccess, token: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        await Rest(access(token=token), auth=bearer(TOKEN)).get("x")
    assert caught.value.key == "token"


async def test_a_user_name_that_is_required(access: MakeAccess) -> None:
    with pytest.raises(InvalidSetting, match="username"):
        await Rest(access(), auth=Basic(fields=(USER, PASSWORD))).get("x")
    assert {field.key for field in LOGIN if field.required} == set()


async def test_a_key_that_is_refused_is_not_tried_again(server: Server, access: MakeAccess) -> None:
    server.answers(status=401)
    for auth in (bearer(TOKEN), Basic(), NoAuth()):
        server.seen.clear()
        with pytest.raises(ServiceUnauthorized):
            await Rest(access(token="t"), auth=auth).get("x")
        assert len(server.seen) == 1


class Login:
    """A service with a login: its cookies hold for ``uses`` requests each."""

    def __init__(self, server: Server, *, uses: int = 1_000_000, refusal: int = 401) -> None:
        self.logins = 0
        self.uses = uses
        self.refusal = refusal
        self.changes: list[str] = []
        self.left: dict[str, int] = {}
        server.answer = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/login"):
            await asyncio.sleep(0.01)
            if (await request.post())["password"] != "right":
                return web.Response(status=401)
            self.logins += 1
            response = web.json_response({"ok": True})
            response.set_cookie("sid", f"s{self.logins}")
            self.left[f"s{self.logins}"] = self.uses
            return response
        cookie = request.cookies.get("sid", "")
        if self.left.get(cookie, 0) < 1:
            return web.Response(status=self.refusal)
        self.left[cookie] -= 1
        if request.method == "POST":
            self.changes.append(request.path)
        return web.json_response({"as": cookie})


async def log_in(access: Access, call: LoginCall) -> Credentials:
    answer = await call("POST", "login", form={"password": access.text("password")})
    return Credentials(headers=answer.cookie_header())


def logged_in(access: Access, *, renew_on_403: bool = False) -> Rest:
    return Rest(access, auth=Session(log_in, (PASSWORD,), renew_on_403=renew_on_403))


async def test_a_session_is_opened_once_for_reads_at_the_same_time(
    server: Server, access: MakeAccess
) -> None:
    login = Login(server)
    rest = logged_in(access(password="right"))
    assert await asyncio.gather(*(rest.get(f"{number}") for number in range(5))) == [{"as": "s1"}] * 5
    assert login.logins == 1


async def test_a_session_that_expired_is_renewed_and_the_call_repeated(
    server: Server, access: MakeAccess
) -> None:
    login = Login(server, uses=1)
    rest = logged_in(access(password="right"))
    assert [await rest.get("x") for _ in range(3)] == [{"as": "s1"}, {"as": "s2"}, {"as": "s3"}]
    await rest.send("POST", "change")
    assert (login.logins, login.changes) == (4, ["/base/change"])


async def test_reads_that_find_the_session_expired_renew_it_once(server: Server, access: MakeAccess) -> None:
    login = Login(server)
    rest = logged_in(access(password="right"))
    await rest.get("x")
    login.left.clear()
    assert await asyncio.gather(*(rest.get(f"{number}") for number in range(5))) == [{"as": "s2"}] * 5
    assert login.logins == 2


async def test_a_refusal_after_a_new_login_is_final(server: Server, access: MakeAccess) -> None:
    login = Login(server, uses=0)
    with pytest.raises(ServiceUnauthorized):
        await logged_in(access(password="right")).get("x")
    assert login.logins == 2


async def test_a_wrong_password_is_named_and_changes_nothing(server: Server, access: MakeAccess) -> None:
    login = Login(server)
    rest = logged_in(access(password="wrong"))
    with pytest.raises(ServiceUnauthorized, match=r"POST .*/login: 401"):
        await rest.send("POST", "change")
    assert login.changes == []


@pytest.mark.parametrize(
    ("status", "error"), [(400, ServiceUnauthorized), (422, ServiceUnauthorized), (404, ServiceNotFound)]
)
async def test_a_login_that_is_refused_needs_other_credentials(
    server: Server, access: MakeAccess, status: int, error: type[ServiceError]
) -> None:
    server.answers(status=status)
    with pytest.raises(error, match=rf"POST .*/login: {status}"):
        await logged_in(access(password="right")).get("x")


async def test_after_a_refused_login_there_is_a_growing_pause(server: Server, access: MakeAccess) -> None:
    Login(server)
    given = access(password="wrong")
    rest, clock = logged_in(given), given.clock

    async def logins() -> int:
        server.seen.clear()
        found = await asyncio.gather(*(rest.get(f"{one}") for one in range(5)), return_exceptions=True)
        assert {type(one) for one in found} == {ServiceUnauthorized}
        assert all("no account is locked" in str(one) for one in found[1:])
        return sum(path.endswith("/login") for _, path, _, _ in server.seen)

    counts = [await logins(), await logins()]
    for seconds in (59, 1, 119, 1, 239, 1, 10_000, 899, 1, 899):
        await clock.sleep(seconds)
        counts.append(await logins())
    assert counts == [1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0]


async def test_a_good_login_ends_the_pauses(server: Server, access: MakeAccess) -> None:
    login, given = Login(server), access(password="right")
    rest = logged_in(given)
    login.left.clear()
    server.answers(status=401)
    with pytest.raises(ServiceUnauthorized):
        await rest.get("x")
    Login(server)
    await given.clock.sleep(60)
    assert await rest.get("x") == {"as": "s1"}


async def test_a_stream_renews_an_expired_session_once(server: Server, access: MakeAccess) -> None:
    login = Login(server)
    rest = logged_in(access(password="right"))
    await rest.get("x")
    login.left.clear()
    assert [piece async for piece in rest.stream("s", idle=1)] == [b'{"as": "s2"}']
    assert login.logins == 2
    login.left.clear()
    login.uses = 0
    with pytest.raises(ServiceUnauthorized):
        await anext(rest.stream("s", idle=1))
    assert login.logins == 3


async def test_cookies_are_sent_to_no_other_instance(server: Server, access: MakeAccess) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.json_response({"cookie": request.headers.get("Cookie")})
        response.set_cookie("sid", "of another instance")
        return response

    server.answer = answer
    given = access()
    assert [await Rest(given).get("x") for _ in range(2)] == [{"cookie": None}] * 2


@pytest.mark.parametrize(("renew", "logins"), [(True, 2), (False, 1)])
async def test_403_ends_a_session_only_where_the_service_means_that(
    server: Server,
    access: MakeAccess,
    renew: bool,  # noqa: FBT001
    logins: int,
) -> None:
    login = Login(server, uses=0, refusal=403)
    with pytest.raises(ServiceForbidden):
        await logged_in(access(password="right"), renew_on_403=renew).get("x")
    assert login.logins == logins


async def test_a_change_whose_answer_is_lost_is_not_sent_with_a_new_login(
    server: Server, access: MakeAccess
) -> None:
    Login(server)
    rest = logged_in(access(password="right"))
    await rest.get("x")
    server.answer, before = server.vanish, len(server.seen)
    with pytest.raises(EffectUnknown):
        await rest.send("POST", "change")
    assert len(server.seen) == before + 1
