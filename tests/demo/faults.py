"""The story again and again while Home Assistant or the steward is taken away in the middle."""

from demo.asking import DEADLINE, OPEN_INCIDENTS, Asking
from demo.assistants import assist_says_away, built_in_answers
from demo.installation import Installation
from demo.repair import Mending
from demo.steps import Steps
from demo.story import WORKED, press_phone, press_telegram
from demo.waiting import becomes

UNAVAILABLE = "unavailable"


async def play_faults(installation: Installation, steps: Steps) -> None:
    """Play it three times more; raises `StepFailedError`."""
    await _home_assistant_restarts(installation, steps)
    await _home_assistant_is_away(installation, steps)
    await _steward_is_killed(installation, steps)


async def _home_assistant_restarts(installation: Installation, steps: Steps) -> None:
    """The question on the phone is older than this life of Home Assistant."""
    asking = await _ask(installation, steps)
    mending = Mending(asking, person=installation.owner.name, via="Home Assistant")
    await steps.play("Home Assistant restarts in the middle", _restart(installation))
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await mending.play(steps)


async def _home_assistant_is_away(installation: Installation, steps: Steps) -> None:
    """Everything is decided and done before Home Assistant is back."""
    asking = await _ask(installation, steps)
    mending = Mending(asking, person=installation.owner.name, via="Telegram")
    await steps.play("Home Assistant loses power", installation.home_assistant.child.kill())
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await mending.play_without_home_assistant(steps)
    await steps.play("Home Assistant is back", _start(installation))
    await mending.play_home_assistant_catches_up(steps)


async def _steward_is_killed(installation: Installation, steps: Steps) -> None:
    """Home Assistant notices, and comes back to it without a restart."""
    asking = await _ask(installation, steps)
    mending = Mending(asking, person=installation.owner.name, via="Home Assistant")
    await steps.play("steward killed", installation.steward.kill())
    await steps.play("Home Assistant shows it is away", _sensor_becomes(installation, UNAVAILABLE))
    await steps.play("Assist says so within a second", assist_says_away(installation))
    await steps.play("and answers what Home Assistant can", built_in_answers(installation))
    await steps.play("steward is back", installation.restart_steward())
    await steps.play("Home Assistant shows it is back", _sensor_becomes(installation, "1"))
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await mending.play(steps)


async def _ask(installation: Installation, steps: Steps) -> Asking:
    asking = Asking(installation, history=WORKED)
    await asking.play(steps)
    return asking


async def _restart(installation: Installation) -> None:
    await installation.home_assistant.close()
    await _start(installation)


async def _start(installation: Installation) -> None:
    await installation.home_assistant.start()
    await installation.home_assistant.wait_until_running()
    await installation.integration.wait_until_loaded()


async def _sensor_becomes(installation: Installation, wanted: str) -> None:
    async def is_so() -> bool:
        states = {one.entity_id: one.state for one in await installation.home_assistant.api.states()}
        return states.get(OPEN_INCIDENTS) == wanted

    await becomes(is_so, DEADLINE, f"{OPEN_INCIDENTS} {wanted}")
