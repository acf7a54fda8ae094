"""Pull requests from templates on GitHub and Gitea: refusals, a crash in between, and taking back."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.base import Value
from lab.faults import FaultKind
from lab.visit import Visit, visit
from services._forge import add, branches, one
from services.gitea import files
from services.github import REPO
from steward.errors import EffectUnknown, InvalidArgument, PreconditionFailed
from steward.sdk.arguments import check_arguments
from steward.sdk.description import Call, Effect
from steward.services._forge.templates import FOLDER, NAME, PLACE, filled, load_template, templates
from steward.services._forge.templates.reading import WrongTemplate

BRANCH = "steward/deploy-monitoring"
both = pytest.mark.parametrize("key", ["github", "gitea"])
KINDS = [(one, form) for one in templates() for form in one.forms]
MONITORING = next(one for one in templates() if one.key == "monitoring")


def defaults(template: Any, **values: Value) -> dict[str, Value]:
    return {**{one.key: one.default for one in template.fields}, **values}


class Deploying:
    """A deployment that keeps what is noted."""

    def __init__(self, here: Visit, call: Call) -> None:
        self.here, self.baseline = here, dict[str, Value]()
        self.call = Call(target=call.target, arguments=call.arguments, note=self.note)
        self.action = here.action("deploy_monitoring")

    async def note(self, values: Mapping[str, Value]) -> None:
        self.baseline |= values

    async def dry_run(self) -> None:
        self.baseline |= (await self.action.dry_run(self.here.client, self.call)).baseline

    async def execute(self) -> str:
        await self.dry_run()
        await self.action.precheck(self.here.client, self.call, self.baseline)
        return await self.again()

    async def again(self) -> str:
        return await self.action.execute(self.here.client, self.call, self.baseline)

    async def left(self) -> list[tuple[str, str]]:
        assert self.action.undo is not None
        found = await self.action.undo.dry_run(self.here.client, self.call, self.baseline)
        return [(one.before, one.after) for one in found]

    async def undo(self) -> str:
        assert self.action.undo is not None
        return await self.action.undo.execute(self.here.client, self.call, self.baseline)


async def deploying(here: Visit, **arguments: Value) -> Deploying:
    return Deploying(here, await here.call_of(here.action("deploy_monitoring"), "rack/kitchen", **arguments))


@both
async def test_exactly_the_files_of_the_dry_run_are_in_the_branch(key: str) -> None:
    async with visit(key) as here:
        deploy = await deploying(here, form="compose", storage=50)
        shown = (await deploy.action.dry_run(here.client, deploy.call)).differences
        assert await deploy.execute() == "#6 was opened"
        made = branches(here.served.state)[BRANCH]["files"]
        text: dict[str, str] = {}
        for line in shown[1:]:
            name = line.field.partition(" ")[0]
            text[name] = text.get(name, "") + line.after
        assert made == text
        assert set(made) == {
            f"apps/monitoring/{name}" for name in ("compose.yaml", "prometheus.yml", "datasource.yaml")
        }
        assert "size=50GB" in made["apps/monitoring/compose.yaml"]
        pull = one(here.served.state, 6)
        assert (pull["title"], pull["head"]["ref"]) == ("Deploy monitoring", BRANCH)
        assert "* Storage: 50" in pull["body"]


@both
async def test_what_is_there_already_is_not_replaced(key: str) -> None:
    async with visit(key) as here:
        branches(here.served.state)[BRANCH] = {"commit": "9" * 40, "files": {}}
        deploy = await deploying(here)
        with pytest.raises(PreconditionFailed, match="There is a branch"):
            await deploy.dry_run()
        del branches(here.served.state)[BRANCH]
        name = "apps/monitoring/application.yaml"
        if key == "gitea":
            files(here.served.state)["main"][name] = "mine"
        else:
            branches(here.served.state)["main"] = {"commit": "main", "files": {name: "mine"}}
        with pytest.raises(PreconditionFailed, match=f"There is a file {name}"):
            await deploy.dry_run()
        assert here.writes == []


async def test_a_token_that_only_reads_is_refused() -> None:
    async with visit("github") as here:
        deploy = await deploying(here)
        here.served.state.object(REPO).update(permissions={"push": False})
        with pytest.raises(PreconditionFailed, match="may not write"):
            await deploy.dry_run()


@both
async def test_a_deployment_that_was_interrupted_after_the_commit_is_continued(key: str) -> None:
    async with visit(key) as here:
        deploy = await deploying(here)
        path = "/repos/rack/kitchen/pulls" if key == "github" else "/api/v1/repos/rack/kitchen/pulls"
        here.arm(FaultKind.RESET, "POST", path)
        with pytest.raises(EffectUnknown):
            await deploy.execute()
        here.lab.faults.clear()
        assert await deploy.action.probe(here.client, deploy.call, deploy.baseline) is Effect.NOT_SEEN
        assert await deploy.again() == "#6 was opened"
        assert await deploy.action.probe(here.client, deploy.call, deploy.baseline) is Effect.DONE
        await deploy.undo()
        assert await deploy.left() == []
        branches(here.served.state)[BRANCH] = {"commit": "9" * 40, "files": {}}
        with pytest.raises(PreconditionFailed, match="There is a branch"):
            await deploy.again()


@both
async def test_it_is_taken_back_unless_somebody_changed_or_merged_it(key: str) -> None:
    async with visit(key) as here:
        deploy = await deploying(here)
        await deploy.execute()
        assert await deploy.left() == [("open", "closed"), ("there", "none")]
        branch = branches(here.served.state)[BRANCH]
        commit, branch["commit"] = branch["commit"], "9" * 40
        with pytest.raises(PreconditionFailed, match="was changed"):
            await deploy.undo()
        branch["commit"] = commit
        one(here.served.state, 6).update(state="closed", merged=True)
        with pytest.raises(PreconditionFailed, match="#6 is merged"):
            await deploy.undo()
        assert (await deploy.action.verify(here.client, deploy.call, deploy.baseline)).text == "#6 is merged"
        one(here.served.state, 6).update(merged=False)
        assert await deploy.left() == [("there", "none")]
        assert (await deploy.action.verify(here.client, deploy.call, deploy.baseline)).ok is False


async def test_pull_requests_of_forks_and_earlier_ones_are_others() -> None:
    async with visit("github") as here:
        deploy = await deploying(here)
        fork = add(here.served.state, "Deploy monitoring", "", BRANCH)
        fork["head"]["repo"] = {"full_name": "mallory/kitchen"}
        await deploy.dry_run()
        assert await deploy.action.probe(here.client, deploy.call, deploy.baseline) is Effect.NOT_SEEN
        earlier = add(here.served.state, "Deploy monitoring", "", BRANCH)
        earlier["state"] = "closed"
        await deploy.note({"after": earlier["number"]})
        assert await deploy.action.probe(here.client, deploy.call, deploy.baseline) is Effect.NOT_SEEN


@pytest.mark.parametrize(
    "arguments",
    [
        {"files": "apps/x.yaml: evil"},
        {"content": "kind: Pod"},
        {"form": "helm"},
        {"storage": 100000},
        {"storage": "20Gi"},
    ],
)
async def test_a_model_cannot_send_files_or_values_out_of_bounds(arguments: dict[str, Value]) -> None:
    async with visit("github") as here:
        with pytest.raises(InvalidArgument):
            check_arguments(arguments, here.action("deploy_monitoring").arguments)


@pytest.mark.parametrize(
    "values",
    [
        {NAME: "Upper"},
        {NAME: 'a"\nkind: Pod'},
        {NAME: "a" * 41},
        {FOLDER: "../secrets"},
        {FOLDER: ".github/workflows"},
        {FOLDER: "apps//x"},
        {FOLDER: "/etc"},
        {FOLDER: "apps/../x"},
        {"storage": 1.5},
    ],
)
def test_values_that_would_leave_their_place_are_refused(values: dict[str, Value]) -> None:
    with pytest.raises(InvalidArgument):
        MONITORING.fill(defaults(MONITORING, **values))


@pytest.mark.parametrize(("template", "form"), KINDS, ids=[f"{one.key} {form}" for one, form in KINDS])
def test_templates_are_filled_and_pinned(template: Any, form: str) -> None:
    for file in template.fill(defaults(template, form=form, name="spot", folder="lab/apps")):
        assert file.path.startswith("lab/apps/spot/")
        assert not PLACE.search(file.content)
        assert len(file.content) < 5_000
        assert list(yaml.safe_load_all(file.content))
        for line in file.content.splitlines():
            _, found, image = line.partition("image: ")
            assert not found or image.rpartition(":")[2][:1].isdigit() or ":v" in image, line


@given(st.text(max_size=40))
def test_no_text_changes_the_structure_of_a_file(text: str) -> None:
    try:
        found = filled('a: "{{ x }}"\nb: 1\n', {"x": text})
    except ValueError, yaml.YAMLError:
        return
    assert yaml.safe_load(found) == {"a": text, "b": 1}


@pytest.mark.parametrize(
    "change",
    [("{{ name }}", "{{ unknown }}"), ("path: application.yaml", "path: ../application.yaml")],
)
def test_a_wrong_template_is_refused(change: tuple[str, str]) -> None:
    text = """
title: T
action: Deploy T
description: D
needs: N
parameters: []
forms:
  compose:
    - path: application.yaml
      content: |
        name: "{{ name }}"
"""
    assert load_template("t", text).forms
    with pytest.raises(WrongTemplate, match="line 9: "):
        load_template("t", text.replace(*change))


def test_a_place_outside_of_a_quoted_text_is_refused() -> None:
    with pytest.raises(yaml.YAMLError):
        filled("port: {{ port }}\n", {"port": "80"})
