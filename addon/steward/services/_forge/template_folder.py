"""The templates of the owner: one file each in a folder, read again at each use."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ...errors import PreconditionFailed
from ...sdk.access import OwnTemplates
from ...sdk.display import Text, translate
from .change_templates import PLACES, ChangeTemplate, read_change_template
from .templates import Template, read_template
from .templates.reading import WrongTemplate, entries, root

SUFFIX: Final = ".yaml"
KEYS: Final = re.compile(r"[a-z][a-z0-9-]{0,38}")
PURPOSES: Final = ("deploy", "change", "unusable")
MOST_TEMPLATES: Final = 50
TEXT: Final = "tag:yaml.org,2002:str"
LARGEST: Final = 100_000
"""Bytes of the file of a template."""

SECRET_NAME: Final = re.compile(r"\s*(?:- )?(?:user|username|password|token)Key: ['\"]?[a-z.-]+['\"]?\s*")
"""A line that names a key of a secret, as charts do: it has no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTemplate:
    """One file of the folder. ``template`` is None when it cannot be used, for the reason of ``problem``."""

    key: str
    template: Template | ChangeTemplate | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """Return its title, or the name of its file."""
        return self.template.title if self.template else self.key

    def purpose(self) -> str:
        """Return what it is for, or that it cannot be used."""
        if self.template is None:
            return "unusable"
        return "deploy" if isinstance(self.template, Template) else "change"


@dataclass(frozen=True, slots=True)
class FolderRead:
    """What is in the folder; ``problem`` is why it cannot be read."""

    found: Sequence[OwnTemplate] = ()
    problem: str = ""

    def wrong(self) -> Text | None:
        """Return what is wrong with the folder or its files, None when nothing is."""
        problems = [self.problem, *(one.problem for one in self.found)]
        return " ".join(one for one in problems if one) or None


class TemplateFolder:
    """Reads the folder of the owner; without one there are no templates in it."""

    def __init__(self, own: OwnTemplates | None) -> None:
        """``own`` is the folder with the check for secrets."""
        self._own = own

    async def read(self) -> FolderRead:
        """Return all templates, in the order of their names. Never raises."""
        return FolderRead() if self._own is None else await asyncio.to_thread(_read, self._own)

    async def template[T: (Template, ChangeTemplate)](self, key: str, kind: type[T]) -> T:
        """Return a template as it is now.

        Raises PreconditionFailed when it cannot be used, or is of another kind.
        """
        read = await self.read()
        found = next((one for one in read.found if one.key == key), None)
        if found is None:
            raise PreconditionFailed(read.problem or t"There is no template {key} any more")
        if found.problem:
            raise PreconditionFailed(found.problem)
        if not isinstance(found.template, kind):
            raise PreconditionFailed(t"The template {key} is for something else")
        return found.template


def _read(own: OwnTemplates) -> FolderRead:
    try:
        files = sorted(one for one in own.folder.iterdir() if one.suffix in (SUFFIX, ".yml"))
    except OSError as err:
        return FolderRead(
            problem=translate(t"The folder of templates {own.folder} cannot be read: {err.strerror}.")
        )
    problem = (
        translate(t"There are more than {MOST_TEMPLATES} templates in {own.folder}: only the first are used.")
        if len(files) > MOST_TEMPLATES
        else ""
    )
    return FolderRead([_read_one(one, own) for one in files[:MOST_TEMPLATES]], problem)


def _read_one(path: Path, own: OwnTemplates) -> OwnTemplate:
    """Return one file as a template, or with what is wrong with it."""
    name = path.name
    try:
        return OwnTemplate(key=path.stem, template=_template(path, own))
    except WrongTemplate as err:
        problem = translate(t"{name}, line {err.line}: {err.reason}.")
    except OSError as err:
        problem = translate(t"{name} cannot be read: {err.strerror}.")
    return OwnTemplate(key=path.stem, problem=problem)


def _template(path: Path, own: OwnTemplates) -> Template | ChangeTemplate:
    """Return the template of a file. Raises WrongTemplate, OSError."""
    if path.suffix != SUFFIX or not KEYS.fullmatch(path.stem):
        raise WrongTemplate(1, t"the file must have a name of small letters, digits, and hyphens, with .yaml")
    if path.is_symlink() or not path.is_file():
        raise WrongTemplate(1, t"it is a link or a folder: copy the file to this place")
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise WrongTemplate(1, t"the file has more than {LARGEST} bytes")
    try:
        content = raw.decode()
    except UnicodeDecodeError as err:
        raise WrongTemplate(raw.count(b"\n", 0, err.start) + 1, t"the text is not UTF-8") from err
    node = root(content)
    read = read_change_template if PLACES in entries(node) else read_template
    template = read(path.stem, node)
    _check_secrets(node, own)
    return template


def _check_secrets(node: Node, own: OwnTemplates) -> None:
    """Raise WrongTemplate at the first line that has a secret; it is not quoted."""
    for line, content in _texts(node):
        lines = content.splitlines()
        for number in own.secret_lines(content):
            if not SECRET_NAME.fullmatch(lines[number - 1]):
                raise WrongTemplate(
                    line + number,
                    t"this looks like a secret: refer to one instead, with secretKeyRef or a variable",
                )


def _texts(node: Node) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file that may have a secret, each with the number of the line before it.

    A parameter is a line with its key, because the key says what the default is.
    """
    if isinstance(node, ScalarNode) and node.tag == TEXT:
        yield node.start_mark.line + (1 if node.style == "|" else 0), str(node.value)
    elif isinstance(node, MappingNode):
        row = {key.value: value for key, value in node.value}
        name = row.pop("key", None)
        if name is not None:
            default = row.pop("default", None)
            if default is not None and "minimum" not in row:
                yield name.start_mark.line, f"{name.value}: {default.value}"
        for one in row.values():
            yield from _texts(one)
    elif isinstance(node, SequenceNode):
        for one in node.value:
            yield from _texts(one)
