"""Pull requests of GitHub and Gitea: what refuses a merge, lost answers, reverts, limits, and readings."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from lab.faults import FaultKind
from lab.replay import Raw
from lab.visit import Visit, visit
from services._forge import BASE, HEAD, add, history, merged, one
from services.gitea import BRANCH as GITEA_BRANCH
from services.gitea import POSTGRES, STATUS, changes_many_files, files, statuses
from services.gitea import REPO as GITEA
from services.github import BRANCH, CHECKS, REPO, RULES, check, checks
from steward.errors import (
    EffectUnknown,
    InvalidSetting,
    PreconditionFailed,
    ServiceError,
    ServiceForbidden,
    ServiceRefused,
    ServiceUnreachable,
)
from steward.sdk.description import Call, Effect
from steward.sdk.item_versions import versions

REVERT = ("Revert #4: Update postgres to 18.1", "Reverts rack/kitchen#4", "revert")
both = pytest.mark.parametrize("key", ["github", "gitea"])
MERGE_PATHS = {
    "github": ("PUT", "/repos/rack/kitchen/pulls/4/merge"),
    "gitea": ("POST", "/api/v1/repos/rack/kitchen/pulls/4/merge"),
}


class Noted:
    """A call of the merge of pull request 4 that keeps what is noted."""

    def __init__(self, here: Visit, call: Call) -> None:
        self.here, self.baseline = here, dict[str, Value]()
        self.call = Call(target=call.target, arguments=call.arguments, note=self.note)
        self.action = here.action("merge")

    async def note(self, values: Mapping[str, Value]) -> None:
        self.baseline |= values

    async def merge(self) -> None:
        self.baseline |= (await self.action.dry_run(self.here.client, self.call)).baseline
        await self.action.precheck(self.here.client, self.call, self.baseline)
        await self.action.execute(self.here.client, self.call, self.baseline)

    async def probe(self) -> Effect:
        return await self.action.probe(self.here.client, self.call, self.baseline)

    async def left(self) -> list[tuple[str, str]]:
        """Return what undoing would change."""
        assert self.action.undo is not None
        found = await self.action.undo.dry_run(self.here.client, self.call, self.baseline)
        return [(one.before, one.after) for one in found]

    async def undo(self) -> str:
        assert self.action.undo is not None
        return await self.action.undo.execute(self.here.client, self.call, self.baseline)

    async def contains(self, seen: str, *, is_undone: bool = False) -> bool:
        assert self.action.undo is not None
        contains = self.action.undo.contains if is_undone else self.action.contains
        assert contains is not None
        return await contains(self.here.client, self.call, self.baseline, seen)


async def merging(here: Visit, sha: str = HEAD[4]) -> Noted:
    return Noted(here, await here.call_of(here.action("merge"), "rack/kitchen#4", sha=sha))


def changed(**values: Any) -> Callable[[Visit], None]:
    return lambda here: one(here.served.state, 4).update(values)


def answered(**routes: Any) -> Callable[[Visit], None]:
    return lambda here: here.served.state.answers.update(routes)


GITHUB_REFUSALS: dict[str, Callable[[Visit], None]] = {
    "is a draft": changed(draft=True),
    "has a conflict with main": changed(mergeable=False),
    "has a conflict is not known so far": changed(mergeable=None),
    "do not allow to merge #4, such as a missing review": changed(mergeable_state="blocked"),
    "#4 is behind main": changed(mergeable_state="behind"),
    "is closed": changed(state="closed"),
    "#4 is merged already": changed(state="closed", merged=True),
    "another commit than the one that was offered": changed(head={"sha": "d" * 40, "ref": "update-4"}),
    "A check failed: test": answered(**{CHECKS: checks(check("test", "failure"))}),
    "A check is still running: test": answered(**{CHECKS: checks(check("test", None, "queued"))}),
    "The required check test has not reported": answered(**{CHECKS: checks(check("docs"))}),
    "The result of test is not known": answered(**{CHECKS: checks(check("test", "strange"))}),
    "checks are not listed": answered(**{CHECKS: {"total_count": 200, "check_runs": [check("test")]}}),
    "A check failed: docs": answered(
        **{CHECKS: checks(check("test"), check("docs", "failure")), BRANCH: Raw(status=404)}
    ),
    "The required check scan has not reported": answered(
        **{
            RULES: [
                {
                    "type": "required_status_checks",
                    "parameters": {"required_status_checks": [{"context": "scan"}]},
                }
            ]
        }
    ),
    "The token may not write to rack/kitchen": lambda here: here.served.state.object(REPO).update(
        permissions={"push": False}
    ),
    "rack/kitchen does not allow the merge method merge": lambda here: here.served.state.object(REPO).update(
        allow_merge_commit=False
    ),
}


@pytest.mark.parametrize("reason", GITHUB_REFUSALS)
async def test_what_must_not_be_merged_is_not_offered(reason: str) -> None:
    async with visit("github") as here:
        merge = await merging(here)
        GITHUB_REFUSALS[reason](here)
        with pytest.raises(PreconditionFailed, match=reason):
            await merge.merge()
        assert here.writes == []


def protected(*names: str) -> dict[str, Any]:
    return {"enable_status_check": True, "status_check_contexts": list(names)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({STATUS: statuses("success", "failure")}, "A check failed: test 2"),
        ({STATUS: statuses("pending")}, "A check is still running"),
        ({STATUS: statuses("warning")}, "The result of test 1 is not known"),
        (
            {GITEA_BRANCH: {"enable_status_check": True, "status_check_contexts": ["scan"]}},
            "check scan has not",
        ),
        ({GITEA_BRANCH: {"enable_status_check": True, "status_check_contexts": None}}, "not reported"),
    ],
)
async def test_gitea_refuses_for_required_checks(change: Any, reason: str) -> None:
    async with visit("gitea") as here:
        merge = await merging(here)
        here.served.state.answers.update(change)
        with pytest.raises(ServiceError, match=reason):
            await merge.merge()
        assert here.writes == []


async def test_checks_that_are_not_required_may_fail() -> None:
    async with visit("github") as here:
        here.served.state.answers[CHECKS] = checks(check("test"), check("docs", "failure"))
        await (await merging(here)).merge()
    async with visit("gitea") as here:
        here.served.state.answers[GITEA_BRANCH] = {"name": "main", "enable_status_check": False}
        here.served.state.answers[STATUS] = statuses("failure")
        await (await merging(here)).merge()


@both
async def test_a_head_that_moved_after_the_approval_is_not_merged(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        merge.baseline |= (await merge.action.dry_run(here.client, merge.call)).baseline
        one(here.served.state, 4)["head"]["sha"] = "d" * 40
        with pytest.raises(PreconditionFailed, match="another commit"):
            await merge.action.precheck(here.client, merge.call, merge.baseline)
        with pytest.raises(ServiceRefused, match="409"):
            await merge.action.execute(here.client, merge.call, merge.baseline)
        assert await merge.probe() is Effect.NOT_SEEN
        assert one(here.served.state, 4)["merged"] is False


async def test_another_base_or_method_is_another_plan() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        first = (await merge.action.dry_run(here.client, merge.call)).baseline
        one(here.served.state, 4)["base"]["ref"] = "next"
        here.served.state.answers |= {
            f"{REPO}/branches/next": here.served.state.answers[BRANCH],
            f"{REPO}/rules/branches/next": [],
        }
        with pytest.raises(PreconditionFailed, match="changed in the meantime"):
            await merge.action.precheck(here.client, merge.call, first)


async def test_the_merge_method_is_a_setting() -> None:
    async with visit("github", changed={"merge_method": "squash"}) as here:
        merge = await merging(here)
        dry = await merge.action.dry_run(here.client, merge.call)
        assert [one.after for one in dry.differences] == ["merged into main (squash)"]
        await merge.merge()
        assert here.lab.world.effects[-1].body["merge_method"] == "squash"
    with pytest.raises(InvalidSetting, match="merge_method"):
        async with visit("github", changed={"merge_method": "octopus"}):
            pass


@both
async def test_a_lost_answer_is_found_out(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        here.arm(FaultKind.ANSWER_LOST, *MERGE_PATHS[key], times=1)
        with pytest.raises(EffectUnknown):
            await merge.merge()
        assert await merge.probe() is Effect.DONE
        result = await merge.action.verify(here.client, merge.call, merge.baseline)
        assert (result.ok, result.text) == (True, f"merged as {history(here.served.state)[-1][:12]}")


@pytest.mark.parametrize(
    ("values", "effect", "ok"),
    [
        ({"state": "closed", "merged": False}, Effect.NOT_DONE, False),
        ({"state": "closed", "merged": True, "merge_commit_sha": None}, Effect.DONE, None),
        ({"state": "open", "merged": None}, Effect.UNKNOWN, None),
        (
            {"merged": True, "merge_commit_sha": "e" * 40, "head": {"sha": "d" * 40, "ref": "x"}},
            Effect.NOT_DONE,
            False,
        ),
    ],
)
async def test_what_became_of_a_merge(values: Any, effect: Effect, ok: bool | None) -> None:  # noqa: FBT001
    async with visit("github") as here:
        merge = await merging(here)
        one(here.served.state, 4).update(values)
        assert await merge.probe() is effect
        assert (await merge.action.verify(here.client, merge.call, {})).ok is ok


async def test_github_that_does_not_say_merged_is_not_known() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        here.served.alter = lambda where, answer: {"merged": False} if "merge" in where else answer
        with pytest.raises(EffectUnknown):
            await merge.merge()


@both
async def test_a_merge_is_reverted_by_another_pull_request(key: str) -> None:
    async with visit(key) as here:
        if key == "gitea":
            changes_many_files(here.served.state)
        merge = await merging(here)
        assert await merge.left() == []
        await merge.merge()
        assert await merge.left() == [("merged", "reverted")]
        assert await merge.undo() == "#6 reverts #4 and was merged into main"
        assert await merge.left() == []
        revert = one(here.served.state, 6)
        assert (revert["title"], revert["body"]) == REVERT[:2]
        if key == "gitea":
            assert files(here.served.state)["main"] == files(here.served.state)[BASE]
        assert await merge.contains("main@sha1:" + revert["merge_commit_sha"], is_undone=True)
        assert not await merge.contains(history(here.served.state)[1], is_undone=True)


@both
async def test_a_later_commit_contains_the_merge_and_an_earlier_one_does_not(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        await merge.merge()
        state = here.served.state
        commit = history(state)[-1]
        history(state).append("9" * 40)
        found = [
            await merge.contains(seen)
            for seen in (f"main@sha1:{commit}", "9" * 40, BASE, "7" * 40, "v1.2", "")
        ]
        assert found == [True, True, False, False, False, False]
        assert await merge.contains(f"{BASE}, {commit}"), "one of several sources"


async def test_before_the_merge_nothing_contains_it() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        with pytest.raises(PreconditionFailed, match="#4 is not merged"):
            await merge.contains(BASE)
        with pytest.raises(PreconditionFailed, match="No pull request reverts"):
            await merge.contains(BASE, is_undone=True)


@both
async def test_the_checks_of_a_revert_are_waited_for(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        await merge.merge()
        state, sha = here.served.state, f"{6:040x}"
        route, running, good = {
            "github": (
                f"{REPO}/commits/{sha}/check-runs",
                checks(check("test", None, "queued")),
                checks(check("test")),
            ),
            "gitea": (f"{GITEA}/commits/{sha}/status", statuses("pending"), statuses("success")),
        }[key]
        state.answers[route] = running
        state.later(120.0, lambda: state.answers.update({route: good}))
        assert "was merged" in await merge.undo()


async def test_a_revert_whose_check_fails_is_left_open_and_named() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        await merge.merge()
        here.served.state.answers[f"{REPO}/commits/{6:040x}/check-runs"] = checks(check("test", "failure"))
        with pytest.raises(PreconditionFailed, match=r"#6 reverts it .* A check failed"):
            await merge.undo()
        assert await merge.left() == [("merged (#6, which reverts it, is open)", "reverted")]
        here.served.state.answers[f"{REPO}/commits/{6:040x}/check-runs"] = checks(check("test"))
        await merge.undo()
        assert len([row for row in here.served.state.values["pulls"] if row["number"] > 5]) == 1, "one revert"


@pytest.mark.parametrize("state", ["conflict", "merged", "closed"])
async def test_a_revert_that_a_person_touched(state: str) -> None:
    async with visit("github") as here:
        merge = await merging(here)
        await merge.merge()
        revert = add(
            here.served.state, "Revert #4: Update postgres to 18.1", "Reverts rack/kitchen#4", "revert"
        )
        await merge.note({"revert": revert["number"]})
        if state == "merged":
            merged(here.served.state, 6, revert["head"]["sha"])
            assert await merge.left() == []
            assert await merge.undo() == "#6 reverts #4 and was merged into main"
            return
        revert.update({"mergeable": False} if state == "conflict" else {"state": "closed"})
        with pytest.raises(PreconditionFailed, match="cannot be merged now"):
            await merge.undo()


@both
async def test_a_revert_that_a_person_closed_is_not_opened_again(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        await merge.merge()
        add(here.served.state, *REVERT)["state"] = "closed"
        with pytest.raises(PreconditionFailed, match="#6, which reverts it, was closed"):
            await merge.left()
        with pytest.raises(PreconditionFailed, match="#6 is closed"):
            await merge.undo()
        assert len(here.writes) == 1, "only the merge"


@both
async def test_a_revert_that_a_person_merged_counts_whatever_its_title(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        await merge.merge()
        revert = add(here.served.state, 'Revert "Update postgres"', f"{REVERT[1]}\n\nIt is slow.", "revert-4")
        merged(here.served.state, 6, revert["head"]["sha"])
        assert await merge.left() == []
        assert await merge.undo() == "#6 reverts #4 and was merged into main"
        assert await merge.contains(history(here.served.state)[-1], is_undone=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"head": {"ref": "revert", "sha": "e" * 40, "repo": {"full_name": "mallory/kitchen"}}},
        {"head": {"ref": "revert", "sha": "e" * 40, "repo": None}},
        {"title": "Revert it"},
        {"body": "Reverts rack/kitchen#42"},
        {"body": "> Reverts rack/kitchen#4"},
    ],
)
async def test_what_only_looks_like_our_revert_is_never_merged(changes: dict[str, Any]) -> None:
    async with visit("github") as here:
        merge = await merging(here)
        await merge.merge()
        add(here.served.state, *REVERT).update(changes)
        assert "#7 reverts #4" in await merge.undo()
        assert one(here.served.state, 6)["merged"] is False


async def test_a_revert_that_is_opened_while_the_app_starts_is_waited_for() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        await merge.merge()
        await merge.note({"opening": True})
        here.served.state.later(45.0, lambda: add(here.served.state, *REVERT))
        assert "#6 reverts #4" in await merge.undo()
        assert len([row for row in here.served.state.values["pulls"] if row["number"] > 5]) == 1, "one revert"


async def test_github_refuses_a_revert_with_its_reason() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        await merge.merge()
        here.served.state.values["unrevertable"] = True
        with pytest.raises(ServiceRefused, match="GitHub does not revert #4: Pull request could not"):
            await merge.undo()


@both
async def test_a_revert_whose_answer_is_lost_is_looked_for(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        await merge.merge()
        path = {"github": "/graphql", "gitea": "/api/v1/repos/rack/kitchen/pulls"}[key]
        here.arm(FaultKind.ANSWER_LOST, "POST", path, times=1)
        assert "#6 reverts #4" in await merge.undo()


@both
async def test_a_revert_that_was_not_made_is_not_known(key: str) -> None:
    async with visit(key) as here:
        merge = await merging(here)
        await merge.merge()
        path = {"github": "/graphql", "gitea": "/api/v1/repos/rack/kitchen/pulls"}[key]
        here.arm(FaultKind.RESET, "POST", path)
        with pytest.raises(EffectUnknown):
            await merge.undo()


async def test_an_answer_without_a_number_is_not_known() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        await merge.merge()
        here.served.alter = lambda where, answer: {"data": {}} if "graphql" in where else answer
        assert "#6 reverts #4" in await merge.undo(), "it is found by its texts"


@pytest.mark.parametrize("damage", ["changed", "gone", "link", "many"])
async def test_gitea_reverts_only_what_nobody_changed_since(damage: str) -> None:
    async with visit("gitea") as here:
        state = here.served.state
        changes_many_files(state)
        if damage == "link":
            files(state)[BASE][POSTGRES] = "link\n"
        merge = await merging(here)
        await merge.merge()
        if damage == "changed":
            files(state)["main"][POSTGRES] = "tag: 18.2\n"
        elif damage == "gone":
            del files(state)["main"]["apps/new.yaml"]
        elif damage == "many":
            state.answers[f"{GITEA}/pulls/4/files"] = [{"filename": f"f{one}"} for one in range(50)]
        with pytest.raises(PreconditionFailed, match=r"by hand|50 files or more"):
            await merge.undo()
        assert len(here.writes) == 1


async def test_gitea_finds_the_commit_before_the_merge_and_an_existing_branch() -> None:
    async with visit("gitea") as here:
        merge = await merging(here)
        await merge.merge()
        del merge.baseline["before"]
        await merge.undo()
    async with visit("gitea", changed={"merge_method": "rebase"}) as here:
        merge = await merging(here)
        await merge.merge()
        del merge.baseline["before"]
        with pytest.raises(PreconditionFailed, match="The commit before #4 is not known"):
            await merge.undo()
        here.served.state.answers[f"{GITEA}/branches/steward/revert-4"] = {"name": "steward/revert-4"}
        assert "#6 reverts #4" in await merge.undo()
        assert ("POST", "/api/v1/repos/rack/kitchen/contents") not in here.writes


@pytest.mark.parametrize(
    ("status", "headers", "minutes"),
    [
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "RESET"}, 30),
        (403, {"Retry-After": "120"}, 2),
        (429, {}, 1),
        (429, {"Retry-After": "999999"}, 60),
    ],
)
async def test_a_limit_of_requests_is_no_lack_of_rights(
    status: int, headers: dict[str, str], minutes: int
) -> None:
    async with visit("github") as here:
        reset = str(int((here.clock.now() + timedelta(minutes=30)).timestamp()))
        sent = {name: value.replace("RESET", reset) for name, value in headers.items()}
        merge = await merging(here)
        whole = here.served.state.answers["GET /rate_limit"]
        here.served.state.answers["GET /rate_limit"] = Raw(
            status=status, body={"message": "limit"}, headers=sent
        )
        until = here.clock.now() + timedelta(minutes=minutes)
        with pytest.raises(ServiceUnreachable, match=f"until {until:%H:%M}"):
            await here.poll()
        here.served.state.answers["GET /rate_limit"] = whole
        asked = len(here.served.requests)
        with pytest.raises(ServiceUnreachable):
            await here.poll()
        assert len(here.served.requests) == asked, "nothing is asked before that"
        await here.clock.sleep(minutes * 60 + 1)
        await here.poll()
        await merge.merge()


async def test_a_limit_in_the_middle_stops_a_merge_before_it_is_sent() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        merge.baseline |= (await merge.action.dry_run(here.client, merge.call)).baseline
        limited = Raw(status=403, body={"message": "secondary rate limit"}, headers={"Retry-After": "60"})
        here.served.state.answers[f"{REPO}/pulls/{{number}}"] = limited
        with pytest.raises(ServiceUnreachable, match="takes no more requests"):
            await merge.action.precheck(here.client, merge.call, merge.baseline)
        with pytest.raises(ServiceUnreachable, match="takes no more requests"):
            await merge.action.execute(here.client, merge.call, merge.baseline)
        assert here.writes == []


async def test_a_403_without_a_limit_is_a_lack_of_rights() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        here.arm(FaultKind.STATUS, *MERGE_PATHS["github"], status=403)
        with pytest.raises(ServiceForbidden, match="403"):
            await merge.merge()
        assert await merge.probe() is Effect.NOT_SEEN


@both
async def test_without_the_right_to_write_nothing_is_offered(key: str) -> None:
    async with visit(key) as here:
        repo, garage = (
            f"{(REPO if key == 'github' else GITEA)[:-7]}{name}" for name in ("kitchen", "garage")
        )
        for route in (repo, garage):
            here.served.state.object(route)["permissions"] = {"push": False}
        found = await here.snapshot()
        assert {"action.merge", "action.close", "action.comment"} <= found.unavailable.keys()
        assert found.missing_rights
        here.served.state.object(repo)["permissions"] = None
        assert (await here.snapshot()).missing_rights == (), "it is not known"


@both
async def test_a_pull_request_offers_its_newest_commit(key: str) -> None:
    async with visit(key) as here:
        state, _ = await here.poll()
        (five, four) = versions(here.service, state)
        assert (four.id, four.newer and four.newer.revision) == ("11#4", HEAD[4])
        newer = five.newer
        assert newer is not None
        assert newer.pull_request is not None
        offer = newer.pull_request
        assert offer.files == ("apps/redis/values.yaml", "apps/redis/chart.yaml", "apps/redis/Chart.yaml")
        assert (offer.author, offer.base, offer.is_default_base, offer.labels) == (
            "renovate-rack",
            "main",
            True,
            ("dependencies",),
        )
        assert "git@git.example.org:rack/kitchen.git" in offer.repositories
        assert (newer.title, newer.notes) == (
            "Update redis to 8.2",
            "This PR contains the following updates:",
        )


async def test_files_are_read_once_for_each_commit() -> None:
    async with visit("github") as here:
        path = "/repos/rack/kitchen/pulls/4/files"
        await here.poll()
        await here.poll()
        assert [seen.path for seen in here.served.requests].count(path) == 1
        one(here.served.state, 4)["head"]["sha"] = "d" * 40
        await here.poll()
        assert [seen.path for seen in here.served.requests].count(path) == 2


async def test_too_many_files_are_not_known_and_other_readings_stay() -> None:
    async with visit("github") as here:
        here.served.state.answers[f"{REPO}/pulls/4/files"] = [{"filename": f"f{one}"} for one in range(50)]
        state, gaps = await here.poll()
        offer = versions(here.service, state)[1].newer
        assert offer is not None
        assert offer.pull_request is not None
        assert offer.pull_request.files is None
        assert gaps.coverage.gaps == ()


async def test_only_the_newest_pull_requests_are_read_in_full() -> None:
    async with visit("github") as here:
        for _ in range(25):
            add(here.served.state, "Update", "", "branch")
        found = await here.snapshot()
        checks_of = {
            one.name: one.unknown.get("checks") for one in found.resources if one.kind == "pull_request"
        }
        assert sum(reason is None for reason in checks_of.values()) == 20
        assert checks_of["rack/kitchen#4"] == "Only the newest pull requests are read in full"
        for _ in range(25):
            add(here.served.state, "Update", "", "branch")
        assert "pull_requests" in {one.part for one in (await here.snapshot()).coverage.gaps}


async def test_tools_show_checks_and_the_diff() -> None:
    async with visit("github") as here:

        async def lines(key: str) -> list[str]:
            tool = here.tool(key)
            return (
                await tool.read(here.client, await here.call_of(tool, "rack/kitchen#4"))
            ).text.splitlines()

        assert await lines("checks") == [
            "test: success (required)",
            "docs: in_progress",
            "renovate/stability-days: success",
        ]
        assert await lines("diff") == ["apps/postgres/values.yaml: modified, +1 -1", "-18.0", "+18.1"]
    async with visit("gitea") as here:
        tool = here.tool("diff")
        shown = (await tool.read(here.client, await here.call_of(tool, "rack/kitchen#4"))).text
        assert "+tag: 18.1" in shown


@both
async def test_a_merged_pull_request_is_not_closed(key: str) -> None:
    async with visit(key) as here:
        action = here.action("close")
        call = await here.call_of(action, "rack/kitchen#4")
        one(here.served.state, 4)["merged"] = True
        with pytest.raises(PreconditionFailed, match="merged already"):
            await action.dry_run(here.client, call)


async def test_a_pull_request_that_is_gone_is_named() -> None:
    async with visit("github") as here:
        merge = await merging(here)
        here.served.state.values["pulls"] = []
        with pytest.raises(PreconditionFailed, match="There is no rack/kitchen#4 any more"):
            await merge.probe()
