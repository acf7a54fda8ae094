"""The commands that list templates, and that ask for a pull request from one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Catalogue, Field, SettingKind
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import FrontEnd, Instance, Resource, Snapshot, Speaker
from mcp_bridge.remote import RemoteSteward

from ..settings.model import Settings
from .change_commands import NotChanged, with_app
from .schedule_commands import CONNECT_SECONDS, USER

PREFIXES: Final = {"deploy": "deploy_", "edit": "change_"}
"""What the keys of the actions begin with that use a template, by the command."""

TEMPLATE: Final = "template"
"""The kind of the owner's templates, and what the keys of their actions end with."""

APPLICATIONS: Final = "applications"
REPOSITORY: Final = "repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTemplate:
    """A pull request that is wanted. Instance and repository may be "" when there is one only.

    ``what`` is ``deploy`` or ``edit``, which takes ``applications``. ``values`` are texts such as
    ``storage=50``.
    """

    template: str
    what: str = "deploy"
    instance: str = ""
    repository: str = ""
    applications: str = ""
    values: Sequence[str] = ()
    only_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A repository of an instance, and the owner's template if one is meant."""

    instance_id: str
    repository: str
    template: str | None


async def from_template(
    settings: Settings, wanted: FromTemplate, seconds: float = CONNECT_SECONDS
) -> list[str]:
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


async def list_templates(settings: Settings, seconds: float = CONNECT_SECONDS) -> list[str]:
    """Return a line for each template of the app that runs on this machine. Raises StewardError."""

    async def read(app: RemoteSteward) -> list[str]:
        return list(template_lines(app.catalogue(), app.snapshots()))

    return await with_app(settings, seconds, read)


def template_lines(catalogue: Catalogue, snapshots: Sequence[Snapshot]) -> Iterator[str]:
    """Yield a line for each template: the command that uses it, its name, and its title.

    A template of the owner that cannot be used has the command ``-``.
    """
    offers = {one.key: one for service in catalogue.services for one in service.actions}
    for what, prefix in PREFIXES.items():
        for key, action in sorted(offers.items()):
            if action.scope == REPOSITORY and key.startswith(prefix):
                yield _line(what, key.removeprefix(prefix), action.name)
    own = {one.id: one for snapshot in snapshots for one in snapshot.resources if one.kind == TEMPLATE}
    purposes = {"deploy": "deploy", "change": "edit"}
    for key, one in sorted(own.items()):
        yield _line(purposes.get(str(one.values.get("purpose")), "-"), key, one.name)


def _line(what: str, key: str, name: str) -> str:
    return f"{what:<7} {key:<20} {name}"


def request_of(
    wanted: FromTemplate, catalogue: Catalogue, instances: Sequence[Instance], snapshots: Sequence[Snapshot]
) -> RequestAction:
    """Return the request for the dry run. Raises NotChanged for what is not there, or not clear."""
    prefix = PREFIXES[wanted.what]
    actions = {
        (service.key, action.key): action for service in catalogue.services for action in service.actions
    }
    read = {one.instance_id: one.resources for one in snapshots}
    places: dict[_Place, ActionOffer] = {}
    known: set[str] = set()
    for instance in instances:
        own = {one.id for one in read.get(instance.id, ()) if one.kind == TEMPLATE}
        known |= own | _templates(instance.service, prefix, actions)
        is_own = wanted.template in own
        key = f"{prefix}{TEMPLATE if is_own else wanted.template}"
        action = actions.get((instance.service, key))
        if action is None or (action.scope == TEMPLATE) != is_own:
            continue
        if wanted.instance in ("", instance.id, instance.name):
            template = wanted.template if is_own else None
            for one in _repositories(read.get(instance.id, ()), wanted.repository):
                places[_Place(instance.id, one.id, template)] = action
    if wanted.template not in known:
        names = ", ".join(sorted(known)) or "none"
        raise NotChanged(f"There is no template {wanted.template!r}: {names}")
    if len(places) != 1:
        raise NotChanged(f"{len(places)} repositories fit: use --instance and --repository")
    place, action = places.popitem()
    return RequestAction(
        instance_id=place.instance_id,
        action=action.key,
        speaker=Speaker(front_end=FrontEnd.COMMAND_LINE, user_id=USER),
        target_id=place.template or place.repository,
        arguments=_arguments(wanted, action, place),
        only_dry_run=True,
    )


def _templates(service: str, prefix: str, actions: Mapping[tuple[str, str], ActionOffer]) -> set[str]:
    """Return the names of the app's templates that a service offers."""
    return {
        key.removeprefix(prefix)
        for (of, key), action in actions.items()
        if of == service and key.startswith(prefix) and action.scope == REPOSITORY
    }


def _repositories(resources: Sequence[Resource], name: str) -> Iterator[Resource]:
    return (one for one in resources if one.kind == REPOSITORY and name in ("", one.name))


def _arguments(wanted: FromTemplate, action: ActionOffer, place: _Place) -> dict[str, Value]:
    """Return the arguments of the action. Raises NotChanged."""
    found: dict[str, Value] = {APPLICATIONS: wanted.applications} if wanted.applications else {}
    if place.template is None:
        return found | dict(_argument(one, action) for one in wanted.values)
    found[REPOSITORY] = place.repository
    if wanted.values:
        found["values"] = ", ".join(wanted.values)
    return found


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
