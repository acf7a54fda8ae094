"""Write the integration's translations: those in translations/, and the names of the services.

Home Assistant shows a text in English when a language lacks it.
"""

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from described_services import described_services

from homelab_steward.contract.catalogue import (
    ActionOffer,
    ControlOffer,
    Field,
    Platform,
    SensorOffer,
    ServiceOffer,
    name_of,
    translation_key,
)
from steward.services.finder import catalogue
from steward.texts import ENGLISH, Texts

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / "translations"
GENERATED = ROOT / "custom_components" / "homelab_steward" / "translations"

NAME = "name"
NAMES = "names"
RESOURCE = "{resource}"


def main() -> int:
    """Write the files, or with ``--check`` only compare them; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a file is not up to date")
    options = parser.parse_args()
    outdated = [store.name for store in sorted(STORE.glob("*.json")) if not is_current(store)]
    if not options.check:
        GENERATED.mkdir(exist_ok=True)
        for name in outdated:
            (GENERATED / name).write_text(generated(STORE / name))
        return 0
    for name in outdated:
        print(f"{(GENERATED / name).relative_to(ROOT)} is not up to date: run script/translations")
    return 1 if outdated else 0


def is_current(store: Path) -> bool:
    """Return whether the file of a language is as it should be."""
    file = GENERATED / store.name
    return file.exists() and file.read_text() == generated(store)


def generated(store: Path) -> str:
    """Return the file of a language as it should be."""
    content = json.loads(store.read_text())
    texts: dict[str, Any] = content["integration"]
    if store.stem == ENGLISH or NAMES in content:
        add_services(
            texts, catalogue(described_services()).services, Texts(store.stem, names=content.get(NAMES))
        )
    return json.dumps(texts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def add_services(texts: dict[str, Any], services: Iterable[ServiceOffer], named: Texts) -> None:
    """Add the texts of the services in a language. Texts that are there already stay."""
    settings = texts["config_subentries"]["service"]["step"]["settings"]
    shared = frozenset(settings["data"])
    for service in services:
        for field in own_settings(service, shared):
            key = slug(f"{service.key}_{field.key}")
            settings["data"][key] = named.name(field.name)
            if field.description:
                settings["data_description"][key] = description(key, named.name(field.description))
        for platform, key, text in entities(service, named):
            texts["entity"].setdefault(platform, {}).setdefault(slug(key), text)


def description(key: str, text: str) -> str:
    """Return the description of a setting; one with a URL is filled in by the form.

    Home Assistant does not allow URLs in translations.
    """
    return f"{{{key}_example}}" if "://" in text else text


def own_settings(service: ServiceOffer, shared: Collection[str]) -> list[Field]:
    """Return the settings that have no translation shared by all services.

    ``name`` is always a setting of its own: the form uses this key for the name of the instance.
    """
    return [field for field in service.settings if field.key == NAME or field.key not in shared]


def entities(service: ServiceOffer, named: Texts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield platform, translation key and texts of each entity of a service."""
    for sensor in service.sensors:
        yield sensor.platform.value, translation_key(service.key, sensor), reading(service, sensor, named)
    for action in service.actions:
        if action.button:
            yield "button", translation_key(service.key, action), {"name": name(service, action, named)}
    for control in service.controls:
        key = translation_key(service.key, control)
        yield control.kind.value, key, {"name": name(service, control, named)}


def reading(service: ServiceOffer, sensor: SensorOffer, named: Texts) -> dict[str, Any]:
    """Return the name of a sensor and the names of its states."""
    texts: dict[str, Any] = {"name": name(service, sensor, named)}
    if sensor.platform is Platform.SENSOR and sensor.options:
        texts["state"] = {slug(one): named.name(state_name(one)) for one in sensor.options}
    return texts


def name(service: ServiceOffer, offer: SensorOffer | ActionOffer | ControlOffer, named: Texts) -> str:
    """Return the name, with a placeholder for a resource that has no device of its own."""
    with_device = {kind.kind for kind in service.resources if kind.is_device}
    resource = None if offer.scope is None or offer.scope in with_device else RESOURCE
    if named.language == ENGLISH or resource is None:
        return name_of(replace(offer, name=named.name(offer.name)), resource)
    return f"{resource} {named.name(offer.name)}"


def state_name(option: str) -> str:
    """Return the English name of a state of a sensor."""
    return option.replace("_", " ").capitalize()


def slug(key: str) -> str:
    """Return the key. Raises ValueError for one that Home Assistant does not accept."""
    if not re.fullmatch(r"[a-z0-9_]+", key):
        raise ValueError(f"{key} is no translation key")
    return key


if __name__ == "__main__":
    sys.exit(main())
