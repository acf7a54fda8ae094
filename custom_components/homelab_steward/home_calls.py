"""The actions that the app can ask Home Assistant for. Everything that is not here is refused."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from homeassistant.components.homeassistant import SERVICE_HOMEASSISTANT_RESTART
from homeassistant.components.update.const import (
    DOMAIN as UPDATE,
)
from homeassistant.components.update.const import (
    SERVICE_INSTALL,
    UpdateServiceArgument,
)
from homeassistant.config import async_check_ha_config_file
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import DOMAIN as HOMEASSISTANT
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN, EVENT_APP_ACTION, LOGGER
from .contract.errors import ContractError, ErrorCode
from .contract.home import HomeAction, HomeCall, HomeJob, HomePart, HomeResult, HomeUpdate
from .home_apps import SUPERVISOR, supervised_apps
from .home_database import RECORDER, async_purge_database
from .home_report import BACKUP, MEMORY, async_build_report

FINISHES_WITHIN: Final = 5.0
"""Seconds that an action is waited for; a longer one goes on after the reply."""

CREATE_AUTOMATIC: Final = "create_automatic"
_APP_SERVICES: Final = {
    HomeAction.START_APP: "app_start",
    HomeAction.STOP_APP: "app_stop",
    HomeAction.RESTART_APP: "app_restart",
}


async def async_restart_problem(hass: HomeAssistant) -> str:
    """Return why Home Assistant would not come back after a restart, empty when it would."""
    problem = await async_check_ha_config_file(hass)
    return f"The configuration is not valid: {problem}" if problem else ""


class HomeCalls:
    """Carries out one action at a time for the app, in a context that names it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Store Home Assistant, and what it does not keep itself."""
        self._hass = hass
        self._memory = hass.data[MEMORY]

    async def async_call(self, call: HomeCall) -> HomeResult:
        """Return what came of an action.

        Raises ContractError: FORBIDDEN for what is not allowed, INTERNAL with the error of Home
        Assistant, other codes when nothing was changed.
        """
        action = self._allowed(call.version).get(call.action)
        if action is None:
            raise ContractError(ErrorCode.FORBIDDEN, f"Home Assistant does not allow {call.action[:50]}")
        context = Context()
        data = {"action": call.action, "target": call.target}
        self._hass.bus.async_fire(EVENT_APP_ACTION, data, context=context)
        return await action(call.target or "", context)

    def _allowed(self, version: str | None) -> Mapping[str, Callable[[str, Context], Awaitable[HomeResult]]]:
        """Return all actions that are allowed; ``version`` is that of an installation."""
        return {
            HomeAction.INSTALL_UPDATE: partial(self._async_install_update, version),
            HomeAction.CREATE_BACKUP: self._async_create_backup,
            HomeAction.RESTART: self._async_restart,
            HomeAction.RELOAD_INTEGRATION: self._async_reload_integration,
            HomeAction.IGNORE_REPAIR: self._async_ignore_repair,
            HomeAction.UNIGNORE_REPAIR: self._async_unignore_repair,
            HomeAction.START_APP: partial(self._async_app, HomeAction.START_APP),
            HomeAction.STOP_APP: partial(self._async_app, HomeAction.STOP_APP),
            HomeAction.RESTART_APP: partial(self._async_app, HomeAction.RESTART_APP),
            HomeAction.PURGE_DATABASE: self._async_purge_database,
        }

    async def _async_install_update(self, version: str | None, target: str, context: Context) -> HomeResult:
        report = await async_build_report(self._hass, (HomePart.UPDATES,))
        update = next((one for one in report.updates if one.id == target), None)
        if update is None:
            raise ContractError(ErrorCode.NOT_FOUND, f"There is no update entity {target}")
        problem = _install_problem(update, version)
        if problem is not None:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, problem)
        data: dict[str, Any] = {ATTR_ENTITY_ID: target}
        if update.can_backup:
            data[UpdateServiceArgument.BACKUP] = True
        if version is not None and update.can_choose_version:
            data[UpdateServiceArgument.VERSION] = version
        self._memory.failures.pop(target, None)
        work = self._hass.services.async_call(UPDATE, SERVICE_INSTALL, data, blocking=True, context=context)
        result = await self._async_job(
            HomeAction.INSTALL_UPDATE, target, work, lambda text: self._memory.failures.update({target: text})
        )
        return replace(result, text=f"{update.title} is being updated", handle=version or update.latest or "")

    async def _async_create_backup(self, _: str, context: Context) -> HomeResult:
        report = await async_build_report(self._hass, (HomePart.BACKUPS,))
        backups = report.backups
        if backups is None or not backups.has_location:
            message = "Automatic backups have no location: select one in the backup settings"
            raise ContractError(ErrorCode.INVALID_ARGUMENT, message)
        if backups.is_running:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, "A backup is being created already")
        await self._async_run(
            self._hass.services.async_call(BACKUP, CREATE_AUTOMATIC, blocking=True, context=context)
        )
        backups = (await async_build_report(self._hass, (HomePart.BACKUPS,))).backups
        begun = backups.last_attempt_at if backups else None
        return HomeResult(text="The backup was started", handle=begun.isoformat() if begun else "")

    async def _async_restart(self, _: str, context: Context) -> HomeResult:
        problem = await async_restart_problem(self._hass)
        if problem:
            raise ContractError(ErrorCode.INVALID_SETTING, problem)
        await self._async_run(
            self._hass.services.async_call(
                HOMEASSISTANT, SERVICE_HOMEASSISTANT_RESTART, blocking=True, context=context
            )
        )
        return HomeResult(text="The restart was requested")

    async def _async_reload_integration(self, target: str, _: Context) -> HomeResult:
        entry = self._hass.config_entries.async_get_entry(target)
        if entry is None:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such integration")
        if entry.domain == DOMAIN:
            message = "The app cannot reload the integration that connects it"
            raise ContractError(ErrorCode.INVALID_ARGUMENT, message)
        if entry.disabled_by is not None or not entry.state.recoverable:
            message = f"{entry.title} cannot be reloaded in the state {entry.state.value}"
            raise ContractError(ErrorCode.INVALID_ARGUMENT, message)
        self._memory.reloaded[target] = dt_util.utcnow()
        await self._async_run(self._hass.config_entries.async_reload(target))
        return HomeResult(
            text=f"{entry.title} was reloaded", handle=self._memory.reloaded[target].isoformat()
        )

    async def _async_app(self, action: HomeAction, target: str, context: Context) -> HomeResult:
        apps, _ = supervised_apps(self._hass)
        if target not in {one.id for one in apps}:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such app")
        work = self._hass.services.async_call(
            SUPERVISOR, _APP_SERVICES[action], {"app": target}, blocking=True, context=context
        )
        return await self._async_job(action, target, work)

    async def _async_purge_database(self, _: str, __: Context) -> HomeResult:
        if RECORDER not in self._hass.config.components:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, "The recorder integration is not set up")
        return await self._async_job(HomeAction.PURGE_DATABASE, "", async_purge_database(self._hass))

    async def _async_job(
        self,
        action: HomeAction,
        target: str,
        work: Coroutine[Any, Any, object],
        failed: Callable[[str], None] | None = None,
    ) -> HomeResult:
        """Run a job that every report shows until the next one of its kind. Raises ContractError.

        ``failed`` gets the text of its error.
        """
        jobs, begun = self._memory.jobs, dt_util.utcnow()
        jobs[action, target] = job = HomeJob(action=action, target=target, begun_at=begun)

        async def run() -> None:
            failure: str | None = None
            try:
                await work
            except Exception as err:
                failure = _text(err)
                raise
            finally:
                jobs[action, target] = replace(job, ended_at=dt_util.utcnow(), failure=failure)

        await self._async_run(run(), failed)
        return HomeResult(text="It was started", handle=begun.isoformat())

    async def _async_ignore_repair(self, target: str, _: Context) -> HomeResult:
        return self._set_ignored(target, ignored=True)

    async def _async_unignore_repair(self, target: str, _: Context) -> HomeResult:
        return self._set_ignored(target, ignored=False)

    def _set_ignored(self, target: str, *, ignored: bool) -> HomeResult:
        domain, _, issue_id = target.partition("/")
        registry = ir.async_get(self._hass)
        if domain == DOMAIN or registry.async_get_issue(domain, issue_id) is None:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such repair")
        registry.async_ignore(domain, issue_id, ignored)
        return HomeResult(text="The repair is ignored" if ignored else "The repair is shown again")

    async def _async_run(
        self, action: Coroutine[Any, Any, object], failed: Callable[[str], None] | None = None
    ) -> None:
        """Wait some seconds for an action; it goes on when the reply is not waited for any more.

        ``failed`` gets the text of its error, also of a later one. Raises ContractError.
        """
        task = self._hass.async_create_task(_async_guarded(action, failed))
        done, _ = await asyncio.wait({task}, timeout=FINISHES_WITHIN)
        error = task.result() if done else None
        if isinstance(error, ServiceValidationError):
            raise ContractError(ErrorCode.INVALID_ARGUMENT, _text(error)) from error
        if error is not None:
            raise ContractError(ErrorCode.INTERNAL, _text(error)) from error


def _install_problem(update: HomeUpdate, version: str | None) -> str | None:
    """Return why an update, or the version that is asked for, cannot be installed now."""
    if not update.can_install or update.in_progress:
        return f"{update.title} has no update to install now"
    if version is None or not update.can_choose_version:
        if version not in (None, update.latest):
            return f"{update.title} offers version {update.latest}, not {version[:50]}"
        return None if update.is_waiting else f"{update.title} has no update to install now"
    return f"{update.title} has version {version[:50]} already" if version == update.installed else None


async def _async_guarded(
    action: Coroutine[Any, Any, object], failed: Callable[[str], None] | None
) -> Exception | None:
    """Return the error of an action, once it is logged and passed on."""
    try:
        await action
    except Exception as err:  # noqa: BLE001 - an integration may raise anything
        LOGGER.warning("An action that the app asked for failed: %s", _text(err))
        if failed is not None:
            failed(_text(err))
        return err
    return None


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
