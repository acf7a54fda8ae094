"""An application that answers does not reach its database."""

from lab.scenarios import Scenario
from services import litellm, open_webui

SCENARIOS = (
    Scenario(
        runbook="database-connection-lost",
        services=("litellm", "docker"),
        settings={"litellm": {"runs_on": "sonarr"}},
        breaks={litellm.DETAILS: litellm.details("disconnected")},
        helps={litellm.DETAILS: litellm.details("connected")},
        check="database_lost",
        recipe="restart-host",
        target="LiteLLM",
    ),
    Scenario(
        runbook="database-connection-lost",
        services=("open_webui", "docker"),
        settings={"open_webui": {"runs_on": "sonarr"}},
        breaks={open_webui.DATABASE: {"status": False}},
        helps={open_webui.DATABASE: {"status": True}},
        check="database_lost",
        recipe="restart-host",
        target="Open WebUI",
    ),
)
