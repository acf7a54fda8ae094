"""The library: what cannot be carried out is refused, by file and by key."""

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.agent_rig import LINKED, RUNBOOK, THREE_STEPS
from rig.toy import SERVICE
from steward.runbooks import library
from steward.runbooks.library import (
    OWN_RUNBOOKS,
    WrongRunbook,
    built_in_folders,
    check,
    parse,
    read_library,
)
from steward.runbooks.model import Each, Look, Named, Of, Reference, Runbook, Scaled, Step, WaitFor
from steward.sdk.description import AnyService, Role
from steward.services.finder import find_services

TOY: dict[str, AnyService] = {"toy": SERVICE}


def changed(old: str, new: str, book: str = RUNBOOK) -> str:
    assert old in book, "the test changes what is there"
    return book.replace(old, new, 1)


def test_the_language_of_the_text_is_a_language_tag() -> None:
    assert parse("toy.md", RUNBOOK).language == "en"
    assert parse("toy.md", changed("version: 1", "version: 1\nlanguage: pt-BR")).language == "pt-BR"
    with pytest.raises(WrongRunbook, match="language must be a language tag"):
        parse("toy.md", changed("version: 1", "version: 1\nlanguage: German"))


def test_a_runbook_is_read_whole() -> None:
    found = parse("toy.md", RUNBOOK)
    assert (found.id, found.version, found.title) == ("toy-memory", 1, "Toy memory pressure")
    assert found.match.alerts == ("ToyMemoryHigh",)
    assert found.match.targets == ("box",)
    assert found.looks == (Look(tool="toy.status", of=Of.TARGET),)
    assert [one.id for one in found.recipes] == ["grow", "restart", "investigate"]
    grow = found.recipe("grow")
    assert grow is not None
    assert grow.steps[0].scaled == {"memory": Scaled(reading="limit", times=1.5, step=256)}
    assert [(one.below, one.equals) for one in grow.verify] == [(85, None), (None, True)]
    assert (grow.settle, grow.within) == (0.01, 0.05)
    assert found.recipe("unknown") is None
    assert found.text == "# Toy memory pressure"


def test_windows_line_ends_do_not_matter() -> None:
    assert parse("toy.md", RUNBOOK.replace("\n", "\r\n")) == parse("toy.md", RUNBOOK)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "needs front matter between two lines of ---"),
        ("# Only a title\n", "needs front matter between two lines of ---"),
        ("---\nid: x\n", "needs front matter between two lines of ---"),
        (" " + RUNBOOK, "needs front matter between two lines of ---"),
        ("---\n- a\n- b\n---\ntext\n", "front matter must be keys and values"),
        ("---\njust words\n---\ntext\n", "front matter must be keys and values"),
        ("---\nid: [\n---\ntext\n", "front matter is not YAML"),
        ("---\nid: &a [*a]\n---\ntext\n", "front matter has an alias within its own value"),
        pytest.param(
            f"---\nid: {'[' * 100_000}{']' * 100_000}\n---\ntext\n",
            "front matter is nested too deeply",
            id="nested too deeply",
        ),
        ("---\nid: !!python/object/apply:os.system ['true']\n---\n", "front matter is not YAML"),
        (changed("id: toy-memory", "id: Toy Memory"), "id 'Toy Memory' must be lower-case letters"),
        (changed("id: toy-memory", "id: ../etc"), "id '../etc' must be lower-case letters"),
        (changed("id: toy-memory", f"id: {'x' * 65}"), "must have at most 64 characters"),
        (changed("id: toy-memory\n", ""), "id"),
        (changed("version: 1", "version: 0"), "version must be 1 or more"),
        (changed("version: 1", "version: one"), "version"),
        (changed("title: Toy memory pressure", "titel: x"), "titel"),
        (changed("targets: [box]", "target: [box]"), "target"),
        (changed("tool: toy.status", "tol: toy.status"), "tol"),
        (changed("id: grow", "id: Grow"), "recipe id 'Grow' must be lower-case letters"),
        (changed("id: grow", f"id: {'x' * 65}"), "must have at most 64 characters"),
        (changed("id: restart", "id: grow"), "two recipes have the same id"),
        (changed("kind: investigate", "kind: destroy"), "kind"),
        (changed("kind: investigate", "kind: each"), "recipe investigate: each is for updates only"),
        (changed("steps: [{action: toy.restart}]", "steps: []"), "recipe restart has no steps"),
        (
            changed("verify: [{name: Memory below 85 %, reading: share, below: 85}]", "verify: []"),
            "recipe restart does not say how to verify",
        ),
        (
            changed("looks: [{tool: toy.log}]", "steps: [{action: toy.restart}]"),
            "recipe investigate changes nothing: it cannot have steps",
        ),
        (changed("settle: 0.01", "settle: 0"), "within must be at least settle, both above 0"),
        (changed("settle: 0.01", "settle: -1"), "within must be at least settle, both above 0"),
        (changed("settle: 0.01", "settle: 1"), "within must be at least settle, both above 0"),
        (changed("settle: 0.01", "settle: .nan"), "within must be at least settle, both above 0"),
        (changed("within: 0.05", "within: .inf"), "within must be at least settle, both above 0"),
        (changed("reading: share, below: 85", "reading: share"), "needs one of below, above, equals"),
        (
            changed("reading: share, below: 85", "reading: share, below: 85, above: 1"),
            "needs one of below, above, equals",
        ),
        (
            changed("reading: share, below: 85", "reading: alerting, of: host, equals: false"),
            "only verify has the reading alerting, without of and target",
        ),
        (
            changed("name: It runs", "name: Memory below 85 %"),
            "recipe grow: two conditions have the same name",
        ),
        (
            changed("tool: toy.status", "capability: status, tool: toy.status"),
            "look 'toy.status' needs either tool or capability",
        ),
        (changed("{tool: toy.status}", "{of: target}"), "look '' needs either tool or capability"),
        (
            changed("tool: toy.log", "capability: logs, tool: toy.log"),
            "recipe investigate: look 'toy.log' needs either tool or capability",
        ),
        (
            changed("{action: toy.restart}", "{action: toy.restart, capability: restart}"),
            "recipe restart: step 'toy.restart' needs either action or capability",
        ),
        (changed("targets: [box]", "roles: [boss]"), "roles"),
        (changed("match:", "symptoms: [It broke, it BROKE]\nmatch:"), "symptoms has an entry twice"),
        (changed("match:", "symptoms: [' ']\nmatch:"), "must be one line of at most 200 characters"),
        (changed("match:", f"symptoms: [{'x' * 201}]\nmatch:"), "must be one line of at most 200 characters"),
        (changed("match:", 'symptoms: ["a\\nb"]\nmatch:'), "must be one line of at most 200 characters"),
        (
            changed("match:", f"symptoms: {[f's{number}' for number in range(41)]}\nmatch:"),
            "symptoms must have at most 40 entries",
        ),
        (changed("step: 256", "step: 0"), "memory: step and times must be above 0"),
        (changed("step: 256", "step: -1"), "memory: step and times must be above 0"),
        (changed("times: 1.5", "times: 0"), "memory: step and times must be above 0"),
        (changed("times: 1.5", "times: .nan"), "memory: step and times must be above 0"),
        (changed("times: 1.5", "times: .inf"), "memory: step and times must be above 0"),
        (changed("action: toy.set_memory", "action: [toy.set_memory]"), "action"),
        (
            changed(
                "of: target",
                "of: neighbour",
                RUNBOOK.replace("{tool: toy.status}", "{tool: toy.status, of: target}"),
            ),
            "of",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_file(text: str, reason: str) -> None:
    with pytest.raises(WrongRunbook) as wrong:
        parse("mine.md", text)
    assert str(wrong.value).startswith("mine.md: ")
    assert reason in str(wrong.value)


def test_too_many_recipes_and_none() -> None:
    with pytest.raises(WrongRunbook, match=r"mine\.md: needs one to 3 recipes"):
        parse("mine.md", "---\nid: x\nversion: 1\ntitle: X\nmatch: {}\nrecipes: []\n---\n")
    fourth = "\n  - id: more\n    label: More\n    kind: investigate\n---\n# Toy memory"
    with pytest.raises(WrongRunbook, match=r"mine\.md: needs one to 3 recipes"):
        parse("mine.md", changed("\n---\n# Toy memory", fourth))


@given(st.text(max_size=200))
def test_whatever_a_file_says_it_is_read_or_refused(text: str) -> None:
    for body in (text, f"---\n{text}\n---\n"):
        with contextlib.suppress(WrongRunbook):
            assert isinstance(parse("any.md", body), Runbook)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (changed("toy.status", "toy.unknown"), "there is no tool toy.unknown"),
        (changed("toy.status", "toy.grep"), "toy.grep: words: is missing"),
        (
            changed("toy.status", "toy.log, arguments: {x: 1}"),
            "toy.log: x: is not an argument of this action",
        ),
        (changed("toy.status", "toy.viewers"), "there is no tool toy.viewers"),
        (changed("toy.status", "other.status"), "there is no tool other.status"),
        (changed("toy.status", "status"), "there is no tool status"),
        (changed("toy.log", "toy.set_memory"), "there is no tool toy.set_memory"),
        (changed("toy.set_memory", "toy.unknown"), "there is no action toy.unknown"),
        (changed("toy.set_memory", "toy.status"), "there is no action toy.status"),
        (changed("toy.restart", "other.restart"), "there is no action other.restart"),
        (changed("scaled: {memory:", "scaled: {memry:"), "toy.set_memory: has no argument memry"),
        (
            changed(
                "steps: [{action: toy.restart}]", "steps: [{action: toy.restart, arguments: {force: true}}]"
            ),
            "toy.restart: has no argument force",
        ),
        (
            changed("{action: toy.set_cpu, arguments: {cores: 4}}", "{action: toy.set_cpu}", THREE_STEPS),
            "toy.set_cpu: needs the argument cores",
        ),
        (changed("cores: 4", "cores: many", THREE_STEPS), "toy.set_cpu: cores: must be a number"),
        (changed("cores: 4", "cores: 0", THREE_STEPS), "toy.set_cpu: cores: must be at least 1"),
        (changed("action: toy.set_memory", "capability: fly"), "there is no capability fly"),
        (changed("tool: toy.log", "capability: fly"), "there is no capability fly"),
        (changed("action: toy.restart", "capability: status"), "there is no capability status"),
        (changed("action: toy.restart", "capability: set_cpu"), "set_cpu: needs the argument cores"),
        (
            changed("tool: toy.log", "capability: logs, arguments: {x: 1}"),
            "logs: x: is not an argument of this action",
        ),
    ],
)
def test_names_that_do_not_exist_are_refused(text: str, reason: str) -> None:
    with pytest.raises(WrongRunbook) as wrong:
        check("mine.md", parse("mine.md", text), TOY)
    assert str(wrong.value) == f"mine.md: {reason}"


def test_names_that_exist_are_fine() -> None:
    check("toy.md", parse("toy.md", RUNBOOK), TOY)
    check("three.md", parse("three.md", THREE_STEPS), TOY)
    check("linked.md", parse("linked.md", LINKED), TOY)


def test_linked_steps_are_read() -> None:
    recipe = parse("linked.md", LINKED).recipe("all")
    assert recipe is not None
    memory, wait, cpu = recipe.steps
    named = Named(service="toy", name="radarr")
    assert (memory.id, memory.about, memory.constants) == ("memory", named, {"memory": 4096})
    assert wait.wait_for == WaitFor(name="Memory below 60 %", reading="share", below=60, within=50)
    assert (cpu.about, cpu.constants) == (Of.TARGET, {})
    assert cpu.references == {"cores": Reference("memory", "granted")}
    assert [one.about for one in recipe.verify] == [named, Of.TARGET]
    every = Named(service="a", instance="b", kind="c", name="d", role=Role.STORAGE, reading="e")
    assert str(every) == "service a, instance b, kind c, name d, role storage, reading e"


WAIT = "wait_for: {name: Memory below 60 %, reading: share, below: 60, within: 50}"
CPU = "{action: toy.set_cpu, arguments: {cores: {from: memory, output: granted}}}"
WAIT_ONLY = f"    steps: [{{{WAIT}}}]\n    verify"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("id: memory", "id: Memory", "recipe all: step id 'Memory' must be lower-case letters"),
        (
            "{action: toy.set_cpu",
            "{id: memory, action: toy.set_cpu",
            "recipe all: two steps have the id memory",
        ),
        ("from: memory", "from: nothing", "recipe all: cores: no earlier action has the id nothing"),
        ("{id: memory, action", "{action", "recipe all: cores: no earlier action has the id memory"),
        (
            "{action: toy.set_cpu",
            "{id: cpu, action: toy.set_cpu",
            None,
        ),
        ("- wait_for", "- id: pause\n        wait_for", None),
        ("output: granted", "output: granted, default: 1", "expected str or int or float or bool"),
        ("output: granted", "output: 1", "expected str or int or float or bool"),
        ("from: memory", "from: [memory]", "expected str or int or float or bool"),
        ("from: memory, output: granted", "a: 1", "expected str or int or float or bool"),
        (WAIT, f"action: toy.restart\n        {WAIT}", "a step with wait_for can only have an id"),
        (WAIT, f"of: host\n        {WAIT}", "a step with wait_for can only have an id"),
        (WAIT, f"arguments: {{a: 1}}\n        {WAIT}", "a step with wait_for can only have an id"),
        ("within: 50", "within: 0.01", "recipe all: within of wait_for must be at least settle"),
        ("within: 50", "within: .inf", "recipe all: within of wait_for must be at least settle"),
        ("within: 50", "within: .nan", "recipe all: within of wait_for must be at least settle"),
        (", within: 50", "", "within"),
        ("below: 60", "below: 60, above: 1", "'Memory below 60 %' needs one of below, above, equals"),
        ("below: 60, ", "", "'Memory below 60 %' needs one of below, above, equals"),
        (
            "below: 60",
            "below: 60, target: {name: x}",
            "'Memory below 60 %': target needs service, instance or role",
        ),
        (
            "target: {service: toy, name: radarr}, arguments",
            "target: {kind: box}, arguments",
            "'toy.set_memory': target needs service, instance or role",
        ),
        (
            "target: {service: toy, name: radarr}, arguments",
            "target: {kind: box, reading: running}, arguments",
            None,
        ),
        (
            "target: {service: toy, name: radarr}, arguments",
            "target: {service: toy, reading: running}, arguments",
            "'toy.set_memory': a target with reading needs kind",
        ),
        (
            "below: 60",
            "below: 60, target: {kind: box, reading: running}",
            "only a look or a step can have it",
        ),
        (
            "target: {service: toy, name: radarr}, arguments",
            "of: host, target: {role: host}, arguments",
            "'toy.set_memory' has both of and target",
        ),
        ("recipes:", "looks: [{tool: toy.log, target: {}}]\nrecipes:", "'toy.log': target needs service"),
        ("target: {service: toy", "target: {svc: toy", "svc"),
        (
            CPU,
            CPU[:-1] + ", scaled: {cores: {reading: cpu}}}",
            "recipe all: cores is given twice",
        ),
    ],
)
def test_mistakes_of_linked_steps_are_named(old: str, new: str, reason: str | None) -> None:
    text = changed(old, new, LINKED)
    if reason is None:
        check("mine.md", parse("mine.md", text), TOY)
        return
    with pytest.raises(WrongRunbook) as wrong:
        parse("mine.md", text)
    assert reason in str(wrong.value)


def test_a_wait_has_no_output() -> None:
    text = changed("- wait_for", "- id: pause\n        wait_for", LINKED).replace(
        "from: memory", "from: pause"
    )
    with pytest.raises(WrongRunbook, match="cores: no earlier action has the id pause"):
        parse("mine.md", text)


def test_a_recipe_that_only_waits_is_refused() -> None:
    begin, end = LINKED.index("    steps:"), LINKED.index("    verify")
    with pytest.raises(WrongRunbook, match="recipe all only waits"):
        parse("mine.md", LINKED[:begin] + WAIT_ONLY + LINKED[end + len("    verify") :])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("output: granted", "output: size", "toy.set_cpu: cores: step memory has no output size"),
        (
            "output: granted",
            "output: mode",
            "toy.set_cpu: cores: is a number, and mode is a choice",
        ),
        (
            "output: granted",
            "output: other",
            "toy.set_cpu: cores: is a number, and other is a target",
        ),
        ("cores: {from", "cpus: {from", "toy.set_cpu: has no argument cpus"),
        ("target: {service: toy", "target: {service: other", "there is no service other"),
        ("name: Memory below 60 %,", "name: X, target: {service: other},", "there is no service other"),
    ],
)
def test_linked_steps_that_cannot_be_carried_out_are_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(WrongRunbook) as wrong:
        check("mine.md", parse("mine.md", changed(old, new, LINKED)), TOY)
    assert str(wrong.value) == f"mine.md: {reason}"


def test_a_capability_needs_one_service_that_takes_the_arguments() -> None:
    text = RUNBOOK.replace("action: toy.", "capability: ").replace("tool: toy.status", "capability: status")
    book = parse("toy.md", text.replace("tool: toy.log", "capability: logs"))
    check("toy.md", book, TOY)
    actions = tuple(replace(one, arguments=()) for one in SERVICE.actions)
    without = replace(SERVICE, key="plain", actions=actions)
    check("toy.md", book, {"plain": without, **TOY})
    with pytest.raises(WrongRunbook, match=r"^toy\.md: set_memory: has no argument memory$"):
        check("toy.md", book, {"plain": without})


def test_folders_are_read_in_order_and_a_later_one_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, version in ((first, 1), (second, 2)):
        folder.mkdir()
        (folder / "memory.md").write_text(RUNBOOK.replace("version: 1", f"version: {version}"))
        (folder / "notes.txt").write_text("no runbook")
    (first / "three.md").write_text(THREE_STEPS)
    found = read_library([first, second, tmp_path / "none"], TOY)
    assert {name: one.version for name, one in found.items()} == {"toy-memory": 2, "toy-three": 1}
    with pytest.raises(WrongRunbook, match=r"^memory\.md: there is no tool toy\.status$"):
        read_library([first], {})


def test_a_runbook_that_names_a_broken_service_is_left_out(tmp_path: Path) -> None:
    """A mistake in a service of the user's own costs what needs it, not the start of the app."""
    (tmp_path / "memory.md").write_text(RUNBOOK)
    (tmp_path / "three.md").write_text(THREE_STEPS)
    others = {"plain": replace(SERVICE, key="plain")}
    assert read_library([tmp_path], others, broken={"toy"}) == {}
    assert set(read_library([tmp_path], TOY, broken={"toy"})) == {"toy-memory", "toy-three"}
    with pytest.raises(WrongRunbook, match=r"^memory\.md: there is no tool toy\.status$"):
        read_library([tmp_path], others, broken={"other"})


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WrongRunbook, match=r"^bad\.md: is not UTF-8 text"):
        read_library([tmp_path], TOY)


def test_two_files_of_one_folder_do_not_share_an_id(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(RUNBOOK)
    (tmp_path / "b.md").write_text(RUNBOOK)
    with pytest.raises(WrongRunbook, match=r"^b\.md: toy-memory exists already$"):
        read_library([tmp_path], TOY)


OWN = sorted(path for folder in built_in_folders() for path in folder.glob("*.md"))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_own_runbook_can_be_carried_out(path: Path) -> None:
    found = parse(path.name, path.read_text(encoding="utf-8"))
    assert found.id == path.stem
    check(path.name, found, dict(find_services()))
    assert found.match.targets, "without a kind of target, text alone would choose it"
    assert found.each or found.match.alerts or found.match.checks
    is_read = found.each or any(not recipe.steps for recipe in found.recipes)
    assert is_read, "reading more is always an option"


def test_there_are_own_runbooks_and_no_two_share_an_id() -> None:
    assert len(OWN) >= 3
    assert len(read_library(built_in_folders(), find_services())) == len(OWN)


def test_runbooks_of_a_service_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "SERVICES", tmp_path)
    folder = tmp_path / "toy" / "runbooks"
    folder.mkdir(parents=True)
    (tmp_path / ".git" / "runbooks").mkdir(parents=True)
    assert built_in_folders() == (OWN_RUNBOOKS, folder)


def test_the_general_runbooks_name_no_service() -> None:
    for path in OWN_RUNBOOKS.glob("*.md"):
        found = parse(path.name, path.read_text(encoding="utf-8"))
        looks = (*found.looks, *(look for one in found.recipes for look in one.looks))
        assert all(look.tool is None for look in looks)
        assert all(step.action is None for one in found.recipes for step in one.steps)


EACH = """---
id: toy-all
version: 1
title: Restart all boxes
match: {targets: [box]}
each: stack
recipes:
  - id: restart
    label: Restart all
    steps: [{capability: restart}]
---
# Restart all boxes
"""


def test_a_runbook_for_each_thing_of_a_stack_needs_no_conditions() -> None:
    found = parse("toy.md", EACH)
    assert found.each is Each.STACK
    assert found.recipes[0].steps == (Step(capability="restart"),)
    check("toy.md", found, TOY)


def test_a_runbook_for_each_instance_only_reads() -> None:
    recipe = "label: Look\n    kind: investigate\n    looks: [{tool: toy.log}]"
    text = changed("label: Restart all\n    steps: [{capability: restart}]", recipe, EACH)
    found = parse("toy.md", changed("each: stack", "each: instance", text))
    assert found.each is Each.INSTANCE
    assert found.only_reads
    assert not parse("toy.md", EACH).only_reads


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("targets: [box]", "targets: [box], alerts: [BoxDown]", "only people ask for it"),
        ("targets: [box]", "targets: [box], checks: [box_down]", "only people ask for it"),
        ("{capability: restart}", "{capability: restart, of: host}", "one step with an action"),
        ("{capability: restart}", "{capability: restart}, {capability: restart}", "one step with an action"),
        ("label: Restart all", "label: Restart all\n    not_while: [streaming]", "one step with an action"),
        ("[{capability: restart}]", "[]", "has no steps"),
        (
            "recipes:\n",
            "recipes:\n  - {id: again, label: Again, steps: [{capability: restart}]}\n",
            "only one recipe can change something",
        ),
        ("each: stack", "each: node", "each"),
        ("each: stack", "each: instance", "it only reads"),
        (
            "each: stack\nrecipes:\n  - id: restart",
            "each: instance\nrecipes:\n  - {id: meant, label: Meant, kind: expect_off}\n  - id: restart",
            "it only reads",
        ),
        (
            "label: Restart all\n    steps: [{capability: restart}]",
            "label: Look\n    kind: investigate",
            "one recipe changes something",
        ),
    ],
)
def test_what_cannot_be_done_with_each_thing_is_a_mistake(old: str, new: str, message: str) -> None:
    with pytest.raises(WrongRunbook, match=message):
        parse("toy.md", changed(old, new, EACH))
