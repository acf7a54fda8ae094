"""The categories of the app. A service may define another one."""

from typing import Final

from homelab_steward.contract.catalogue import Category

MEDIA: Final = Category(key="media", name="Media", icon="mdi:movie-open")
INFRASTRUCTURE: Final = Category(key="infrastructure", name="Infrastructure", icon="mdi:server")
STORAGE: Final = Category(key="storage", name="Storage", icon="mdi:nas")
NETWORK: Final = Category(key="network", name="Network", icon="mdi:lan")
MONITORING: Final = Category(key="monitoring", name="Monitoring", icon="mdi:bell")
DELIVERY: Final = Category(key="delivery", name="Delivery", icon="mdi:source-branch")
MODELS: Final = Category(key="models", name="Models", icon="mdi:brain")
HOME_ASSISTANT: Final = Category(key="home_assistant", name="Home Assistant", icon="mdi:home-assistant")
GENERAL: Final = Category(key="general", name="General", icon="mdi:dots-horizontal")
"""The category of incidents that belong to no configured service."""

BUILT_IN: Final = (MEDIA, INFRASTRUCTURE, MONITORING, HOME_ASSISTANT, GENERAL)
