"""Other names of targets that owners add in the panel."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import orjson
import pytest
from sqlalchemy import select

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import FrontEnd, Resource, Speaker
from homelab_steward.contract.target_names import (
    Alias,
    AliasOrigin,
    AliasQuery,
    ChangeAlias,
    HomePlace,
    HomePlaces,
    TargetKey,
    TargetNames,
)
from rig.conversation_rig import ConversationRig, open_conversation
from rig.inventory import ToyPeople
from steward.clock import SystemClock
from steward.conversation.alias_commands import MOST_NAMES, AliasCommands
from steward.conversation.given_names import Aliases, Places
from steward.store.tables import audit

OLGA = Speaker(front_end=FrontEnd.PANEL, user_id="1")
TOY = TargetKey(instance_id="toy1", kind="instance", id="toy1")
BOX = TargetKey(instance_id="toy1", kind="box", id="1")


@dataclass
class Named:
    """A conversation with the names that people gave."""

    rig: ConversationRig
    aliases: Aliases
    places: Places
    commands: AliasCommands

    async def add(self, name: str, target: TargetKey = TOY, speaker: Speaker = OLGA) -> list[str]:
        """Add a name, and return all names of the instance."""
        found = await self.commands.add(ChangeAlias(speaker=speaker, target=target, name=name))
        return [one.name for one in found.aliases]

    async def refused(self, name: str, target: TargetKey = TOY, speaker: Speaker = OLGA) -> ContractError:
        """Return why a name is not added."""
        before = self.aliases.rows
        with pytest.raises(ContractError) as caught:
            await self.add(name, target, speaker)
        assert self.aliases.rows == before
        return caught.value

    async def audited(self, event: str) -> list[dict[str, object]]:
        async with self.rig.rig.store.read() as connection:
            rows = await connection.scalars(select(audit.c.body).where(audit.c.event == event))
            return [orjson.loads(one) for one in rows]

    async def again(self) -> Aliases:
        """Return the names as a new start of the app reads them."""
        found = Aliases(self.rig.rig.store, self.places)
        await found.load()
        return found


@asynccontextmanager
async def open_names(folder: Path) -> AsyncIterator[Named]:
    async with open_conversation(folder, model=False) as rig:
        store = rig.rig.store
        places = Places(store)
        aliases = Aliases(store, places)
        rig.conversation._readings.given = aliases.given
        understood = rig.conversation.understood
        commands = AliasCommands(aliases, store, ToyPeople().by_speaker, SystemClock(), understood)
        yield Named(rig, aliases, places, commands)


async def test_a_name_counts_from_the_next_question_on(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        assert "I do not know" in await named.rig.ask("Is the movie finder running?")
        assert await named.add("  Movie   finder ") == ["Movie finder"]
        for language, text in (
            ("en", "Is the movie finder fine?"),
            ("de", "Geht es dem Movie Finder gut?"),
            ("fr", "Movie Finder va bien ?"),
        ):
            assert "Toy" in await named.rig.ask(text, language=language), text
        await named.commands.remove(ChangeAlias(speaker=OLGA, target=TOY, name="movie FINDER"))
        assert "I do not know" in await named.rig.ask("Is the movie finder running?")


def first_box(named: Named) -> Resource:
    snapshot = named.rig.rig.inventory.snapshot("toy1")
    assert snapshot is not None
    return next(one for one in snapshot.resources if one.kind == "box")


async def test_a_request_by_an_added_name_is_for_the_thing(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        box = first_box(named)
        await named.add("Filmsucher", replace(BOX, id=box.id))
        answer = await named.rig.ask("Starte den Filmsucher neu", language="de")
        assert box.name in answer, answer


async def test_a_name_is_kept_and_says_who_added_it(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        await named.add("movie finder")
        (alias,) = (await named.again()).rows
        assert (alias.name, alias.added_by, alias.target, alias.target_name) == (
            "movie finder",
            "Olga",
            TOY,
            "Toy",
        )
        await named.commands.remove(ChangeAlias(speaker=OLGA, target=TOY, name="movie finder"))
        assert (await named.again()).rows == ()
        body = {
            "instance": "toy1",
            "kind": "instance",
            "target": "toy1",
            "name": "movie finder",
            "person": "olga",
            "via": "panel",
        }
        assert await named.audited("alias.added") == [body]
        assert await named.audited("alias.removed") == [body]


STRANGERS: Final = [
    Speaker(front_end=FrontEnd.PANEL, user_id="2"),
    Speaker(front_end=FrontEnd.PANEL, user_id="3"),
    Speaker(front_end=FrontEnd.PANEL, user_id="a stranger"),
    Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=""),
    Speaker(front_end=FrontEnd.MCP, user_id="1"),
]


async def test_only_owners_change_names(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        await named.add("movie finder")
        for speaker in STRANGERS:
            assert (await named.refused("film box", speaker=speaker)).code is ErrorCode.FORBIDDEN
            with pytest.raises(ContractError) as caught:
                await named.commands.remove(ChangeAlias(speaker=speaker, target=TOY, name="movie finder"))
            assert caught.value.code is ErrorCode.FORBIDDEN
        assert [one.name for one in named.aliases.rows] == ["movie finder"]
        bodies = await named.audited("alias.refused")
        assert [(one["change"], one["name"], one["user"]) for one in bodies] == [
            (change, name, speaker.user_id)
            for speaker in STRANGERS
            for change, name in (("add", "film box"), ("remove", "movie finder"))
        ]


UNUSABLE: Final = [
    ("", "one to 4 words"),
    ("one two three four five", "one to 4 words"),
    ("a-b-c-d-e", "one to 4 words"),
    ("x" * 61, "at most 60 characters"),
    ("?!", "one to 4 words"),
    ("5", "at least 2 letters"),
    ("movie\u200bfinder", "hidden characters"),
    ("movie \u202efinder", "hidden characters"),
    ("movie \u2800 finder", "hidden characters"),
    ("restart", "has a meaning"),
    ("alles", "has a meaning"),
    ("5 Uhr", "contains a time or a condition"),
    ("box at 23:30", "contains a time or a condition"),
    ("demain soir", "contains a time or a condition"),
    ("box when idle", "contains a time or a condition"),
    ("wenn leer", "contains a time or a condition"),
    ("yes", "has a meaning"),
    ("tout", "has a meaning"),
    ("all boxes", "has a meaning"),
    ("Toy", "It is called"),
]


async def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        for name, reason in UNUSABLE:
            error = await named.refused(name)
            assert error.code is ErrorCode.INVALID_ARGUMENT
            assert reason in error.message, name


async def test_a_name_of_another_thing_is_refused_with_that_thing(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        box = first_box(named)
        assert f"means {box.name} already" in (await named.refused(box.name.upper())).message
        await named.places.report(HomePlaces(home_id="home", places=(HomePlace(name="Cellar"),)))
        assert "means Cellar already" in (await named.refused("cellar")).message
        await named.add("movie finder")
        error = await named.refused("Movie-Finder", replace(BOX, id=box.id))
        assert "means Toy already" in error.message
        assert "It is called" in (await named.refused("Movie Finder")).message


async def test_a_name_of_a_thing_that_is_gone_is_not_lost(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        gone = Alias(
            target=replace(BOX, id="gone"), target_name="old box", name="attic", origin=AliasOrigin.PERSON
        )
        async with named.rig.rig.store.change() as unit:
            await named.aliases.add(unit, gone)
        assert "means old box already" in (await named.refused("Attic")).message
        (listed,) = (await named.commands.list(AliasQuery(instance_id="toy1"))).aliases
        assert (listed.name, listed.gone) == ("attic", True)
        await named.commands.remove(ChangeAlias(speaker=OLGA, target=gone.target, name="attic"))
        assert await named.add("Attic") == ["Attic"]


async def test_what_is_not_there_cannot_be_named(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        error = await named.refused("movie finder", replace(BOX, id="nothing"))
        assert error.code is ErrorCode.NOT_FOUND
        with pytest.raises(ContractError) as caught:
            await named.commands.remove(ChangeAlias(speaker=OLGA, target=TOY, name="movie finder"))
        assert caught.value.code is ErrorCode.NOT_FOUND


async def test_a_thing_has_some_names_only(tmp_path: Path) -> None:
    async with open_names(tmp_path) as named:
        for number in range(MOST_NAMES):
            await named.add(f"finder {'x' * number}q")
        assert "Remove one first" in (await named.refused("movie finder")).message


async def test_names_of_the_settings_and_of_home_assistant_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_names(tmp_path) as named:
        configured = {"film box": "Toy", "nothing": "No such thing"}
        monkeypatch.setattr(named.rig.conversation._sentences, "aliases", configured)
        names = TargetNames(target=TOY, names=("toy", "the black box"))
        await named.places.report(HomePlaces(home_id="home", names=(names,)))
        await named.add("movie finder")
        listed = (await named.commands.list(AliasQuery())).aliases
        assert [(one.name, one.origin, one.target) for one in listed] == [
            ("film box", AliasOrigin.SETTINGS, TOY),
            ("movie finder", AliasOrigin.PERSON, TOY),
            ("the black box", AliasOrigin.HOME_ASSISTANT, TOY),
        ]
        assert (await named.commands.list(AliasQuery(instance_id="other"))).aliases == ()
