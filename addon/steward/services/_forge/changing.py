"""The actions that open a pull request which sets values of deployed applications."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, override

from homelab_steward.contract.base import Value

from ...errors import InvalidArgument, PreconditionFailed
from ...sdk.description import Call
from ...sdk.shown import difference
from .change_templates import APPLICATIONS, ChangeTemplate, Place, change_templates
from .client import ForgeClient
from .opening import Draft, Opens, digest_of
from .own_values import REPOSITORY, VALUES, repository_of, values_of
from .templates import TemplateFile
from .yaml_edits import NotYaml, Rule, Spot, edited, find

BRANCH: Final = "steward/change-"
"""What the branches of these pull requests begin with."""

MOST_APPLICATIONS: Final = 30
MOST_FILES: Final = 100
"""Files that are read for one pull request: servers limit requests by the hour."""

LARGEST: Final = 200_000
"""Characters of a file that is changed."""

AT_ONCE: Final = 4
CHART: Final = "templates"
"""The folder of a chart with files that are no YAML before Helm filled them."""

SHOWN: Final = 3
SURROUNDING: Final = ("kustomization", "namespace")
"""Names of files that a folder of several applications has, too."""

type Rules = Sequence[tuple[Place, Rule]]


@dataclass(frozen=True, slots=True)
class _Application:
    """One application: its folder and its files that may have a value."""

    folder: str
    files: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Edit:
    """A file with its value."""

    file: TemplateFile
    content: str
    spot: Spot


async def _draft(
    client: ForgeClient, template: ChangeTemplate, values: Mapping[str, Value], path: str, base: str
) -> Draft:
    """Return the pull request. Raises PreconditionFailed when a value cannot be set, InvalidArgument."""
    rules = template.rules(values)
    said = [one.strip() for one in str(values[APPLICATIONS.key]).split(",") if one.strip()]
    if not said:
        raise InvalidArgument(APPLICATIONS.key, t"is missing")
    listed = [one for one in await client.tree(path, base) if any(place.is_in(one) for place, _ in rules)]
    found = {one.folder: one for name in said for one in _applications(name, listed)}
    applications = list(found.values())
    count = sum(len(one.files) for one in applications)
    if len(applications) > MOST_APPLICATIONS or count > MOST_FILES:
        raise PreconditionFailed(
            t"These are {len(applications)} applications with {count} files: name fewer of them"
        )
    turns = asyncio.Semaphore(AT_ONCE)
    made = await asyncio.gather(*(_edits(client, path, base, one, rules, turns) for one in applications))
    edits = [one for many in made for one in many]
    if not edits:
        raise PreconditionFailed(t"All of these have this value already")
    files = [one.file for one in edits]
    changed = ", ".join(f"{one.name} {values[one.key]}" for one in template.parameters)
    return Draft(
        path=path,
        branch=f"{BRANCH}{template.key}-{digest_of(files)[:8]}",
        title=f"{template.action}: {changed}",
        body=_body(template, values, edits),
        files=files,
        shown=[
            difference(
                t"{one.file.path}, line {one.spot.line}",
                _line(one.content, one.spot),
                _line(one.file.content, one.spot),
            )
            for one in edits
        ],
    )


def _line(content: str, spot: Spot) -> str:
    return content.splitlines()[spot.line - 1].strip()


def _applications(name: str, files: Sequence[str]) -> Sequence[_Application]:
    """Return the application with a name, or those in the folder with it. Raises PreconditionFailed."""
    wanted = "-".join(name.casefold().split()).strip("/")
    folders = {folder for one in files for folder in _folders(one) if _is_named(folder, wanted)}
    if not folders:
        raise PreconditionFailed(t"{name}: the repository has no folder with this name and a file to change")
    if len(folders) > 1:
        listed = ", ".join(sorted(folders)[:SHOWN])
        raise PreconditionFailed(t"{name}: several folders have this name, say one of {listed}")
    folder = folders.pop()
    below = [one for one in files if one.startswith(f"{folder}/")]
    own = [one.removeprefix(f"{folder}/") for one in below]
    if any("/" not in one and one.partition(".")[0] not in SURROUNDING for one in own):
        return [_Application(folder, below)]
    inside = dict.fromkeys(f"{folder}/{one.partition('/')[0]}" for one in own if "/" in one)
    return [_Application(one, [file for file in below if file.startswith(f"{one}/")]) for one in inside] or [
        _Application(folder, below)
    ]


def _folders(file: str) -> Sequence[str]:
    parts = file.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _is_named(folder: str, wanted: str) -> bool:
    """Return whether a folder has a name, or ends with a path."""
    return f"/{folder.casefold()}".endswith(f"/{wanted}")


async def _edits(
    client: ForgeClient,
    path: str,
    base: str,
    application: _Application,
    rules: Rules,
    turns: asyncio.Semaphore,
) -> Sequence[_Edit]:
    """Return the file of an application with the value, none when it is set. Raises PreconditionFailed."""
    found: list[_Edit] = []
    others: list[str] = []
    for name in application.files:
        async with turns:
            file = await client.file(path, name, base)
        if file is None or len(file.content) > LARGEST:
            raise PreconditionFailed(t"{name} is no ordinary file, or very large: change it by hand")
        try:
            spots, lines = _spots(name, file.content, rules)
        except NotYaml:
            if CHART in name.split("/"):
                continue  # its values are in another file
            raise
        others += [f"{name}:{line}" for line in lines]
        found += [
            _Edit(TemplateFile(name, edited(name, file.content, one), file.replaces), file.content, one)
            for one in spots
        ]
    return _only(application.folder, found, others)


def _spots(name: str, content: str, rules: Rules) -> tuple[Sequence[Spot], Sequence[int]]:
    """Return the values of a file that the rules are for, and the lines of those that have another form."""
    found = [find(name, content, rule) for place, rule in rules if place.is_in(name)]
    spots = {one.start: one for each in found for one in each.spots}
    fitting = {one.line for one in spots.values()}
    return list(spots.values()), sorted({line for each in found for line in each.others} - fitting)


def _only(folder: str, found: Sequence[_Edit], others: Sequence[str]) -> Sequence[_Edit]:
    """Return the only value of an application, none when it is set. Raises PreconditionFailed."""
    if len(found) > 1:
        places = ", ".join(f"{one.file.path}:{one.spot.line}" for one in found[:SHOWN])
        raise PreconditionFailed(t"{folder}: the value is in several places, such as {places}")
    if not found and others:
        places = ", ".join(others[:SHOWN])
        raise PreconditionFailed(
            t"{folder}: the value has another form than the template knows, see {places}"
        )
    if not found:
        raise PreconditionFailed(t"{folder}: the value was not found")
    return [one for one in found if one.spot.new != one.spot.old]


def _body(template: ChangeTemplate, values: Mapping[str, Value], edits: Sequence[_Edit]) -> str:
    """Return the text of the pull request. It is English, as most of a repository is."""
    listed = "\n".join(f"* {one.name}: {values[one.key]}" for one in template.parameters)
    changed = "\n".join(
        f"* {one.file.path}, line {one.spot.line}: `{one.spot.old}` → `{one.spot.new}`" for one in edits
    )
    head = f"From the template “{template.title}” of Homelab Steward, with these values:"
    return "\n\n".join(filter(None, (head, listed, changed, template.needs))) + "\n"


class Changes(Opens):
    """Opens the pull request of one template of the app."""

    def __init__(self, template: ChangeTemplate) -> None:
        """The values are set where ``template`` says."""
        self._template = template

    @override
    async def path(self, client: ForgeClient, call: Call) -> str:
        return call.target.name

    @override
    async def draft(self, client: ForgeClient, call: Call, path: str, base: str) -> Draft:
        return await _draft(client, self._template, call.arguments, path, base)


class ChangesOwn(Opens):
    """Opens the pull request of a template of the owner, which is read again each time."""

    @override
    async def path(self, client: ForgeClient, call: Call) -> str:
        return await repository_of(client, call)

    @override
    async def draft(self, client: ForgeClient, call: Call, path: str, base: str) -> Draft:
        template = await client.templates.template(call.target.id, ChangeTemplate)
        values = values_of(call.text(VALUES.key), template.parameters)
        said = {APPLICATIONS.key: call.text(APPLICATIONS.key)}
        return await _draft(client, template, {**values, **said}, path, base)


CHANGES: Final = (
    *(
        Changes(one).action(
            key=f"change_{one.key}",
            name=one.action,
            description=f"{one.description} {one.needs}",
            arguments=one.fields,
            scope="repository",
            icon="mdi:source-branch-sync",
        )
        for one in change_templates()
    ),
    ChangesOwn().action(
        key="change_template",
        name="Change applications",
        description="Opens a pull request that sets values of applications, as this template of yours says.",
        arguments=(REPOSITORY, APPLICATIONS, VALUES),
        scope="template",
        icon="mdi:source-branch-sync",
    ),
)
"""One action for each template of the app, and one for those of the owner."""
