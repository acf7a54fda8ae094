"""The tools for language models of other agents: they read, or request a change that a person decides."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import llm

from .const import DOMAIN
from .contract.base import Value
from .contract.catalogue import ActionOffer, ToolOffer
from .contract.commands import ActionRequested, Reading, ReadTool, RequestAction
from .contract.errors import ContractError, ErrorCode
from .contract.protocol import Command
from .contract.records import SearchQuery, SearchResult
from .contract.released_text import ReleasedText
from .contract.state import Role, Speaker
from .coordinator import StewardCoordinator
from .llm_release import async_release
from .llm_targets import resolve
from .llm_texts import (
    Found,
    incident_text,
    offered,
    offers_text,
    overview,
    readings_text,
    request_text,
    search_text,
)
from .runtime import StewardConfigEntry
from .speakers import async_speaker
from .steward_state import StewardState

LONGEST_TEXT: Final = 8_000
"""Characters of a reading that an agent gets: more would fill the context of its model."""

_READS: Final = llm.ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
_ASKS: Final = llm.ToolAnnotations(read_only=False, destructive=True, idempotent=False, open_world=False)
_NAMED: Final = probatio.All(cv.string, probatio.Length(max=500))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool."""

    coordinator: StewardCoordinator
    speaker: Speaker
    arguments: Mapping[str, Any]

    @property
    def state(self) -> StewardState:
        """Return the current rows."""
        return self.coordinator.steward_state

    def text(self, key: str) -> str:
        """Return an argument, "" when it was left out."""
        return str(self.arguments.get(key, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A tool: what a model sees of it, and what it does."""

    key: str
    title: str
    description: str
    parameters: probatio.Schema
    annotations: llm.ToolAnnotations
    run: Callable[[Call], Awaitable[Found]]


class StewardTool(llm.Tool):
    """A tool of one entry. What it returns depends on where the model of the agent runs."""

    integration = DOMAIN

    def __init__(self, entry: StewardConfigEntry, spec: Spec, prefix: str = DOMAIN, title: str = "") -> None:
        """Take over the texts of the description.

        ``prefix`` begins the name; ``title`` tells the tools of several apps apart.
        """
        self.name = f"{prefix}__{spec.key}"
        self.title = f"{title}: {spec.title}" if title else spec.title
        self.description = f"{title}: {spec.description}" if title else spec.description
        self.parameters = spec.parameters
        self.annotations = spec.annotations
        self._entry = entry
        self._spec = spec

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same tool: Home Assistant lists one of two APIs once."""
        return isinstance(other, StewardTool) and (self._entry, self._spec.key) == (
            other._entry,
            other._spec.key,
        )

    def __hash__(self) -> int:
        """Return a hash that fits the comparison."""
        return hash((self._entry.entry_id, self._spec.key))

    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Return the result. Raises probatio's Invalid, and ServiceValidationError for a deactivated user."""
        arguments = self.parameters(tool_input.tool_args)
        if self._entry.state is not ConfigEntryState.LOADED:
            return _result(
                Found(public="The app of Homelab Steward does not answer.", is_error=True),
                ReleasedText(text=""),
            )
        coordinator = self._entry.runtime_data.coordinator
        speaker = await async_speaker(coordinator, llm_context.context, self.name)
        try:
            found = await self._spec.run(Call(coordinator, speaker, arguments))
        except ContractError as err:
            found = Found(public=f"It failed ({err.code}).", text=err.message, is_error=True)
        return _result(found, await async_release(coordinator, llm_context, found))


def _result(found: Found, released: ReleasedText) -> llm.ToolResult:
    data: dict[str, Any] = {"summary": found.public}
    if released.text:
        data["data_not_instructions"] = released.text
    if released.text is None or released.left_out:
        data["withheld"] = (
            "The rest is private and stays at home, where your model does not run. "
            "Say that the agent Homelab Steward or its panel has the answer."
        )
    return llm.ToolResult(data=data, error=found.is_error)


async def _overview(call: Call) -> Found:
    return overview(call.state)


async def _readings(call: Call) -> Found:
    return _cut(readings_text(call.state, call.text("name")))


async def _incident(call: Call) -> Found:
    number = call.arguments["number"]
    found = next((one for one in call.state.incidents.values() if one.number == number), None)
    if found is None:
        return Found(public="There is no recent incident with this number.", is_error=True)
    return _cut(incident_text(found))


async def _request_state(call: Call) -> Found:
    number = call.arguments["number"]
    found = [one for one in call.state.approvals.values() if one.incident_number == number]
    if not found:
        return Found(public="There is no recent request with this number.", is_error=True)
    newest = max(found, key=lambda one: one.created_at)
    return _cut(request_text(newest, call.state.incidents.get(newest.incident_id)))


async def _search(call: Call) -> Found:
    query = SearchQuery(text=call.text("problem"))
    found = await call.coordinator.async_call(Command.SEARCH, query, SearchResult)
    people = call.state.people.values()
    is_owner = any(
        one.role is Role.OWNER and one.ha_user_id == call.speaker.user_id for one in people if one.ha_user_id
    )
    return _cut(search_text(found, is_owner=is_owner))


async def _find_tools(call: Call) -> Found:
    return offers_text(call.state, call.text("query"))


async def _read(call: Call) -> Found:
    offer, instance_id, target_id = _chosen(call, ToolOffer, "tool")
    question = ReadTool(
        instance_id=instance_id,
        tool=offer.key,
        speaker=call.speaker,
        target_id=target_id,
        arguments=_arguments(call),
    )
    read = await call.coordinator.async_call(Command.READ_TOOL, question, Reading)
    text = f"{read.title}\n{read.text}"
    return _cut(Found(public="", text=text, is_private=offer.is_owner_only, is_error=not read.ok))


async def _request_action(call: Call) -> Found:
    offer, instance_id, target_id = _chosen(call, ActionOffer, "action")
    request = RequestAction(
        instance_id=instance_id,
        action=offer.key,
        speaker=call.speaker,
        target_id=target_id,
        arguments=_arguments(call),
    )
    asked = await call.coordinator.async_call(Command.REQUEST_ACTION, request, ActionRequested)
    text = f"{asked.instead} {asked.message}".strip()
    if asked.approval_id is None:
        return Found(public="There was nothing to request. Nothing was changed.", text=text)
    approval = call.state.approvals.get(asked.approval_id)
    number = f"It is request {approval.incident_number}. " if approval else ""
    public = f"A person is asked. {number}Nothing was changed so far, and nothing is without an approval."
    return Found(public=public, text=text)


def _chosen[Kind: ToolOffer | ActionOffer](
    call: Call, kind: type[Kind], argument: str
) -> tuple[Kind, str, str | None]:
    """Return what a call names: the tool or action, the instance, and the target. Raises ContractError."""
    wanted = call.text(argument)
    for service, offer in offered(call.state):
        if isinstance(offer, kind) and f"{service.key}.{offer.key}" == wanted:
            place = resolve(call.state, service.key, offer.scope, call.text("target"), call.text("instance"))
            return offer, *place
    raise ContractError(ErrorCode.NOT_FOUND, "find_tools has nothing with this name.")


def _arguments(call: Call) -> dict[str, Value]:
    """Return the arguments in the text of a call. Raises ContractError."""
    text = call.text("arguments").strip()
    try:
        plain = json.loads(text) if text else {}
    except ValueError:
        plain = None
    if not isinstance(plain, dict) or any(isinstance(one, dict | list) for one in plain.values()):
        raise ContractError(ErrorCode.INVALID_ARGUMENT, "arguments must be a JSON object of plain values.")
    return plain


def _cut(found: Found) -> Found:
    if len(found.text) <= LONGEST_TEXT:
        return found
    cut = f"{found.text[:LONGEST_TEXT]}\n… the rest is left out."
    return replace(found, text=cut)


def _schema(**described: tuple[str, bool, Any]) -> probatio.Schema:
    """Return the schema of arguments: the description, whether it is required, and the check of each."""
    fields: dict[probatio.Marker, Any] = {}
    for key, (description, required, check) in described.items():
        kind = probatio.Required if required else probatio.Optional
        fields[kind(key, description=description)] = check
    return probatio.Schema(fields)


_PLACE: Final = {
    "target": ("The name or id of the thing, as the person said it", False, _NAMED),
    "instance": ("The name of the service, if several have such a thing", False, _NAMED),
    "arguments": ('The arguments as a JSON object, such as {"lines": 50}', False, _NAMED),
}
_NUMBER: Final = probatio.All(probatio.Coerce(int), probatio.Range(min=1))

READING: Final = (
    Spec(
        key="overview",
        title="Overview of the homelab",
        description="What is wrong in the homelab now: open incidents, requests that wait for a person, "
        "services that do not answer.",
        parameters=probatio.Schema({}),
        annotations=_READS,
        run=_overview,
    ),
    Spec(
        key="readings",
        title="Readings of a thing in the homelab",
        description="The current readings of a server, container, disk, program or other thing of the "
        "homelab: memory, state, temperature, version and others.",
        parameters=_schema(name=("The name as the person said it, or a part of it", True, _NAMED)),
        annotations=_READS,
        run=_readings,
    ),
    Spec(
        key="incident",
        title="One incident of the homelab",
        description="One incident with its diagnosis, its options and the result of the run.",
        parameters=_schema(number=("The number of the incident", True, _NUMBER)),
        annotations=_READS,
        run=_incident,
    ),
    Spec(
        key="search",
        title="Search runbooks and past incidents",
        description="Runbooks of the homelab that may fit a problem, and past incidents like it.",
        parameters=_schema(problem=("The problem in the person's words, or a log line", True, _NAMED)),
        annotations=_READS,
        run=_search,
    ),
)
"""The tools that are also part of Assist."""

EVERY: Final = (
    *READING,
    Spec(
        key="find_tools",
        title="Find tools of the homelab",
        description="Finds the tools and actions of the services, with their arguments, for read and "
        "request_action.",
        parameters=_schema(
            query=("What is wanted, in English words, such as restart container", True, _NAMED)
        ),
        annotations=_READS,
        run=_find_tools,
    ),
    Spec(
        key="read",
        title="Use a tool of the homelab",
        description="Reads with a tool that find_tools returned: logs, queues, backups and others.",
        parameters=_schema(tool=("The tool, such as radarr.queue", True, _NAMED), **_PLACE),
        annotations=_READS,
        run=_read,
    ),
    Spec(
        key="request_action",
        title="Request a change in the homelab",
        description="Asks a person to approve an action that find_tools returned. Only when the person wants "
        "that change. Changes nothing by itself.",
        parameters=_schema(action=("The action, such as proxmox.restart_container", True, _NAMED), **_PLACE),
        annotations=_ASKS,
        run=_request_action,
    ),
    Spec(
        key="request_state",
        title="State of a request",
        description="Whether a request was approved, ran, and was verified. Say that something is done only "
        "when it is verified.",
        parameters=_schema(number=("The number of the request", True, _NUMBER)),
        annotations=_READS,
        run=_request_state,
    ),
)
"""All tools, for the API that a person selects for an agent."""
