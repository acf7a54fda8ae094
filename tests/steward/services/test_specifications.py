"""Requests and recorded answers follow the service's own specification, where one is at hand."""

import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from lab.fixtures import fixture_of
from lab.visit import service_keys, visit
from lab.wire import Json

from .specification import Specification

SPECS: Final = Path(os.environ.get("STEWARD_SHARED", Path(__file__).parents[4] / "shared")) / "specs"
DOCUMENTS: Final[Mapping[str, str]] = {
    "alertmanager": "alertmanager/openapi-v2.yaml",
    "argocd": "argocd/swagger-filtered.json",
    "docker": "docker-engine/swagger-filtered.json",
    "flux": "kubernetes/swagger-filtered.json",
    "github": "github/openapi-filtered.json",
    "grafana": "grafana/api-merged-filtered.json",
    "kubernetes": "kubernetes/swagger-filtered.json",
    "litellm": "litellm/openapi-filtered-1.106.2.json",
    "ollama": "ollama/openapi.yaml",
    "open_webui": "open-webui/openapi-filtered-0.12.4.json",
    "plex": "plex/plex-api-spec.yaml",
    "portainer": "portainer/openapi-filtered-2.45.3.json",
    "prometheus": "prometheus/openapi_3.1_golden.yaml",
    "prowlarr": "prowlarr/openapi-v1.json",
    "radarr": "radarr/openapi-v3.json",
    "sonarr": "sonarr/openapi-v3.json",
    "unifi": "unifi-network/openapi-10.5.66.json",
}
"""The document of each service."""

DIFFERS: Final[Mapping[str, Mapping[str, str]]] = {
    "argocd": {
        r"GET /api/v1/account/can-i/": "The last part of the path may hold slashes",
    },
    "docker": {
        r".*Config/Labels: None is not": "The engine sends null for a container without labels",
        r"GET \S+/events :": "The simulator ends a stream of events without one",
    },
    "flux": {
        r"\S+ /apis/(kustomize|helm|source)\.toolkit": "The document holds no custom resources",
    },
    "github": {
        r"GET \S+/rules/branches/": "The stored part of the document leaves out rulesets",
        r"GET \S+/(branches|contents)/\S+ is not": "Names of branches and paths may hold slashes",
    },
    "grafana": {
        r"\S+ /api/alertmanager/": "The document leaves out the embedded Alertmanager",
        r"GET /api/access-control/user/permissions ": "The document leaves it out, the manual does not",
        r"GET /api/prometheus/": "The document leaves out the rules",
        r"GET /api/health": "The document leaves it out",
    },
    "kubernetes": {
        r"GET /version": "The document holds the groups of the API only",
        r"GET \S+/controllerrevisions": "The stored part of the document leaves them out",
        r"GET /apis/metrics.k8s.io/": "Another program serves it",
        r"\S+ /apis/snapshot\.storage\.k8s\.io": "The document holds no custom resources",
    },
    "portainer": {
        r"\S+ /api/endpoints/\d+/docker/": "The engine's API, which the document leaves out",
    },
    "plex": {
        r"GET /status/sessions/terminate": "Released servers take GET, and older ones nothing else",
        r"GET /library/sections/1/refresh": "Released servers take GET, and older ones nothing else",
    },
    "radarr": {
        r"POST /api/v3/command : Additional": "Each command has fields that the document leaves out",
        r"GET \S+ has no parameter include": "The parameters of the relatives are ignored",
    },
    "sonarr": {
        r"POST /api/v3/command : Additional": "Each command has fields that the document leaves out",
        r"GET \S+ has no parameter include": "The parameters of the relatives are ignored",
    },
    "unifi": {
        r"\S+ /proxy/network/api/s/": "The API of the web interface, which has no document",
    },
}
"""Where the program is known to differ from its document, and why."""

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the specifications are not at hand")


@lru_cache(maxsize=2)
def specification(key: str) -> Specification:
    text = (SPECS / DOCUMENTS[key]).read_text()
    return Specification(json.loads(text) if DOCUMENTS[key].endswith("json") else yaml.safe_load(text))


@pytest.mark.parametrize("key", sorted(DOCUMENTS.keys() & set(service_keys())))
async def test_requests_and_answers_follow_the_specification(key: str) -> None:
    answers: dict[str, Json] = {}

    def keep(where: str, answer: Json) -> Json:
        answers.setdefault(where, answer)
        return answer

    document, problems = specification(key), dict[str, None]()
    for attempt in (None, *fixture_of(key).rounds):
        async with visit(key, attempt) as here:
            here.served.alter = keep
            await here.snapshot()
            if attempt is None:
                await _read_all(here)
            else:
                call, action = await here.call(attempt), here.action(attempt.action)
                before = await action.dry_run(here.client, call)
                await action.execute(here.client, call, before.baseline)
                await action.verify(here.client, call, before.baseline)
            for effect in here.lab.world.effects:
                problems |= dict.fromkeys(document.problems_of_body(effect.method, effect.path, effect.body))
    for where, answer in answers.items():
        method, _, target = where.partition(" ")
        problems |= dict.fromkeys(document.problems_of_answer(method, target, 200, answer))
    known = DIFFERS.get(key, {})
    unknown = [one for one in problems if not any(re.match(pattern, one) for pattern in known)]
    assert not unknown, "\n".join(unknown)


async def _read_all(here: Any) -> None:
    for tool in here.service.tools:
        known = {field.key for field in tool.arguments}
        given = {name: value for name, value in here.fixture.arguments.items() if name in known}
        await tool.read(
            here.client, await here.call_of(tool, here.fixture.targets.get(tool.scope or ""), **given)
        )
