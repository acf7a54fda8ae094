"""Templates of applications: one YAML file each, filled with checked values and parsed before use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import yaml

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field

from ....errors import InvalidArgument
from ....sdk.fields import choice_field, number_field, text_field

FORM: Final = "form"
FOLDER: Final = "folder"
NAME: Final = "name"

PLACE: Final = re.compile(r"\{\{ ([a-z_]+) \}\}")
NAMES: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
HOSTS: Final = re.compile(r"[a-z](?:[a-z0-9.-]{0,98}[a-z0-9])?")
FOLDERS: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,39}(?:/[A-Za-z0-9][\w.-]{0,39}){0,4}", re.ASCII)
"""A folder begins with a letter or a digit: no workflow of a forge, and nothing outside the repository."""


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One file of an application. ``path`` is that in the repository."""

    path: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One application in one or several forms, such as ``compose``.

    ``action`` is the name of the action that deploys it, ``needs`` what a person has to provide.
    """

    key: str
    title: str
    action: str
    description: str
    needs: str
    parameters: tuple[Field, ...]
    forms: Mapping[str, Sequence[TemplateFile]]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All arguments, those that every template has first."""
        return (
            choice_field(
                FORM,
                "Form",
                "What deploys it from the repository",
                choices=tuple(self.forms),
                default=next(iter(self.forms)),
            ),
            text_field(FOLDER, "Folder", "Of all applications in the repository", default="apps"),
            text_field(NAME, "Name", "Of its folder and its namespace", default=self.key),
            *self.parameters,
        )

    def fill(self, arguments: Mapping[str, Value]) -> tuple[TemplateFile, ...]:
        """Return the files with the values of the arguments, which are checked against their fields.

        Raises InvalidArgument for a text that has another form than names have.
        """
        values = {one.key: _text(one, arguments[one.key]) for one in self.fields}
        folder = f"{values[FOLDER]}/{values[NAME]}"
        return tuple(
            TemplateFile(f"{folder}/{one.path}", filled(one.content, values))
            for one in self.forms[values[FORM]]
        )


def filled(content: str, values: Mapping[str, str]) -> str:
    """Return a document of YAML with values in its places.

    Raises ValueError when a value would change more than the text that it stands in.
    """
    text = PLACE.sub(lambda found: values[found[1]], content)
    if _parsed(text) != _in_place(_parsed(content), values):
        message = "a value of a template stands outside of a quoted text"
        raise ValueError(message)
    return text


def load_template(key: str, text: str) -> Template:
    """Return a template from the text of its file. Raises ValueError, KeyError, TypeError for a wrong one."""
    row = yaml.load(text, Loader=yaml.CSafeLoader)
    template = Template(
        key=key,
        title=row["title"],
        action=row["action"],
        description=row["description"],
        needs=row["needs"].strip(),
        parameters=tuple(_field(one) for one in row["parameters"]),
        forms={form: [TemplateFile(**one) for one in files] for form, files in row["forms"].items()},
    )
    known = {one.key for one in template.fields}
    for one in (one for files in template.forms.values() for one in files):
        unknown = set(PLACE.findall(one.content)) - known
        if unknown or not FOLDERS.fullmatch(one.path):
            message = f"{key}: {one.path} has a wrong path or no value for {sorted(unknown)}"
            raise ValueError(message)
    return template


def templates() -> tuple[Template, ...]:
    """Return the templates of this folder, in the order of their names."""
    files = sorted(resources.files(__name__).iterdir(), key=lambda one: one.name)
    return tuple(
        load_template(one.name.removesuffix(".yaml"), one.read_text(encoding="utf-8"))
        for one in files
        if one.name.endswith(".yaml")
    )


def _field(row: Mapping[str, Any]) -> Field:
    key, name, description = row["key"], row["name"], row.get("description", "")
    if "minimum" not in row:
        return text_field(key, name, description, default=row["default"])
    return number_field(
        key,
        name,
        description,
        least=row["minimum"],
        most=row["maximum"],
        default=row["default"],
        unit=row.get("unit"),
    )


def _text(field: Field, value: Value) -> str:
    """Return a value as text. Raises InvalidArgument."""
    if field.minimum is not None:
        if not isinstance(value, int):
            raise InvalidArgument(field.key, t"must be a whole number")
        return str(value)
    pattern = {FOLDER: FOLDERS, NAME: NAMES}.get(field.key, HOSTS)
    text = str(value)
    if field.key != FORM and not pattern.fullmatch(text):
        raise InvalidArgument(field.key, t"must consist of letters, digits, and hyphens")
    return text


def _parsed(text: str) -> list[Any]:
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def _in_place(plain: Any, values: Mapping[str, str]) -> Any:
    """Return parsed YAML with values in the places of its texts."""
    if isinstance(plain, dict):
        return {key: _in_place(value, values) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_in_place(one, values) for one in plain]
    if isinstance(plain, str):
        return PLACE.sub(lambda found: values[found[1]], plain)
    return plain
