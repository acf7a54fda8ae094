"""The tools over REST: one POST endpoint each, and an OpenAPI document."""

import json
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from homelab_steward.contract.errors import ContractError

from .forwarded import PublicAddress
from .http_auth import HttpAuth, read_body
from .openapi import document
from .responses import Json, Refused, refused
from .source_check import ADDRESS
from .toolbox import Toolbox


class Rest:
    """The endpoints below ``/openapi/{server}``."""

    def __init__(self, auth: HttpAuth, toolboxes: dict[str, Toolbox], version: str) -> None:
        """``auth`` checks every request."""
        self._auth = auth
        self._toolboxes = toolboxes
        self._version = version

    async def document(self, request: Request) -> Response:
        """Serve ``GET openapi.json``. It names instances and targets, so it needs a token too."""
        try:
            client = self._auth.client(request.headers)
            toolbox = self._toolbox(request)
        except Refused as err:
            return err.response
        address: PublicAddress = request.scope[ADDRESS]
        return Json(document(toolbox.server, toolbox.listed(client), self._version, address.url))

    async def call(self, request: Request) -> Response:
        """Serve ``POST {tool}``: the arguments are a JSON object, and so is the result."""
        try:
            client = self._auth.client(request.headers)
            toolbox = self._toolbox(request)
            arguments = _arguments(await read_body(request))
            return Json(await toolbox.answer(request.path_params["tool"], arguments, client))
        except Refused as err:
            return err.response
        except ContractError as err:
            return refused(err)

    def _toolbox(self, request: Request) -> Toolbox:
        return toolbox_of(self._toolboxes, request.path_params["server"])


def toolbox_of(toolboxes: dict[str, Toolbox], name: str) -> Toolbox:
    """Return the toolbox of a server. Raises Refused 404."""
    toolbox = toolboxes.get(name)
    if toolbox is None:
        known = ", ".join(toolboxes)
        raise Refused(HTTPStatus.NOT_FOUND, "not_found", f"There is no such server. Available: {known}")
    return toolbox


def _arguments(body: bytes) -> dict[str, object]:
    try:
        given = json.loads(body or b"{}")
    except (ValueError, RecursionError) as err:
        raise Refused(HTTPStatus.BAD_REQUEST, "malformed", "The body is not JSON") from err
    if not isinstance(given, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "malformed", "The body must be a JSON object")
    return given
