"""An owner changes schedules from a front end: the same checks as a file, and the same files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.schedules import (
    QuestionSettings,
    RemoveSchedule,
    RunSchedule,
    SaveSchedule,
    Schedule,
    ScheduleQuery,
    SwitchSchedule,
)
from rig.inventory import NOW, ToyInventory, speaker
from rig.toy import Toy
from steward.schedules.editing import SHOWN, ScheduleEditor
from steward.schedules.files import QuestionFiles, settings_of
from steward.schedules.question import MOST_FILES, Question, read_question
from steward.store import audit

from .test_schedules import OWN, Lab, lab

NEW = QuestionSettings(title="Größe: disks", cron="30 6 * * 1-5", zone="Europe/Vienna", rules=("backups",))
WITH_COMMENT = f"# mine\n{OWN}"


@asynccontextmanager
async def edited(folder: Path, own: str = OWN) -> AsyncIterator[tuple[Lab, ScheduleEditor]]:
    async with lab(folder, own) as made:
        yield made, ScheduleEditor(made.book, made.clock)


async def found(made: Lab, schedule_id: str) -> Schedule:
    listed = (await made.book.list(ScheduleQuery())).schedules
    return next(one for one in listed if one.id == schedule_id)


async def changed(made: Lab, schedule_id: str, user: str = "1", **changes: Any) -> SaveSchedule:
    """Return the command that changes a question as a front end does: from what it was shown."""
    shown = await found(made, schedule_id)
    assert shown.question is not None
    return SaveSchedule(
        speaker=speaker(user),
        id=schedule_id,
        version=shown.version,
        question=replace(shown.question, **changes),
    )


async def test_a_new_one_is_a_file_and_runs(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        command = SaveSchedule(speaker=speaker("1"), question=NEW)
        saved = await editor.save(command)
        assert saved.mistakes == ()
        assert saved.schedule is not None
        assert (saved.schedule.id, saved.schedule.is_own, saved.schedule.read_only) == (
            "grosse-disks",
            True,
            "",
        )
        assert saved.schedule.question == NEW
        assert saved.schedule.next_at == saved.next_at[0]
        assert saved.said == "Monday, Tuesday, Wednesday, Thursday, and Friday, 06:30"
        written = read_question(tmp_path / "own" / "grosse-disks.yaml")
        assert settings_of(written) == NEW
        ran = await made.book.run(RunSchedule(speaker=speaker("1"), id="grosse-disks"))
        assert ran.last is not None
        again = await editor.save(command)
        assert again.schedule is not None
        assert again.schedule.id == "grosse-disks-2"
        async with made.store.read() as connection:
            events = [one.event for one in await audit.page(connection, 10)]
        assert events.count("schedule.saved") == 2


async def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        before = await made.book.list(ScheduleQuery())
        checked = await editor.save(SaveSchedule(speaker=speaker("1"), question=NEW, only_check=True))
        assert (len(checked.next_at), checked.schedule) == (SHOWN, None)
        assert all(one > NOW for one in checked.next_at)
        assert await made.book.list(ScheduleQuery()) == before
        assert [one.name for one in (tmp_path / "own").iterdir()] == ["mine.yaml"]


async def test_every_mistake_is_at_its_field_in_the_language_of_the_person(tmp_path: Path) -> None:
    wrong = QuestionSettings(
        title=" ",
        cron="0 25 * * *",
        zone="",
        rules=("weather",),
        tools=("nas",),
        prompt="x" * 2001,
        models="all",
        tokens=-1,
        deliver_to=("pager",),
        send="never",
    )
    async with edited(tmp_path) as (made, editor):
        command = SaveSchedule(speaker=speaker("1"), question=wrong)
        for one in (command, replace(command, only_check=True)):
            mistakes = {found.key: found.text for found in (await editor.save(one)).mistakes}
            assert mistakes == {
                "title": "expected a text",
                "rules": mistakes["rules"],
                "tools": "expected an instance and its tool, such as unifi/status",
                "prompt": "the text has more than 2000 characters",
                "models": "“all” is not known; there are local, any",
                "tokens": "expected a whole number up to 1000000",
                "deliver_to": "“pager” is not known; there are telegram, phone",
                "send": "“never” is not known; there are always, findings, news",
                "cron": "“0 25 * * *” is no time: the hour is wrong",
            }
        nothing = await editor.save(replace(command, question=replace(NEW, rules=())))
        assert [one.key for one in nothing.mistakes] == ["rules"]
        nowhere = await editor.save(replace(command, question=replace(NEW, zone="Mars")))
        assert [one.key for one in nowhere.mistakes] == ["zone"]
        assert [one.name for one in (tmp_path / "own").iterdir()] == ["mine.yaml"]
        assert (await found(made, "mine")).version


async def test_a_change_is_used_at_once_and_keeps_what_the_form_does_not_have(tmp_path: Path) -> None:
    own = f"{OWN}is_enabled: false\n"
    async with edited(tmp_path, own) as (made, editor):
        saved = await editor.save(await changed(made, "mine", cron="0 13 * * *", prompt="Which?\nNow"))
        assert saved.schedule is not None
        assert (saved.schedule.cron, saved.schedule.is_enabled) == ("0 13 * * *", False)
        assert not read_question(tmp_path / "own" / "mine.yaml").is_enabled
        on = await made.book.switch(SwitchSchedule(speaker=speaker("1"), id="mine", is_enabled=True))
        assert on.next_at is not None
        assert on.next_at.hour == 12, "13 o'clock in Vienna"


async def test_one_of_the_app_changes_its_time_and_delivery_only(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        command = await changed(
            made, "security-review", cron="0 7 * * *", deliver_to=("phone",), title="Other", rules=("unifi",)
        )
        saved = (await editor.save(command)).schedule
        assert saved is not None
        assert (saved.title, saved.is_own, saved.is_changed) == ("Security review", False, True)
        assert saved.question is not None
        assert saved.question.rules == ("containers", "authentication", "certificates")
        text = (tmp_path / "own" / "security-review.yaml").read_text()
        assert text == "cron: 0 7 * * *\ndeliver_to:\n- phone\n"
        back = await changed(made, "security-review", cron="0 10 * * 1", deliver_to=("telegram", "phone"))
        saved = (await editor.save(back)).schedule
        assert saved is not None
        assert (saved.is_changed, saved.cron, saved.version) == (False, "0 10 * * 1", "")
        assert not (tmp_path / "own" / "security-review.yaml").exists()


async def test_removing_one_of_the_app_makes_it_as_it_was(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        saved = (await editor.save(await changed(made, "unifi-features", cron="0 7 * * *"))).schedule
        assert saved is not None
        await editor.remove(RemoveSchedule(speaker=speaker("1"), id="unifi-features", version=saved.version))
        assert (await found(made, "unifi-features")).cron == "0 9 1 * *"
        with pytest.raises(ContractError) as caught:
            await editor.remove(RemoveSchedule(speaker=speaker("1"), id="unifi-features", version=""))
        assert caught.value.code is ErrorCode.NOT_FOUND


async def test_an_own_one_is_removed_with_its_file_and_its_state(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        version = (await found(made, "mine")).version
        await editor.remove(RemoveSchedule(speaker=speaker("1"), id="mine", version=version))
        assert "mine" not in made.book.ids
        assert "mine" not in made.scheduler.states
        assert not list((tmp_path / "own").iterdir())


async def test_comments_are_not_lost(tmp_path: Path) -> None:
    async with edited(tmp_path, WITH_COMMENT) as (made, editor):
        shown = await found(made, "mine")
        assert shown.read_only == "The file has comments, which would be lost. Change it in the folder."
        saved = await editor.save(await changed(made, "mine", cron="0 13 * * *"))
        assert [(one.key, one.text) for one in saved.mistakes] == [("", shown.read_only)]
        with pytest.raises(ContractError) as caught:
            await editor.remove(RemoveSchedule(speaker=speaker("1"), id="mine", version=shown.version))
        assert caught.value.code is ErrorCode.UNAVAILABLE
        assert (tmp_path / "own" / "mine.yaml").read_text() == WITH_COMMENT


async def test_the_first_of_two_people_wins_and_a_change_by_hand_stays(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        first = await changed(made, "mine", cron="0 13 * * *")
        second = await changed(made, "mine", cron="0 14 * * *")
        assert (await editor.save(first)).schedule is not None
        late = await editor.save(second)
        assert [one.text for one in late.mistakes] == ["Somebody changed this schedule. Open it again."]
        third = await changed(made, "mine", cron="0 15 * * *")
        (tmp_path / "own" / "mine.yaml").write_text(by_hand := OWN.replace("12", "16"))
        assert (await editor.save(third)).schedule is None
        assert (tmp_path / "own" / "mine.yaml").read_text() == by_hand


async def test_only_an_owner_changes_questions_and_nothing_else(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        with pytest.raises(ContractError) as caught:
            await editor.save(SaveSchedule(speaker=speaker("2"), question=NEW, only_check=True))
        assert caught.value.code is ErrorCode.FORBIDDEN
        with pytest.raises(ContractError) as caught:
            await editor.remove(RemoveSchedule(speaker=speaker("3"), id="mine", version=""))
        assert caught.value.code is ErrorCode.FORBIDDEN
        for one in ("backup", "../mine", "gone"):
            with pytest.raises(ContractError) as caught:
                await editor.save(SaveSchedule(speaker=speaker("1"), id=one, question=NEW))
            assert caught.value.code is ErrorCode.NOT_FOUND
        assert (await found(made, "mine")).next_at is not None


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    async with edited(tmp_path) as (made, editor):
        command = await changed(made, "mine", cron="0 13 * * *")
        (tmp_path / "own" / "mine.yaml").unlink()
        (tmp_path / "own").rmdir()
        (tmp_path / "own").write_text("no folder")
        saved = await editor.save(replace(command, id="", version=""))
        assert [one.text for one in saved.mistakes] == ["The file cannot be written: File exists"]
        assert (await found(made, "mine")).cron == "0 12 * * *"


async def test_there_are_not_more_files_than_are_read(tmp_path: Path) -> None:
    async with edited(tmp_path) as (_, editor):
        for number in range(MOST_FILES - 1):
            (tmp_path / "own" / f"{number}.yml").write_text("")
        saved = await editor.save(SaveSchedule(speaker=speaker("1"), question=NEW))
        assert [one.text for one in saved.mistakes] == [f"There are {MOST_FILES} files already."]


async def test_the_list_says_what_a_question_can_use(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    status, _, grep, viewers = inventory.service_row.tools
    whole = tuple(
        replace(one, key=key, scope=None)
        for one, key in ((status, "pools"), (grep, "grep"), (viewers, "who"))
    )
    inventory.service_row = replace(inventory.service_row, tools=(status, *whole))
    async with lab(tmp_path, inventory=inventory) as made:
        listed = await made.book.list(ScheduleQuery(language="de"))
        assert ("updates", "Updates, die Dienste melden") in [(one.id, one.name) for one in listed.rules]
        assert [(one.id, one.name) for one in listed.tools] == [("toy1/pools", "Toy: Status")]
        assert listed.zone == "Europe/Vienna"


@pytest.mark.parametrize(
    ("text", "has_comment"),
    [
        ("title: A # b\n", True),
        ("# a", True),
        ("title: A\n# b", True),
        ("prompt: | # b\n  c\n", True),
        ("[#", True),
        ("title: '# b'\n", False),
        ("prompt: |\n  # b\n", False),
        ("title: A#b\n", False),
        ("", False),
    ],
)
def test_what_a_comment_is(tmp_path: Path, text: str, *, has_comment: bool) -> None:
    (tmp_path / "one.yml").write_text(text)
    state = QuestionFiles(tmp_path, {}).state("one")
    assert state is not None
    assert (state.read_only is not None) is has_comment


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60
)


@given(title=LINES, prompt=LINES, tokens=st.integers(0, 1_000_000))
def test_what_is_written_is_read_as_it_was(title: str, prompt: str, tokens: int) -> None:
    wanted = replace(NEW, title=title, prompt=prompt, tokens=tokens, tools=("nas/pools",), deliver_to=())
    draft = QuestionFiles(Path(), {}).draft("one", wanted, Question(id="one", title="A", cron=NEW.cron))
    if draft.question is None:
        assert {one.key for one in draft.wrong} <= {"title", "prompt"}
        assert not title.strip() or not prompt.strip()
        return
    assert settings_of(draft.question) == replace(wanted, title=title.strip(), prompt=prompt.strip())
