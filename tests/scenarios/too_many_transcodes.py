"""More streams are converted than was set."""

from lab.replay import Answer
from lab.scenarios import FiringAlert, Scenario
from services import jellyfin, plex

_PLEX = {
    plex.SESSIONS: plex.container(
        "Metadata", *(plex.session(40 + one, "Plex Web", one, "transcode") for one in range(3))
    )
}
_JELLYFIN: dict[str, Answer] = {
    jellyfin.SESSIONS: [
        jellyfin.session(f"d{one}", "Jellyfin Web", f"u{one}", "Transcode") for one in range(3)
    ]
}

SCENARIOS = (
    Scenario(
        runbook="too-many-transcodes",
        services=("plex",),
        breaks=_PLEX,
        check="too_many_transcodes",
        recipe="stop-stream",
        target="Plex",
        evidence="Plex Web, transcoded, playing",
    ),
    Scenario(
        runbook="too-many-transcodes",
        services=("jellyfin",),
        breaks=_JELLYFIN,
        alert=FiringAlert(name="JellyfinTooManyTranscodes", labels={"job": "jellyfin"}),
        recipe="stop-stream",
        target="Jellyfin",
    ),
)
