"""Issues about fences."""

from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.fences import Fence, FenceOffer, FenceRole
from custom_components.homelab_steward.contract.mode import MODE_ID, StewardMode
from custom_components.homelab_steward.contract.protocol import RowKind


async def test_offers_and_problems_are_issues_until_they_are_over(
    hass: HomeAssistant, loaded: MockConfigEntry, steward: FakeSteward, until: Until
) -> None:
    def shown(key: str) -> str | None:
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{loaded.entry_id}")
        return None if issue is None else (issue.translation_placeholders or {})["fences"]

    assert (shown("fence_offers"), shown("fence_problems")) == (None, None)
    offer = FenceOffer(instance_id="nas1", name="Big\nNAS", role=FenceRole.STORAGE)
    fences = (
        Fence(id="f1", target="tank", problem="It fits nothing."),
        Fence(id="f2", instance="nas1", problem="There is no action x."),
        Fence(id="f3", instance="nas2"),
    )
    await steward.push(RowKind.MODE, StewardMode(fences=fences, fence_offers=(offer,)), MODE_ID)
    await until(lambda: shown("fence_offers") == "- Big NAS")
    assert shown("fence_problems") == "- tank: It fits nothing.\n- nas1: There is no action x."
    await steward.push(RowKind.MODE, StewardMode(fences=fences[2:]), MODE_ID)
    await until(lambda: shown("fence_offers") is None)
    assert shown("fence_problems") is None
