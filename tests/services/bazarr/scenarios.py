"""A provider of subtitles is throttled."""

from lab.scenarios import Scenario
from services.bazarr import PROVIDERS, THROTTLED, providers

SCENARIOS = (
    Scenario(
        runbook="bazarr-provider-throttled",
        services=("bazarr",),
        breaks={PROVIDERS: providers(THROTTLED)},
        check="provider_throttled",
        recipe="reset",
        target="Bazarr",
        evidence="TooManyRequests",
    ),
)
