"""Settings of the tools of other servers: which servers, and which of their tools may be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from probatio import Invalid

from homelab_steward.contract.base import Many
from homelab_steward.contract.foreign_tools import ToolAccess

from .checks import key, path, plain_address

LONGEST_TOOL: Final = 128
TOOL: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
OTHER_HEADERS: Final = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding"}
)
"""Headers that mean something else in every request."""

SERVER: Final = plain_address("https://tools.example.org/mcp", "use token_file")


class ServerKind(StrEnum):
    """How a server is reached."""

    STDIO = "stdio"
    HTTP = "http"
    OPENAPI = "openapi"


USED_BY: Final[Mapping[str, tuple[ServerKind, ...]]] = {
    "command": (ServerKind.STDIO,),
    "url": (ServerKind.HTTP, ServerKind.OPENAPI),
    "token_header": (ServerKind.OPENAPI,),
    "document": (ServerKind.OPENAPI,),
    "document_url": (ServerKind.OPENAPI,),
}
"""The kinds of servers that use a setting."""


def tool_name(value: object) -> str:
    """Return the name of a tool."""
    if not isinstance(value, str) or len(value) > LONGEST_TOOL or not TOOL.fullmatch(value):
        raise Invalid("must be the name of a tool: letters, digits, _ . / and -")
    return value


def variable(value: object) -> str:
    """Return the name of an environment variable."""
    if not isinstance(value, str) or not VARIABLE.fullmatch(value):
        raise Invalid("must be the name of an environment variable")
    return value


def header(value: object) -> str:
    """Return the name of a header that carries a secret, "" for the usual one."""
    if not isinstance(value, str) or (value and not HEADER.fullmatch(value)):
        raise Invalid("must be the name of a header, such as X-Api-Key")
    if value.lower() in OTHER_HEADERS:
        raise Invalid("must be the name of a header for a secret")
    return value


def plain_text(value: object) -> str:
    """Return a text that can be passed to a program."""
    if not isinstance(value, str) or "\0" in value:
        raise Invalid("must be text")
    return value


def address(value: object) -> str:
    """Return the address of a server, "" for none; it contains no secret."""
    return "" if value == "" else SERVER(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentVariable:
    """A variable for the program of a server. Its value is treated as a secret."""

    name: Annotated[str, variable]
    value: Annotated[str, plain_text] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTool:
    """A tool that may be used. ``private``: only owners may read its results, and only local models."""

    name: Annotated[str, tool_name]
    access: ToolAccess
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignServer:
    """A server whose tools may be used: those in ``tools``, no others.

    With the kind ``stdio`` it is the program ``command`` with ``arguments``, started with ``environment``
    and few other variables. With ``http`` it is at ``url`` and gets ``token`` as bearer token. With
    ``openapi`` its operations are described by ``document``, or by what is at ``document_url``; requests go
    to addresses below ``url`` only, with ``token`` in the header ``token_header``.
    """

    name: Annotated[str, key]
    kind: ServerKind
    command: Annotated[str, plain_text] = ""
    arguments: Many[Annotated[str, plain_text]] = ()
    environment: Many[EnvironmentVariable] = ()
    url: Annotated[str, address] = ""
    token: str = field(default="", repr=False)
    token_header: Annotated[str, header] = ""
    document: Annotated[Path, path] | None = None
    document_url: Annotated[str, address] = ""
    tools: Many[ChosenTool] = ()

    @property
    def chosen(self) -> Mapping[str, ChosenTool]:
        """The tools that may be used, by name."""
        return {one.name: one for one in self.tools}

    def wrong(self) -> tuple[str, str] | None:
        """Return the key of the first setting that does not fit the others, with the reason, or None."""
        for name, kinds in USED_BY.items():
            if getattr(self, name) and self.kind not in kinds:
                return name, f"is not used by a server of the kind {self.kind}"
        needed = "command" if self.kind is ServerKind.STDIO else "url"
        if not getattr(self, needed):
            return needed, f"is missing: a server of the kind {self.kind} needs it"
        if self.kind is ServerKind.OPENAPI:
            if (self.document is None) is not bool(self.document_url):
                return "document", "or document_url is needed, and only one of them"
            if urlsplit(self.url).query:
                return "url", "must have no query for a server of the kind openapi"
        names = [one.name for one in self.tools]
        twice = next((number for number, one in enumerate(names) if one in names[:number]), None)
        return None if twice is None else (f"tools[{twice}].name", f"{names[twice]} is used twice")

    def secrets(self) -> tuple[str, ...]:
        """Return what must not be shown."""
        return (self.token, *(one.value for one in self.environment))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTools:
    """The servers whose tools may be used; none by default."""

    servers: Many[ForeignServer] = ()
