"""The settings that instances of every service have."""

from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind

RUNS_ON: Final = "runs_on"


POLL_SECONDS: Final = "poll_seconds"


COMMON_SETTINGS: Final = (
    Field(
        key=RUNS_ON,
        kind=SettingKind.TEXT,
        name="Runs on",
        description="Name or ID of the container, virtual machine or node that it runs in",
        required=False,
    ),
    Field(
        key=POLL_SECONDS,
        kind=SettingKind.NUMBER,
        name="Poll interval",
        description="Seconds between two polls, when you do not want the service's own interval",
        required=False,
        minimum=1,
        maximum=3600,
        unit="s",
    ),
)
"""The settings that instances of every service have."""
