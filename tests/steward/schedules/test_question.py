"""Questions are read from files; what is wrong is named with its line."""

from pathlib import Path

import pytest

from homelab_steward.contract.schedules import Delivery
from steward.schedules.question import (
    LARGEST,
    SHIPPED,
    TITLES,
    Models,
    Question,
    Send,
    ToolRead,
    WrongSchedule,
    read_question,
    read_questions,
)

WHOLE = """\
title: Disks
cron: 30 6 * * MON-FRI
zone: Europe/Vienna
rules: [backups]
tools: [nas/pools]
prompt: Which is the worst?
models: any
tokens: 900
deliver_to: [phone]
send: news
is_enabled: false
"""


def test_everything_that_a_file_may_say(tmp_path: Path) -> None:
    (file := tmp_path / "disks.yaml").write_text(WHOLE)
    assert read_question(file) == Question(
        id="disks",
        title="Disks",
        cron="30 6 * * MON-FRI",
        zone="Europe/Vienna",
        rules=("backups",),
        tools=(ToolRead(instance="nas", tool="pools"),),
        prompt="Which is the worst?",
        models=Models.ANY,
        tokens=900,
        deliver_to=(Delivery.PHONE,),
        send=Send.NEWS,
        is_enabled=False,
        is_own=True,
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "expected keys and values"),
        ("- a", 1, "expected keys and values"),
        ("title: A\ncron: [", 2, "expected the node content"),
        ("cron: 0 9 * * *\nrules: [backups]", 1, "“title” is missing"),
        ("title: A\nrules: [backups]", 1, "“cron” is missing"),
        ("title: A\ncron: 0 9 * * *", 1, "it needs “rules” or “tools”"),
        ("title: A\ncron: 0 25 * * *\nrules: [backups]", 2, "“0 25 * * *” is no time: the hour is wrong"),
        (
            "title: A\ncron: 0 9 * * *\nrules:\n  - backups\n  - weather",
            5,
            "“weather” is not known; there are cert",
        ),
        ("title: A\ncron: 0 9 * * *\nrules: backups", 3, "expected a list"),
        ("title: A\ncron: 0 9 * * *\nrules: [backups]\nzone: Mars", 4, "“Mars” is no time zone"),
        ("title: A\ncron: 0 9 * * *\nrules: [backups]\ntools: [nas]", 4, "expected an instance and its tool"),
        ("title: A\ncron: 0 9 * * *\nrules: [backups]\ntokens: many", 4, "expected a whole number"),
        ("title: A\ncron: 0 9 * * *\nrules: [backups]\nis_enabled: maybe", 4, "expected true or false"),
        (
            "title: A\ncron: 0 9 * * *\nrules: [backups]\nsend: never",
            4,
            "“never” is not known; there are always",
        ),
        (
            "title: A\ncron: 0 9 * * *\nrules: [backups]\nmodels: all",
            4,
            "“all” is not known; there are local",
        ),
        ("title: A\ncron: 0 9 * * *\nrules: [backups]\ndeliver_to: [pager]", 4, "“pager” is not known"),
        ("title: A\ncron: 0 9 * * *\nrules: [backups]\nrun: rm", 4, "“run” is not known; the keys are title"),
        (f"title: {'x' * 81}\ncron: 0 9 * * *", 1, "the text has more than 80 characters"),
        ("title: []\ncron: 0 9 * * *", 1, "expected a text"),
        ("#" * (LARGEST + 1), 1, "the file is larger than 64 KiB"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    (file := tmp_path / "own.yaml").write_text(text)
    with pytest.raises(WrongSchedule) as caught:
        read_question(file)
    assert str(caught.value).startswith(f"own.yaml, line {line}: {reason}")


@pytest.mark.parametrize("content", [b"\xff", b"title: \x00"])
def test_bytes_that_are_no_text(tmp_path: Path, content: bytes) -> None:
    (file := tmp_path / "own.yaml").write_bytes(content)
    with pytest.raises(WrongSchedule, match=r"own\.yaml, line 1: "):
        read_question(file)


@pytest.mark.parametrize("name", ["a b", "ä", "x" * 61])
def test_a_file_name_that_is_no_id(tmp_path: Path, name: str) -> None:
    (file := tmp_path / f"{name}.yaml").write_text(WHOLE)
    with pytest.raises(WrongSchedule, match="name of the file"):
        read_question(file)


def test_a_wrong_file_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(WHOLE)
    (tmp_path / "wrong.yml").write_text("title: A")
    (tmp_path / "notes.txt").write_text("nothing")
    found, wrong = read_questions(tmp_path, {})
    assert list(found) == ["good"]
    assert wrong == ("wrong.yml, line 1: “cron” is missing",)
    assert read_questions(tmp_path / "away", {}) == ({}, ())


def test_the_questions_of_the_app() -> None:
    found, wrong = read_questions(SHIPPED, {}, is_own=False)
    assert wrong == ()
    assert {key: one.title for key, one in found.items()} == TITLES
    assert {
        key: one.cron
        for key, one in found.items()
        if key in ("unifi-features", "security-review", "dependency-health")
    } == {
        "unifi-features": "0 9 1 * *",
        "security-review": "0 10 * * 1",
        "dependency-health": "0 8 * * 0",
    }
    assert all(one.models is Models.LOCAL for one in found.values()), "readings stay at home"
