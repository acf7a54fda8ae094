"""The story: automatic repairs, two requests, approved in Telegram and on the phone, and a plan."""

from demo.asking import QUICK, Asking
from demo.assistants import Requests, ask_after, ask_before, ask_model
from demo.browsers import play_sample
from demo.installation import Installation
from demo.repair import Repair, wait_for_decision
from demo.several import Several
from demo.steps import Steps
from demo.unattended import Unattended
from demo.updates import Paperless, PullRequest
from demo.waiting import expect
from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.state import FrontEnd
from lab.telegram.records import Press

RELAPSED = r"last time \([^)]*\) it helped for a short time only"
"""The history of a repair whose problem is back within half an hour."""


async def play_story(installation: Installation, steps: Steps) -> None:
    """Play the story. Raises StepFailedError."""
    person = installation.owner.name
    await Unattended(installation).play(steps)
    first = Asking(installation, history="it made things worse")
    await first.play(steps)
    repair = Repair(first, person=person, via="Telegram")
    presses = Presses(first, repair)
    await steps.play("owner asks in Assist what is wrong", ask_before(first))
    await steps.play("a stranger's press changes nothing", presses.by_stranger())
    await steps.play("owner presses 1 in Telegram", presses.by_owner())
    await repair.play(steps)
    await steps.play("a second press changes nothing", presses.once_more())
    await steps.play("owner asks in Assist whether it is fine now", ask_after(first))
    await steps.play("owner asks in Assist a question for the model", ask_model(installation))
    again = Asking(installation, history=RELAPSED)
    await again.play(steps)
    repair = Repair(again, person=person, via="Home Assistant")
    await steps.play("owner presses 1 on the phone", press_phone(again))
    await repair.play(steps)
    pull_request, paperless = PullRequest(installation), Paperless(installation)
    await pull_request.open(steps)
    await pull_request.approve(steps)
    await paperless.find(steps)
    await paperless.approve(steps)
    await Requests(installation).play(steps)
    await Several(installation).play(steps)
    await play_sample(installation, steps)
    await pull_request.end(steps)
    await paperless.end(steps)


async def press_phone(asking: Asking) -> str:
    """Press 1 on the phone as the owner, and wait for the decision."""
    await asking.lab.phone.press(asking.notification, "1 ")
    return await _decided(asking, FrontEnd.HOME_ASSISTANT)


async def press_telegram(asking: Asking) -> str:
    """Press 1 in Telegram as the owner, and wait for the decision."""
    asking.lab.telegram.forum.press(asking.card.message_id, "1 ", "owner")
    return await _decided(asking, FrontEnd.TELEGRAM)


async def verify_audit(installation: Installation) -> str:
    """Verify the audit log with the steward's command."""
    status, output = await installation.steward.run_command("audit", "verify")
    expect(status == 0, output)
    return output


class Presses:
    """Presses of one Telegram button by different users."""

    def __init__(self, asking: Asking, repair: Repair) -> None:
        self._asking = asking
        self._repair = repair
        self._forum = asking.lab.telegram.forum
        self._data = asking.card.button("1 ").data or ""

    async def by_stranger(self) -> str:
        """Press as an unknown user. The request must stay pending."""
        text = await self._press("stranger")
        request = self._asking.installation.front_end.approvals[self._asking.request.id]
        expect(request.status is ApprovalStatus.PENDING, f"the request is {request.status}")
        expect(not self._repair.effects(), f"changed: {self._repair.effects()}")
        return f"answered: {text}"

    async def by_owner(self) -> str:
        """Press as the owner."""
        text = await self._press("owner")
        await _decided(self._asking, FrontEnd.TELEGRAM)
        return f"answered: {text}"

    async def once_more(self) -> str:
        """Press the same button again. Nothing must change."""
        before = self._asking.installation.front_end.approvals[self._asking.request.id]
        text = await self._press("owner")
        after = self._asking.installation.front_end.approvals[self._asking.request.id]
        expect(before.decision == after.decision, f"decided again: {after.decision}")
        self._repair.expect_one_effect()
        return f"answered: {text}"

    async def _press(self, user: str) -> str:
        press: Press = self._forum.forge_press(self._asking.card.message_id, self._data, user)
        answer = await self._forum.wait_for_answer(press, QUICK)
        expect(answer.text.strip(), "the answer to the press has no text")
        return answer.text


async def _decided(asking: Asking, via: FrontEnd) -> str:
    request = await wait_for_decision(asking, ApprovalStatus.APPROVED)
    decision = request.decision
    expect(decision is not None and decision.via is via, f"decided: {decision}")
    return f"decided by {decision.person_name if decision else 'nobody'}"
