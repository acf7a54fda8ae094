"""Pull requests that set values of deployed applications, on GitHub and Gitea."""

from collections.abc import Mapping
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from lab.visit import Visit, visit
from services._forge import COMPOSE, GRAFANA, HOMEPAGE, PORTAINER, branches, declared, one
from services.gitea import files
from steward.errors import InvalidArgument, PreconditionFailed
from steward.sdk.description import Call

both = pytest.mark.parametrize("key", ["github", "gitea"])


class Changing:
    """A change that keeps what is noted."""

    def __init__(self, here: Visit, action: str, call: Call) -> None:
        self.here, self.baseline = here, dict[str, Value]()
        self.call = Call(target=call.target, arguments=call.arguments, note=self.note)
        self.action = here.action(action)

    async def note(self, values: Mapping[str, Value]) -> None:
        self.baseline |= values

    async def dry_run(self) -> list[tuple[str, str, str]]:
        dry = await self.action.dry_run(self.here.client, self.call)
        self.baseline |= dry.baseline
        return [(row.field, row.before, row.after) for row in dry.differences]

    async def execute(self) -> str:
        await self.action.precheck(self.here.client, self.call, self.baseline)
        return await self.action.execute(self.here.client, self.call, self.baseline)


async def changing(
    here: Visit, action: str = "change_vlan", title: str = "rack/kitchen", /, **arguments: Value
) -> Changing:
    return Changing(here, action, await here.call_of(here.action(action), title, **arguments))


async def refused(here: Visit, message: str, **arguments: Value) -> None:
    change = await changing(here, **{"applications": "management", "vlan": 100, **arguments})
    with pytest.raises(PreconditionFailed, match=message):
        await change.dry_run()
    assert here.writes == []


def contents(here: Visit) -> Any:
    """Return the files of the default branch, to change them."""
    state = here.served.state
    return files(state)["main"] if here.service.key == "gitea" else declared(state)


@both
async def test_a_group_is_moved_in_one_pull_request_with_nothing_else_changed(key: str) -> None:
    async with visit(key) as here:
        change = await changing(here, applications="management", vlan=100)
        shown = await change.dry_run()
        branch = shown[0][2].partition(" ")[0]
        assert branch.startswith("steward/change-vlan-")
        assert shown[1:] == [
            (f"{name}, line 12", "parent: eth0.20  # the VLAN", "parent: eth0.100  # the VLAN")
            for name in (PORTAINER, GRAFANA)
        ]
        assert here.writes == []
        assert await change.execute() == "#6 was opened"
        made = branches(here.served.state)[branch]["files"]
        assert made == {
            name: COMPOSE.format(name=app).replace("eth0.20 ", "eth0.100 ")
            for name, app in ((PORTAINER, "portainer"), (GRAFANA, "grafana"))
        }
        pull = one(here.served.state, 6)
        assert pull["title"] == "Move to a VLAN: VLAN 100"
        assert f"* {GRAFANA}, line 12: `eth0.20` → `eth0.100`" in pull["body"]


@both
async def test_a_file_that_was_changed_after_the_approval_is_asked_about_again(key: str) -> None:
    async with visit(key) as here:
        change = await changing(here, applications="grafana", vlan=100)
        await change.dry_run()
        contents(here)[GRAFANA] = COMPOSE.format(name="grafana") + "# more\n"
        with pytest.raises(PreconditionFailed, match="was changed in the meantime"):
            await change.execute()
        assert here.writes == []


async def test_a_file_that_another_commit_changes_at_the_same_time_is_not_overwritten() -> None:
    async with visit("github") as here:
        client: Any = here.client
        change = await changing(here, applications="grafana", vlan=100)
        await change.dry_run()
        draft = await change.action.dry_run(here.client, change.call)
        assert draft.baseline == change.baseline
        file = await client.file("rack/kitchen", GRAFANA, "main")
        contents(here)[GRAFANA] += "# more\n"
        from steward.services._forge.templates import TemplateFile  # noqa: PLC0415

        stale = [TemplateFile(GRAFANA, "a: 1\n", file.replaces)]
        with pytest.raises(PreconditionFailed, match="was changed in the meantime"):
            await client.commit_files("rack/kitchen", "main", "steward/change-x", "x", stale)
        assert here.writes == []


@both
async def test_one_application_and_a_text_in_quotes(key: str) -> None:
    async with visit(key) as here:
        change = await changing(here, "change_node", applications="Homepage", node="worker-2")
        shown = await change.dry_run()
        where = f"{HOMEPAGE}, line 8"
        before, after = (f'kubernetes.io/hostname: "{name}"' for name in ("worker-1", "worker-2"))
        assert shown[1:] == [(where, before, after)]


async def test_what_cannot_be_set_safely_is_refused_with_the_reason() -> None:
    async with visit("github") as here:
        now = contents(here)
        await refused(here, "no folder with this name", applications="mail server")
        await refused(here, "homepage: the value was not found", applications="homepage")
        now["other/grafana/compose.yaml"] = now[GRAFANA]
        await refused(here, "several folders", applications="grafana")
        del now["other/grafana/compose.yaml"]
        plain = now[GRAFANA]
        now[GRAFANA] = plain + "  wan:\n    driver_opts:\n      parent: eth1.30\n"
        await refused(here, "in several places, such as .*:12, .*:15")
        now[GRAFANA] = plain.replace("eth0.20", "eth0")
        await refused(here, "another form than the template knows, see .*grafana/compose.yaml:12")
        now[GRAFANA] = plain.replace("eth0.20", "eth{{ .Values.nic }}.20")
        await refused(here, "another form|Helm")
        now[GRAFANA] = plain.replace("# the VLAN", "# {{ .Values.note }}")
        await refused(here, "line 12: the line is a template of Helm")
        now[GRAFANA] = "{{- if .Values.x }}\n" + plain
        await refused(here, "is a template of Helm")
        now[GRAFANA] = plain + "sops:\n  mac: ENC[x]\n"
        await refused(here, "encrypted with SOPS")
        now[GRAFANA] = "a: [\n"
        await refused(here, "is no YAML")
        now[GRAFANA] = plain.replace("eth0.20", "eth0.100")
        now[PORTAINER] = now[PORTAINER].replace("eth0.20", "eth0.100")
        await refused(here, "have this value already")


async def test_a_repository_with_too_many_files_is_refused() -> None:
    async with visit("github") as here:
        here.served.state.values["truncated"] = True
        await refused(here, "too many files")


@pytest.mark.parametrize("values", [{"vlan": 1.5}, {"applications": " , "}])
async def test_arguments_that_say_nothing_are_refused(values: dict[str, Value]) -> None:
    async with visit("github") as here:
        change = await changing(here, **{"applications": "grafana", "vlan": 100, **values})
        with pytest.raises(InvalidArgument):
            await change.dry_run()


async def test_the_files_of_a_chart_are_left_out() -> None:
    async with visit("github") as here:
        contents(here)["apps/web/values.yaml"] = "nodeSelector:\n  kubernetes.io/hostname: a\n"
        contents(here)["apps/web/templates/pod.yaml"] = "{{ if .x }}\na: 1\n{{ end }}\n"
        change = await changing(here, "change_node", applications="web", node="b")
        assert [row[0] for row in (await change.dry_run())[1:]] == ["apps/web/values.yaml, line 2"]
