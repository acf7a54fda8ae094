"""The app learns where its devices are, and what people call them."""

from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import pass_seconds

from custom_components.homelab_steward.const import CONF_HOME_READ, DOMAIN
from custom_components.homelab_steward.contract.protocol import Command, Nothing
from custom_components.homelab_steward.contract.target_names import HomePlaces, TargetKey
from custom_components.homelab_steward.places import DEBOUNCE, read_places


def own_device(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry:
    """Return a device of the app that stands for an instance."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    found = [one for one in devices if any(key.count("/") == 1 for _, key in one.identifiers)]
    assert isinstance(found[0], dr.DeviceEntry)
    return found[0]


def target_of(device: dr.DeviceEntry) -> TargetKey:
    identifier = next(key for domain, key in device.identifiers if domain == DOMAIN)
    instance_id = identifier.split("/")[1]
    return TargetKey(instance_id=instance_id, kind="instance", id=instance_id)


async def test_areas_floors_and_names_are_read(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    floor = fr.async_get(hass).async_create("Basement", aliases={"down there"})
    area = ar.async_get(hass).async_create("Cellar", aliases={"server room"}, floor_id=floor.floor_id)
    device = own_device(hass, loaded)
    registry = dr.async_get(hass)
    registry.async_update_device(device.id, area_id=area.id, name_by_user="The box")
    other = MockConfigEntry(domain="hue")
    other.add_to_hass(hass)
    plug = registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("hue", "1")}, name="Plug"
    )
    registry.async_update_device(plug.id, area_id=area.id)
    found = read_places(hass, loaded, "home")
    cellar, basement = found.places
    assert (cellar.name, cellar.aliases, basement.name, basement.aliases) == (
        "Cellar",
        ("server room",),
        "Basement",
        ("down there",),
    )
    assert cellar.targets == basement.targets == (target_of(device),)
    assert cellar.others == basement.others == ("Plug",)
    assert [(one.target, one.names) for one in found.names] == [(target_of(device), ("The box",))]


async def test_a_change_is_reported_and_nothing_else(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    reports: list[HomePlaces] = []

    def take(request: HomePlaces) -> Nothing:
        reports.append(request)
        return Nothing()

    steward.answers[Command.REPORT_PLACES] = take
    ar.async_get(hass).async_create("Cellar")
    pass_seconds(hass, 2 * DEBOUNCE)
    await until(lambda: bool(reports))
    assert [one.name for one in reports[-1].places] == ["Cellar"]
    hass.config_entries.async_update_entry(loaded, options={**loaded.options, CONF_HOME_READ: False})
    ar.async_get(hass).async_create("Attic")
    pass_seconds(hass, 4 * DEBOUNCE)
    await until(lambda: len(reports) > 1)
    assert reports[-1].places == ()


async def test_the_aliases_of_an_entity_that_says_how_a_thing_is_are_names_of_the_thing(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    registry, device = er.async_get(hass), own_device(hass, loaded)
    entities = er.async_entries_for_device(registry, device.id)
    problem = next(one for one in entities if one.original_device_class == "problem")
    other = next(one for one in entities if one.domain == "sensor")
    aliases = [er.COMPUTED_NAME, "Filmsucher", "movie finder"]
    registry.async_update_entity(problem.entity_id, aliases=aliases)
    registry.async_update_entity(other.entity_id, aliases=[er.COMPUTED_NAME, "its queue"])
    dr.async_get(hass).async_update_device(device.id, name_by_user="The box")
    found = read_places(hass, loaded, "home").names
    assert [(one.target, one.names) for one in found] == [
        (target_of(device), ("Filmsucher", "The box", "movie finder"))
    ]
