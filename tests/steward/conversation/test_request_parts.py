"""A request with a part that nothing would carry out is not created, in English and German."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import ActionOffer, Field, Risk, SettingKind
from homelab_steward.contract.state import TargetRef
from rig.conversation_rig import calls, open_conversation, says
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import (
    AmbiguousRequest,
    Meaning,
    OpenText,
    PersonRequest,
    Prohibition,
    ScheduledRequest,
    UnsupportedRequest,
)
from steward.conversation.mentions import NamedTarget
from steward.conversation.request_parts import PartKind


def action(key: str, name: str, scope: str | None, *arguments: Field) -> ActionOffer:
    return ActionOffer(
        key=key, name=name, description="", risk=Risk.LOW, reversible=True, scope=scope, arguments=arguments
    )


def target(name: str, service: str, kind: str = "instance") -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=service, kind=kind, id=name, name=name), service)


MEMORY = Field(
    key="memory_mib", kind=SettingKind.NUMBER, name="Memory", minimum=128, maximum=65536, unit="MiB"
)
HOURS = Field(key="hours", kind=SettingKind.NUMBER, name="Hours", minimum=0.1, maximum=72, unit="h")
OFFERS = {
    "lidarr": (
        action("restart", "Restart", None),
        action("search_missing", "Search for missing albums", None),
    ),
    "hypervisor": (
        action("restart_container", "Restart", "container"),
        action("stop_container", "Stop", "container"),
        action("start_container", "Start", "container"),
        action("set_memory", "Set memory", "container", MEMORY),
    ),
    "alertmanager": (action("silence_alert", "Silence", "alert", HOURS),),
}
TARGETS = (
    target("Lidarr", "lidarr"),
    target("tdarr", "hypervisor", "container"),
    target("Nightly Backup", "hypervisor", "container"),
    target("DiskFull", "alertmanager", "alert"),
)


def meaning(text: str, *before: str) -> Meaning:
    return meaning_of(text, TARGETS, OFFERS, before)


def found(text: str, *before: str) -> tuple[PartKind, str] | Meaning:
    result = meaning(text, *before)
    if isinstance(result, UnsupportedRequest | ScheduledRequest):
        return (result.part.kind, result.part.text)
    return result


@pytest.mark.parametrize(
    ("text", "action_key"),
    [
        ("Restart Lidarr", "restart"),
        ("Could you please restart Lidarr right now, thanks", "restart"),
        ("ok, then reboot the container tdarr", "restart_container"),
        ("hey, restart the Lidarr service again", "restart"),
        ("restart Lidarr for me please", "restart"),
        ("Restart the Nightly Backup container", "restart_container"),
        ("search for missing albums in Lidarr", "search_missing"),
        ("Set the memory of tdarr to 3 GiB", "set_memory"),
        ("give tdarr 4096 MiB of memory", "set_memory"),
        ("silence the alert DiskFull for 2 hours", "silence_alert"),
        ("silence DiskFull for 30 minutes", "silence_alert"),
        ("Starte Lidarr bitte sofort neu", "restart"),
        ("Kannst du den Container tdarr noch einmal neu starten?", "restart_container"),
        ("Setze den Arbeitsspeicher von tdarr auf 2 GB", "set_memory"),
        ("Schalte DiskFull für 3 Stunden stumm", "silence_alert"),
        ("Stoppe tdarr jetzt", "stop_container"),
    ],
)
def test_a_request_that_is_understood_is_created(text: str, action_key: str) -> None:
    result = meaning(text)
    assert isinstance(result, PersonRequest), result
    assert result.action.key == action_key


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Restart Lidarr tonight at 3", "tonight at 3"),
        ("Restart Lidarr at 3", "at 3"),
        ("Restart Lidarr at half past 2", "at half past 2"),
        ("Restart Lidarr tomorrow morning", "tomorrow morning"),
        ("Restart Lidarr in 5 minutes", "in 5 minutes"),
        ("Restart Lidarr in an hour", "in an hour"),
        ("Restart Lidarr every night", "every night"),
        ("Restart Lidarr on Sunday", "on Sunday"),
        ("Restart Lidarr at 3:30pm", "at 3:30pm"),
        ("restart Lidarr later", "later"),
        ("restart Lidarr next week", "next week"),
        ("restart Lidarr twice", "twice"),
        ("stop tdarr for an hour", "for an hour"),
        ("Stop tdarr until tomorrow", "until tomorrow"),
        ("silence DiskFull until tomorrow", "until tomorrow"),
        ("silence DiskFull for 2 hours tonight", "tonight"),
        ("Tonight restart Lidarr", "Tonight"),
        ("At 3 am restart Lidarr", "At 3 am"),
        ("Starte Lidarr heute Nacht um 3 neu", "heute Nacht um 3"),
        ("Starte Lidarr um 3 Uhr neu", "um 3 Uhr"),
        ("Starte Lidarr morgen früh neu", "morgen früh"),
        ("Starte Lidarr in einer Stunde neu", "in einer Stunde"),
        ("Starte Lidarr jede Nacht neu", "jede Nacht"),
        ("Starte Lidarr später neu", "später"),
        ("Um 3 Uhr Lidarr neu starten", "Um 3 Uhr"),
        ("Morgen Lidarr neu starten", "Morgen"),
        ("Stoppe tdarr bis morgen", "bis morgen"),
        ("Stoppe tdarr für eine Stunde", "für eine Stunde"),
        ("Kannst du Lidarr am Wochenende neu starten?", "am Wochenende"),
    ],
)
def test_a_time_is_named(text: str, part: str) -> None:
    kind = PartKind.REPEATED if part in ("every night", "twice", "jede Nacht") else PartKind.TIME
    assert found(text) == (kind, part)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Restart Lidarr when nobody is streaming", "when nobody is streaming"),
        ("Restart Lidarr if it hangs", "if it hangs"),
        ("Restart Lidarr once the download is done", "once the download is done"),
        ("Restart Lidarr after the backup", "after the backup"),
        ("Restart Lidarr as soon as possible but only if idle", "as soon as possible but only if idle"),
        ("When nobody is streaming, restart Lidarr", "When nobody is streaming"),
        ("If it hangs then restart Lidarr", "If it hangs"),
        ("Set the memory of tdarr to 3 GiB if there is enough", "if there is enough"),
        ("Set the memory of tdarr when it is idle", "when it is idle"),
        ("Starte Lidarr neu, wenn niemand schaut", "wenn niemand schaut"),
        ("Starte Lidarr neu, sobald der Download fertig ist", "sobald der Download fertig ist"),
        ("Starte Lidarr nur neu, falls es klemmt", "nur neu, falls es klemmt"),
        ("Wenn niemand schaut, starte Lidarr neu", "Wenn niemand schaut"),
        ("Falls es klemmt, dann starte Lidarr neu", "Falls es klemmt"),
        ("Kannst du Lidarr neu starten, wenn niemand schaut?", "wenn niemand schaut"),
    ],
)
def test_a_condition_is_named(text: str, part: str) -> None:
    assert found(text) == (PartKind.CONDITION, part)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Restart Lidarr and then check its queue", "and then check its queue"),
        ("Restart Lidarr and tell me how it went", "and tell me how it went"),
        ("Restart Lidarr but not tdarr", "but not tdarr"),
        ("Restart Lidarr, not tdarr", "not tdarr"),
        ("Restart Lidarr but keep the queue", "but keep the queue"),
        ("Restart Lidarr without losing the queue", "without losing the queue"),
        ("Stop tdarr and start Lidarr", "and start Lidarr"),
        ("Starte Lidarr neu und dann tdarr", "und dann tdarr"),
        ("Starte Lidarr neu, aber nicht tdarr", "aber nicht tdarr"),
        ("Starte Lidarr neu, nicht tdarr", "nicht tdarr"),
        ("Starte Lidarr neu und sag mir Bescheid", "und sag mir Bescheid"),
        ("Starte Lidarr neu, ohne die Warteschlange zu leeren", "ohne die Warteschlange zu leeren"),
    ],
)
def test_a_second_action_or_an_exception_is_named(text: str, part: str) -> None:
    assert found(text) == (PartKind.MORE, part)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Restart Lidarr gently", "gently"),
        ("Restart Lidarr with debug logging", "with debug logging"),
        ("Restart Lidarr or tdarr's neighbour", "or tdarr's neighbour"),
        ("Increase the memory of tdarr by 1 GiB", "by"),
        ("give tdarr 1 GiB more memory", "more"),
        ("Starte Lidarr vorsichtig neu", "vorsichtig"),
        ("Erhöhe den Speicher von tdarr um 1 GiB", "um"),
        ("silence DiskFull for 2 fortnights", "fortnights"),
    ],
)
def test_words_that_are_not_understood_are_named(text: str, part: str) -> None:
    result = found(text)
    if not isinstance(result, tuple):
        assert isinstance(result, AmbiguousRequest | OpenText), "it is asked about"
    else:
        assert result == (PartKind.UNKNOWN, part)


@pytest.mark.parametrize(
    "text",
    [
        "Don't restart Lidarr",
        "Starte Lidarr nicht neu",
        "Should I restart Lidarr tonight?",
        "If I restart Lidarr, what happens?",
        "Tell me when Lidarr restarts",
        "Set a timer for 5 minutes",
        "Why is Lidarr slow at night, but fast now?",
    ],
)
def test_what_is_no_request_is_no_unsupported_request(text: str) -> None:
    assert isinstance(meaning(text), OpenText | Prohibition)


def test_a_pronoun_is_resolved_first() -> None:
    assert found("Restart it at 3", "How is Lidarr?") == (PartKind.TIME, "at 3")


@given(st.text(max_size=120))
def test_any_text_is_accepted(text: str) -> None:
    meaning(f"Restart Lidarr {text}")


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        (
            "Restart radarr every night",
            "en",
            "I can do that at one time, but not again and again: “every night”.",
        ),
        (
            "Restart radarr when it feels better",
            "en",
            "I cannot decide this condition: “when it feels better”. So I have requested nothing.",
        ),
        ("Restart radarr and then check it", "en", "I can only request one action at a time"),
        ("Restart radarr carefully", "en", "I did not understand “carefully”"),
        (
            "Starte radarr jede Nacht neu",
            "de",
            "Das kann ich zu einem Zeitpunkt tun, aber nicht immer wieder: „jede Nacht",
        ),
        (
            "Starte radarr neu, wenn niemand schaut",
            "de",
            "„wenn niemand schaut“ lässt sich nicht prüfen. Nichts, was ich kenne, meldet das.",
        ),
        ("Starte radarr neu, aber nicht sonarr", "de", "Ich kann nur eine Aktion auf einmal anfragen"),
        ("Starte radarr behutsam neu", "de", "Das habe ich nicht verstanden: „behutsam"),
    ],
)
@pytest.mark.parametrize("model", [True, False])
async def test_nothing_is_requested(tmp_path: Path, text: str, language: str, said: str, model: bool) -> None:  # noqa: FBT001
    eager = calls("request_action", action="toy.restart", target="radarr")
    async with open_conversation(tmp_path, eager, says("Done."), model=model) as rig:
        assert said in await rig.ask(text, language=language)
        assert await rig.rig.incidents() == ()
        assert rig.model.bodies == [], "no model decides about it"


async def test_a_model_cannot_request_what_has_a_time(tmp_path: Path) -> None:
    eager = calls("request_action", times=1, action="toy.restart", target="radarr")
    async with open_conversation(tmp_path, eager, says("Done.", role="tool"), says("Hm.")) as rig:
        await rig.ask("Tell me about radarr")
        await rig.ask("Restart the usual one at 3")
        assert await rig.rig.incidents() == ()
