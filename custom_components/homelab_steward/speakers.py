"""Returns who uses an action or an entity, and refuses users who are deactivated."""

from homeassistant.core import Context, HomeAssistant

from .contract.state import FrontEnd, Speaker
from .coordinator import StewardCoordinator
from .errors import refused
from .notifications.refusal_reports import REPORTS


async def async_is_inactive(hass: HomeAssistant, user_id: str | None) -> bool:
    """Return whether a user is deactivated: an open connection of theirs stays open."""
    user = await hass.auth.async_get_user(user_id) if user_id else None
    return user is not None and not user.is_active


async def async_speaker(
    coordinator: StewardCoordinator, context: Context | None, press: str, *, needs_user: bool = False
) -> Speaker:
    """Return the user of a context; an automation has the empty id.

    ``press`` names in the audit log what is refused. Raises ServiceValidationError for a deactivated
    user, and with ``needs_user`` for an automation.
    """
    user_id = context.user_id if context else None
    reason = "no_user" if needs_user and user_id is None else None
    if await async_is_inactive(coordinator.hass, user_id):
        reason = "inactive_user"
    if reason is not None:
        coordinator.hass.data[REPORTS].add(
            coordinator.entry, approval_id="", user_id=user_id, press=press, reason=reason
        )
        raise refused(reason)
    return Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user_id or "")
