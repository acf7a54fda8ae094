"""The integration's translations match translations/ and the services."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from homelab_steward.contract.catalogue import translation_key
from steward.foreign_tools.service import ServerClient, foreign_service
from steward.sdk.access import Access
from steward.services.finder import catalogue, find_services

# A library of one of the services uses a deprecated function of asyncio.
pytestmark = pytest.mark.filterwarnings("ignore:'asyncio.iscoroutinefunction':DeprecationWarning")

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "custom_components" / "homelab_steward" / "translations" / "en.json"


def test_the_generated_file_is_up_to_date() -> None:
    program = ROOT / "script" / "lib" / "integration_translations.py"
    result = subprocess.run(
        [sys.executable, str(program), "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def _not_connected(_: Access) -> ServerClient:
    raise NotImplementedError


def test_every_entity_and_setting_of_a_service_has_an_english_text() -> None:
    texts = json.loads(GENERATED.read_text())
    settings = texts["config_subentries"]["service"]["step"]["settings"]["data"]
    foreign = foreign_service(_not_connected)
    for service in catalogue({**find_services(), foreign.key: foreign}).services:
        for field in service.settings:
            assert (f"{service.key}_{field.key}" in settings) is (field.key not in settings), field.key
        with_device = {kind.kind for kind in service.resources if kind.is_device}
        for sensor in service.sensors:
            named = texts["entity"][sensor.platform.value][translation_key(service.key, sensor)]
            names_resource = sensor.scope is not None and sensor.scope not in with_device
            assert ("{resource}" in named["name"]) is names_resource
            assert set(named.get("state", ())) == set(sensor.options)
        for control in service.controls:
            assert translation_key(service.key, control) in texts["entity"][control.kind.value]
        for action in service.actions:
            if action.button:
                assert translation_key(service.key, action) in texts["entity"]["button"]
