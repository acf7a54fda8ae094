"""Each command works in each language, with and without a slash, in the topic of an incident and outside."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import Severity, Verb
from homelab_steward.contract.mode import PauseScope
from steward.reports.text import document
from steward.telegram.markup import units
from steward.telegram.written import Name, Written, duration, help_lines, parsed
from steward.texts import Texts, languages, texts_of

from .rig import TelegramRig, open_front_end, open_rig
from .samples import APP, incident
from .test_commands import processed, service
from .test_incident_topics import CRITICAL, TITLE
from .test_obstacles import card_of

HOURS = {"en": "2 hours", "de": "2 Stunden", "fr": "2 heures", "es": "2 horas", "nl": "2 uur"}
DAYS = {"en": "3 days", "de": "3 Tage", "fr": "3 jours", "es": "3 días", "nl": "3 dagen"}
MINUTES = {"en": "5 minutes", "de": "5 Minuten", "fr": "5 minutes", "es": "5 minutos", "nl": "5 minuten"}

AUTOMATIC = "Nothing is changed automatically until somebody writes /resume. What you approve is done."

# The words of the commands are looked up by their English names.
WORDS = ("status", "weekly", "custom", "snooze", "silence", "maintenance", "pause", "resume", "help")


@pytest.mark.parametrize("language", languages())
def test_commands_and_times_are_read_in_each_language(language: str) -> None:
    texts = texts_of(language)
    for word in WORDS:
        argument = "how?" if word == "custom" else ""
        expected = Written(Name(word), argument)
        assert parsed(f"/{texts(word)} {argument}", "bot") == expected
        assert parsed(f"{texts(word)}: {argument}" if argument else texts(word), "bot") == expected
    assert duration(HOURS[language]) == timedelta(hours=2)
    assert duration(DAYS[language]) == timedelta(days=3)
    assert duration(MINUTES[language]) == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/statsu@steward_bot", Written(Name.HELP)),
        ("/statsu", None),
        ("/statsu@another_bot", None),
        ("/Hilfe@another_bot", None),
    ],
)
def test_what_is_no_command_is_a_question_for_help_if_it_is_for_the_bot(
    text: str, expected: Written | None
) -> None:
    assert parsed(text, "steward_bot") == expected


class Group:
    """Writes in one place of the group, and checks the answer."""

    def __init__(self, rig: TelegramRig, topic: str) -> None:
        self.rig = rig
        self.topic = topic

    async def says(self, text: str, answer: str) -> None:
        place = None if self.topic == "General" else self.topic
        said = self.rig.forum.send_text("owner", text, place)
        found = await self.rig.forum.wait_for(
            lambda: [
                one
                for one in self.rig.forum.in_topic(self.topic)
                if one.message_id > said.message_id and answer in one.text
            ]
        )
        assert units(found[0].text) <= 4096


def covered(texts: Texts) -> str:
    """Return the start of the answer that Radarr is in maintenance."""
    text = texts(
        "{name} is in maintenance until {time}. Problems are recorded, and nobody is asked.",
        name="Radarr",
        time="\0",
    )
    return text.partition("\0")[0]


async def check(group: Group, texts: Texts, write: str) -> None:
    """Write every command that needs no incident; ``write`` has the place of the word."""
    rig, hours = group.rig, HOURS[texts.language]

    def said(word: str, argument: str = "") -> str:
        return f"{write.format(texts(word))} {argument}".strip()

    await group.says(
        said("status"), texts.plural("{count} incident is open.", "{count} incidents are open.", 1)
    )
    await group.says(said("weekly"), document(rig.steward.report, texts).title)
    await group.says(said("help"), help_lines(texts)[0])
    await group.says(said("pause"), texts(AUTOMATIC))
    assert rig.steward.state.pause is not None
    await group.says(said("pause", texts("all")), texts("No change begins until somebody writes /resume."))
    assert rig.steward.state.pause.scope is PauseScope.EVERYTHING
    await group.says(said("resume"), texts("The pause is over."))
    await group.says(said("maintenance", f"Radarr {hours}"), covered(texts))
    assert len(rig.steward.windows) == 1
    await group.says(
        said("maintenance", f"Radarr {texts('end')}"),
        texts("The maintenance of {name} is over.", name="Radarr"),
    )
    await group.says(said("custom").rstrip(":") + ": how?", "It is full.")


@pytest.mark.parametrize("language", languages())
async def test_every_command_in_a_topic_and_outside(tmp_path: Path, language: str) -> None:
    texts = texts_of(language)
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=timedelta(minutes=30)):
        rig.people[1001] = replace(rig.people[1001], language=language)
        rig.services = (service("Radarr"),)
        asked = await rig.ask(severity=Severity.CRITICAL)
        rig.publish(replace(incident(asked), target=APP))
        await card_of(rig, TITLE)
        general, own = Group(rig, "General"), Group(rig, CRITICAL)
        await check(general, texts, "{}")
        await check(own, texts, "/{}")
        hours = HOURS[language]
        for group, answered in ((general, 0), (own, 1)):
            how = texts("To snooze a request, answer to its message with the time: /snooze 2h")
            done = texts("Snoozed until {time}.", time="14:").removesuffix(".")
            await group.says(f"{texts('snooze')} {hours}", done if answered else how)
            how = texts("Answer to a message about an incident with the time: /silence 2h")
            await group.says(f"/{texts('silence')} {hours}", covered(texts) if answered else how)
            assert [one.verb for one in rig.commands] == [Verb.SNOOZE] * answered
            assert len(rig.steward.windows) == answered


async def test_wrong_use_gets_help_and_changes_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=timedelta(minutes=30)):
        asked = await rig.ask(severity=Severity.CRITICAL)
        rig.publish(replace(incident(asked), target=APP))
        await card_of(rig, TITLE)
        own = Group(rig, CRITICAL)
        first = help_lines(texts_of("en"))[0]
        for text, answer in (
            ("/pause the film", "Write /pause for automatic changes, or /pause all for every change."),
            ("/snooze tomorrow", "To snooze a request, answer to its message with the time"),
            ("/silence please", "Answer to a message about an incident with the time"),
            ("/maintenance Radarr", "Write the service and the time"),
            ("/custom", first),
            ("/silense 2h", first),
            ("/statsu@homelab_steward_bot", first),
        ):
            await own.says(text, answer)
        rig.forum.send_text("owner", "/silense@another_bot 2h", CRITICAL)
        await processed(rig)
        assert (rig.comments, rig.commands, rig.steward.windows, rig.steward.state.pause) == (
            [],
            [],
            [],
            None,
        )
