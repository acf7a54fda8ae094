"""Plans over the services of the repository: targets, their order, one approval, and what cannot be done."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from demo.front_end import FrontEndClient
from homelab_steward.contract.chat import ChatPieceKind, ChatQuestion
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.lab import Lab
from questions.asking import USERS
from questions.lab_steward import watched_lab
from questions.rows import Speaks

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECONDS = 120.0
OWNER = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=USERS[Speaks.OWNER])


@dataclass(frozen=True, slots=True)
class Planner:
    """Asks an owner's plans; the steward watches Sonarr, Radarr, Proxmox, TrueNAS, Docker, and others."""

    client: FrontEndClient
    lab: Lab

    async def ask(self, text: str) -> tuple[str, ApprovalRequest | None]:
        """Return the answer, and the only request that it made."""
        done = list(self.lab.world.effects)
        question = ChatQuestion(conversation_id=text, text=text, speaker=OWNER, language="en")
        pieces = [one async for one in self.client.ask(question)]
        await self.client.list_incidents()
        made = [one for one in self.client.pending() if one.requested_via is not None]
        assert len(made) <= 1, "one approval names all"
        assert self.lab.world.effects == done, "nothing is done without an approval"
        said = "".join(one.text for one in pieces if one.kind is ChatPieceKind.TEXT)
        return said, made[0] if made else None

    async def steps(self, text: str) -> tuple[str, list[str]]:
        """Return the answer, and the steps of the request in their order; the request is rejected."""
        said, request = await self.ask(text)
        steps = request.proposal.options[0].steps if request else ()
        if request is not None:
            await self.client.reject(request, OWNER)
        return said, [f"{one.action} {one.target.name}" for one in steps]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def planner(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Planner]:
    async with watched_lab(tmp_path_factory.mktemp("plans"), [], ("docker",)) as (client, lab):
        yield Planner(client, lab)


async def test_all_of_a_group_of_services(planner: Planner) -> None:
    said, steps = await planner.steps("Restart all the arr apps")
    assert steps == [f"{one.casefold()}.restart {one}" for one in ("Radarr", "Sonarr", "Prowlarr", "Lidarr")]
    assert "Restart: Radarr, Sonarr, Prowlarr, and Lidarr" in said


async def test_what_cannot_be_done_is_said(planner: Planner) -> None:
    said, steps = await planner.steps("restart all media services")
    assert "I cannot do that with SABnzbd, qBittorrent, Jellyfin, and Tautulli." in said
    assert [one.partition(" ")[2] for one in steps] == ["Radarr", "Sonarr", "Prowlarr", "Lidarr"]
    said, steps = await planner.steps("free up space on the NAS")
    assert "I know no service there that can free space. Nothing has been requested." in said
    assert steps == []
    said, steps = await planner.steps("check if any devices are down and fix them")
    assert "Nothing that I can start is down. Nothing has been requested." in said
    assert steps == []


async def test_all_of_a_kind_in_one_instance(planner: Planner) -> None:
    _, steps = await planner.steps("restart all docker containers")
    assert steps == ["docker.restart radarr", "docker.restart sonarr"]
    _, steps = await planner.steps("restart all truenas apps")
    assert steps == [f"truenas.restart_app {one}" for one in ("syncthing", "immich", "archive")]
    _, steps = await planner.steps("restart all containers on pve1")
    assert steps == [f"proxmox.restart_container {one}" for one in ("adguard", "radarr", "sonarr")]


async def test_one_request_over_several_services(planner: Planner) -> None:
    _, steps = await planner.steps("restart Radarr, Prowlarr and immich")
    assert steps == ["radarr.restart Radarr", "prowlarr.restart Prowlarr", "truenas.restart_app immich"]


async def test_before_a_power_cut_only_what_can_be_started_again_is_stopped(planner: Planner) -> None:
    said, request = await planner.ask("prepare for the power cut at 14:00")
    assert request is not None
    await planner.client.reject(request, OWNER)
    assert request.later is not None
    assert request.later.finish_by is not None
    assert "14:00" in said
    steps = request.proposal.options[0].steps
    stopped = {(one.target.instance_id, one.target.name) for one in steps}
    guests = {("proxmox", one.name) for one in planner.lab.world.guests() if one.is_running}
    apps = {("truenas", one) for one in ("syncthing", "immich", "archive")}
    assert stopped == guests | apps | {("docker", "radarr"), ("docker", "sonarr")}
    assert {one.target.kind for one in steps} == {"container", "vm", "app"}, "a stream is no machine"


async def test_an_approved_plan_changes_each_target_once(planner: Planner) -> None:
    _, request = await planner.ask("restart Radarr and Sonarr")
    assert request is not None
    await planner.client.approve(request, 1, OWNER)
    world = planner.lab.world
    await planner.client.wait_for(
        lambda: any(one.id == request.incident_id and one.status.is_closed for one in incidents(planner)),
        SECONDS,
    )
    done = [(one.service, one.method) for one in world.effects]
    assert sorted(one for one, _ in done) == ["radarr", "sonarr"]


def incidents(planner: Planner) -> tuple[Incident, ...]:
    return tuple(planner.client.incidents.values())
