"""The integration's words are those of translations/ and of the services, as they are now."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from homelab_steward.contract.catalogue import word_key
from steward.services.finder import catalogue, find_services

# A library of one of the services asks asyncio for what it will not have for ever.
pytestmark = pytest.mark.filterwarnings("ignore:'asyncio.iscoroutinefunction':DeprecationWarning")

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "custom_components" / "homelab_steward" / "translations" / "en.json"


def test_the_generated_file_is_up_to_date() -> None:
    program = ROOT / "script" / "lib" / "integration_translations.py"
    result = subprocess.run(
        [sys.executable, str(program), "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_reading_button_and_setting_has_words() -> None:
    words = json.loads(GENERATED.read_text())
    settings = words["config_subentries"]["service"]["step"]["settings"]["data"]
    for service in catalogue(find_services()).services:
        for field in service.settings:
            assert settings[f"{service.key}_{field.key}"] == field.name
        for sensor in service.sensors:
            named = words["entity"][sensor.platform.value][word_key(service.key, sensor)]
            assert ("{resource}" in named["name"]) is (sensor.scope is not None)
            assert set(named.get("state", ())) == set(sensor.options)
        for action in service.actions:
            assert (word_key(service.key, action) in words["entity"]["button"]) is action.button
