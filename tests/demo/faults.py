"""The story again and again while Home Assistant or the steward is taken away in the middle."""

from demo.asking import OPEN_INCIDENTS, PATIENT, Asking
from demo.household import Household
from demo.mending import Mending
from demo.steps import Steps
from demo.story import WORKED, press_phone, press_telegram
from demo.talking import assist_says_away, built_in_answers
from demo.waiting import becomes

UNAVAILABLE = "unavailable"


async def play_faults(household: Household, steps: Steps) -> None:
    """Play it three times more; raises `StepFailedError`."""
    await _home_assistant_restarts(household, steps)
    await _home_assistant_is_away(household, steps)
    await _steward_is_killed(household, steps)


async def _home_assistant_restarts(household: Household, steps: Steps) -> None:
    """The question on the phone is older than this life of Home Assistant."""
    asking = await _ask(household, steps)
    mending = Mending(asking, person=household.owner.name, via="Home Assistant")
    await steps.play("Home Assistant restarts in the middle", _restart(household))
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await mending.play(steps)


async def _home_assistant_is_away(household: Household, steps: Steps) -> None:
    """Everything is decided and done before Home Assistant is back."""
    asking = await _ask(household, steps)
    mending = Mending(asking, person=household.owner.name, via="Telegram")
    await steps.play("Home Assistant loses power", household.home_assistant.child.kill())
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await mending.play_without_home_assistant(steps)
    await steps.play("Home Assistant is back", _start(household))
    await mending.play_home_assistant_catches_up(steps)


async def _steward_is_killed(household: Household, steps: Steps) -> None:
    """Home Assistant notices, and comes back to it without a restart."""
    asking = await _ask(household, steps)
    mending = Mending(asking, person=household.owner.name, via="Home Assistant")
    await steps.play("steward killed", household.steward.kill())
    await steps.play("Home Assistant shows it is away", _sensor_becomes(household, UNAVAILABLE))
    await steps.play("Assist says so within a second", assist_says_away(household))
    await steps.play("and answers what Home Assistant can", built_in_answers(household))
    await steps.play("steward is back", household.restart_steward())
    await steps.play("Home Assistant shows it is back", _sensor_becomes(household, "1"))
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await mending.play(steps)


async def _ask(household: Household, steps: Steps) -> Asking:
    asking = Asking(household, history=WORKED)
    await asking.play(steps)
    return asking


async def _restart(household: Household) -> None:
    await household.home_assistant.close()
    await _start(household)


async def _start(household: Household) -> None:
    await household.home_assistant.start()
    await household.home_assistant.wait_until_running()
    await household.integration.wait_until_loaded()


async def _sensor_becomes(household: Household, wanted: str) -> None:
    async def is_so() -> bool:
        states = {one.entity_id: one.state for one in await household.home_assistant.api.states()}
        return states.get(OPEN_INCIDENTS) == wanted

    await becomes(is_so, PATIENT, f"{OPEN_INCIDENTS} {wanted}")
