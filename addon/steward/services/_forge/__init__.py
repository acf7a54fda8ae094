"""What GitHub, Gitea and Forgejo share: repositories with their pull requests and workflow runs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from homelab_steward.contract.catalogue import Field
from homelab_steward.contract.state import ResourceKey
from homelab_steward.contract.step_parts import Difference

from ...errors import ServiceError
from ...sdk.answers import Item, known
from ...sdk.description import (
    DELIVERY,
    Call,
    ChangeHook,
    Gaps,
    HmacSignature,
    Installs,
    ResourceKind,
    Right,
    Risk,
    Sensor,
    Service,
    Updates,
    Versions,
)
from ...sdk.display import Lines, Text, choice, count, diagnostic, flag, list_tool, time, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field
from ...sdk.kits import Job, Jobs, RunJob, Switch, Turn
from ...sdk.shown import difference
from .changing import CHANGES
from .client import METHOD, PULLS, REPOSITORIES, ForgeClient, place_of
from .deploying import DEPLOYS
from .merging import MERGE, SHA
from .models import CHECKS, FAILED_RUN, ForgeState, OpenPull, Pull, Repository
from .proposing import propose_file
from .template_folder import PURPOSES, OwnTemplate

CHECKED: Final = 10
"""Pull requests whose checks the tool shows."""

MOST_LINES: Final = 300
"""Lines of a diff that are shown."""

RIGHT: Final = Right(
    key="write",
    name="contents and pull requests, write",
    needed_for="merge, revert, close, comment and deploy",
)
COMMENT: Final = text_field("text", "Comment", "Markdown")


@list_tool(
    "pull_requests", "Pull requests", "The open pull requests, and what their checks say.", scope="repository"
)
async def _pulls(client: ForgeClient, gaps: Gaps, call: Call) -> Lines:
    path = call.target.name
    pulls = await client.pulls_of(path, gaps)

    async def shown(one: Pull) -> str:
        if one.head.sha is None:
            return f"{one}: checks not known"
        try:
            return f"{one}: checks {await client.checks(path, one, gaps)}"
        except ServiceError as err:
            gaps.add(f"checks of #{one.number}", str(err))
            return f"{one}: checks not known"

    first = await asyncio.gather(*map(shown, pulls[:CHECKED]))
    return Lines([*first, *map(str, pulls[CHECKED:])], len(pulls))


@list_tool(
    "workflow_runs",
    "Workflow runs",
    "The newest runs of the workflows, those that failed first.",
    scope="repository",
    capability="status",
)
async def _runs(client: ForgeClient, gaps: Gaps, call: Call) -> list[str]:
    found = await client.runs_of(call.target.name, gaps)
    return [str(one) for one in worst_first(found, lambda one: one.result in FAILED_RUN)]


@list_tool("checks", "Checks", "The checks of its newest commit, failed ones first.", scope="pull_request")
async def _checks(client: ForgeClient, gaps: Gaps, call: Call) -> Lines:
    path, _ = place_of(call)
    checks = await client.checks(path, await client.pull(call), gaps)
    required = " (required)" if checks.required is not None else ""
    shown = worst_first(checks.found, lambda one: one.result in FAILED_RUN)
    lines = [f"{one}{required if checks.is_required(one) else ''}" for one in shown]
    return Lines(lines, len(lines) + checks.missing)


@list_tool("diff", "Diff", "What it changes, line by line.", scope="pull_request", limit=MOST_LINES)
async def _diff(client: ForgeClient, _: Gaps, call: Call) -> list[str]:
    return await client.diff(*place_of(call))


class Comment(Item, rename=None):
    """One comment of a pull request."""

    id: int
    body: str = ""

    @property
    def job(self) -> Job:
        """Return it as a job that is done."""
        return Job(handle=str(self.id), is_running=False, ok=True, text=f"Comment {self.id}", order=self.id)


async def _write_comment(client: ForgeClient, call: Call) -> str:
    path, number = place_of(call)
    sent = await client.sent(
        Comment, "POST", f"repos/{path}/issues/{number}/comments", {"body": call.text(COMMENT.key)}
    )
    return str(sent.id)


async def _read_comment(client: ForgeClient, call: Call, handle: str) -> Job:
    path, _ = place_of(call)
    return (await client.one(Comment, f"repos/{path}/issues/comments/{handle}")).job


async def _newest_comment(client: ForgeClient, call: Call) -> Job | None:
    """Return the newest comment with the same text."""
    path, number = place_of(call)
    query: dict[str, str | int] = {client.page_size: 50}
    found = await client.many(Comment, f"repos/{path}/issues/{number}/comments", Gaps(), below="", **query)
    same = [one for one in found if one.body.strip() == call.text(COMMENT.key).strip()]
    return max(same, key=lambda one: one.id).job if same else None


async def _shown_comment(_: ForgeClient, call: Call) -> tuple[Difference, ...]:
    return (difference(t"Comment", t"none", call.text(COMMENT.key)),)


async def _is_open(client: ForgeClient, call: Call) -> bool:
    return known((await client.pull(call)).state) == "open"


async def _merged(client: ForgeClient, call: Call) -> Text | None:
    pull = await client.pull(call)
    return t"#{pull.number} is merged already" if pull.merged else None


def _set_state(state: str) -> Callable[[ForgeClient, Call], Awaitable[object]]:
    async def change(client: ForgeClient, call: Call) -> object:
        path, number = place_of(call)
        return await client.send("PATCH", f"repos/{path}/pulls/{number}", {"state": state})

    return change


OPEN: Final = Switch[ForgeClient](
    is_on=_is_open,
    on=Turn(to=True, run=_set_state("open"), refusal=_merged),
    off=Turn(to=False, run=_set_state("closed"), refusal=_merged),
    words=(t"closed", t"open"),
)
PULL_SENSORS: Final[tuple[Sensor[OpenPull], ...]] = (
    diagnostic("title", "Title", lambda one: one.pull.title or None),
    diagnostic("author", "Author", lambda one: one.pull.user.login or None),
    diagnostic("sha", "Commit", lambda one: one.pull.head.sha),
    diagnostic("base", "Branch", lambda one: one.pull.base.ref or None),
    time("opened_at", "Opened", lambda one: one.pull.created_at),
    choice("checks", "Checks", OpenPull.verdict, CHECKS),
    flag("mergeable", "Fits its branch", OpenPull.mergeable, diagnostic=True),
)
PULL_REQUEST: Final = ResourceKind[ForgeState, OpenPull](
    key="pull_request",
    items=ForgeState.pulls,
    id=lambda one: one.id,
    title=lambda one: one.title,
    parent=lambda one: ResourceKey(kind="repository", id=str(one.info.id)),
    icon="mdi:source-pull",
    part=PULLS,
    # Pull requests come and go: their entities are of use only for a short time.
    sensors=tuple(replace(one, enabled_by_default=False) for one in PULL_SENSORS),
    updates=Updates(action="merge", newer=OpenPull.newer, arguments={SHA.key: Installs.REVISION}),
)


TEMPLATE: Final = ResourceKind[ForgeState, OwnTemplate](
    key="template",
    items=lambda state: state.templates.found,
    id=lambda one: one.key,
    title=lambda one: one.title,
    icon="mdi:file-document-outline",
    sensors=(replace(choice("purpose", "Purpose", OwnTemplate.purpose, PURPOSES), enabled_by_default=False),),
)


WEBHOOK_SECRET: Final = secret_field(
    "webhook_secret",
    "Secret of the webhook",
    "As in the webhook of the repository, for pull requests, pushes and checks. Optional: without a webhook "
    "the repositories are read every five minutes.",
    required=False,
)
EVENTS: Final = frozenset(
    (
        *("pull_request", "pull_request_sync", "pull_request_review", "push", "status", "check_run"),
        *("check_suite", "workflow_run", "workflow_job", "action_run_success", "action_run_failure"),
    )
)
"""What is polled for at once; the names in the header of a webhook."""


def hook(signature: str, event: str, prefix: str = "") -> ChangeHook:
    """Return what takes webhooks; ``signature`` and ``event`` are names of headers."""
    return ChangeHook(
        verify=HmacSignature(signature, WEBHOOK_SECRET.key, prefix=prefix),
        secret=WEBHOOK_SECRET.key,
        is_change=lambda delivery: delivery.headers.get(event.lower()) in EVENTS,
    )


def forge(
    *,
    key: str,
    name: str,
    icon: str,
    settings: tuple[Field, ...],
    connect: type[ForgeClient],
    hook: ChangeHook,
    understood: Versions,
    sensors: tuple[Sensor[ForgeState], ...] = (),
) -> Service[ForgeClient, ForgeState]:
    """Return the description of one server."""
    return Service[ForgeClient, ForgeState](
        key=key,
        name=name,
        category=DELIVERY,
        icon=icon,
        settings=(*settings, REPOSITORIES, METHOD, WEBHOOK_SECRET, *TLS_SETTINGS),
        hook=hook,
        connect=connect,
        poll=connect.poll,
        interval=300.0,
        version=lambda state: state.version,
        sensors=(
            count(
                "pull_requests",
                "Pull requests",
                lambda state: sum(one.pull_count for one in state.repositories),
            ),
            count(
                "failing",
                "Failing workflows",
                lambda state: sum(len(one.failing()) for one in state.repositories),
            ),
            *sensors,
        ),
        resources=(
            ResourceKind[ForgeState, Repository](
                key="repository",
                items=lambda state: state.repositories,
                id=lambda one: str(one.info.id),
                title=lambda one: one.info.full_name,
                labels=lambda one: {"repository": one.info.full_name},
                sensors=(
                    count("pull_requests", "Pull requests", lambda one: one.pull_count, "mdi:source-pull"),
                    flag("failing", "Workflow failing", lambda one: one.problem() is not None, "problem"),
                ),
            ),
            PULL_REQUEST,
            TEMPLATE,
        ),
        checks=(
            warning("workflow_failing", "Workflow failing", Repository.problem, scope="repository"),
            warning("templates", "Templates wrong", lambda state: state.templates.wrong()),
        ),
        tools=(_pulls, _runs, _checks, _diff),
        actions=(
            MERGE,
            OPEN.turn_off(
                key="close",
                description="Closes the pull request without merging it.",
                risk=Risk.LOW,
                scope="pull_request",
                icon="mdi:source-pull",
                capability="",
                needs=(RIGHT.key,),
            ),
            RunJob(
                start=_write_comment,
                jobs=Jobs(read=_read_comment, newest=_newest_comment),
                changes=_shown_comment,
            ).action(
                key="comment",
                description="Writes a comment on the pull request, which everybody sees who can read it.",
                risk=Risk.LOW,
                scope="pull_request",
                arguments=(COMMENT,),
                icon="mdi:comment-outline",
                capability="",
                needs=(RIGHT.key,),
            ),
            *DEPLOYS,
            *CHANGES,
        ),
        propose_file=propose_file,
        rights=(RIGHT,),
        granted=lambda state: frozenset({RIGHT.key} if state.may_write() else ()),
        understood=understood,
    )
