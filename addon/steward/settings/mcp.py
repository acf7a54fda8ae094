"""Settings of the access to MCP and REST."""

from dataclasses import dataclass, field
from typing import Annotated

from homelab_steward.contract.base import Many
from homelab_steward.contract.released_text import Reader

from .checks import access_token, host_name, key, origin


@dataclass(frozen=True, slots=True, kw_only=True)
class McpToken:
    """Access token of an MCP client, and the person it acts for.

    With ``as_password`` the client may send it as the password of basic authentication. ``reader`` says where
    the model of the client runs.
    """

    person: Annotated[str, key]
    token: Annotated[str, access_token] = field(repr=False)
    as_password: bool = False
    reader: Reader = Reader.OUTSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Mcp:
    """Access to MCP and REST, which are off without tokens.

    ``allowed_hosts`` are the host names of the app besides localhost and IP addresses,
    ``allowed_origins`` the web pages of other hosts that may send requests.
    """

    tokens: Many[McpToken] = ()
    allowed_hosts: Many[Annotated[str, host_name]] = ()
    allowed_origins: Many[Annotated[str, origin]] = ()
