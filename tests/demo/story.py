"""The whole story: asked twice on both faces, decided once on each, mended both times."""

from demo.asking import QUICK, Asking
from demo.assistants import Requests, ask_after, ask_before, ask_model
from demo.installation import Installation
from demo.repair import Mending, wait_for_decision
from demo.steps import Steps
from demo.waiting import expect
from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.state import FrontEnd
from lab.telegram.records import Press

WORKED = r"last time \([^)]*\) it worked"


async def play_story(installation: Installation, steps: Steps) -> None:
    """Play it to its end; raises `StepFailedError`."""
    person = installation.owner.name
    first = Asking(installation, history="never tried before")
    await first.play(steps)
    mending = Mending(first, person=person, via="Telegram")
    presses = Presses(first, mending)
    await steps.play("owner asks in Assist what is wrong", ask_before(first))
    await steps.play("a stranger's press changes nothing", presses.by_stranger())
    await steps.play("owner presses 1 in Telegram", presses.by_owner())
    await mending.play(steps)
    await steps.play("a second press changes nothing", presses.once_more())
    await steps.play("owner asks in Assist whether it is fine now", ask_after(first))
    await steps.play("owner asks in Assist what a model must read", ask_model(installation))
    again = Asking(installation, history=WORKED)
    await again.play(steps)
    mending = Mending(again, person=person, via="Home Assistant")
    await steps.play("owner presses 1 on the phone", press_phone(again))
    await mending.play(steps)
    await Requests(installation).play(steps)


async def press_phone(asking: Asking) -> str:
    """The owner presses 1 on the phone; waits for the decision."""
    await asking.lab.phone.press(asking.notification, "1 ")
    return await _decided(asking, FrontEnd.HOME_ASSISTANT)


async def press_telegram(asking: Asking) -> str:
    """The owner presses 1 in Telegram; waits for the decision."""
    asking.lab.telegram.forum.press(asking.card.message_id, "1 ", "owner")
    return await _decided(asking, FrontEnd.TELEGRAM)


async def verify_audit(installation: Installation) -> str:
    """Read the chain of hashes with the steward's own command."""
    status, output = await installation.steward.run_command("audit", "verify")
    expect(status == 0, output)
    return output


class Presses:
    """Presses of the same button in Telegram, allowed and not."""

    def __init__(self, asking: Asking, mending: Mending) -> None:
        self._asking = asking
        self._mending = mending
        self._forum = asking.lab.telegram.forum
        self._data = asking.card.button("1 ").data or ""

    async def by_stranger(self) -> str:
        """Somebody who is not listed; the request must go on waiting."""
        said = await self._press("stranger")
        request = self._asking.installation.front_end.approvals[self._asking.request.id]
        expect(request.status is ApprovalStatus.PENDING, f"the request is {request.status}")
        expect(not self._mending.effects(), f"changed: {self._mending.effects()}")
        return f"answered: {said}"

    async def by_owner(self) -> str:
        """The one who may."""
        said = await self._press("owner")
        await _decided(self._asking, FrontEnd.TELEGRAM)
        return f"answered: {said}"

    async def once_more(self) -> str:
        """The same button again, as a phone that was offline sends it."""
        before = self._asking.installation.front_end.approvals[self._asking.request.id]
        said = await self._press("owner")
        after = self._asking.installation.front_end.approvals[self._asking.request.id]
        expect(before.decision == after.decision, f"decided anew: {after.decision}")
        self._mending.expect_one_effect()
        return f"answered: {said}"

    async def _press(self, user: str) -> str:
        press: Press = self._forum.forge_press(self._asking.card.message_id, self._data, user)
        answer = await self._forum.wait_for_answer(press, QUICK)
        expect(answer.text.strip(), "the press was answered without a word")
        return answer.text


async def _decided(asking: Asking, via: FrontEnd) -> str:
    request = await wait_for_decision(asking, ApprovalStatus.APPROVED)
    decision = request.decision
    expect(decision is not None and decision.via is via, f"decided: {decision}")
    return f"decided by {decision.person_name if decision else 'nobody'}"
