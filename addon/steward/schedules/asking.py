"""Answers a scheduled question: rules, tools, perhaps a model, and one stored message."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.commands import Reading, ReadTool
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.schedules import Choice, ScheduledMessage

from ..clock import Clock
from ..errors import describe_error
from ..inventory.ports import Inventory
from ..llm.errors import ModelError
from ..llm.gateway import LlmGateway
from ..store import approvals, incidents, scheduled_messages
from ..store.store import Store
from ..texts import Texts, household
from ..timing.scheduler import Due
from .delivery import ReachNow, nobody_yet, reaches_nobody
from .question import Models, Question, Send, title_of
from .rules import RULES, VERSIONS, Facts, Finding, Found, Watched, wanted_of
from .version_data import VersionData
from .wording import question_about, read_wording

log = structlog.get_logger(__name__)

KEPT: Final = 30
"""Messages of one schedule that are kept."""

MOST_LINES: Final = 100
MOST_ROWS: Final = 50
LONGEST_LINE: Final = 300
TOOL_LINES: Final = 10
TOOL_RANK: Final = 4

type ReadTools = Callable[[ReadTool], Awaitable[Reading]]


class Asking:
    """Answers questions from what is known."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        clock: Clock,
        read: ReadTools,
        gateway: LlmGateway | None,
        version_data: VersionData | None = None,
        reach: ReachNow = nobody_yet,
    ) -> None:
        """``read`` reads a tool; without a ``gateway`` no model is asked.

        Without ``version_data`` nothing is looked up on the Internet. ``reach`` says which front ends work.
        """
        self._version_data = version_data
        self._reach = reach
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._read = read
        self._gateway = gateway

    def tools(self, texts: Texts) -> tuple[Choice, ...]:
        """Return the tools that a question can read: those of whole instances, without arguments."""
        return tuple(
            Choice(id=f"{instance.id}/{tool.key}", name=f"{one_line(instance.name)}: {texts.name(tool.name)}")
            for instance in self._inventory.instances()
            for service in (self._inventory.service(instance.id),)
            for tool in (service.tools if service else ())
            if tool.scope is None
            and not tool.is_owner_only
            and not any(one.required for one in tool.arguments)
        )

    async def answer(self, question: Question, due: Due) -> ScheduledMessage:
        """Store and publish the message of a due time, unless that was done before, and return it."""
        message_id = f"{question.id}/{due.at.isoformat()}"
        async with self._store.read() as connection:
            made = await scheduled_messages.message(connection, message_id)
            before = await scheduled_messages.last_of(connection, question.id)
        if made is not None:
            return made
        found = await self._found(question)
        lines = tuple(dict.fromkeys(one.text for one in sorted(found.findings, key=lambda one: one.rank)))
        message = ScheduledMessage(
            id=message_id,
            schedule_id=question.id,
            title=title_of(question, household()),
            due_at=due.at,
            made_at=self._clock.now(),
            lines=_bounded(lines),
            not_checked=_bounded(tuple(dict.fromkeys(found.not_checked))),
            is_late=due.is_late,
            deliver_to=question.deliver_to,
        )
        message = replace(message, is_silent=_is_silent(question.send, message, before))
        if not message.is_silent:
            # After a start, front ends are not connected yet.
            is_lost = not due.is_late and reaches_nobody(question.deliver_to, self._reach())
            message = replace(await self._worded(question, message), reached_nobody=is_lost)
        async with self._store.change() as unit:
            await scheduled_messages.add(unit.connection, message, KEPT)
            unit.publish(RowKind.SCHEDULED, message.id, message)
        return message

    async def _found(self, question: Question) -> Found:
        facts, texts = await self._facts(), household()
        if self._version_data is not None and VERSIONS in question.rules:
            wanted = (wanted_of(one) for one in facts.watched)
            looked = await self._version_data.look_up(one for one in wanted if one is not None)
            facts = replace(facts, looked=looked)
        findings: list[Finding] = []
        missing: list[str] = []
        for name in question.rules:
            try:
                found = RULES[name](facts, texts)
            except Exception as err:
                # The other rules still have something to say.
                log.exception("a rule failed", rule=name)
                reason = describe_error(err)
                missing.append(f"{name}: {reason}")
            else:
                findings += found.findings
                missing += found.not_checked
        for one in question.tools:
            try:
                reading = await self._read(ReadTool(instance_id=one.instance, tool=one.tool))
            except ContractError as err:
                missing.append(f"{one.instance}/{one.tool}: {one_line(err.message)}")
                continue
            if not reading.ok:
                missing.append(f"{reading.title}: {one_line(reading.text)}")
                continue
            read = [line for line in map(one_line, reading.text.splitlines()) if line][:TOOL_LINES]
            findings += (Finding(TOOL_RANK, line) for line in read)
        return Found(tuple(findings), tuple(missing))

    async def _facts(self) -> Facts:
        watched = tuple(
            Watched(
                instance=one,
                service=self._inventory.service(one.id),
                snapshot=self._inventory.snapshot(one.id),
                has_login=self._inventory.has_login(one.id),
            )
            for one in self._inventory.instances()
            if one.expected_off is None
        )
        async with self._store.read() as connection:
            found = await incidents.newest_incidents(connection, MOST_ROWS, open_only=True)
            waiting = await approvals.requests_in(connection, ApprovalStatus.PENDING, MOST_ROWS)
        problems = tuple(one for one in found if not one.is_request)
        return Facts(now=self._clock.now(), watched=watched, incidents=problems, requests=tuple(waiting))

    async def _worded(self, question: Question, message: ScheduledMessage) -> ScheduledMessage:
        """Return the message in the order of a model and with its summary, if one may and can answer."""
        if self._gateway is None or not question.prompt or len(message.lines) < 2:  # noqa: PLR2004 - nothing to order
            return message
        request = question_about(
            question.prompt,
            message.lines,
            household().language,
            question.tokens,
            only_local=question.models is Models.LOCAL,
        )
        if request is None:
            return message
        try:
            reply = await self._gateway.chat(request)
        except ModelError as err:
            log.info("a schedule was not worded", schedule=question.id, reason=str(err))
            return message
        worded = read_wording(reply.text, message.lines)
        if worded is None:
            return message
        return replace(message, lines=worded.lines, summary=worded.summary, worded_by=reply.deployment)


def _is_silent(send: Send, message: ScheduledMessage, before: ScheduledMessage | None) -> bool:
    """Return whether there is nothing to say."""
    if send is Send.ALWAYS:
        return False
    if send is Send.FINDINGS or before is None:
        return not message.lines
    return set(message.lines) <= set(before.lines)


def _bounded(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…" for line in lines[:MOST_LINES]
    )
