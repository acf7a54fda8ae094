"""The tools of one turn of one person, and their calls."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field, ToolOffer
from homelab_steward.contract.commands import ActionRequested, Reading, ReadTool, RequestAction
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.state import Speaker, TargetRef

from ..error_mapping import to_contract_error
from ..errors import StewardError
from ..inventory.ports import Inventory
from ..language.spoken_numbers import numbers_said
from ..language.words import WORD
from ..llm.messages import ToolCall, ToolSpec
from .foreign_reads import NOT_SAID, ForeignRead
from .help_search import FIND_HELP, HelpSearch
from .mentions import NamedTarget
from .named_targets import by_label, occurs, related_targets
from .tool_schemas import (
    HOMELAB_STATUS,
    REQUEST_ACTION,
    STATUS,
    for_targets,
    offer_arguments,
    request_spec,
)

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

log = structlog.get_logger(__name__)


class RequestPort(Protocol):
    """The only access of a turn: reading, and requesting a change."""

    async def read(self, question: ReadTool) -> Reading:
        """Return the reading of one tool. Raises ContractError."""

    async def request(self, request: RequestAction) -> ActionRequested:
        """Return the approval request that was created. Raises ContractError."""


type Status = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAnswer:
    """The result of a call. ``asked`` is set when a request now waits for a person's decision.

    ``is_private``: only an owner may read it, and of the models only local ones. ``about`` are the
    targets that it says something about, () when it is general.
    """

    title: str
    text: str
    ok: bool = True
    asked: ActionRequested | None = None
    is_private: bool = False
    about: tuple[TargetRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRead:
    """A read tool and the targets it applies to. ``is_named``: the question has a word of its name."""

    spec: ToolSpec
    offer: ToolOffer
    among: Mapping[str, NamedTarget]
    is_named: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A person's messages, and the same without the names in them: a number in a name is not a value."""

    texts: Sequence[str]
    without_names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a turn reads beside the services: the overview of the records, and the search."""

    status: Status
    help: HelpSearch
    inventory: Inventory
    foreign: Mapping[str, ForeignRead]


class Turn:
    """The tools of one turn of one person.

    ``is_private``: only an owner may read its answer. ``is_failed``: the model gave none that is true.
    ``has_requested``: a change waits for a decision.
    ``cost_asked`` is set when the person was asked whether the answer may cost so much.
    """

    def __init__(
        self,
        request_port: RequestPort,
        sources: Sources,
        reads: Mapping[str, ServiceRead],
        asks: Mapping[str, tuple[str, ActionOffer]],
        named: Sequence[NamedTarget],
        said: Said,
        speaker: Speaker,
        matchers: Sequence[LanguageMatcher],
    ) -> None:
        """``named`` are the only possible targets of an action, ``said`` the only source of values."""
        self._request_port = request_port
        self._sources = sources
        self._reads = reads
        self._actions = asks
        self._named = by_label(
            one for one in named if any(is_for(offer, service, one) for service, offer in asks.values())
        )
        self._said = said
        self._speaker = speaker
        self._matchers = matchers
        self.is_private = False
        self.is_failed = False
        self.has_requested = False
        self.cost_asked: float | None = None

    @property
    def is_person_request(self) -> bool:
        """Whether the person requested a change of a target they named."""
        return bool(self._named)

    def specs(self) -> tuple[ToolSpec, ...]:
        """Return the tools as a model receives them."""
        found = [read.spec for read in self._reads.values()]
        if self._named:
            found.insert(0, request_spec(self._actions, tuple(self._named)))
        else:
            found.append(FIND_HELP)
        foreign = (one.spec for one in self._sources.foreign.values())
        return (*found, STATUS, *foreign)

    def specs_about(self, targets: AbstractSet[TargetRef]) -> tuple[ToolSpec, ...]:
        """Return the tools that read something about some targets, for those targets only.

        Those that the question names are the only ones: a queue that is asked about has to be read.
        """
        inventory = self._sources.inventory
        found: list[ToolSpec] = []
        named: list[ToolSpec] = []
        for read in self._reads.values():
            labels = [
                label for label, one in read.among.items() if targets & {*related_targets(inventory, one)}
            ]
            if labels:
                spec = read.spec if len(read.among) == 1 else for_targets(read.spec, labels)
                (named if read.is_named else found).append(spec)
        return tuple(named or found)

    async def call(self, call: ToolCall) -> ToolAnswer:
        """Return the result of a call; a refusal is a result with ``ok`` False."""
        try:
            return await self._answer(call)
        except ContractError as err:
            return ToolAnswer(title="Refused", text=err.message, ok=False)
        except StewardError as err:
            return ToolAnswer(title="Refused", text=to_contract_error(err).message, ok=False)
        except Exception:
            # One failed tool must not end the turn.
            log.exception("tool failed", tool=call.name)
            return ToolAnswer(title="Refused", text="Internal error.", ok=False)

    async def _answer(self, call: ToolCall) -> ToolAnswer:
        if call.name == HOMELAB_STATUS:
            return ToolAnswer(title="Homelab status", text=await self._sources.status())
        if call.name == FIND_HELP.name:
            return await self._find_help(str(call.arguments["problem"]))
        if call.name == REQUEST_ACTION:
            return await self._ask(call.arguments)
        if call.name in self._sources.foreign:
            return await self._read_foreign(self._sources.foreign[call.name], call.arguments)
        return await self._read(self._reads[call.name], call.arguments)

    async def _find_help(self, problem: str) -> ToolAnswer:
        text, is_private = await self._sources.help.find(problem)
        return ToolAnswer(title="Runbooks and past incidents", text=text, is_private=is_private)

    async def _read(self, read: ServiceRead, arguments: Mapping[str, Value]) -> ToolAnswer:
        label = next(iter(read.among)) if len(read.among) == 1 else str(arguments.get("target"))
        named_target = read.among[label]
        given = offer_arguments(read.offer.arguments, arguments)
        if read.offer.is_sent_out and not self._are_words_of_person(given.values()):
            # A text that was read may ask for a search that contains something private.
            text = "Only words that the person wrote are sent to the Internet."
            return ToolAnswer(title="Refused", text=text, ok=False)
        reading = await self._request_port.read(
            ReadTool(
                instance_id=named_target.target.instance_id,
                tool=read.offer.key,
                speaker=self._speaker,
                target_id=named_target.resource_id,
                arguments=given,
            )
        )
        return ToolAnswer(
            title=reading.title,
            text=reading.text,
            ok=reading.ok,
            is_private=read.offer.is_owner_only,
            about=related_targets(self._sources.inventory, named_target),
        )

    async def _read_foreign(self, read: ForeignRead, arguments: Mapping[str, Value]) -> ToolAnswer:
        if not read.may_send(arguments, self._said.texts):
            return ToolAnswer(title="Refused", text=NOT_SAID, ok=False)
        reading = await self._request_port.read(read.question(arguments, self._speaker))
        return ToolAnswer(
            title=reading.title, text=reading.text, ok=reading.ok, is_private=read.tool.is_private
        )

    async def _ask(self, arguments: Mapping[str, Value]) -> ToolAnswer:
        """Request an action, if the person named its target and every value."""
        service, offer = self._actions[str(arguments["action"])]
        named_target = self._named[str(arguments["target"])]
        if not is_for(offer, service, named_target):
            text = f"{offer.name} does not apply to {named_target.label}."
            return ToolAnswer(title="Refused", text=text, ok=False)
        given = offer_arguments(offer.arguments, arguments)
        for one in offer.arguments:
            if one.key in given and not self._was_said(one, given[one.key]):
                text = f"The person did not give {one.name}: ask for it, do not choose it."
                return ToolAnswer(title="Refused", text=text, ok=False)
        request = RequestAction(
            instance_id=named_target.target.instance_id,
            action=offer.key,
            speaker=self._speaker,
            target_id=named_target.resource_id,
            arguments=given,
        )
        asked = await self._request_port.request(request)
        self.has_requested = True
        return ToolAnswer(title=offer.name, text="The request waits for a person's decision.", asked=asked)

    def _are_words_of_person(self, values: Iterable[Value]) -> bool:
        """Return whether all words in the texts occur in the person's messages."""
        said = set(WORD.findall(" ".join(self._said.texts).casefold()))
        return all(said.issuperset(WORD.findall(one.casefold())) for one in values if isinstance(one, str))

    def _was_said(self, argument: Field, value: Value) -> bool:
        """Return whether a value occurs in the person's messages, or is the default."""
        if value == argument.default:
            return True
        if isinstance(value, bool):
            return False
        if isinstance(value, int | float):
            return float(value) in numbers_said(self._said.without_names, argument.unit, self._matchers)
        return occurs(str(value), " ".join(self._said.texts))


def is_for(offer: ActionOffer, service: str, named_target: NamedTarget) -> bool:
    """Return whether a target can be the subject of an action of a service."""
    return named_target.service == service and named_target.scope == offer.scope
