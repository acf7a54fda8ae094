"""Answers questions about the whole homelab: backups, certificates, updates, who watches, what is off."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.commands import ReadTool
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.state import Person, Role, Speaker, TargetRef

from ..clock import Clock
from ..language.words import words_of
from ..llm.messages import DeploymentHealth, Tier
from ..texts import Texts, local, texts_of
from ..texts.limit_text import limit_text
from .phrases import say
from .questions import Topic, TopicQuestion
from .reading_answers import kinds_of
from .readings import Found, Readings, listed, value_text
from .turn import RequestPort

WATCHING: Final = "watching"
"""The tool that says who watches what. Only owners may use it."""

_UPDATE: Final = "update"

_AGES: Final = {"h": 3_600.0, "d": 86_400.0, "min": 60.0}
"""The seconds of the units in which an age is reported."""

_UNDER_WAY: Final = (ChangeStatus.APPLYING, ChangeStatus.WATCHING)
_LATER: Final = (ChangeStatus.HELD, ChangeStatus.READY, ChangeStatus.DEFERRED)


class TopicAnswers:
    """Answers from the last readings, and from a tool of the media servers."""

    def __init__(self, readings: Readings, request_port: RequestPort, clock: Clock) -> None:
        """``request_port`` reads who watches what."""
        self._inventory = readings.inventory
        self._readings = readings
        self._request_port = request_port
        self._clock = clock

    def answer(self, question: TopicQuestion, updates: Sequence[Change], texts: Texts, shown: int) -> str:
        """Return the answer about backups, certificates, updates, or what is meant to be off.

        ``updates`` are those that are not over.
        """
        among = self._readings.within(question.target, list(self._readings.targets()))
        if question.target is not None:
            among.append(question.target)
        if question.kind is not None:
            kinds = kinds_of(question.kind)
            among = [one for one in among if one.kind in kinds]
        match question.topic:
            case Topic.BACKUPS:
                return self._oldest(among, texts, shown)
            case Topic.NO_BACKUP:
                return self._without_backup(among, texts, shown)
            case Topic.CERTIFICATES:
                return self._certificates(among, texts, shown)
            case Topic.UPDATES:
                keys = {one.key for one in among}
                is_all = question.target is None and question.kind is None
                found = [one for one in updates if is_all or one.target.key in keys]
                return self._updates(found, among, texts, shown)
            case _:
                return self._expected_off(among, texts, shown)

    def is_watching_reported(self, target: TargetRef | None) -> bool:
        """Return whether a target, or any, reports how many streams there are."""
        return bool(self._streams(target))

    def _streams(self, target: TargetRef | None) -> list[Found]:
        """Return the numbers of streams of a target, or of all."""
        every = self._readings.asked_of_all("streams")
        return [one for one in every if target is None or one.target.key == target.key]

    async def watching(
        self,
        listener: Person | None,
        question: ChatQuestion,
        asked: TopicQuestion,
        texts: Texts,
        shown: int,
    ) -> str:
        """Return how many streams there are, and for owners who watches what.

        ``listener`` is None when it is not known who listens.
        """
        is_owner, target = listener is not None and listener.role is Role.OWNER, asked.target
        if asked.people and not is_owner:
            return say(question.language, "watching_private")
        if asked.people:
            return await self._watched_by(question.speaker, asked, texts, shown)
        reported = self._streams(target)
        if not reported:
            return texts("Nothing that I know reports that.")
        now = self._clock.now()
        counts = [f"{one.target.name} {value_text(one, texts, now)}" for one in reported if one.amount(now)]
        streams_now = listed(counts, shown, texts)
        found = [texts(t"Streams: {streams_now}.")] if counts else []
        if is_owner:
            lines = [line async for line in self._watchers(question.speaker, target)]
            found += [f"{one.rstrip('.')}." for one in lines[:shown]]
        return " ".join(found) or texts("Nobody is watching.")

    async def _watched_by(self, speaker: Speaker, asked: TopicQuestion, texts: Texts, shown: int) -> str:
        """Return what each person watches now; what was watched earlier is not known."""
        lines = [one async for one in self._watchers(speaker, asked.target)] if asked.hours is None else []
        found: list[str] = []
        for name in asked.people:
            own = [f"{one.rstrip('.')}." for one in lines if _is_by(name, one)]
            found += own[:shown] or [texts(t"What {name} watches is not known.")]
        return " ".join(dict.fromkeys(found))

    async def _watchers(self, speaker: Speaker, target: TargetRef | None) -> AsyncGenerator[str]:
        """Yield who watches what; services that do not say it now are left out."""
        for instance in self._inventory.instances():
            service = self._inventory.service(instance.id)
            if target is not None and target.instance_id != instance.id:
                continue
            if service is None or all(one.key != WATCHING for one in service.offer().tools):
                continue
            question = ReadTool(instance_id=instance.id, tool=WATCHING, speaker=speaker)
            with suppress(ContractError):
                reading = await self._request_port.read(question)
                for line in reading.text.splitlines() if reading.ok else ():
                    if line.strip():
                        yield one_line(line)

    def _oldest(self, among: Sequence[TargetRef], texts: Texts, shown: int) -> str:
        """Return the age of the last backups, the oldest first."""
        now = self._clock.now()
        found = [one for one in self._readings.asked_of_all("backup", among) if one.amount(now) is not None]
        failed = [
            one.target.name for one in self._failing("backup", among) if one.sensor.device_class == "problem"
        ]
        if not found and not failed:
            return texts("Nothing that I know reports backups.")
        found.sort(key=lambda one: -_seconds(one, self._clock))
        ages = [f"{one.target.name} {value_text(one, texts, now)}" for one in found]
        backups, names = listed(ages, shown, texts), listed(failed, shown, texts)
        lines = [texts(t"Last backups, the oldest first: {backups}.")] if ages else []
        if failed:
            lines.append(texts(t"Failed: {names}."))
        return " ".join(lines)

    def _without_backup(self, among: Sequence[TargetRef], texts: Texts, shown: int) -> str:
        """Return of what no backup is known, of those whose last backup is reported."""
        now = self._clock.now()
        ages = {
            target: found
            for target in among
            if (found := [one for one in self._readings.asked(target, "backup") if _is_age(one)])
        }
        if not ages:
            return texts("Nothing that I know reports backups.")
        missing = [
            f"{target.name} {value_text(found[0], texts, now)}"
            for target, found in ages.items()
            if all(one.amount(now) is None for one in found)
        ]
        if not missing:
            count = texts.number(len(ages), 0)
            return texts(t"Of everything that reports backups ({count}), a backup is known.")
        names = listed(missing, shown, texts)
        return texts(t"No backup is known of: {names}.")

    def _certificates(self, among: Sequence[TargetRef], texts: Texts, shown: int) -> str:
        now = self._clock.now()
        found = [
            one for one in self._readings.asked_of_all("certificate", among) if one.amount(now) is not None
        ]
        if not found:
            return texts("Nothing that I know reports certificates.")
        found.sort(key=lambda one: one.amount(now) or 0.0)
        days = [f"{one.target.name} {value_text(one, texts, now)}" for one in found]
        times = listed(days, shown, texts)
        return texts(t"Certificates are valid for: {times}.")

    def _updates(self, found: Sequence[Change], among: Sequence[TargetRef], texts: Texts, shown: int) -> str:
        """Return which updates wait for what, then which others the readings report."""
        known = {one.target.key for one in found}
        rest = [one for one in among if one.key not in known]
        others, is_reported = self._with_update(rest, texts)
        lines = list(_update_lines(found, texts, shown))
        if others:
            names = listed(others, shown, texts)
            lines.append(texts(t"Updates are waiting for: {names}."))
        elif not lines and is_reported:
            lines.append(texts("No updates are waiting."))
        elif not lines:
            lines.append(texts("Nothing that I know reports updates."))
        return " ".join(lines)

    def _with_update(self, among: Sequence[TargetRef], texts: Texts) -> tuple[list[str], bool]:
        """Return which targets report updates by their readings, and whether any reads it at all."""
        found: list[str] = []
        is_reported = False
        for target in among:
            for one in self._readings.of(target, is_known=True):
                if not _is_update(one):
                    continue
                is_reported = True
                count = one.amount(self._clock.now())
                if one.value is True:
                    found.append(target.name)
                elif count:
                    found.append(f"{target.name} ({texts.number(count, 0)})")
        return found, is_reported

    def _expected_off(self, among: Sequence[TargetRef], texts: Texts, shown: int) -> str:
        found = [
            f"{target.name} ({one_line(reason).rstrip('.')})"
            for target in among
            if (reason := self._inventory.why_off(target)) is not None
        ]
        if not found:
            return texts("Nothing is meant to be off.")
        names = listed(found, shown, texts)
        return texts(t"Meant to be off: {names}.")

    def _failing(self, word: str, among: Sequence[TargetRef]) -> Sequence[Found]:
        """Return the readings about something that say that there is a problem."""
        return [
            one
            for target in among
            if word in target.kind
            for one in self._readings.of(target)
            if one.value is True
        ]


def _update_lines(changes: Sequence[Change], texts: Texts, shown: int) -> Iterator[str]:
    """Yield what is asked about, what is under way, and what waits until when, a sentence each."""
    asked = [one_line(one.title) for one in changes if one.status is ChangeStatus.ASKED]
    if asked:
        names = listed(asked, shown, texts)
        yield texts(t"Updates that wait for an answer: {names}.")
    under_way = [one_line(one.title) for one in changes if one.status in _UNDER_WAY]
    if under_way:
        names = listed(under_way, shown, texts)
        yield texts(t"Updates that are under way: {names}.")
    later = [
        f"{one_line(one.title)} ({texts.day(local(one.until))})" if one.until else one_line(one.title)
        for one in changes
        if one.status in _LATER
    ]
    if later:
        names = listed(later, shown, texts)
        yield texts(t"Updates that are not asked about yet: {names}.")


def cloud_text(health: Sequence[DeploymentHealth], texts: Texts) -> str:
    """Return how many requests went to models outside of the house today."""
    cloud = [one for one in health if one.tier is not Tier.LOCAL]
    if not cloud:
        return texts("Nothing is sent to the cloud: no model there is set up.")
    count = sum(one.requests_today for one in cloud)
    if not count:
        return texts("Nothing was sent to the cloud today.")
    used = [f"{one.deployment} {one.requests_today}" for one in cloud if one.requests_today]
    return texts.plural(
        "{count} request was sent to the cloud today: {models}. What is private stays here.",
        "{count} requests were sent to the cloud today: {models}. What is private stays here.",
        count,
        models=texts.listed(used),
    )


def _is_by(name: str, line: str) -> bool:
    """Return whether a line about what somebody watches begins with a name, or with a part of it."""
    watcher, _, _ = line.partition(" watches ")
    return {*words_of(name)} <= {*words_of(watcher)}


def _is_age(one: Found) -> bool:
    """Return whether a reading says when something was, or how long ago."""
    return one.sensor.device_class == "timestamp" or one.sensor.unit in _AGES


def _is_update(one: Found) -> bool:
    if one.sensor.device_class == _UPDATE:
        return True
    return one.sensor.key.startswith("updates") and isinstance(one.value, int | float)


def _seconds(one: Found, clock: Clock) -> float:
    """Return an age in seconds."""
    amount = one.amount(clock.now()) or 0.0
    return amount * _AGES.get(one.sensor.unit or "", 1.0)


def quota_text(health: Sequence[DeploymentHealth], language: str, now: datetime) -> str:
    """Return one sentence for each deployment."""
    if not health:
        return say(language, "no_models")
    return " ".join(_quota_of_one(one, language, now) for one in health)


def _quota_of_one(one: DeploymentHealth, language: str, now: datetime) -> str:
    parts = [
        say(language, "quota_endless", name=one.deployment, used=one.requests_today)
        if one.daily_requests is None
        else say(
            language,
            "quota_left",
            name=one.deployment,
            left=max(one.daily_requests - one.requests_today, 0),
            limit=one.daily_requests,
        )
    ]
    others = (limit for limit in one.limits if limit.kind != "daily_requests")
    parts += (limit_text(one.deployment, limit, texts_of(language)) for limit in others)
    if one.out_until is not None and one.out_until > now:
        time = texts_of(language).time(local(one.out_until))
        parts.append(say(language, "quota_out", time=time, reason=one.reason))
    return " ".join(parts)


def not_told_text(topic: Topic, texts: Texts) -> str:
    """Return what a conversation does not give or do: others may hear it, and a window hides problems."""
    if topic is Topic.SECRETS:
        return texts("I tell nobody passwords, PINs, keys, or tokens.")
    if topic is Topic.MAINTENANCE:
        return texts(
            "I start no maintenance in a conversation. Start it in the panel under Settings, "
            "or with /maintenance in Telegram."
        )
    if topic is Topic.LOGS:
        return texts("Logs are only read by a language model, and none is set up. You can ask what is wrong.")
    return texts("I do not tell addresses in a conversation.")
