"""The service whose instances are the foreign servers: their tools are read and called like any other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.foreign_tools import (
    ARGUMENTS,
    CALL_TOOL,
    FOREIGN_TOOLS,
    READ_PRIVATE_TOOL,
    READ_TOOL,
    ForeignServer,
    ForeignTool,
    ToolAccess,
    ToolState,
)
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ..errors import EffectUnknown, PreconditionFailed, ServiceError
from ..sdk.description import (
    INFRASTRUCTURE,
    Access,
    Action,
    Answer,
    AnyService,
    Call,
    DryRun,
    Effect,
    Gaps,
    ResourceKind,
    Service,
    Tool,
)
from ..sdk.display import Text, served, warning
from ..sdk.fields import text_field
from ..settings.foreign_tools import ForeignServer as ConfiguredServer
from ..settings.model import ConfiguredInstance
from ..texts import translate
from .registry import ToolRegistry, instance_id

SERVER: Final = text_field("server", "Server", "The name of a server in the settings.")
GIVEN: Final = text_field(ARGUMENTS, "Arguments", "A JSON object with the arguments of the tool.")

READ_KIND: Final = "read_tool"
PRIVATE_KIND: Final = "private_tool"
WRITE_KIND: Final = "write_tool"
DIGEST: Final = "definition"
AWAY_AFTER: Final = 120.0
INTERVAL: Final = 30.0


@dataclass(frozen=True, slots=True)
class ServerState:
    """What one poll reads: a server that is online."""

    server: ForeignServer

    def kind(self, access: ToolAccess, *, private: bool | None = None) -> list[ForeignTool]:
        """Return the chosen tools that read or write, with ``private`` only those that are or are not."""
        return [
            one
            for one in self.server.tools
            if one.access is access and (private is None or one.is_private is private)
        ]


class ServerClient:
    """One server of the registry; the connection is the registry's."""

    def __init__(self, access: Access, registry: ToolRegistry) -> None:
        """Nothing is asked yet. Raises InvalidSetting."""
        self.registry = registry
        self.name = access.text(SERVER.key)

    async def close(self) -> None:
        """Do nothing: the registry closes its connections."""

    async def poll(self, _: Gaps) -> ServerState:
        """Return the server. Raises ServiceUnreachable."""
        return ServerState(await self.registry.server(self.name))


async def _poll(client: ServerClient, gaps: Gaps) -> ServerState:
    return await client.poll(gaps)


def _problem(one: ForeignTool) -> Text | None:
    return None if one.state is ToolState.READY else one.reason


def _kind(key: str, access: ToolAccess, *, private: bool | None) -> ResourceKind[ServerState, ForeignTool]:
    return ResourceKind[ServerState, ForeignTool](
        key=key,
        items=lambda state: state.kind(access, private=private),
        id=lambda one: one.name,
        icon="mdi:tools",
    )


async def _read(client: ServerClient, call: Call, *, is_private: bool) -> Answer:
    given = call.text(ARGUMENTS)
    output = await client.registry.read(client.name, call.target.id, given, is_private=is_private)
    title = translate(t"{call.target.name} failed") if output.is_error else call.target.name
    return Answer(title=title, text=output.text)


async def _read_open(client: ServerClient, call: Call) -> Answer:
    return await _read(client, call, is_private=False)


async def _read_private(client: ServerClient, call: Call) -> Answer:
    return await _read(client, call, is_private=True)


async def _dry_run(client: ServerClient, call: Call) -> DryRun:
    """Read the definition; nothing is called."""
    digest = await _checked(client, call)
    given = call.text(ARGUMENTS)
    return DryRun(
        differences=(Difference(field=call.target.name, before="", after=given),),
        baseline={DIGEST: digest},
        note=translate(t"It cannot be undone, and the result cannot be checked."),
    )


async def _checked(client: ServerClient, call: Call) -> str:
    try:
        return await client.registry.check_write(client.name, call.target.id, call.text(ARGUMENTS))
    except PreconditionFailed:
        raise
    except ServiceError as err:
        raise PreconditionFailed(str(err)) from err


async def _precheck(client: ServerClient, call: Call, baseline: Mapping[str, Value]) -> None:
    if await _checked(client, call) != baseline[DIGEST]:
        raise PreconditionFailed(t"The definition of {call.target.name} changed in the meantime")


async def _execute(client: ServerClient, call: Call, baseline: Mapping[str, Value]) -> str:
    digest = str(baseline[DIGEST])
    output = await client.registry.write(client.name, call.target.id, call.text(ARGUMENTS), digest)
    if output.is_error:
        # It may have done a part of it before it failed.
        raise EffectUnknown(t"{call.target.name} reported an error. {output.text}")
    return output.text


async def _probe(_: ServerClient, __: Call, ___: Mapping[str, Value]) -> Effect:
    """Return that it cannot be known: no reading shows what a foreign tool did."""
    return Effect.UNKNOWABLE


async def _verify(_: ServerClient, call: Call, __: Mapping[str, Value]) -> CheckResult:
    text = translate(t"not known: no reading shows what the tool did")
    return CheckResult(name=call.target.name, ok=None, text=text, is_final=True)


async def _latest(_: ServerClient, __: Call, ___: Mapping[str, Value]) -> float:
    """Return that nothing will be seen later."""
    return 0.0


_CALL: Final = Action[ServerClient](
    key=CALL_TOOL,
    name="Call tool",
    description="Calls a tool of another server that changes something. It cannot be undone.",
    risk=Risk.HIGH,
    scope=WRITE_KIND,
    arguments=(GIVEN,),
    blast_radius="Whatever the tool of the other server does.",
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    latest=_latest,
)

_TOOLS: Final = (
    Tool[ServerClient](
        key=READ_TOOL,
        name="Read with a tool",
        description="Calls a tool of another server that only reads.",
        read=_read_open,
        scope=READ_KIND,
        arguments=(GIVEN,),
        is_sent_out=True,
    ),
    Tool[ServerClient](
        key=READ_PRIVATE_TOOL,
        name="Read with a private tool",
        description="Calls a tool of another server whose results are private.",
        read=_read_private,
        scope=PRIVATE_KIND,
        arguments=(GIVEN,),
        is_sent_out=True,
        is_owner_only=True,
    ),
)


def foreign_service(connect: Callable[[Access], ServerClient]) -> AnyService:
    """Return the service of the foreign servers. ``connect`` returns the client of one of them."""
    return Service[ServerClient, ServerState](
        key=FOREIGN_TOOLS,
        name=translate(t"Tool server"),
        category=INFRASTRUCTURE,
        icon="mdi:toolbox",
        manufacturer=None,
        settings=(SERVER,),
        connect=connect,
        poll=_poll,
        version=lambda _: None,
        interval=INTERVAL,
        away_after=AWAY_AFTER,
        identity=lambda state: state.server.name,
        sensors=(
            served("tools", "Tools", lambda state: len(state.server.tools), "mdi:tools"),
            served("others", "Tools that were not chosen", lambda state: state.server.other_count),
        ),
        resources=(
            _kind(READ_KIND, ToolAccess.READ, private=False),
            _kind(PRIVATE_KIND, ToolAccess.READ, private=True),
            _kind(WRITE_KIND, ToolAccess.WRITE, private=None),
        ),
        checks=tuple(
            warning(f"{scope}_unusable", "Tool cannot be used", _problem, scope)
            for scope in (READ_KIND, PRIVATE_KIND, WRITE_KIND)
        ),
        tools=_TOOLS,
        actions=(_CALL,),
        is_addable=False,
    )


def instances(servers: tuple[ConfiguredServer, ...]) -> tuple[ConfiguredInstance, ...]:
    """Return an instance for each server."""
    return tuple(
        ConfiguredInstance(
            id=instance_id(one.name), service=FOREIGN_TOOLS, name=one.name, settings={SERVER.key: one.name}
        )
        for one in servers
    )
