"""Radarr in the lab."""

from houses import House, Round

HOUSE = House(
    settings=lambda lab: {"url": lab.radarr.url, "api_key": lab.radarr.api_key},
    wrong_credentials={"api_key": "0" * 32},
    patience="steward.services.radarr.transport.PATIENCE",
    late=("steward.services.radarr.restart.LATE_SECONDS",),
    rounds=(
        Round(action="restart", write=("POST", "/api/v3/system/restart")),
        Round(action="search_missing", write=("POST", "/api/v3/command")),
    ),
)
