"""The update entity of what the app found an update of: installing it asks for approval."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from homeassistant.components.update import UpdateEntity, UpdateEntityFeature
from homeassistant.const import EntityCategory
from homeassistant.core import Context, callback
from homeassistant.helpers import entity_registry as er

from .catalogue_entity import ATTR_WAITING
from .change_rows import RUNNING, SKIPPED, current, resource_of, shown_changes, versions
from .const import ATTR_REASON, DOMAIN
from .contract import changes
from .contract.catalogue import ControlKind, ServiceOffer
from .contract.changes import Assessment, ChangeCommand, ChangeStatus
from .contract.errors import ContractError
from .contract.plain_text import one_line, visible_lines
from .contract.protocol import Command, RowKind
from .contract.state import Instance, Resource
from .controls import controls_of
from .coordinator import Change, StewardCoordinator
from .devices import device_owners
from .dynamic_entities import EntitySpec, InstanceEntity
from .entity import StewardEntity, parse_unique_id
from .errors import refused, translated
from .phrases import Phrases
from .readings import ResourceId
from .speakers import async_speaker

KEY: Final = "steward_update"
LONGEST_SUMMARY: Final = 255
MOST_REASONS: Final = 20


def update_specs(
    coordinator: StewardCoordinator,
    service: ServiceOffer,
    instance: Instance,
    resources: tuple[Resource, ...],
) -> Iterable[EntitySpec]:
    """Yield one spec for each target of an instance that the app found or once found an update of.

    A kind with an update control has its entity already.
    """
    owners = device_owners(service, resources)
    controlled = {one.offer.scope for one in controls_of(service, ControlKind.UPDATE, resources)}
    wanted = _targets(coordinator, instance.id)
    if None in wanted and None not in controlled:
        yield EntitySpec(service=service.key, source=InstanceEntity.UPDATE)
    for one in resources:
        own = (one.kind, one.id)
        if own in wanted and one.kind not in controlled:
            yield EntitySpec(
                service=service.key,
                source=InstanceEntity.UPDATE,
                resource=own,
                resource_name=None if owners.get(own) == own else one.name,
                device=owners.get(own),
            )


def _targets(coordinator: StewardCoordinator, instance_id: str) -> set[ResourceId | None]:
    """Return the targets with an update, and those that have the entity since an earlier one."""
    changes = shown_changes(coordinator.steward_state)
    found = {resource_of(one) for one in changes if one.target.instance_id == instance_id}
    registry = er.async_get(coordinator.hass)
    for entry in er.async_entries_for_config_entry(registry, coordinator.entry.entry_id):
        if entry.domain == "update" and entry.unique_id.endswith(f"/{KEY}"):
            known_in, resource = parse_unique_id(entry.unique_id)
            if known_in == instance_id:
                found.add(resource)
    return found


async def async_command(
    coordinator: StewardCoordinator, context: Context | None, command: Command, change: changes.Change
) -> None:
    """Send a command about an update in the name of the user who calls.

    Raises ServiceValidationError without a user, HomeAssistantError when the app refuses.
    """
    speaker = await async_speaker(coordinator, context, command.value, needs_user=True)
    request = ChangeCommand(speaker=speaker, id=change.id)
    try:
        await coordinator.async_call(command, request, changes.Change)
    except ContractError as err:
        raise translated(err) from err


class ChangeUpdate(StewardEntity, UpdateEntity):
    """Both versions and the judgement. *Install* asks for approval; nothing is installed before it."""

    _attr_translation_key: str = InstanceEntity.UPDATE
    _attr_entity_category = EntityCategory.CONFIG
    _attr_supported_features = (
        UpdateEntityFeature.INSTALL | UpdateEntityFeature.PROGRESS | UpdateEntityFeature.RELEASE_NOTES
    )
    _unrecorded_attributes = frozenset({ATTR_REASON, "way_back", "result"})

    def __init__(self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec) -> None:
        """Show the update as it is now."""
        super().__init__(coordinator, KEY, instance.id, spec.resource, device=spec.device)
        self.owner_id = instance.id
        if spec.resource_name is not None:
            self._attr_translation_key = f"{InstanceEntity.UPDATE}_of"
            self._attr_translation_placeholders = {"resource": spec.resource_name}
        self._phrases = Phrases({})
        self._change: changes.Change | None = None
        self._read()

    async def async_added_to_hass(self) -> None:
        """Follow the updates of the target."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        self.async_on_remove(self.coordinator.listen(RowKind.CHANGE, self._row_changed))
        self._read()
        self._follow_skipped()

    def is_available_now(self) -> bool:
        """Return whether the app is connected: an update of a service that is away is still known."""
        return self.coordinator.is_available(None)

    @property
    def in_progress(self) -> bool | None:
        """Return whether the update is applied or watched."""
        return self._change is not None and self._change.status in RUNNING

    def version_is_newer(self, latest_version: str, installed_version: str) -> bool:
        """Return whether the versions differ: the app compared them."""
        return latest_version != installed_version

    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:  # noqa: FBT001 - as in Home Assistant
        """Ask for the approval of the update. Raises as :func:`async_command` does."""
        await async_command(self.coordinator, self._context, Command.ASK_CHANGE, self._required())

    async def async_skip(self) -> None:  # type: ignore[misc]  # the app must not ask about it again
        """Reject the version in the app; it is skipped once the app did it."""
        await async_command(self.coordinator, self._context, Command.REJECT_CHANGE, self._required())

    async def async_clear_skipped(self) -> None:  # type: ignore[misc]  # as for skipping
        """Let the app offer the version again."""
        await async_command(self.coordinator, self._context, Command.OFFER_CHANGE, self._required())

    async def async_release_notes(self) -> str | None:
        """Return the judgement with its reasons, then the notes as their makers wrote them."""
        change = self._change
        return release_notes(change, self._phrases) if change and change.assessment else None

    def _required(self) -> changes.Change:
        if self._change is None:
            raise refused("no_update")
        return self._change

    @callback
    def _row_changed(self, _: Change) -> None:
        before = self._change
        self._read()
        if before != self._change:
            self.async_write_ha_state()
            self._follow_skipped()

    def _follow_skipped(self) -> None:
        """Skip a version that was rejected or failed here, and not any other."""
        is_skipped = self._change is not None and self._change.status in SKIPPED
        follow = super().async_skip if is_skipped else super().async_clear_skipped
        self.coordinator.entry.async_create_task(self.hass, follow(), f"{DOMAIN} skipped version")

    def _read(self) -> None:
        change = self._change = current(self.coordinator.steward_state, self.owner_id, self.resource)
        self._attr_installed_version, self._attr_latest_version = versions(change) if change else (None, None)
        self._attr_title = _title(change.packages[0].name) if change and change.packages else None
        self._attr_release_url = change.url if change else None
        self._attr_release_summary = _summary(change.assessment) if change else None
        self._attr_extra_state_attributes = _attributes(change) if change else {}


def _summary(assessment: Assessment | None) -> str | None:
    if assessment is None:
        return None
    text = assessment.summary or next(iter(assessment.reasons), "") or assessment.missing
    return one_line(text)[:LONGEST_SUMMARY] or None


def _attributes(change: changes.Change) -> dict[str, Any]:
    assessment = change.assessment
    return {
        "status": change.status.value,
        "judgement": assessment.level.value if assessment else None,
        "until": change.until.isoformat() if change.until else None,
        "way_back": one_line(change.way_back_text) or change.way_back.value,
        "result": one_line(change.result) or None,
        ATTR_WAITING: change.status is ChangeStatus.ASKED,
    }


def release_notes(change: changes.Change, phrases: Phrases) -> str:
    """Return what is known about an update as Markdown; text from outside is quoted."""
    assessment = change.assessment
    if assessment is None:
        return ""
    parts: list[tuple[str, Collection[str]]] = [
        (f"change_level_{assessment.level.value}", assessment.reasons),
        ("change_breaking", assessment.breaking),
        ("change_security", assessment.security),
        ("change_matches", assessment.matches),
        ("change_way_back", _given(change.way_back_text)),
        ("change_missing", [one for one in _given(assessment.missing) if one not in assessment.reasons]),
    ]
    blocks = [_block(phrases(key), lines) for key, lines in parts if lines or key.startswith("change_level")]
    if change.status in SKIPPED and (why := one_line(change.reason or change.result)):
        blocks.insert(0, why)
    if assessment.notes:
        quoted = "\n".join(f"> {line}" for line in visible_lines(assessment.notes).splitlines())
        blocks.append(f"**{phrases('change_notes')}**\n\n{quoted}")
    return "\n\n".join(blocks)


def _title(package: str) -> str:
    """Return the name of a package without its registry (``ghcr.io/linuxserver/sonarr``: sonarr)."""
    return one_line(package.rstrip("/").rpartition("/")[2] or package)


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _block(heading: str, lines: Collection[str]) -> str:
    listed = "\n".join(f"- {one_line(line)}" for line in tuple(lines)[:MOST_REASONS])
    return f"**{heading}**\n\n{listed}".rstrip()
