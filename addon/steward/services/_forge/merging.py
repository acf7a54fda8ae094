"""The action that merges a pull request: exactly the commit that was approved, undone by another one."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed
from ...sdk.answers import NotKnown
from ...sdk.description import Action, Call, DryRun, Effect, Gaps, Risk, Undo
from ...sdk.display import Text, brief, translate
from ...sdk.fields import text_field
from ...sdk.kits import poll_until
from ...sdk.shown import difference, result
from .client import ForgeClient, RevertTexts, place_of
from .models import Info, Pull

SHA: Final = text_field("sha", "Commit", "The newest commit of the pull request, in full")
BASE: Final = "base"
METHOD: Final = "method"
BEFORE: Final = "before"
REVERT: Final = "revert"
OPENING: Final = "opening"
OPENED_WITHIN: Final = 60.0
"""Seconds after which a revert whose opening was not answered is not opened any more."""

CHECKED_WITHIN: Final = 600.0
"""Seconds in which the checks of a pull request that reverts another may pass."""


async def _refusal(client: ForgeClient, path: str, pull: Pull, sha: str) -> Text | None:
    """Return why a pull request must not be merged now."""
    reason = pull.refusal(sha) or (await client.checks(path, pull, Gaps())).refusal()
    if reason is not None:
        return reason
    if pull.mergeable_state == "blocked":
        return t"The rules of {pull.base.ref} do not allow to merge #{pull.number}, such as a missing review"
    if pull.mergeable_state == "behind":
        return t"#{pull.number} is behind {pull.base.ref}, whose rules demand that it is up to date"
    info = await client.one(Info, f"repos/{path}")
    if info.permissions.push is False:
        return t"The token may not write to {path}"
    return None if info.allows(client.method) else t"{path} does not allow the merge method {client.method}"


async def _compared(client: ForgeClient, path: str, number: int) -> Pull:
    """Return a pull request once it is known whether it has a conflict, or as it is after some seconds."""
    return await poll_until(
        client.clock,
        lambda: client.pull_number(path, number),
        lambda pull: pull.mergeable is not None or bool(pull.merged),
        seconds=client.compares,
        away=0.0,
    )


async def _checked(client: ForgeClient, call: Call) -> Pull:
    """Return the target. Raises PreconditionFailed when it must not be merged now."""
    path, number = place_of(call)
    pull = await _compared(client, path, number)
    reason = await _refusal(client, path, pull, call.text(SHA.key))
    if reason is not None:
        raise PreconditionFailed(reason)
    return pull


async def _dry_run(client: ForgeClient, call: Call) -> DryRun:
    pull = await _checked(client, call)
    return DryRun(
        differences=(
            difference(
                t"Pull request #{pull.number}",
                t"open",
                t"merged into {pull.base.ref} ({client.method})",
            ),
        ),
        baseline={SHA.key: pull.head.sha, BASE: pull.base.ref, METHOD: client.method},
        note=brief(pull.title, 200),
    )


async def _precheck(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> None:
    pull = await _checked(client, call)
    if pull.base.ref != baseline[BASE] or client.method != baseline[METHOD]:
        raise PreconditionFailed(t"{call.target.name} was changed in the meantime")


async def _execute(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> str:
    path, number = place_of(call)
    pull = await client.pull(call)
    await call.note({BEFORE: pull.base.sha})
    await client.merge(path, number, call.text(SHA.key))
    return translate(t"#{number} was merged into {baseline[BASE]}")


async def _probe(client: ForgeClient, call: Call, _: Mapping[str, Value]) -> Effect:
    pull = await client.pull(call)
    if pull.merged is None:
        return Effect.UNKNOWN
    if pull.merged:
        return Effect.DONE if pull.head.sha == call.text(SHA.key) else Effect.NOT_DONE
    return Effect.NOT_DONE if pull.state == "closed" else Effect.NOT_SEEN


async def _verify(client: ForgeClient, call: Call, _: Mapping[str, Value]) -> CheckResult:
    pull = await client.pull(call)
    label = t"Pull request #{pull.number}"
    try:
        commit = pull.commit
    except NotKnown as err:
        return result(label, str(err), ok=None if pull.merged is not False else False)
    if pull.head.sha != call.text(SHA.key):
        return result(label, t"merged with another commit", ok=False)
    return result(label, t"merged as {commit[:12]}", ok=True)


async def _contains(client: ForgeClient, call: Call, _: Mapping[str, Value], seen: str) -> bool:
    path, _number = place_of(call)
    return await client.contains(path, _commit(await client.pull(call)), seen)


async def _contains_revert(client: ForgeClient, call: Call, baseline: Mapping[str, Value], seen: str) -> bool:
    path, _ = place_of(call)
    revert = await _revert_of(client, call, await client.pull(call), baseline)
    if revert is None:
        raise PreconditionFailed(t"No pull request reverts {call.target.name}")
    return await client.contains(path, _commit(revert), seen)


def _commit(pull: Pull) -> str:
    """Return the commit of a merge. Raises PreconditionFailed when it is not known."""
    try:
        return pull.commit
    except NotKnown as err:
        raise PreconditionFailed(str(err)) from err


async def _revert_of(
    client: ForgeClient, call: Call, pull: Pull, baseline: Mapping[str, Value]
) -> Pull | None:
    """Return what reverts a pull request: what was noted, a revert that is merged, or ours.

    Of ours one that is open comes before one that a person closed.
    """
    path, _ = place_of(call)
    number = baseline.get(REVERT)
    if isinstance(number, int):
        return await client.pull_number(path, number)
    texts = RevertTexts.of(path, pull)
    query: dict[str, str | int] = {"state": "all", client.page_size: 50}
    listed = await client.many(Pull, f"repos/{path}/pulls", Gaps(), below="", **query)
    # In a fork anybody can open a pull request with these texts.
    reverts = [
        one
        for one in listed
        if one.number > pull.number and _is_in(one, path) and texts.body in one.body.splitlines()
    ]
    found = [await client.pull_number(path, one.number) for one in reverts]
    ours = [one for one in found if one.title == texts.title]
    merged, is_open = (one for one in found if one.merged), (one for one in ours if one.state != "closed")
    return next(iter((*merged, *is_open, *ours)), None)


def _is_in(pull: Pull, path: str) -> bool:
    """Return whether the branch of a pull request is in its own repository."""
    return pull.head.repo is not None and pull.head.repo.full_name.casefold() == path.casefold()


async def _undo_dry_run(
    client: ForgeClient, call: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    pull = await client.pull(call)
    if pull.merged is False:
        return ()
    revert = await _revert_of(client, call, pull, baseline)
    if revert is not None and revert.merged:
        return ()
    if revert is not None and revert.state == "closed":
        raise PreconditionFailed(t"#{revert.number}, which reverts it, was closed")
    before = t"merged" if revert is None else t"merged (#{revert.number}, which reverts it, is open)"
    return (difference(t"Pull request #{pull.number}", before, t"reverted"),)


async def _undo(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> str:
    """Open the revert, or carry on with the one that was opened before the app was stopped."""
    path, _ = place_of(call)
    pull = await client.pull(call)
    revert = await _opened(client, call, pull, baseline)
    number = revert.number if revert else await _open_revert(client, call, pull, baseline)
    await call.note({REVERT: number})
    ready = await poll_until(
        client.clock,
        lambda: _readiness(client, path, number),
        lambda found: found[1] is None or not found[2],
        seconds=CHECKED_WITHIN,
        away=CHECKED_WITHIN,
    )
    revert, reason, _may_pass = ready
    if revert.merged:
        return translate(t"#{number} reverts #{pull.number} and was merged into {pull.base.ref}")
    if reason is not None:
        raise PreconditionFailed(t"#{number} reverts it and cannot be merged now: {reason}")
    await client.merge(path, number, revert.head.sha or "")
    return translate(t"#{number} reverts #{pull.number} and was merged into {pull.base.ref}")


async def _opened(client: ForgeClient, call: Call, pull: Pull, baseline: Mapping[str, Value]) -> Pull | None:
    """Return the revert, None when there is none; one that may be on its way is waited for."""
    return await poll_until(
        client.clock,
        lambda: _revert_of(client, call, pull, baseline),
        lambda found: found is not None,
        seconds=OPENED_WITHIN if baseline.get(OPENING) else 0.0,
        away=0.0,
    )


async def _open_revert(client: ForgeClient, call: Call, pull: Pull, baseline: Mapping[str, Value]) -> int:
    """Open the pull request; one whose answer was lost is looked for."""
    path, _ = place_of(call)
    # Written before it is sent: a forge may open a second one.
    await call.note({OPENING: True})
    try:
        return await client.open_revert(path, pull, RevertTexts.of(path, pull), baseline.get(BEFORE))
    except EffectUnknown:
        found = await _opened(client, call, pull, {**baseline, OPENING: True})
        if found is None:
            raise
        return found.number


async def _readiness(client: ForgeClient, path: str, number: int) -> tuple[Pull, Text | None, bool]:
    """Return a pull request of ours, why it cannot be merged now, and whether that may pass by itself."""
    pull = await client.pull_number(path, number)
    if pull.merged:
        return pull, None, False
    reason = await _refusal(client, path, pull, pull.head.sha or "")
    has_failed = pull.mergeable is False or pull.state == "closed"
    with suppress(NotKnown):
        has_failed = has_failed or (await client.checks(path, pull, Gaps())).verdict == "failed"
    return pull, reason, not has_failed


MERGE: Final = Action[ForgeClient](
    key="merge",
    description="Merges the pull request if its newest commit is the given one and its checks passed.",
    risk=Risk.MEDIUM,
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    undo=Undo(dry_run=_undo_dry_run, execute=_undo, contains=_contains_revert, deduplicated=True),
    contains=_contains,
    deduplicated=True,
    scope="pull_request",
    arguments=(SHA,),
    blast_radius="Everything that is deployed from the branch",
    icon="mdi:source-merge",
    capability="",
    needs=("write",),
)
