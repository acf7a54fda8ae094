"""The story with faults: something stops or is killed, and what is watched dies, moves, or is hidden."""

from demo.asking import DEADLINE, OPEN_INCIDENTS, TOPIC, Asking
from demo.assistants import assist_reports_unavailable, built_in_answers
from demo.installation import Installation
from demo.monitor import Monitor
from demo.outage import Outage, move
from demo.repair import Repair
from demo.steps import Steps
from demo.story import RELAPSED, press_phone, press_telegram
from demo.updates import CoreUpdate, PullRequest
from demo.waiting import becomes, seen
from lab.population import RADARR
from lab.telegram import GENERAL

UNAVAILABLE = "unavailable"
HIDDEN = 120.0
"""Seconds after which the container is reported in any case."""


async def play_faults(installation: Installation, steps: Steps) -> None:
    """Play the story once with each fault. Raises StepFailedError."""
    await Outage(installation).play(steps)
    await _guest_moves(installation, steps)
    await _reading_goes_missing(installation, steps)
    await _alert_is_silenced(installation, steps)
    await _alertmanager_restarts(installation, steps)
    await _home_assistant_restarts(installation, steps)
    await _home_assistant_is_stopped(installation, steps)
    await _steward_is_killed(installation, steps)
    await _topic_is_closed(installation, steps)
    await PullRequest(installation).play_faults(steps)
    await CoreUpdate(installation).play(steps)


async def _guest_moves(installation: Installation, steps: Steps) -> None:
    """The container moves to the other node while the request waits, and back afterwards."""
    asking = await _ask(installation, steps)
    repair = Repair(asking, person=installation.owner.name, via="Home Assistant")
    await steps.play("the container moves to the other node", move(installation, "pve2"))
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await repair.play(steps)
    await steps.play("the container moves back", move(installation, "pve1"))


async def _reading_goes_missing(installation: Installation, steps: Steps) -> None:
    """Proxmox does not report the container after the change until the app has noticed it."""
    asking = await _ask(installation, steps)
    repair = Repair(asking, person=installation.owner.name, via="Telegram")
    installation.lab.world.hide_after_next_effect(RADARR, HIDDEN)
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await steps.play("Proxmox does not report the container", _is_unknown(installation))
    installation.lab.world.report_again(RADARR)
    await repair.play(steps)


async def _is_unknown(installation: Installation) -> str:
    """Wait until the steward does not know whether the container runs."""
    front_end = installation.front_end

    def reason() -> str | None:
        resources = front_end.snapshots["proxmox"].resources
        return next((one.unknown.get("running") for one in resources if one.name == "radarr"), None)

    return str(await seen(front_end.changes, reason, DEADLINE, "an unknown state"))


async def _alert_is_silenced(installation: Installation, steps: Steps) -> None:
    """Somebody silences the alert while the request waits, and ends the silence."""
    asking = await _ask(installation, steps)
    await Monitor(asking).play_silence(steps)
    repair = Repair(asking, person=installation.owner.name, via="Telegram")
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await repair.play(steps)


async def _alertmanager_restarts(installation: Installation, steps: Steps) -> None:
    """Alertmanager restarts while the request waits, and lists the alert again after a time."""
    asking = await _ask(installation, steps)
    await Monitor(asking).play_restart(steps)
    repair = Repair(asking, person=installation.owner.name, via="Home Assistant")
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await repair.play(steps)


async def _home_assistant_restarts(installation: Installation, steps: Steps) -> None:
    """Home Assistant restarts after it sent the notification."""
    asking = await _ask(installation, steps)
    repair = Repair(asking, person=installation.owner.name, via="Home Assistant")
    await steps.play("Home Assistant restarts", _restart(installation))
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await repair.play(steps)


async def _home_assistant_is_stopped(installation: Installation, steps: Steps) -> None:
    """The request is decided and run before Home Assistant is back."""
    asking = await _ask(installation, steps)
    repair = Repair(asking, person=installation.owner.name, via="Telegram")
    await steps.play("Home Assistant loses power", installation.home_assistant.child.kill())
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await repair.play_without_home_assistant(steps)
    await steps.play("Home Assistant is back", installation.start_home_again())
    await repair.play_after_home_assistant_is_back(steps)


async def _steward_is_killed(installation: Installation, steps: Steps) -> None:
    """Home Assistant notices, and reconnects without a restart."""
    asking = await _ask(installation, steps)
    repair = Repair(asking, person=installation.owner.name, via="Home Assistant")
    await steps.play("steward killed", installation.steward.kill())
    await steps.play("Home Assistant shows it as unavailable", _sensor_becomes(installation, UNAVAILABLE))
    await steps.play("Assist reports it", assist_reports_unavailable(installation))
    await steps.play("Home Assistant's own agent answers other questions", built_in_answers(installation))
    await steps.play("steward is back", installation.restart_steward())
    await steps.play("Home Assistant shows it as available", _sensor_becomes(installation, "1"))
    await steps.play("owner presses 1 on the phone", press_phone(asking))
    await repair.play(steps)


async def _topic_is_closed(installation: Installation, steps: Steps) -> None:
    """The card goes to General, and to its own topic again when the bot may write there."""
    forum = installation.lab.telegram.forum
    forum.set_rights(can_manage_topics=False)
    forum.close_topic(TOPIC)
    asking = Asking(installation, history=RELAPSED, topic=GENERAL)
    await asking.play(steps)
    await steps.play("the steward reports the closed topic", _telegram_becomes(installation, "degraded"))
    repair = Repair(asking, person=installation.owner.name, via="Telegram")
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await repair.play(steps)
    forum.close_topic(TOPIC, is_closed=False)
    forum.set_rights(can_manage_topics=True)
    await steps.play("the steward reports no problem", _telegram_becomes(installation, "ok"))
    asking = await _ask(installation, steps)
    repair = Repair(asking, person=installation.owner.name, via="Telegram")
    await steps.play("owner presses 1 in Telegram", press_telegram(asking))
    await repair.play(steps)


async def _ask(installation: Installation, steps: Steps) -> Asking:
    asking = Asking(installation, history=RELAPSED)
    await asking.play(steps)
    return asking


async def _restart(installation: Installation) -> None:
    await installation.home_assistant.close()
    await installation.start_home_again()


async def _sensor_becomes(installation: Installation, wanted: str) -> None:
    async def has_state() -> bool:
        states = {one.entity_id: one.state for one in await installation.home_assistant.api.states()}
        return states.get(OPEN_INCIDENTS) == wanted

    await becomes(has_state, DEADLINE, f"{OPEN_INCIDENTS} {wanted}")


async def _telegram_becomes(installation: Installation, wanted: str) -> str:
    async def has_state() -> bool:
        return await installation.steward.telegram_state() == wanted

    await becomes(has_state, DEADLINE, f"the state {wanted} of Telegram")
    return wanted
