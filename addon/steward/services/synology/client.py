"""The client of a Synology NAS: one path for all calls, errors with status 200, and a session."""

from typing import Any, Final, override

import orjson

from ...errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceError,
    ServiceForbidden,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
)
from ...sdk.answers import at, parse
from ...sdk.client import Credentials, LoginCall, Parameter, Rest, Session
from ...sdk.description import Access, Call, Gaps
from ...sdk.fields import secret_field, text_field
from .models import STATUS, Package

PATH: Final = "entry.cgi"
UPDATE: Final = "SYNO.Core.Upgrade.Server"
UPDATE_EVERY: Final = 21_600.0
"""Seconds between two questions for updates, which the NAS passes on to Synology."""

LOGIN: Final = (
    text_field("username", "User name", "Of an administrator without two-factor login."),
    secret_field("password", "Password"),
)
LONGEST_ERROR: Final = 500
LOGGED_OUT: Final = (106, 107, 119)
REFUSED: Final[dict[int, type[ServiceError]]] = {
    **dict.fromkeys((102, 103, 104), ServiceNotFound),
    **dict.fromkeys((101, 114, 120), ServiceRefused),
    **dict.fromkeys((105, 108), ServiceForbidden),
}
"""What codes mean that are given before anything is done."""

LOGIN_ERRORS: Final = {
    400: "the user name or the password is wrong",
    401: "the account is disabled",
    402: "the account may not log in",
    **dict.fromkeys((403, 404, 406), "the account needs a two-factor code: use one without"),
    407: "the address of the app is blocked there",
    **dict.fromkeys((408, 409, 410), "the password has expired"),
}


async def _log_in(access: Access, call: LoginCall) -> Credentials:
    form = {"api": "SYNO.API.Auth", "version": "6", "method": "login", "session": "Steward", "format": "sid"}
    secrets = {"account": access.text("username"), "passwd": access.text("password")}
    answer = (await call("POST", PATH, form={**form, **secrets})).body
    if (code := _code(answer)) is not None:
        raise ServiceUnauthorized(t"The login was refused: {LOGIN_ERRORS.get(code, f'error {code}')}")
    return Credentials(headers={"Cookie": f"id={parse(str, at(answer, 'data.sid'), 'login')}"})


def _code(answer: object) -> int | None:
    """Return the code of an error, None for a success. Raises ServiceMalformed."""
    if parse(bool, at(answer, "success"), "success"):
        return None
    return parse(int, at(answer, "error.code"), "error")


class SynologyClient(Rest):
    """One NAS. The path of a call is the name of its API; ``version`` and ``method`` are in the query."""

    def __init__(self, access: Access) -> None:
        """Open nothing. Raises InvalidSetting."""
        super().__init__(access, base="webapi", auth=Session(_log_in, LOGIN))
        self._update: tuple[float, object] | None = None

    @override
    def refused_login(self, data: bytes) -> ServiceUnauthorized | None:
        if len(data) > LONGEST_ERROR:
            return None
        try:
            answer: Any = orjson.loads(data)
            code = answer["error"]["code"] if answer["success"] is False else None
        except orjson.JSONDecodeError, KeyError, TypeError:
            return None
        return ServiceUnauthorized("The login of the app ended") if code in LOGGED_OUT else None

    @override
    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the data of a call. Raises as Rest.get does."""
        now = self.clock.monotonic()
        if path == UPDATE and self._update and now - self._update[0] < UPDATE_EVERY:
            return self._update[1]
        answer = await super().get(PATH, api=path, **query)
        if (code := _code(answer)) is not None:
            raise REFUSED.get(code, ServiceRefused)(f"{path}: error {code}")
        data = at(answer, "data")
        if path == UPDATE:
            self._update = now, data
        return data

    async def change(self, api: str, method: str, target: str) -> None:
        """Change something once. Raises as ``send`` does."""
        answer = await self.send("POST", PATH, api=api, version=1, method=method, id=target)
        try:
            code = _code(answer)
        except ServiceError as err:
            raise EffectUnknown(f"{api} {method}: {err}") from err
        if code is not None:
            raise REFUSED.get(code, EffectUnknown)(f"{api} {method}: error {code}")

    async def package_runs(self, call: Call) -> bool:
        """Return whether the target runs. Raises PreconditionFailed when it is not installed."""
        query: dict[str, Any] = {"version": 2, "method": "list", "additional": STATUS}
        for one in await self.many(Package, "SYNO.Core.Package", Gaps(), below="packages", **query):
            if one.id == call.target.id:
                return one.is_running
        raise PreconditionFailed(t"{call.target.name} is not installed any more")
