"""Templates of changes: one YAML file each that says which values of deployed applications are set."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources
from typing import Final

from yaml.nodes import Node

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field

from ....sdk.fields import text_field
from ..templates import PLACE, fields_of, value_text
from ..templates.reading import WrongTemplate, items, mapping, root, text
from ..yaml_edits import ANY, Rule

PLACES: Final = "places"
"""The key that only templates of changes have."""

APPLICATIONS: Final = text_field(
    "applications",
    "Applications",
    "Names of their folders in the repository, or of a folder that they are in, separated by commas",
)
MOST_PLACES: Final = 40
MOST_KEYS: Final = 12
MOST_PATTERNS: Final = 10
NUMBER: Final = r"(?<!\d)(?P<{}>\d+)"
TEXT: Final = r"(?P<{}>[a-z0-9.-]+)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value is: names of files as patterns, keys, and the form of the value."""

    files: Sequence[str]
    path: Sequence[str]
    value: str

    def is_in(self, name: str) -> bool:
        """Return whether a file may have it."""
        return any(fnmatchcase(name.rpartition("/")[2], one) for one in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTemplate:
    """A change of values of deployed applications. ``action`` is the name of the action that makes it."""

    key: str
    title: str
    action: str
    description: str
    needs: str
    parameters: tuple[Field, ...]
    places: Sequence[Place]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All arguments, the applications first."""
        return APPLICATIONS, *self.parameters

    def rules(self, arguments: Mapping[str, Value]) -> Sequence[tuple[Place, Rule]]:
        """Return what is set to what. Raises InvalidArgument for a text that is no name."""
        fields = {one.key: one for one in self.parameters}
        values = {key: value_text(one, arguments[key]) for key, one in fields.items()}
        return [(one, _rule(one, fields, values)) for one in self.places]


def read_change_template(key: str, node: Node) -> ChangeTemplate:
    """Return a template from its file. Raises WrongTemplate."""
    row = mapping(node, ("title", "action", "description", "parameters", PLACES), ("needs",))
    parameters = fields_of(row["parameters"])
    known = {one.key for one in parameters}
    if APPLICATIONS.key in known:
        raise WrongTemplate(row["parameters"], t"{APPLICATIONS.key} is given twice")
    places = [_place(one, known) for one in items(row[PLACES], MOST_PLACES)]
    if not places:
        raise WrongTemplate(row[PLACES], t"at least one place is expected")
    return ChangeTemplate(
        key=key,
        title=text(row["title"]),
        action=text(row["action"]),
        description=text(row["description"]),
        needs=text(row["needs"]) if "needs" in row else "",
        parameters=parameters,
        places=places,
    )


def change_templates() -> tuple[ChangeTemplate, ...]:
    """Return the templates of this folder, in the order of their names."""
    files = sorted(resources.files(__name__).iterdir(), key=lambda one: one.name)
    return tuple(
        read_change_template(one.name.removesuffix(".yaml"), root(one.read_text(encoding="utf-8")))
        for one in files
        if one.name.endswith(".yaml")
    )


def _place(node: Node, known: set[str]) -> Place:
    row = mapping(node, ("files", "path", "value"))
    value = text(row["value"])
    said = PLACE.findall(value)
    if not said or not known.issuperset(said) or len(set(said)) != len(said):
        raise WrongTemplate(row["value"], t"a value needs each of its parameters once, as in {{{{ name }}}}")
    path = [text(one) for one in items(row["path"], MOST_KEYS)]
    if not path or set(path) == {ANY}:
        raise WrongTemplate(row["path"], t"at least one key is expected")
    files = [text(one) for one in items(row["files"], MOST_PATTERNS)]
    if not files or any("/" in one for one in files):
        raise WrongTemplate(row["files"], t"names of files are expected, without folders")
    return Place(files=files, path=path, value=value)


def _rule(place: Place, fields: Mapping[str, Field], values: Mapping[str, str]) -> Rule:
    pattern, end = "", 0
    for one in PLACE.finditer(place.value):
        group = NUMBER if fields[one[1]].minimum is not None else TEXT
        pattern += _literal(place.value[end : one.start()]) + group.format(one[1])
        end = one.end()
    pattern += _literal(place.value[end:])
    used = {key: values[key] for key in PLACE.findall(place.value)}
    return Rule(path=place.path, pattern=re.compile(pattern), values=used)


def _literal(said: str) -> str:
    """Return a pattern for a text in which ``*`` stands for anything without spaces and commas."""
    return r"[^\s{},]*?".join(re.escape(one) for one in said.split(ANY))
