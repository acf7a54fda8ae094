"""Settings that several services share: path prefix and tenant are part of every request."""

from contextlib import suppress
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lab.clock import SteppedClock
from lab.visit import load, service_keys
from steward.errors import InvalidSetting, ServiceError
from steward.sdk import http
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import AnyService

PREFIX: Final = "path_prefix"
TENANT: Final = "tenant"
APIS: Final = ("api", "loki/api")
SERVICES: Final = {key: load(key) for key in service_keys()}
each_with_both = pytest.mark.parametrize(
    "service",
    [
        pytest.param(one, id=key)
        for key, one in SERVICES.items()
        if {PREFIX, TENANT} <= {field.key for field in one.settings}
    ],
)


async def asked(service: AnyService, **settings: str) -> list[tuple[str, str | None]]:
    """Return the path and the tenant of each request of one poll."""
    seen: list[tuple[str, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.path, request.headers.get("X-Scope-OrgID")))
        return web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(app) as server, http.session() as session:
        given = {"url": str(server.make_url("/")), **settings}
        client = service.connect(Access(settings=given, session=session, clock=SteppedClock()))
        with suppress(ServiceError):
            await service.poll(client, Gaps())
    assert seen
    return seen


def test_the_services_of_this_kind_are_found() -> None:
    assert len(each_with_both.args[1]) > 1


@each_with_both
@pytest.mark.parametrize("prefix", ["metrics", "/select/0/metrics/"])
async def test_every_request_has_the_path_prefix_and_the_tenant(service: AnyService, prefix: str) -> None:
    seen = await asked(service, path_prefix=prefix, tenant="attic")
    apis = tuple(f"/{prefix.strip('/')}/{api}/" for api in APIS)
    assert [path for path, _ in seen if not path.startswith(apis)] == []
    assert {tenant for _, tenant in seen} == {"attic"}


@each_with_both
async def test_without_these_settings_there_is_neither(service: AnyService) -> None:
    seen = await asked(service)
    assert [path for path, _ in seen if not path.startswith(tuple(f"/{api}/" for api in APIS))] == []
    assert {tenant for _, tenant in seen} == {None}


@each_with_both
async def test_a_tenant_that_no_header_can_hold_is_refused(service: AnyService) -> None:
    with pytest.raises(InvalidSetting):
        await asked(service, tenant="attic\r\nX-Admin: 1")
