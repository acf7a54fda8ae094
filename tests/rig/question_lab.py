"""A homelab of real services with readings that were written by hand, for questions about it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.changes import Change
from homelab_steward.contract.commands import (
    ActionRequested,
    Decide,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
)
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.records import SearchQuery, SearchResult
from homelab_steward.contract.restore_drill import RestoreReport
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookTargets,
    RunbookTargetsQuery,
    RunRunbook,
)
from homelab_steward.contract.state import (
    Instance,
    Origin,
    Person,
    Resource,
    Role,
    Snapshot,
    Speaker,
    TargetRef,
)
from rig.question_instances import LAB, NOW, Made
from steward.agent.requests.plan_requests import RequestPlan
from steward.conversation.conversation import Conversation
from steward.conversation.model_answers import Models
from steward.conversation.runbook_answers import RunbookPorts
from steward.inventory.ports import INSTANCE, Seen
from steward.inventory.stacks import Stack
from steward.language.sentences import Sentences
from steward.sdk.description import AnyService
from steward.sdk.readings import Reading as SensorReading
from steward.sdk.readings import Unknown
from steward.services.finder import catalogue, find_services
from steward.texts import spoken
from steward.wiring.conversation import ConversationParts, build_conversation

SERVICES: Final = find_services()
OFFERS: Final[Catalogue] = catalogue(SERVICES)


class Stopped:
    """A clock that shows one time."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class QuestionLab:
    """The inventory, the rows, the gate and the services of the lab."""

    def __init__(self) -> None:
        self._made = {one.id: one for one in LAB}
        self.requested: list[RequestAction] = []
        self.planned: list[RequestPlan] = []
        self.decided: list[Decide] = []
        self.off: dict[tuple[str, str, str], str] = {}
        self.facts: dict[str, bool | None] = {}
        self.pending_now: tuple[ApprovalRequest, ...] = ()
        self.incidents_now: tuple[Incident, ...] = ()
        self.updates_now: tuple[Change, ...] = ()
        self.problems: dict[str, str] = {"paperless": "It is unhealthy", "sdb": "The disk is failing"}

    def add(self, instance_id: str, resource: Resource) -> None:
        """Add a resource to an instance."""
        made = self._made[instance_id]
        self._made[instance_id] = replace(made, resources=(*made.resources, resource))

    def add_instance(self, made: Made) -> None:
        """Add an instance with its readings."""
        self._made[made.id] = made

    def remove_instance(self, instance_id: str) -> None:
        """Remove an instance."""
        del self._made[instance_id]

    # The inventory.
    def instances(self) -> tuple[Instance, ...]:
        return tuple(map(self._row, self._made.values()))

    async def home_facts(self) -> Mapping[str, bool | None]:
        return self.facts

    def instance(self, instance_id: str) -> Instance | None:
        made = self._made.get(instance_id)
        return self._row(made) if made else None

    def service(self, instance_id: str) -> AnyService | None:
        made = self._made.get(instance_id)
        return SERVICES[made.service] if made else None

    def snapshot(self, instance_id: str) -> Snapshot | None:
        made = self._made.get(instance_id)
        if made is None:
            return None
        return Snapshot(
            instance_id=instance_id, taken_at=NOW, values=dict(made.values), resources=made.resources
        )

    async def poll_now(self, instance_id: str) -> Snapshot:
        found = self.snapshot(instance_id)
        assert found is not None
        return found

    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        made = self._made.get(instance_id)
        if made is None:
            return None
        if kind in (None, INSTANCE):
            return TargetRef(instance_id=made.id, kind=INSTANCE, id=made.id, name=made.name)
        found = next((one for one in made.resources if (one.kind, one.id) == (kind, target_id)), None)
        return (
            TargetRef(instance_id=made.id, kind=found.kind, id=found.id, name=found.name) if found else None
        )

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        if target.kind == INSTANCE:
            host = {"radarr": ("container", "101"), "adguard-home": ("container", "102")}.get(target.id)
            inside = self.target("proxmox", *host) if host else None
            return (inside, *self.parents(inside)) if inside else ()
        found = self._resource(target)
        parent = found.parent if found else None
        above = self.target(target.instance_id, parent.kind, parent.id) if parent else None
        own = self.target(target.instance_id)
        return tuple(one for one in (above, own) if one is not None)

    def stacks(self) -> tuple[Stack, ...]:
        return ()

    def application(self, target: TargetRef) -> TargetRef | None:
        programs = {"101": "radarr", "102": "adguard-home"}
        return self.target(programs[target.id]) if target.id in programs else None

    def readings(self, target: TargetRef) -> Mapping[str, SensorReading]:
        found = self._resource(target)
        values = found.values if found else self._made[target.instance_id].values
        return {key: Unknown("It is not running") if one is None else one for key, one in values.items()}

    def seen(self, target: TargetRef) -> Seen:
        problem = self.problems.get(target.name)
        return Seen(problems=(problem,)) if problem else Seen()

    def is_off(self, target: TargetRef) -> bool:
        return target.key in self.off

    def why_off(self, target: TargetRef) -> str | None:
        return self.off.get(target.key)

    # The rows.
    async def incident(self, incident_id: str) -> Incident | None:
        return next((one for one in self.incidents_now if one.id == incident_id), None)

    async def list_incidents(self, query: IncidentQuery) -> Incidents:
        found = (one for one in self.incidents_now if not (query.open_only and one.status.is_closed))
        return Incidents(incidents=tuple(found))

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        return next((one for one in self.pending_now if one.id == approval_id), None)

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        return self.pending_now

    async def scheduled(self) -> tuple[ApprovalRequest, ...]:
        return ()

    async def restores(self) -> RestoreReport | None:
        return None

    async def updates(self) -> tuple[Change, ...]:
        return self.updates_now

    # The services and the gate.
    async def read(self, question: ReadTool) -> Reading:
        if question.tool == "watching" and question.speaker is None:
            raise ContractError(ErrorCode.FORBIDDEN, "Only an owner may read this.")
        text = "anna watches Dune on TV" if question.tool == "watching" else "Nothing"
        return Reading(title=question.tool, text=text, ok=True)

    async def request(self, request: RequestAction) -> ActionRequested:
        if self.person(request.speaker) is None:
            reason = spoken(lambda texts: texts(t"You are not allowed to ask for this."))
            raise ContractError(ErrorCode.FORBIDDEN, reason)
        self.requested.append(request)
        return ActionRequested(
            approval_id="a1", incident_id="i1", message=f"{request.action} {request.instance_id}"
        )

    async def request_plan(self, request: RequestPlan) -> ActionRequested:
        self.planned.append(request)
        return ActionRequested(approval_id="a1", incident_id="i1", instead=" ".join(request.left_out))

    async def decide(self, command: Decide) -> ApprovalRequest:
        self.decided.append(command)
        return replace(self.pending_now[0])

    async def run_runbook(self, request: RunRunbook) -> RunbookAnswer:
        raise ContractError(ErrorCode.NOT_FOUND, request.runbook_id)

    async def runbook_targets(self, query: RunbookTargetsQuery) -> RunbookTargets:
        raise ContractError(ErrorCode.NOT_FOUND, query.runbook_id)

    async def mark_false_alarm(self, request: MarkFalseAlarm) -> Incident:
        raise ContractError(ErrorCode.NOT_FOUND, request.incident_id)

    async def search(self, query: SearchQuery) -> SearchResult:
        return SearchResult()

    def person(self, speaker: Speaker) -> Person | None:
        return Person(id="olga", name="Olga", role=Role.OWNER) if speaker.user_id == "1" else None

    def conversation(self, sentences: Sentences, models: Models | None = None) -> Conversation:
        """Return a conversation, without a model unless one is given."""
        return build_conversation(
            ConversationParts(
                rows=self,
                request_port=self,
                request_plan=self.request_plan,
                runbooks=RunbookPorts(self.run_runbook, self.runbook_targets, dict),
                search=self.search,
                decide=self.decide,
                mark_false_alarm=self.mark_false_alarm,
                person=self.person,
                inventory=self,  # type: ignore[arg-type]
                catalogue=OFFERS,
                models=models,
                sentences=sentences,
                clock=Stopped(),  # type: ignore[arg-type]
                zone=UTC,
            )
        )

    def _resource(self, target: TargetRef) -> Resource | None:
        made = self._made.get(target.instance_id)
        key = (target.kind, target.id)
        return next((one for one in made.resources if (one.kind, one.id) == key), None) if made else None

    def _row(self, made: Made) -> Instance:
        return Instance(
            id=made.id,
            service=made.service,
            name=made.name,
            origin=Origin.FILE,
            status=made.status,
            version=made.version,
        )

    def __iter__(self) -> Iterator[Made]:
        return iter(self._made.values())
