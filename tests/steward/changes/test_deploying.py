"""A pull request from a template, from the request to the question about its merge."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import StepState
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.clock import SteppedClock
from lab.lab import Lab
from lab.visit import connected
from rig.agent_rig import TaskEngine
from rig.changes_rig import changes_rig
from rig.inventory import NOW
from rig.visited_inventory import VisitedInventory
from services._forge import pulls
from steward.changes.pull_requests import PullRequests
from steward.settings.changes import Changes

ADA = Speaker(front_end=FrontEnd.TELEGRAM, user_id="1")


def wanted(**arguments: Any) -> RequestAction:
    return RequestAction(
        instance_id="gitea", action="deploy_uptime", target_id="11", speaker=ADA, arguments=arguments
    )


async def test_it_is_approved_opened_and_its_merge_is_asked_about_at_once(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with (
        Lab(services=("gitea",), clock=clock, real_alertmanager=False, is_alerting=False) as lab,
        aiohttp.ClientSession() as session,
        connected("gitea", lab, session, clock) as visit,
    ):
        inventory = VisitedInventory({"gitea": visit})
        await inventory.poll_now("gitea")
        sources: Any = [PullRequests(inventory)]
        async with changes_rig(tmp_path, Changes(), inventory=inventory, sources=sources) as rig:
            assert isinstance(rig.agent.engine, TaskEngine)
            rig.agent.engine.broken = True
            with pytest.raises(ContractError) as refused:
                await rig.agent.agent.requests.request(wanted(files="kind: Pod"))
            assert refused.value.code is ErrorCode.INVALID_ARGUMENT
            asked = await rig.agent.agent.requests.request(wanted(form="compose"))
            request = await rig.agent.request_with(asked.approval_id or "")
            (step,) = request.proposal.options[0].steps
            assert "image: louislam/uptime-kuma" in "".join(one.after for one in step.differences)
            assert visit.writes == []
            await rig.agent.press(request)
            await rig.agent.agent.execute(request.id)
            run = (await rig.agent.incident()).run
            assert run is not None
            assert [one.state for one in run.steps] == [StepState.VERIFIED]
            for row in pulls(visit.served.state):
                row["created_at"] = NOW.isoformat()
            await inventory.poll_now("gitea")
            await rig.look()
            ours = await rig.row("rack/kitchen#6")
            assert ours.status is ChangeStatus.ASKED, "a person requested it: it is not held"
            assert (await rig.row("rack/kitchen#4")).status is ChangeStatus.HELD
