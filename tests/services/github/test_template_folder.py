"""The templates of the owner: read again at each use, and every error says where and what."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from homelab_steward.contract.base import Value
from lab.visit import visit
from services._forge import branches
from steward.errors import InvalidArgument, PreconditionFailed
from steward.sdk.access import OwnTemplates
from steward.sdk.description import Call
from steward.services._forge.change_templates import ChangeTemplate
from steward.services._forge.own_values import values_of
from steward.services._forge.template_folder import LARGEST, MOST_TEMPLATES, TemplateFolder
from steward.services._forge.templates import Template, templates
from steward.wiring.own_templates import own_templates, secret_lines

PAPERLESS = (Path(__file__).parents[1] / "_forge/templates/paperless.yaml").read_text()
KEY = "PAPERLESS_SECRET_KEY: ${PAPERLESS_SECRET_KEY:?set it on the host}"
CHANGE = (Path(__file__).parents[1] / "_forge/templates/restart-policy.yaml").read_text()


async def problem(folder: Path, content: str | bytes, name: str = "paperless.yaml") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (found,) = (await TemplateFolder(own_templates(folder)).read()).found
    assert (found.template is None) == bool(found.problem)
    assert found.purpose() == (
        "unusable" if found.problem else "deploy" if "forms" in str(content) else "change"
    )
    path.unlink()
    return found.problem


async def test_templates_of_both_kinds_are_read_again_at_each_use(tmp_path: Path) -> None:
    folder = TemplateFolder(own_templates(tmp_path))
    assert (await folder.read()).found == []
    (tmp_path / "paperless.yaml").write_text(PAPERLESS)
    (tmp_path / "restart-policy.yaml").write_text(CHANGE)
    assert [one.title for one in (await folder.read()).found] == ["Paperless", "Restart policy"]
    assert (await folder.template("paperless", Template)).key == "paperless"
    (tmp_path / "paperless.yaml").write_text(PAPERLESS.replace("title: Paperless", "title: Archive"))
    assert (await folder.template("paperless", Template)).title == "Archive"
    with pytest.raises(PreconditionFailed, match="for something else"):
        await folder.template("paperless", ChangeTemplate)
    (tmp_path / "paperless.yaml").write_text("a: [")
    with pytest.raises(PreconditionFailed, match=r"paperless.yaml, line \d: this is no YAML"):
        await folder.template("paperless", Template)
    (tmp_path / "paperless.yaml").unlink()
    with pytest.raises(PreconditionFailed, match="no template paperless"):
        await folder.template("paperless", Template)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: Paperless\n", "", "line 1: title is missing."),
        ("title:", "titel:", "line 1: titel is not known here"),
        ("title: Paperless", "title: [x]", "line 1: a text is expected"),
        ("title: Paperless", "title: ''", "line 1: a text of 1 to 500 characters"),
        ("title: Paperless", "title: A\ntitle: B", "line 2: title is given twice"),
        ("key: port", "key: Port", "line 6: a key has only small letters"),
        ("key: port", "key: name", "line 6: name is given twice"),
        ("minimum: 1024", "minimum: low", "line 6: a whole number is expected"),
        ("minimum: 1024", "minimum: 0x400", "line 6: a whole number is expected"),
        ("default: 8000", "default: 80", "line 6: the default is not between"),
        (", maximum: 65535", "", "line 6: maximum is missing"),
        ("path: compose.yaml", "path: ../compose.yaml", "line 9: each part of a path begins"),
        ("path: compose.yaml", "path: /etc/compose.yaml", "line 9: each part of a path begins"),
        ("path: compose.yaml", "path: .github/workflows/x.yaml", "line 9: each part of a path begins"),
        ('"{{ port }}:8000"', '"{{ ports }}:8000"', "places without a parameter: ports"),
        ('name: "{{ name }}"', "name: {{ name }}", "outside of a quoted text"),
        ("      content: |", "      contents: |", "line 10: contents is not known"),
        ("parameters:", "parameters: {}\nother:", "is not known here"),
        (
            KEY,
            "DB_PASSWORD: hunter22",
            "line 16: this looks like a secret",
        ),
        ("key: port", "key: db_password", "places without a parameter: port"),
        (
            "parameters:\n",
            "parameters:\n  - {key: db_password, name: P, default: hunter22}\n",
            "line 6: this looks",
        ),
    ],
)
async def test_each_error_has_the_line_and_what_is_expected(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in PAPERLESS
    found = await problem(tmp_path, PAPERLESS.replace(old, new, 1))
    assert message in found
    assert bool(message) == found.startswith("paperless.yaml, ")
    assert "hunter22" not in found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{{ tries }}", "3", "line 9: a value needs each of its parameters once, as in {{ name }}"),
        ("{{ tries }}", "{{ other }}", "line 9: a value needs"),
        ('[services, "*", restart]', '["*"]', "line 8: at least one key"),
        ("[compose.yaml]", "[apps/compose.yaml]", "line 7: names of files are expected, without folders"),
        ("key: tries", "key: applications", "line 5: applications is given twice"),
        ("places:", "places: []\nx:", "x is not known here"),
    ],
)
async def test_errors_of_templates_of_changes(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in await problem(tmp_path, CHANGE.replace(old, new, 1))


async def test_files_that_are_no_templates(tmp_path: Path) -> None:
    assert "line 1: the file is empty" in await problem(tmp_path, "")
    assert "keys with values are expected" in await problem(tmp_path, "- a\n")
    assert "line 2: the text is not UTF-8" in await problem(tmp_path, b"a: 1\nb: \xff\n")
    assert f"more than {LARGEST} bytes" in await problem(tmp_path, "#" * (LARGEST + 1))
    assert "small letters, digits, and hyphens, with .yaml" in await problem(
        tmp_path, PAPERLESS, "Paper.yaml"
    )
    assert "with .yaml" in await problem(tmp_path, PAPERLESS, "paper.yml")
    assert "at least one place" in await problem(tmp_path, CHANGE.partition("places:")[0] + "places: []\n")
    many = "a: &a [1]\n" + "".join(f"k{n}: *a\n" for n in range(21))
    text = PAPERLESS.replace('name: "{{ name }}"\n', "\n        ".join(["", *many.splitlines()]) + "\n")
    assert "many aliases" in await problem(tmp_path, text)


async def test_links_and_folders_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(PAPERLESS)
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "linked.yaml").symlink_to(outside)
    (folder / "folder.yaml").mkdir()
    read = await TemplateFolder(own_templates(folder)).read()
    assert [one.template for one in read.found] == [None, None]
    assert str(read.wrong()).count("it is a link or a folder") == 2


async def test_a_folder_that_is_not_there_or_too_full(tmp_path: Path) -> None:
    missing = await TemplateFolder(own_templates(tmp_path / "x")).read()
    assert "cannot be read: No such file or directory" in str(missing.wrong())
    for number in range(MOST_TEMPLATES + 1):
        (tmp_path / f"t{number}.yaml").write_text("a")
    full = await TemplateFolder(OwnTemplates(tmp_path, lambda _: ())).read()
    assert len(full.found) == MOST_TEMPLATES
    assert "more than 50 templates" in full.problem
    assert await TemplateFolder(None).read() == type(full)()


def test_the_templates_of_the_app_have_no_secrets_but_names_of_keys() -> None:
    assert {one.key for one in templates()} == {"dashboard", "monitoring", "uptime"}
    for line in ("DB_PASSWORD: hunter22", "token: ghp_abcdefghijklmnopqrstuvwxyz0123456789"):
        assert secret_lines(f"a: 1\n{line}\n") == [2]
    assert secret_lines("DB_PASSWORD: ${DB_PASSWORD}\n") == []


async def test_names_of_keys_of_a_secret_are_none(tmp_path: Path) -> None:
    image = "            image:"
    text = PAPERLESS.replace(
        image, f"            userKey: admin-user\n            passwordKey: a-b\n{image}", 1
    )
    assert await problem(tmp_path, text) == ""


@pytest.mark.parametrize("said", ["tries", "tries=", "tries=x", "tries=100", "others=5", "-,tries=5"])
def test_values_are_checked(said: str) -> None:
    from steward.services._forge.change_templates import read_change_template  # noqa: PLC0415
    from steward.services._forge.templates.reading import root  # noqa: PLC0415

    fields = read_change_template("x", root(CHANGE)).parameters
    assert values_of("tries=5", fields) == {"tries": 5}
    with pytest.raises(InvalidArgument):
        values_of(said, fields)


@pytest.mark.parametrize("key", ["github", "gitea"])
async def test_a_template_that_is_changed_after_the_approval_is_asked_about_again(key: str) -> None:
    async with visit(key) as here:
        action, noted = here.action("deploy_template"), dict[str, Value]()

        async def note(values: Mapping[str, Value]) -> None:
            noted.update(values)

        made = await here.call_of(action, "Paperless", repository="11", values="port=8010, name=papers")
        call = Call(target=made.target, arguments=made.arguments, note=note)
        first = await action.dry_run(here.client, call)
        assert '- "8010:8000"' in first.differences[1].after
        other = await here.call_of(action, "Paperless", repository="11", values="port=8011, name=papers")
        changed = await action.dry_run(here.client, other)
        assert changed.baseline != first.baseline
        with pytest.raises(PreconditionFailed, match="was changed in the meantime"):
            await action.precheck(here.client, call, changed.baseline)
        assert here.writes == []
        assert await action.execute(here.client, call, first.baseline) == "#6 was opened"
        assert "apps/papers/compose.yaml" in branches(here.served.state)["steward/deploy-papers"]["files"]


async def test_the_repository_is_said_when_there_are_several() -> None:
    async with visit("github") as here:
        action = here.action("deploy_template")
        with pytest.raises(InvalidArgument, match="rack/kitchen, rack/garage"):
            await action.dry_run(here.client, await here.call_of(action, "Paperless"))
        with pytest.raises(PreconditionFailed, match="no such repository"):
            await action.dry_run(here.client, await here.call_of(action, "Paperless", repository="99"))
    async with visit("github", changed={"repositories": "rack/kitchen"}) as here:
        found = await action.dry_run(here.client, await here.call_of(action, "Paperless"))
        assert found.baseline["path"] == "rack/kitchen"
