"""The command that asks to deploy an application from a template, as a pull request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Catalogue, Field, SettingKind
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import Option
from homelab_steward.contract.state import FrontEnd, Instance, Snapshot, Speaker
from mcp_bridge.remote import RemoteSteward

from ..settings.model import Settings
from .change_commands import NotChanged, with_app
from .schedule_commands import CONNECT_SECONDS, USER

PREFIX: Final = "deploy_"
"""What the keys of the actions begin with that deploy a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What is to be deployed. Instance and repository may be "" when there is one only.

    ``values`` are texts such as ``storage=50``.
    """

    template: str
    instance: str = ""
    repository: str = ""
    values: Sequence[str] = ()
    only_dry_run: bool = False


async def deploy(settings: Settings, wanted: Deployment, seconds: float = CONNECT_SECONDS) -> list[str]:
    """Ask for it in the app that runs on this machine; return what would change. Raises StewardError."""

    async def ask(app: RemoteSteward) -> list[str]:
        request = request_of(wanted, app.catalogue(), app.instances(), app.snapshots())
        shown = await app.request_action(request)
        lines = list(lines_of(shown.option)) if shown.option else []
        if wanted.only_dry_run:
            return lines
        made = await app.request_action(replace(request, only_dry_run=False))
        waits = made.message or f"request {made.approval_id} waits for an answer"
        return [*lines, waits]

    return await with_app(settings, seconds, ask)


def request_of(
    wanted: Deployment, catalogue: Catalogue, instances: Sequence[Instance], snapshots: Sequence[Snapshot]
) -> RequestAction:
    """Return the request for the dry run. Raises NotChanged for what is not there, or not clear."""
    key = f"{PREFIX}{wanted.template}"
    actions = [(service.key, action) for service in catalogue.services for action in service.actions]
    offers = {service: action for service, action in actions if action.key == key}
    if not offers:
        known = {one.key.removeprefix(PREFIX) for _, one in actions if one.key.startswith(PREFIX)}
        names = ", ".join(sorted(known)) or "none"
        raise NotChanged(f"There is no template {wanted.template!r}: {names}")
    named = {
        one.id: offers[one.service]
        for one in instances
        if one.service in offers and wanted.instance in ("", one.id, one.name)
    }
    found = [
        (snapshot.instance_id, one.id, named[snapshot.instance_id])
        for snapshot in snapshots
        if snapshot.instance_id in named
        for one in snapshot.resources
        if one.kind == named[snapshot.instance_id].scope and wanted.repository in ("", one.name)
    ]
    if len(found) != 1:
        raise NotChanged(f"{len(found)} repositories fit: use --instance and --repository")
    instance_id, target_id, action = found[0]
    return RequestAction(
        instance_id=instance_id,
        action=key,
        speaker=Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER),
        target_id=target_id,
        arguments=dict(_argument(one, action) for one in wanted.values),
        only_dry_run=True,
    )


def lines_of(option: Option) -> list[str]:
    """Return what would change: each file with its text."""
    return [
        line
        for step in option.steps
        for one in step.differences
        for line in (f"{one.field}: {one.before} →", *(f"    {text}" for text in one.after.splitlines()))
    ]


def _argument(text: str, action: ActionOffer) -> tuple[str, Value]:
    """Return key and value of ``key=value``. Raises NotChanged."""
    key, equals, value = text.partition("=")
    if not equals:
        raise NotChanged(f"--set takes KEY=VALUE, not {text!r}")
    field = next((one for one in action.arguments if one.key == key), None)
    if field is None:
        known = ", ".join(one.key for one in action.arguments)
        raise NotChanged(f"{key} is no value of this template: {known}")
    return key, _value(field, value)


def _value(field: Field, text: str) -> Value:
    if field.kind is not SettingKind.NUMBER:
        return text
    try:
        return int(text)
    except ValueError as err:
        raise NotChanged(f"{field.key} is a whole number, not {text!r}") from err
