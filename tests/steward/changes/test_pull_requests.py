"""A pull request of an update bot: merged, synced and healthy, or reverted, with the simulated programs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from homelab_steward.contract.changes import ChangeSource, ChangeStatus, Distance, PackageChange, WayBack
from homelab_steward.contract.incidents import Run, RunStatus, StepState
from homelab_steward.contract.state import TargetRef
from lab.clock import SteppedClock
from lab.faults import FaultKind
from lab.lab import Lab
from lab.visit import Visit, connected
from rig.agent_rig import TaskEngine
from rig.changes_rig import ChangesRig, changes_rig
from rig.visited_inventory import VisitedInventory
from services._forge import BASE, HEAD, KITCHEN, history, merged, one
from services.argocd import APPS, operation, part
from services.flux import KUSTOMIZATIONS, REPOSITORIES
from services.github import CHECKS, check, checks
from steward.agent.requests.request_plan import PlanStep
from steward.changes.found import Found, Offers
from steward.changes.pull_requests import PullRequests, _label

BODY = """This PR contains the following updates:

| Package | Update | Change |
|---|---|---|
| postgres | minor | `18.0` -> `18.1` |

### Configuration
"""
OURS = {"ref": "steward/add", "sha": HEAD[4], "repo": KITCHEN}
FORK = {"ref": "renovate/x", "sha": HEAD[4], "repo": {"full_name": "mallory/kitchen"}}
URL = "https://git.example.org/rack/kitchen.git"


@asynccontextmanager
async def visiting(*keys: str) -> AsyncIterator[VisitedInventory]:
    clock = SteppedClock()
    async with AsyncExitStack() as stack:
        lab = Lab(services=keys, clock=clock, real_alertmanager=False, is_alerting=False)
        await stack.enter_async_context(lab)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        visits = {key: await stack.enter_async_context(connected(key, lab, session, clock)) for key in keys}
        inventory = VisitedInventory(visits)
        declare(inventory)
        for key in keys:
            await inventory.poll_now(key)
        yield inventory


def declare(inventory: VisitedInventory) -> None:
    """Let an application and a kustomization deploy what pull request 4 changes; the bot opened only that."""
    for key in ("github", "gitea"):
        if key in inventory.visits:
            state = inventory.visits[key].served.state
            one(state, 4).update(body=BODY)
            one(state, 5).update(labels=[], user={"login": "ada", "type": "User"})
    if "argocd" in inventory.visits:
        app = application(inventory)
        app["spec"]["source"] = {"repoURL": URL, "path": "apps/postgres", "targetRevision": "HEAD"}
        app["spec"]["syncPolicy"] = {"automated": {}}
        app["status"] |= {"sync": {"status": "Synced", "revision": BASE}}
    if "flux" in inventory.visits:
        kustomization(inventory)["spec"]["path"] = "./apps/postgres"
        kustomization(inventory)["status"]["lastAppliedRevision"] = f"main@sha1:{BASE}"
        repositories: Any = inventory.visits["flux"].served.state.object(REPOSITORIES)["items"]
        repositories[0]["spec"] |= {"url": URL, "interval": "5m", "ref": {"branch": "main"}}


def application(inventory: VisitedInventory) -> dict[str, Any]:
    items: Any = inventory.visits["argocd"].served.state.object(APPS)["items"]
    return items[0]  # type: ignore[no-any-return]


def kustomization(inventory: VisitedInventory) -> dict[str, Any]:
    items: Any = inventory.visits["flux"].served.state.object(KUSTOMIZATIONS)["items"]
    return items[0]  # type: ignore[no-any-return]


async def found_in(inventory: VisitedInventory) -> Offers:
    for key in inventory.visits:
        await inventory.poll_now(key)
    return await PullRequests(inventory).find()


async def only(inventory: VisitedInventory) -> Found:
    (found,) = (await found_in(inventory)).found
    return found


async def test_a_pull_request_is_offered_with_what_deploys_it() -> None:
    async with visiting("github", "argocd", "flux") as inventory:
        found = await only(inventory)
        assert (found.id, found.source, found.revision) == ("github/11#4", ChangeSource.PULL_REQUEST, HEAD[4])
        (package,) = found.packages
        assert (package.name, package.old, package.new) == ("postgres", "18.0", "18.1")
        assert package.distance is Distance.MINOR
        assert found.way_back is WayBack.REVERT
        assert "radarr (Argo CD) and flux-system/apps (Flux) deploy" in found.way_back_text
        shown = [one.action if isinstance(one, PlanStep) else one.wait.name for one in found.steps]
        assert shown == [
            "merge",
            "the sync of radarr",
            "the sync of flux-system/apps",
            "the health of radarr",
            "the health of flux-system/apps",
        ]
        assert found.steps[0] == PlanStep(target=found.target, action="merge", arguments={"sha": HEAD[4]})
        assert {one.instance_id for one in found.watched} == {"argocd", "flux"}
        assert found.labels["repository"] == "rack/kitchen"


def package(name: str, old: str | None, new: str) -> PackageChange:
    return PackageChange(name=name, old=old, new=new, distance=Distance.PATCH)


def ref(name: str, kind: str = "instance") -> TargetRef:
    return TargetRef(instance_id=name, kind=kind, id=name, name=name)


@pytest.mark.parametrize(
    ("packages", "watched", "text"),
    [
        ([package("ghcr.io/home-operations/sonarr", "v4.0.1", "v4.0.2")], [], "sonarr 4.0.1 → 4.0.2"),
        (
            [package("ghcr.io/home-operations/sonarr", "4.0.1", "4.0.2")],
            [ref("media/sonarr", "application"), ref("Sonarr")],
            "Sonarr 4.0.1 → 4.0.2",
        ),
        ([package("redis", "8", "9")], [ref("Sonarr"), ref("Radarr")], "redis 8 → 9"),
        (
            [package("lib/one", None, "2"), package("two", "vendor", "v3")],
            [ref("App")],
            "one 2 and two vendor → 3",
        ),
        ([], [ref("App")], ""),
        ([package("a/", "1", "2")] * 2, [], "a 1 → 2"),
    ],
)
def test_what_a_pull_request_updates_is_its_title(
    packages: list[PackageChange], watched: list[TargetRef], text: str
) -> None:
    assert _label(packages, watched) == text


async def test_a_pull_request_is_named_by_its_versions_and_not_by_its_title() -> None:
    async with visiting("github", "argocd") as inventory:
        row = one(inventory.visits["github"].served.state, 4)
        row.update(title="chore(deps): update ghcr.io/rack/postgres docker tag to v18.1")
        await inventory.poll_now("github")
        found = await only(inventory)
        assert found.title.startswith("chore(deps)")
        assert found.label == "postgres 18.0 → 18.1"


async def test_what_is_synced_by_hand_is_synced_after_the_merge() -> None:
    async with visiting("github", "argocd") as inventory:
        application(inventory)["spec"]["syncPolicy"] = {}
        found = await only(inventory)
        assert [one.action for one in found.steps if isinstance(one, PlanStep)] == ["merge", "sync"]


def changed(**values: Any) -> Callable[[VisitedInventory], None]:
    return lambda inventory: one(inventory.visits["github"].served.state, 4).update(values)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (changed(draft=True), "It is a draft."),
        (changed(body=BODY + "\n**Automerge**: Enabled."), "The bot merges it by itself"),
        (changed(head={"ref": "x", "sha": "main"}), "Its newest commit is not known."),
        (
            lambda inventory: [
                inventory.visits["github"]
                .served.state.object(f"GET /repos/{name}")
                .update(permissions={"push": False})
                for name in ("rack/kitchen", "rack/garage")
            ],
            "lack the right",
        ),
    ],
)
async def test_what_cannot_be_merged_is_only_shown(change: Any, text: str) -> None:
    async with visiting("github", "argocd") as inventory:
        change(inventory)
        found = await only(inventory)
        assert (found.steps, text in found.left_out) == ((), True), found.left_out


async def test_a_suspended_kustomization_would_not_deploy_it() -> None:
    async with visiting("github", "flux") as inventory:
        kustomization(inventory)["spec"]["suspend"] = True
        assert "would not be deployed: flux-system/apps is suspended" in (await only(inventory)).left_out


@pytest.mark.parametrize(
    ("values", "is_offered"),
    [
        ({"labels": [], "user": {"login": "ada", "type": "User"}}, False),
        ({"labels": [], "user": {"login": "ada", "type": "Bot"}}, True),
        ({"labels": [], "user": {"login": "dependabot[bot]"}}, True),
        ({"labels": [{"name": "Dependencies"}], "user": {"login": "ada"}}, True),
        ({"labels": [], "user": {"login": "ada"}, "head": OURS}, True),
        ({"labels": [], "user": {"login": "renovate"}, "head": FORK}, False),
        ({"labels": [], "user": {"login": "ada"}, "head": FORK}, False),
        ({"labels": [{"name": "renovate"}], "user": {"login": "ada"}, "head": FORK}, True),
        ({"labels": [], "user": {"login": "renovate"}, "head": {**FORK, "repo": None}}, False),
        ({"head": {"ref": "steward/revert-3", "sha": HEAD[4]}}, False),
        ({"head": {"ref": "revert-3-update", "sha": HEAD[4]}}, False),
    ],
)
async def test_only_updates_are_offered(values: Any, is_offered: bool) -> None:  # noqa: FBT001
    async with visiting("github") as inventory:
        changed(**values)(inventory)
        assert bool((await found_in(inventory)).found) is is_offered


async def test_nothing_that_deploys_it_or_that_it_is_not_known_is_said() -> None:
    async with visiting("github", "argocd") as inventory:
        application(inventory)["spec"]["source"]["path"] = "apps/other"
        found = await only(inventory)
        assert "Nothing is known to deploy it" in found.way_back_text
        assert [type(one) for one in found.steps] == [PlanStep]
        state = inventory.visits["github"].served.state
        files = [{"filename": f"f{one}"} for one in range(50)]
        state.answers["GET /repos/rack/kitchen/pulls/4/files"] = files
        one(state, 4)["head"]["sha"] = "d" * 40
        assert "not all of its files" in (await only(inventory)).way_back_text
    async with visiting("github", "flux") as inventory:
        inventory.visits["flux"].served.state.object(REPOSITORIES)["items"] = []
        found = await only(inventory)
        assert "because flux-system/apps and flux-system/infra cannot be read" in found.way_back_text


async def test_what_cannot_be_read_stays_as_it_is() -> None:
    async with visiting("github", "argocd") as inventory:
        inventory.visits["github"].arm(FaultKind.STATUS, path="/repos/rack/garage/pulls")
        one(inventory.visits["github"].served.state, 4)["head"]["sha"] = None
        offers = await found_in(inventory)
        assert (offers.unread, offers.unknown) == (frozenset({"github"}), frozenset({"github/11#4"}))
        argo = inventory.visits["argocd"]
        argo.served.state.answers[APPS] = {"items": [{"odd": True}, application(inventory)]}
        one(inventory.visits["github"].served.state, 4)["head"]["sha"] = HEAD[4]
        found = (await found_in(inventory)).found
        assert "radarr (Argo CD)" in found[0].way_back_text


# The whole way: asked, approved, merged, synced, healthy, or reverted.


class Story:
    """One pull request on its way; the test plays Argo CD or Flux. A wait is read every ``pause`` seconds."""

    def __init__(self, rig: ChangesRig, inventory: VisitedInventory, forge: Visit) -> None:
        self.rig, self.inventory, self.forge = rig, inventory, forge
        self.pause = 200.0

    @property
    def commit(self) -> str:
        """The newest commit of main."""
        return history(self.forge.served.state)[-1]

    async def approved(self) -> str:
        """Ask about it and approve it; return the id of the request."""
        assert isinstance(self.rig.agent.engine, TaskEngine)
        self.rig.agent.engine.broken = True
        await self.look()
        (request,) = await self.rig.pending()
        await self.rig.agent.press(request)
        return request.id

    async def look(self) -> None:
        for key in self.inventory.visits:
            await self.inventory.poll_now(key)
        await self.rig.look()

    async def executed(self, request: str, reacts: Callable[[], object] = lambda: None) -> Run:
        """Carry the run out; ``reacts`` is called while it waits."""
        while isinstance(wait := await self.rig.agent.agent.execute(request), float):
            reacts()
            self.rig.clock.move(max(wait, self.pause))
        incident = await self.rig.agent.incident()
        assert incident.run is not None
        return incident.run

    def synced(self, health: str = "Healthy") -> None:
        """Let Argo CD sync the newest commit."""
        application(self.inventory)["status"] |= {
            "sync": {"status": "Synced", "revision": self.commit},
            "health": {"status": health},
            "operationState": operation(),
            "resources": [part("Deployment", "radarr", "Synced", health, "probe failed")],
        }

    def applied(self) -> None:
        """Let Flux apply the newest commit."""
        kustomization(self.inventory)["status"]["lastAppliedRevision"] = f"main@sha1:{self.commit}"


@asynccontextmanager
async def story(folder: Path, forge: str = "github", deployer: str = "argocd") -> AsyncIterator[Story]:
    async with visiting(forge, deployer) as inventory:
        sources: Any = [PullRequests(inventory)]
        async with changes_rig(folder, inventory=inventory, sources=sources) as rig:
            yield Story(rig, inventory, inventory.visits[forge])


@pytest.mark.parametrize("forge", ["github", "gitea"])
async def test_merged_synced_and_healthy_with_argo_cd(tmp_path: Path, forge: str) -> None:
    async with story(tmp_path, forge) as it:
        request = await it.approved()
        assert await it.rig.agent.agent.execute(request) == 15.0, "merged, and waiting for the sync"
        assert one(it.forge.served.state, 4)["merged"]
        it.synced("Progressing")
        assert await it.rig.agent.agent.execute(request) == 15.0
        it.synced()
        run = await it.executed(request)
        assert (run.status, {each.state for each in run.steps}) == (RunStatus.VERIFYING, {StepState.VERIFIED})


async def test_merged_and_applied_with_flux(tmp_path: Path) -> None:
    async with story(tmp_path, deployer="flux") as it:
        run = await it.executed(await it.approved(), it.applied)
        assert run.status is RunStatus.VERIFYING


async def test_a_newer_commit_counts_too(tmp_path: Path) -> None:
    async with story(tmp_path) as it:

        def overtaken() -> None:
            history(it.forge.served.state).append("e" * 40)
            it.synced()

        assert (await it.executed(await it.approved(), overtaken)).status is RunStatus.VERIFYING


async def test_a_sync_that_is_stuck_is_said_and_reverted(tmp_path: Path) -> None:
    async with story(tmp_path) as it:
        run = await it.executed(await it.approved())
        assert (run.error or "").startswith("Merged, but Argo CD has not synced radarr for 10 minutes.")
        assert one(it.forge.served.state, 6)["merged"], "the revert"
        assert run.status is RunStatus.FAILED
        assert "after the undo" in (run.error or ""), "and the revert was not synced either"


async def test_an_application_that_is_healthy_with_the_old_revision_is_not_updated(tmp_path: Path) -> None:
    async with story(tmp_path) as it:
        old = application(it.inventory)["status"]["sync"].get("revision", "b2" * 20)

        def argo() -> None:
            if len(history(it.forge.served.state)) > 2:
                it.synced()
                return
            new = it.commit
            it.synced()
            # It reports all to be well, but for the commit from before the merge.
            application(it.inventory)["status"]["sync"]["revision"] = old
            assert new != old

        run = await it.executed(await it.approved(), argo)
        assert run.status is RunStatus.UNDONE, "it was not taken for the new one"
        assert "has not synced radarr for 10 minutes" in (run.error or "")


async def test_a_degraded_application_is_reverted_and_healthy_again(tmp_path: Path) -> None:
    async with story(tmp_path) as it:

        def argo() -> None:
            it.synced("Healthy" if len(history(it.forge.served.state)) > 2 else "Degraded")

        run = await it.executed(await it.approved(), argo)
        assert run.status is RunStatus.UNDONE
        assert "Merged and synced, but radarr was not healthy for 10 minutes" in (run.error or "")
        assert "probe failed" in (run.error or "")
        assert "Undone: Merge (rack/kitchen#4)." in (run.error or "")
        assert application(it.inventory)["status"]["sync"]["revision"] == it.commit


async def test_a_hook_that_fails_is_reverted_at_once(tmp_path: Path) -> None:
    async with story(tmp_path) as it:

        def argo() -> None:
            if one(it.forge.served.state, 4)["merged"] and len(history(it.forge.served.state)) == 2:
                application(it.inventory)["status"] |= {
                    "sync": {"status": "OutOfSync", "revision": it.commit},
                    "operationState": {
                        **operation("Failed", "hook migrate failed"),
                        "syncResult": {"revision": it.commit},
                    },
                }
            else:
                it.synced()

        before, it.pause = it.rig.clock.now(), 0.0
        run = await it.executed(await it.approved(), argo)
        assert "Merged, but the sync of radarr failed" in (run.error or "")
        assert "hook migrate failed" in (run.error or "")
        assert run.status is RunStatus.UNDONE
        assert (it.rig.clock.now() - before).total_seconds() < 120


async def test_argo_cd_that_does_not_answer_is_no_reason_to_revert(tmp_path: Path) -> None:
    async with story(tmp_path) as it:
        run = await it.executed(await it.approved(), lambda: it.inventory.away.add("argocd"))
        assert run.status is RunStatus.UNKNOWN
        assert "not known (argocd does not answer)" in (run.error or "")
        assert len(history(it.forge.served.state)) == 2


async def test_a_push_after_the_approval_is_not_merged_but_asked_about_again(tmp_path: Path) -> None:
    async with story(tmp_path) as it:
        request = await it.approved()
        one(it.forge.served.state, 4)["head"]["sha"] = "d" * 40
        run = await it.executed(request)
        assert run.status is RunStatus.REFUSED
        assert not one(it.forge.served.state, 4)["merged"]
        await it.rig.agent.agent.conclude(request)
        await it.look()
        (again,) = await it.rig.pending()
        assert again.proposal.options[0].steps[0].arguments == {"sha": "d" * 40}
        assert {row.status for row in await it.rig.rows()} >= {ChangeStatus.ASKED}


async def test_a_check_that_failed_meanwhile_stops_the_merge(tmp_path: Path) -> None:
    async with story(tmp_path) as it:
        request = await it.approved()
        it.forge.served.state.answers[CHECKS] = checks(check("test", "failure"))
        run = await it.executed(request)
        assert (run.status, "A check failed: test" in (run.error or "")) == (RunStatus.REFUSED, True)


async def test_a_lost_answer_of_the_merge_is_found_out(tmp_path: Path) -> None:
    async with story(tmp_path) as it:
        request = await it.approved()
        it.forge.arm(FaultKind.ANSWER_LOST, "PUT", "/repos/rack/kitchen/pulls/4/merge", times=1)
        run = await it.executed(request, it.synced)
        assert run.status is RunStatus.VERIFYING
        assert [path for _, path in it.forge.writes].count("/repos/rack/kitchen/pulls/4/merge") == 1


async def test_a_restart_in_the_middle_continues_and_merges_once(tmp_path: Path) -> None:
    async with visiting("github", "argocd") as inventory:
        sources: Any = [PullRequests(inventory)]
        async with changes_rig(tmp_path, inventory=inventory, sources=sources) as rig:
            request = await Story(rig, inventory, inventory.visits["github"]).approved()
            assert await rig.agent.agent.execute(request) == 15.0
        async with changes_rig(tmp_path, inventory=inventory, sources=sources) as rig:
            assert isinstance(rig.agent.engine, TaskEngine)
            rig.agent.engine.broken = True
            it = Story(rig, inventory, inventory.visits["github"])
            await it.look()
            assert await rig.pending() == (), "it is not asked about again"
            it.synced()
            assert (await it.executed(request)).status is RunStatus.VERIFYING
            assert len(it.forge.writes) == 1


async def test_a_restart_while_the_revert_is_not_synced_continues(tmp_path: Path) -> None:
    async with visiting("github", "argocd") as inventory:
        sources: Any = [PullRequests(inventory)]
        async with changes_rig(tmp_path, inventory=inventory, sources=sources) as rig:
            it = Story(rig, inventory, inventory.visits["github"])
            request = await it.approved()
            while len(it.forge.writes) < 3:
                wait = await rig.agent.agent.execute(request)
                assert isinstance(wait, float)
                rig.clock.move(max(wait, it.pause))
        async with changes_rig(tmp_path, inventory=inventory, sources=sources) as rig:
            it = Story(rig, inventory, inventory.visits["github"])
            it.synced()
            assert (await it.executed(request)).status is RunStatus.UNDONE
            assert len(it.forge.writes) == 3, "one merge, one revert, and its merge"


CHECKS_OF_REVERT = f"GET /repos/rack/kitchen/commits/{6:040x}/check-runs"


def revert_merged_by_person(it: Story) -> None:
    merged(it.forge.served.state, 6, f"{6:040x}")
    it.synced()


def revert_passed(it: Story) -> None:
    it.forge.served.state.answers[CHECKS_OF_REVERT] = checks(check("test"))


def revert_closed(it: Story) -> None:
    one(it.forge.served.state, 6)["state"] = "closed"


@pytest.mark.parametrize(
    ("meanwhile", "status", "text", "writes"),
    [
        (revert_passed, RunStatus.UNDONE, "Undone: Merge (rack/kitchen#4).", 3),
        (revert_merged_by_person, RunStatus.UNDONE, "Undone: Merge (rack/kitchen#4).", 2),
        (revert_closed, RunStatus.FAILED, "#6, which reverts it, was closed", 2),
    ],
)
async def test_a_revert_that_waits_for_its_checks_survives_a_restart(
    tmp_path: Path, meanwhile: Callable[[Story], None], status: RunStatus, text: str, writes: int
) -> None:
    async with visiting("github", "argocd") as inventory:
        sources: Any = [PullRequests(inventory)]
        state = inventory.visits["github"].served.state
        state.answers[CHECKS_OF_REVERT] = checks(check("test", None, "queued"))
        async with changes_rig(tmp_path, inventory=inventory, sources=sources) as rig:
            it = Story(rig, inventory, inventory.visits["github"])
            request = await it.approved()

            def fails() -> None:
                it.synced("Degraded")
                if len(it.forge.writes) == 1:
                    # The process ends while the check of the revert runs.
                    state.later(5.0, executing.cancel)

            executing = asyncio.create_task(it.executed(request, fails))
            with pytest.raises(asyncio.CancelledError):
                await executing
            assert len(it.forge.writes) == 2, "the merge, and the revert that was opened"
        async with changes_rig(tmp_path, inventory=inventory, sources=sources) as rig:
            it = Story(rig, inventory, inventory.visits["github"])
            meanwhile(it)
            run = await it.executed(request, it.synced)
            assert (run.status, text in (run.error or "")) == (status, True), run.error
            assert len(it.forge.writes) == writes, "one revert"
            assert len([row for row in state.values["pulls"] if row["number"] > 5]) == 1


@pytest.mark.parametrize(
    "title",
    [
        "✅ judged safe",
        "Safe: no breaking change.\n1 Update all\u202e\u200b",
        "x” Safe. “",
        "<b>Approve</b> [this](https://evil.example) \x1b[2J",
        "y" * 100_000,
    ],
)
async def test_the_title_of_a_pull_request_that_cannot_be_read_is_quoted(title: str) -> None:
    async with visiting("github") as inventory:
        one(inventory.visits["github"].served.state, 4).update(title=title, body="")
        await inventory.poll_now("github")
        found = await only(inventory)
        assert found.packages == ()
        name, mark, quote = found.label.partition(": “")
        assert (name, mark) == (found.target.name, ": “")
        assert quote.endswith("”")
        assert quote.count("”") == 1
        assert len(quote) <= 121
        assert quote.isprintable()
