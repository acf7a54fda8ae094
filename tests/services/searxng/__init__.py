"""SearXNG in the lab, from recorded answers."""

from typing import Any

from lab.fixtures import ServiceFixture
from lab.lab import Lab
from lab.replay import Replay
from lab.wire import Json, JsonObject

CONFIG, ERRORS, SEARCH = "GET /config", "GET /stats/errors", "GET /search?format=json"


def engine(name: str, *, enabled: bool = True) -> JsonObject:
    """Return an engine as it is set up."""
    return {
        "name": name,
        "enabled": enabled,
        "categories": ["general"],
        "languages": ["de", "en"],
        "timeout": 3.0,
    }


def found(*titles: str, silent: Json = None) -> JsonObject:
    """Return the answer to a search, with engines that did not answer."""
    results: list[Json] = [
        {
            "title": title,
            "url": f"https://{title.lower()}.example.org/",
            "content": f"All about {title}.",
            "score": 1.0,
        }
        for title in titles
    ]
    return {"query": "q", "number_of_results": 0, "results": results, "unresponsive_engines": silent or []}


BLOCKED: Json = [["duckduckgo", "CAPTCHA"], ["brave", "too many requests"]]


async def block(lab: Lab) -> None:
    """Let all engines refuse, and let the time until the next test search pass."""
    served: Any = lab.served["searxng"]
    served.state.answers[SEARCH] = found(silent=BLOCKED)
    served.state.answers[ERRORS] = {
        "duckduckgo": [
            {"exception_classname": "SearxEngineCaptchaException", "log_message": None, "percentage": 100}
        ]
    }
    await lab.pass_time(1900)


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            CONFIG: {
                "version": "2026.10.4+3f0c1d2",
                "instance_name": "home",
                "engines": [engine("duckduckgo"), engine("brave"), engine("bing", enabled=False)],
            },
            ERRORS: {
                "brave": [{"exception_classname": "httpx.ReadTimeout", "log_message": None, "percentage": 10}]
            },
            SEARCH: found("Wikipedia", "Wiktionary"),
        },
    ),
    arguments={"query": "zigbee coordinator firmware"},
    unhealthy=block,
    optional={f"{ERRORS} duckduckgo": "An engine without errors is not listed"},
)
