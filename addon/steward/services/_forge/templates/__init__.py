"""Templates of applications: one YAML file each, filled with checked values and parsed before use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import yaml
from yaml.events import AliasEvent
from yaml.nodes import Node

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field

from ....errors import InvalidArgument
from ....sdk.fields import choice_field, number_field, text_field
from .reading import WrongTemplate, entries, items, mapping, number, root, text

FORM: Final = "form"
FOLDER: Final = "folder"
NAME: Final = "name"
OWN: Final = (FORM, FOLDER, NAME)
"""The arguments that every template of an application has."""

PLACE: Final = re.compile(r"\{\{ ([a-z_]+) \}\}")
KEYS: Final = re.compile(r"[a-z][a-z_]{0,39}")
NAMES: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
HOSTS: Final = re.compile(r"[a-z](?:[a-z0-9.-]{0,98}[a-z0-9])?")
FOLDERS: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,39}(?:/[A-Za-z0-9][\w.-]{0,39}){0,4}", re.ASCII)
"""A folder begins with a letter or a digit: no workflow of a forge, and nothing outside the repository."""

MOST_PARAMETERS: Final = 20
MOST_FORMS: Final = 6
MOST_FILES: Final = 20
LONGEST_FILE: Final = 20_000
MOST_ALIASES: Final = 20


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One file of a pull request. ``path`` is that in the repository.

    ``replaces`` is the hash of the file that it replaces, "" for a new one.
    """

    path: str
    content: str
    replaces: str = ""


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
        values = {one.key: value_text(one, arguments[one.key]) for one in self.fields}
        folder = f"{values[FOLDER]}/{values[NAME]}"
        return tuple(
            TemplateFile(f"{folder}/{one.path}", filled(one.content, values))
            for one in self.forms[values[FORM]]
        )


def filled(content: str, values: Mapping[str, str]) -> str:
    """Return a document of YAML with values in its places.

    Raises ValueError when a value would change more than the text that it stands in.
    """
    made = PLACE.sub(lambda found: values[found[1]], content)
    if _parsed(made) != _in_place(_parsed(content), values):
        message = "a value of a template stands outside of a quoted text"
        raise ValueError(message)
    return made


def load_template(key: str, content: str) -> Template:
    """Return a template from the text of its file. Raises WrongTemplate."""
    return read_template(key, root(content))


def read_template(key: str, node: Node) -> Template:
    """Return a template from its file. Raises WrongTemplate."""
    row = mapping(node, ("title", "action", "description", "needs", "parameters", "forms"))
    forms = {
        form: [_file(one) for one in items(files, MOST_FILES)]
        for form, files in entries(row["forms"]).items()
    }
    if not forms or len(forms) > MOST_FORMS:
        raise WrongTemplate(row["forms"], t"1 to {MOST_FORMS} forms are expected")
    template = Template(
        key=key,
        title=text(row["title"]),
        action=text(row["action"]),
        description=text(row["description"]),
        needs=text(row["needs"]),
        parameters=fields_of(row["parameters"]),
        forms=forms,
    )
    _check_places(template, row)
    return template


def templates() -> tuple[Template, ...]:
    """Return the templates of this folder, in the order of their names."""
    files = sorted(resources.files(__name__).iterdir(), key=lambda one: one.name)
    return tuple(
        load_template(one.name.removesuffix(".yaml"), one.read_text(encoding="utf-8"))
        for one in files
        if one.name.endswith(".yaml")
    )


def fields_of(node: Node) -> tuple[Field, ...]:
    """Return the parameters of a template. Raises WrongTemplate."""
    found: dict[str, Field] = {}
    for one in items(node, MOST_PARAMETERS):
        field = _field(one)
        if field.key in (*OWN, *found):
            raise WrongTemplate(one, t"{field.key} is given twice")
        found[field.key] = field
    return tuple(found.values())


def _field(node: Node) -> Field:
    row = mapping(node, ("key", "name"), ("description", "default", "minimum", "maximum", "unit"))
    key, name = text(row["key"]), text(row["name"])
    if not KEYS.fullmatch(key):
        raise WrongTemplate(row["key"], t"a key has only small letters and underscores")
    description = text(row["description"]) if "description" in row else ""
    default = row.get("default")
    if "minimum" not in row:
        given = text(default) if default is not None else None
        if default is not None and not HOSTS.fullmatch(given or ""):
            raise WrongTemplate(default, t"a text has only small letters, digits, hyphens, and dots")
        return text_field(key, name, description, default=given)
    least, most = number(row["minimum"]), number(mapping(node, ("maximum",), tuple(row))["maximum"])
    given_number = number(default) if default is not None else None
    if default is not None and not least <= (given_number or 0) <= most:
        raise WrongTemplate(default, t"the default is not between minimum and maximum")
    unit = text(row["unit"]) if "unit" in row else None
    return number_field(key, name, description, least=least, most=most, default=given_number, unit=unit)


def _file(node: Node) -> TemplateFile:
    row = mapping(node, ("path", "content"))
    path = text(row["path"])
    if not FOLDERS.fullmatch(path):
        raise WrongTemplate(
            row["path"], t"each part of a path begins with a letter or a digit, and there are at most 5"
        )
    return TemplateFile(path, text(row["content"], LONGEST_FILE))


def _check_places(template: Template, row: Mapping[str, Node]) -> None:
    """Raise WrongTemplate when a file has a place without a value, or cannot be filled."""
    known = {one.key for one in template.fields}
    probe = {one.key: "7" if one.minimum is not None else "a" for one in template.fields}
    for form, files in entries(row["forms"]).items():
        for node, one in zip(items(files, MOST_FILES), template.forms[form], strict=True):
            unknown = ", ".join(sorted(set(PLACE.findall(one.content)) - known))
            if unknown:
                raise WrongTemplate(node, t"{one.path} has places without a parameter: {unknown}")
            if not _can_be_filled(one.content, probe):
                raise WrongTemplate(
                    node, t"{one.path} is no YAML, has many aliases, or has a place outside of a quoted text"
                )


def _can_be_filled(content: str, values: Mapping[str, str]) -> bool:
    """Return whether a file is YAML that can be filled. Aliases of aliases would make it very large."""
    try:
        events = yaml.parse(content, Loader=yaml.CSafeLoader)
        if sum(isinstance(one, AliasEvent) for one in events) > MOST_ALIASES:
            return False
        filled(content, values)
    except ValueError, yaml.YAMLError:
        return False
    return True


def value_text(field: Field, value: Value) -> str:
    """Return a value as text. Raises InvalidArgument."""
    if field.minimum is not None:
        if not isinstance(value, int):
            raise InvalidArgument(field.key, t"must be a whole number")
        return str(value)
    pattern = {FOLDER: FOLDERS, NAME: NAMES}.get(field.key, HOSTS)
    said = str(value)
    if field.key != FORM and not pattern.fullmatch(said):
        raise InvalidArgument(field.key, t"must consist of letters, digits, and hyphens")
    return said


def _parsed(content: str) -> list[Any]:
    return list(yaml.load_all(content, Loader=yaml.CSafeLoader))


def _in_place(plain: Any, values: Mapping[str, str]) -> Any:
    """Return parsed YAML with values in the places of its texts."""
    if isinstance(plain, dict):
        return {key: _in_place(value, values) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_in_place(one, values) for one in plain]
    if isinstance(plain, str):
        return PLACE.sub(lambda found: values[found[1]], plain)
    return plain
