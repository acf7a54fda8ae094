"""What hassfest checks of a custom integration. It runs only in a checkout of Home Assistant."""

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import probatio
import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import selector
from homeassistant.loader import async_get_integration
from homeassistant.util.yaml import load_yaml_dict

from custom_components.homelab_steward.const import DOMAIN, PLATFORMS
from custom_components.homelab_steward.contract.catalogue import Platform as ReadingPlatform

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "custom_components" / DOMAIN
LANGUAGES = sorted(path.stem for path in (FOLDER / "translations").glob("*.json"))
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
DESCRIBED = ("services", "triggers", "conditions")

IMPORTABLE: Final = {
    *(one.value for one in Platform),
    "conversation",
    "frontend",
    "homeassistant",
    "panel_custom",
    "persistent_notification",
    "person",
    "system_health",
    "system_log",
    "websocket_api",
}
"""Integrations whose code others may import without naming them in the manifest."""

IOT_CLASSES = (
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
)


def texts(language: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / "translations" / f"{language}.json").read_text())
    return content


def described(kind: str) -> dict[str, Any]:
    return load_yaml_dict(str(FOLDER / f"{kind}.yaml"))


# Manifest and dependencies.

MANIFEST_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required("domain"): DOMAIN,
        probatio.Required("name"): probatio.All(str, probatio.Length(min=1)),
        probatio.Required("integration_type"): probatio.In(
            ["device", "entity", "hardware", "helper", "hub", "service", "system"]
        ),
        probatio.Required("config_flow"): True,
        probatio.Required("documentation"): probatio.All(probatio.Url(), probatio.Match("https://")),
        probatio.Required("issue_tracker"): probatio.Url(),
        probatio.Required("requirements"): [],
        probatio.Optional("dependencies"): [str],
        probatio.Optional("after_dependencies"): [str],
        probatio.Required("codeowners"): probatio.All([probatio.Match(r"@[\w-]+$")], probatio.Length(min=1)),
        probatio.Required("iot_class"): probatio.In(IOT_CLASSES),
        probatio.Optional("quality_scale"): probatio.In(
            ["bronze", "silver", "gold", "platinum", "custom", "no_score", "internal", "legacy"]
        ),
        probatio.Required("version"): probatio.Match(r"\d+\.\d+\.\d+$"),
    }
)


def test_the_manifest_has_the_keys_of_a_custom_integration() -> None:
    MANIFEST_SCHEMA(MANIFEST)
    for list_of in ("dependencies", "after_dependencies"):
        assert MANIFEST[list_of] == sorted(MANIFEST[list_of])
    assert not set(MANIFEST["dependencies"]) & set(MANIFEST["after_dependencies"])


def imported(path: Path) -> Iterator[str]:
    """Yield the integrations whose code a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "homeassistant.components":
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homeassistant.components."):
            yield (node.module or "").split(".")[2]
        elif isinstance(node, ast.Import):
            parts = (one.name.split(".") for one in node.names)
            yield from (one[2] for one in parts if one[:2] == ["homeassistant", "components"])


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda one: str(one.relative_to(FOLDER)))
def test_integrations_whose_code_is_imported_are_named(path: Path) -> None:
    named = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"], *IMPORTABLE}
    own_platforms = {one.stem for one in FOLDER.glob("*.py")}
    assert set(imported(path)) <= named | own_platforms


async def test_every_named_integration_exists(hass: HomeAssistant) -> None:
    for name in (*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]):
        assert (await async_get_integration(hass, name)).is_built_in


def test_every_platform_has_a_file() -> None:
    for platform in PLATFORMS:
        assert (FOLDER / f"{platform}.py").is_file()
    entities = {path.stem for path in FOLDER.glob("*.py")} & {one.value for one in Platform}
    assert entities == {*PLATFORMS, Platform.CONVERSATION}


# Texts.

KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
URL = re.compile(r"(?:\b[a-z]{2,6}://|www\.)\S", re.IGNORECASE)


def key(value: str) -> str:
    if not KEY.fullmatch(value):
        raise probatio.Invalid(f"{value} is no translation key")
    return value


def text(value: Any) -> str:
    """Return a text without markup, addresses, spaces around it, and unnamed placeholders."""
    value = plain(value)
    for _, name, _, _ in string.Formatter().parse(value):
        if name is not None and not name.isidentifier():
            raise probatio.Invalid(f"{{{name}}} is no placeholder")
    if re.search(r"'{\w+}'", value):
        raise probatio.Invalid("a placeholder is in single quotes")
    return value


def plain(value: Any) -> str:
    found: str = cv.string_with_no_html(value)
    if found != found.strip() or not found:
        raise probatio.Invalid("empty, or with spaces around it")
    if "[%" in found or URL.search(found):
        raise probatio.Invalid("a reference or an address")
    return found


def fixed(value: Any) -> str:
    """Return a text without placeholders: nothing fills them in."""
    if re.search("[{}]", found := text(value)):
        raise probatio.Invalid("has a placeholder")
    return found


def by_key(schema: Any) -> Any:
    return probatio.Schema({key: schema})


def optional(**schemas: Any) -> dict[Any, Any]:
    return {probatio.Optional(name): schema for name, schema in schemas.items()}


def named(**more: Any) -> dict[Any, Any]:
    return {probatio.Required("name"): text, probatio.Required("description"): text, **optional(**more)}


FIELDS: Final = optional(data={str: text}, data_description={str: text})
STEP: Final = {
    **FIELDS,
    **optional(
        title=text,
        description=text,
        submit=text,
        menu_options={str: text},
        menu_option_descriptions={str: text},
        sections={str: {**FIELDS, **optional(name=text, description=text)}},
    ),
}


def fields_are_described(flow: dict[str, Any]) -> dict[str, Any]:
    for name, step in flow["step"].items():
        for part in (step, *step.get("sections", {}).values()):
            if set(part.get("data_description", {})) - set(part.get("data", {})):
                raise probatio.Invalid(f"{name} describes a field that it does not have")
        if set(step.get("menu_option_descriptions", {})) - set(step.get("menu_options", {})):
            raise probatio.Invalid(f"{name} describes an option that it does not have")
    return flow


def flow(more: dict[Any, Any] | None = None) -> Any:
    schema = {
        probatio.Required("step"): {str: STEP},
        **optional(error={str: text}, abort={str: text}, progress={str: text}, create_entry={str: text}),
    }
    return probatio.All(probatio.Schema({**schema, **(more or {})}), fields_are_described)


def subentry() -> Any:
    started = {probatio.Required("user"): text, str: text}
    return flow({probatio.Required("entry_type"): text, probatio.Required("initiate_flow"): started})


STATES: Final = by_key(fixed)
ENTITY: Final = optional(
    name=text,
    state=STATES,
    state_attributes=by_key(optional(name=fixed, state=STATES)),
    unit_of_measurement=fixed,
)
WITH_FIELDS: Final = named(fields=by_key(named(example=text)), sections=by_key(optional(name=text)))


def one_way(issue: dict[str, Any]) -> dict[str, Any]:
    if ("description" in issue) == ("fix_flow" in issue):
        raise probatio.Invalid("either a description or a flow that fixes it")
    return issue


TEXTS: Final = probatio.Schema(
    optional(
        common={key: text},
        config=flow(optional(flow_title=text)),
        config_subentries=by_key(subentry()),
        options=flow(),
        entity=by_key(by_key(ENTITY)),
        exceptions=by_key({probatio.Required("message"): text}),
        issues=by_key(
            probatio.All(
                probatio.Schema(
                    {probatio.Required("title"): text, **optional(description=text, fix_flow=flow())}
                ),
                one_way,
            )
        ),
        selector=by_key(optional(options=by_key(text))),
        services=by_key(WITH_FIELDS),
        triggers=by_key(WITH_FIELDS),
        conditions=by_key(WITH_FIELDS),
        system_health=optional(info=by_key(text)),
    )
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_have_the_form_that_home_assistant_reads(language: str) -> None:
    TEXTS(texts(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_have_the_same_placeholders_in_every_language(language: str) -> None:
    english, other = (dict(leaves(texts(one))) for one in ("en", language))
    for path in english.keys() & other.keys():
        assert placeholders(other[path]) == placeholders(english[path]), path


def leaves(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(content, dict):
        yield path, content
        return
    for name, one in content.items():
        yield from leaves(one, f"{path}.{name}")


def placeholders(content: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(content) if name is not None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"config": {}},
        {"config": {"step": {"user": {"data": {"a": "A"}, "data_description": {"b": "B"}}}}},
        {"issues": {"broken": {"title": "Broken"}}},
        {"issues": {"broken": {"title": "Broken", "description": "Why", "fix_flow": {"step": {}}}}},
        {"entity": {"sensor": {"load": {"state": {"high": "{name} is high"}}}}},
        {"entity": {"sensor": {"Load": {"name": "Load"}}}},
        {"common": {"a": "see https://example.org"}},
        {"common": {"a": "<b>bold</b>"}},
        {"common": {"a": " space"}},
        {"common": {"a": "{not valid}"}},
        {"services": {"ask": {"name": "Ask"}}},
        {"unknown": {}},
    ],
)
def test_wrong_texts_are_found(wrong: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        TEXTS(wrong)


# Services, triggers and conditions.


def present(value: Any) -> Any:
    if value is None:
        raise probatio.Invalid("must not be empty")
    return value


DESCRIPTIONS: Final = probatio.Schema(
    {
        probatio.Remove(probatio.All(str, probatio.Match(r"\."))): object,
        cv.slug: optional(
            target=selector.TargetSelector.CONFIG_SCHEMA,
            fields={
                key: {
                    **optional(example=present, default=present, required=bool),
                    probatio.Required("selector"): selector.validate_selector,
                }
            },
        ),
    }
)


@pytest.mark.parametrize("kind", DESCRIBED)
def test_descriptions_have_the_form_that_home_assistant_reads(kind: str) -> None:
    DESCRIPTIONS(described(kind))
    if kind == "services":
        assert not [one for one in described(kind) if one.startswith(".")], "only others may have anchors"


@pytest.mark.parametrize("kind", DESCRIBED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_described_has_texts_and_icons(kind: str, language: str) -> None:
    found = {name: one for name, one in described(kind).items() if not name.startswith(".")}
    written = texts(language)
    assert set(found) == set(written[kind]) == set(ICONS[kind])
    for name, one in found.items():
        fields = one.get("fields", {}) if one else {}
        assert set(fields) == set(written[kind][name].get("fields", {})), name
        for field in fields.values():
            options = field["selector"].get("select") or {}
            if options:
                assert set(options["options"]) == set(
                    written["selector"][options["translation_key"]]["options"]
                )


# Icons.


def icon(value: Any) -> str:
    if not re.fullmatch(r"mdi:[a-z0-9]+(?:-[a-z0-9]+)*", str(value)):
        raise probatio.Invalid("no icon of Material Design Icons")
    return str(value)


def unlike_default(section: dict[str, Any]) -> dict[str, Any]:
    if section.get("default") in section.get("state", {}).values():
        raise probatio.Invalid("a state has the default icon")
    return section


_ICON: Final = optional(default=icon, state=by_key(icon))
ICON: Final = probatio.All(
    probatio.Schema(
        {
            **_ICON,
            **optional(state_attributes=by_key(probatio.All(probatio.Schema(_ICON), unlike_default))),
        }
    ),
    unlike_default,
)


def test_icons_have_the_form_that_home_assistant_reads() -> None:
    schema = optional(
        entity=by_key(by_key(ICON)),
        services=by_key({probatio.Required("service"): icon}),
        triggers=by_key({probatio.Required("trigger"): icon}),
        conditions=by_key({probatio.Required("condition"): icon}),
    )
    probatio.Schema(schema)(ICONS)


def test_every_entity_of_the_app_has_an_icon_or_a_device_class() -> None:
    store = json.loads((ROOT / "translations" / "en.json").read_text())["integration"]["entity"]
    by_device_class = {("binary_sensor", "problem")}
    for platform, entities in store.items():
        assert platform in {one.value for one in Platform}
        assert platform in {*PLATFORMS}
        for name in entities:
            assert (platform, name) in by_device_class or name in ICONS["entity"][platform], name
    assert set(ReadingPlatform) <= set(Platform)
