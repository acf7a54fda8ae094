"""Write the integration's words: those in translations/, and in English those of the services.

Words another language does not have are shown in English.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from homelab_steward.contract.catalogue import (
    ActionOffer,
    Field,
    Platform,
    SensorOffer,
    ServiceOffer,
    name_of,
    word_key,
)
from steward.services.finder import catalogue, find_services

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / "translations"
GENERATED = ROOT / "custom_components" / "homelab_steward" / "translations"

ENGLISH = "en"

RESOURCE = "{resource}"


def main() -> int:
    """Write the files, or with ``--check`` only look; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a file is not up to date")
    options = parser.parse_args()
    late = [store.name for store in sorted(STORE.glob("*.json")) if not is_current(store)]
    if not options.check:
        GENERATED.mkdir(exist_ok=True)
        for name in late:
            (GENERATED / name).write_text(generated(STORE / name))
        return 0
    for name in late:
        print(f"{(GENERATED / name).relative_to(ROOT)} is not up to date: run script/translations")
    return 1 if late else 0


def is_current(store: Path) -> bool:
    """Return whether the file of a language is as it should be."""
    file = GENERATED / store.name
    return file.exists() and file.read_text() == generated(store)


def generated(store: Path) -> str:
    """Return the file of a language as it should be."""
    words: dict[str, Any] = json.loads(store.read_text())["integration"]
    if store.stem == ENGLISH:
        add_services(words)
    return json.dumps(words, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def add_services(words: dict[str, Any]) -> None:
    """Add the words of the services, which know their English names themselves."""
    services = catalogue(find_services()).services
    settings = words["config_subentries"]["service"]["step"]["settings"]
    settings["data"] |= setting_names(services)
    settings["data_description"] |= setting_descriptions(services)
    for platform, names in entity_names(services).items():
        own = words["entity"].setdefault(platform, {})
        own |= {key: text for key, text in names.items() if key not in own}


def entity_names(services: Iterable[ServiceOffer]) -> Mapping[str, dict[str, Any]]:
    """Return the names of entities by platform and translation key."""
    names: dict[str, dict[str, Any]] = {"binary_sensor": {}, "button": {}, "sensor": {}}
    for service in services:
        for sensor in service.sensors:
            names[sensor.platform.value][key_of(service, sensor)] = reading(sensor)
        for action in service.actions:
            if action.button:
                names["button"][key_of(service, action)] = {"name": name(action)}
    return names


def reading(sensor: SensorOffer) -> dict[str, Any]:
    """Return the name of a sensor and those of its states."""
    words: dict[str, Any] = {"name": name(sensor)}
    if sensor.platform is Platform.SENSOR and sensor.options:
        words["state"] = {slug(one): one.replace("_", " ").capitalize() for one in sensor.options}
    return words


def name(offer: SensorOffer | ActionOffer) -> str:
    """Return the name, with a gap for the resource where there are several."""
    return name_of(offer, RESOURCE if offer.scope else None)


def key_of(service: ServiceOffer, offer: SensorOffer | ActionOffer) -> str:
    """Return the translation key of an entity."""
    return slug(word_key(service.key, offer))


def setting_names(services: Iterable[ServiceOffer]) -> dict[str, str]:
    """Return the labels of settings by the key the form gives them."""
    return {setting_key(one, field): field.name for one in services for field in one.settings}


def setting_descriptions(services: Iterable[ServiceOffer]) -> dict[str, str]:
    """Return the explanations of settings that have one."""
    return {
        setting_key(one, field): field.description
        for one in services
        for field in one.settings
        if field.description
    }


def setting_key(service: ServiceOffer, field: Field) -> str:
    """Return the key the form gives a setting."""
    return slug(f"{service.key}_{field.key}")


def slug(key: str) -> str:
    """Return the key. Raises ValueError for one Home Assistant would not take."""
    if not re.fullmatch(r"[a-z0-9_]+", key):
        raise ValueError(f"{key} is no translation key")
    return key


if __name__ == "__main__":
    sys.exit(main())
