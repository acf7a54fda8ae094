"""The actions that open a pull request with the files of an application's template."""

from collections.abc import Iterator, Mapping
from typing import Final, override

from homelab_steward.contract.base import Value
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed
from ...sdk.description import Call
from ...sdk.shown import difference
from .client import ForgeClient
from .opening import Draft, Opens
from .own_values import REPOSITORY, VALUES, repository_of, values_of
from .templates import NAME, Template, TemplateFile, templates

BRANCH: Final = "steward/deploy-"
"""What the branches of these pull requests begin with."""

SHOWN: Final = 900
"""Characters of a file in one line of a dry run: a longer file has several."""


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces of whole lines."""
    piece = ""
    for line in text.splitlines(keepends=True):
        if len(piece) + len(line) > SHOWN:
            yield piece
            piece = ""
        piece += line
    yield piece


def _shown(one: TemplateFile) -> Iterator[Difference]:
    pieces = list(_pieces(one.content))
    for number, piece in enumerate(pieces, 1):
        place = f" ({number}/{len(pieces)})" if len(pieces) > 1 else ""
        yield difference(f"{one.path}{place}", t"none", piece)


async def _draft(
    client: ForgeClient, template: Template, values: Mapping[str, Value], path: str, base: str
) -> Draft:
    """Return the pull request. Raises PreconditionFailed when one of the files is there."""
    files = template.fill(values)
    for one in files:
        if await client.content(path, one.path, base) is not None:
            raise PreconditionFailed(t"There is a file {one.path} already")
    return Draft(
        path=path,
        branch=f"{BRANCH}{values[NAME]}",
        title=f"Deploy {values[NAME]}",
        body=_body(template, values),
        files=files,
        shown=[line for one in files for line in _shown(one)],
    )


def _body(template: Template, values: Mapping[str, Value]) -> str:
    """Return the text of the pull request. It is English, as most of a repository is."""
    listed = "\n".join(f"* {one.name}: {values[one.key]}" for one in template.fields)
    return (
        f"From the template “{template.title}” of Homelab Steward, with these values:\n\n"
        f"{listed}\n\n{template.needs}\n"
    )


class Deploys(Opens):
    """Opens the pull request of one template of the app."""

    def __init__(self, template: Template) -> None:
        """The files are those of ``template``."""
        self._template = template

    @override
    async def path(self, client: ForgeClient, call: Call) -> str:
        return call.target.name

    @override
    async def draft(self, client: ForgeClient, call: Call, path: str, base: str) -> Draft:
        return await _draft(client, self._template, call.arguments, path, base)


class DeploysOwn(Opens):
    """Opens the pull request of a template of the owner, which is read again each time."""

    @override
    async def path(self, client: ForgeClient, call: Call) -> str:
        return await repository_of(client, call)

    @override
    async def draft(self, client: ForgeClient, call: Call, path: str, base: str) -> Draft:
        template = await client.templates.template(call.target.id, Template)
        values = values_of(call.text(VALUES.key), template.fields)
        return await _draft(client, template, values, path, base)


DEPLOYS: Final = (
    *(
        Deploys(one).action(
            key=f"deploy_{one.key}",
            name=one.action,
            description=f"{one.description} {one.needs}",
            arguments=one.fields,
            scope="repository",
            icon="mdi:source-branch-plus",
        )
        for one in templates()
    ),
    DeploysOwn().action(
        key="deploy_template",
        name="Deploy",
        description="Opens a pull request with the files of this template of yours.",
        arguments=(REPOSITORY, VALUES),
        scope="template",
        icon="mdi:source-branch-plus",
    ),
)
"""One action for each template of the app, and one for those of the owner."""
