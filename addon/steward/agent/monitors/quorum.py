"""Whether several monitors agree about the target of an incident, and the devices that they report."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.devices import Agreement, DevicesQuery, DevicesView, MatchDecision, Word
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import InstanceStatus, TargetRef

from ...clock import Clock
from ...inventory.ports import INSTANCE, UNREACHABLE, Inventory
from ...quorum.reliability import Reliabilities, reliabilities
from ...quorum.witnesses import Consensus, Testimony, agree
from ...sdk.description import POLL_SECONDS, Role
from ...store import audit, device_matches, monitor_problems, witness_claims
from ...store.store import Store
from ...texts import translate
from ..decisions.speakers import Authors
from .device_book import DeviceBook, device_book, testimonies
from .device_view import view
from .incident_voices import OwnRead, about, checks_of, own_testimony, own_word, voice_lines, voices
from .match_questions import answered
from .monitor_findings import is_in_doubt
from .witness_notes import claims_about, new_claims

MOST_LISTED: Final = 500
LONGEST_KEY: Final = 255


class Quorum(Protocol):
    """Whether independent witnesses agree about the problem of an incident."""

    async def for_incident(
        self, connection: AsyncConnection, incident: Incident, measured: Word | None
    ) -> Consensus | None:
        """Return their consensus, None when no monitor has a testimony about the problem.

        ``measured`` is the app's own result about a problem that is no outage.
        """


class Devices(Quorum):
    """The devices that the configured instances report."""

    def __init__(self, store: Store, inventory: Inventory, authors: Authors, clock: Clock) -> None:
        """``authors`` says who may decide which things are the same device."""
        self._store = store
        self._inventory = inventory
        self._authors = authors
        self._clock = clock

    async def for_incident(
        self, connection: AsyncConnection, incident: Incident, measured: Word | None = None
    ) -> Consensus | None:
        """Return the consensus, None when no monitor has a testimony about the problem.

        While monitors are blind or disagree, the consensus never allows an automatic change.
        """
        if is_in_doubt(incident.alerts):
            return Consensus(verdict=Agreement.SPLIT, why=t"It is not known which monitor is right")
        book = await self._book(connection)
        said = self._voices(incident, book, measured)
        names = {one.witness for one in book.blind}
        return agree(said, self._clock.now(), blind=names, dead=book.dead) if said else None

    async def lines(self, incident: Incident) -> tuple[str, ...]:
        """Return a line for each witness of an outage, with since when; nothing for fewer than two witnesses.

        The most reliable come first. Monitors that only sent an alert are left out: the alert shows it. The
        claims are stored, so that the reliability of each witness can be computed later.
        """
        target = incident.target
        if target is None:
            return ()
        async with self._store.read() as connection:
            book = await self._book(connection)
            reliable = await self._reliable(connection)
        await self.note((incident,), book)
        said = testimonies(about(book, target, is_host=self._is_host(target)))
        if any(one.word is Word.DOWN for one in said):
            own = self._own_read(incident, target, None)
            said = (*said, *own_testimony(own, target, said[0].aspect))
        lines = voice_lines(said, self._clock.now(), self._name, reliable)
        return lines if len(lines) > 1 else ()

    async def note(self, incidents: Iterable[Incident], book: DeviceBook) -> None:
        """Store the new claims of monitors about the problems of incidents."""
        now = self._clock.now()
        claimed = {one.id: claims_about(one, self._others(one, book), book, now) for one in incidents}
        claimed = {key: claims for key, claims in claimed.items() if claims}
        if not claimed:
            return
        async with self._store.read() as connection:
            known = {key: await witness_claims.of_problem(connection, key) for key in claimed}
        fresh = {key: new_claims(known[key], claims) for key, claims in claimed.items()}
        if not any(fresh.values()):
            return
        async with self._store.change() as unit:
            for key, claims in fresh.items():
                await witness_claims.note(unit.connection, key, claims, now)

    async def _reliable(self, connection: AsyncConnection) -> Reliabilities:
        return reliabilities(await witness_claims.outcomes(connection), self._clock.now())

    def _others(self, incident: Incident, book: DeviceBook) -> tuple[Testimony, ...]:
        """Return the testimonies of monitors about the problem of an incident."""
        target = incident.target
        if target is None:
            return ()
        return voices(incident, target, book, None, self._monitors(), is_host=self._is_host(target))

    def _voices(self, incident: Incident, book: DeviceBook, measured: Word | None) -> tuple[Testimony, ...]:
        target = incident.target
        if target is None:
            return ()
        return voices(
            incident,
            target,
            book,
            self._own_read(incident, target, measured),
            self._monitors(),
            is_host=self._is_host(target),
        )

    def _is_host(self, target: TargetRef) -> bool:
        return self._inventory.with_role(target, Role.HOST) == target

    def _name(self, instance_id: str) -> str | None:
        instance = self._inventory.instance(instance_id)
        return instance.name if instance else None

    async def _book(self, connection: AsyncConnection) -> DeviceBook:
        decided = await device_matches.decided(connection)
        blind = await monitor_problems.blind(connection)
        said, now = self._inventory.witnessed(), self._clock.now()
        # Many monitors list many devices, which are compared with each other.
        return await asyncio.to_thread(device_book, said, decided, now, blind)

    async def view(self, query: DevicesQuery) -> DevicesView:
        """Return the devices with a text in one of their names, and the pairs that people can decide."""
        limit = max(1, min(query.limit, MOST_LISTED))
        async with self._store.read() as connection:
            book = await self._book(connection)
            answers = await device_matches.answers(connection)
            reliable = await self._reliable(connection)
        now = self._clock.now()
        return view(
            book,
            now,
            query.text,
            limit,
            answers=answers,
            language=query.language,
            reliable=reliable,
            name=self._name,
        )

    async def decide(self, decision: MatchDecision) -> Nothing:
        """Store a person's answer whether two sightings are the same device.

        Raises ContractError FORBIDDEN, INVALID_ARGUMENT, and ALREADY_DECIDED for an answer that is not the
        first one, where only that counts.
        """
        keys = (min(decision.first, decision.second), max(decision.first, decision.second))
        body = {"first": keys[0][:LONGEST_KEY], "second": keys[1][:LONGEST_KEY], "is_same": decision.is_same}
        author = await self._authors.require(decision.speaker, "device.match_refused", body, person_only=True)
        known = {one.sighting.key for one in self._inventory.witnessed()}
        if keys[0] == keys[1] or not known.issuperset(keys):
            text = translate(t"No monitor lists this device.")
            raise ContractError(ErrorCode.INVALID_ARGUMENT, text)
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            before = await device_matches.answer_to(unit.connection, keys) if decision.only_first else None
            if before is not None:
                said = translate("the same device") if before else translate("different devices")
                raise ContractError(ErrorCode.ALREADY_DECIDED, translate(t"Already answered: {said}."))
            await device_matches.decide(
                unit.connection, keys, author.person_id, now, is_same=decision.is_same
            )
            await answered(unit, keys, author.name, is_same=decision.is_same)
            await audit.append(unit.connection, now, "device.matched", {**body, "person": author.person_id})
        return Nothing()

    def _monitors(self) -> Mapping[str, str]:
        """Return the instances that report about others, each with the instance that it repeats."""
        services = {one.id: self._inventory.service(one.id) for one in self._inventory.instances()}
        passed_on = {
            one.alerts.passes_on_to: key
            for key, one in services.items()
            if one is not None and one.alerts is not None and one.alerts.passes_on_to
        }
        return {
            key: passed_on.get(one.key, "")
            for key, one in services.items()
            if one is not None and one.role is Role.MONITOR
        }

    def _own_read(self, incident: Incident, target: TargetRef, measured: Word | None) -> OwnRead | None:
        """Return the app's own reading of the target, None without one and for an item of a monitor."""
        instance = self._inventory.instance(target.instance_id)
        service = self._inventory.service(target.instance_id)
        if instance is None or service is None or instance.polled_at is None:
            return None
        is_item_of_monitor = service.role is Role.MONITOR and target.kind != INSTANCE
        if is_item_of_monitor:
            return None
        seconds = instance.settings.get(POLL_SECONDS)
        return OwnRead(
            instance_id=target.instance_id,
            word=self._own_word(incident, target, instance.status),
            measured=self._measured(incident, target, instance.status, measured),
            read_at=instance.polled_at,
            interval=timedelta(seconds=seconds if isinstance(seconds, int | float) else service.interval),
            vantage=self._inventory.own_vantage(),
        )

    def _own_word(self, incident: Incident, target: TargetRef, status: InstanceStatus) -> Word | None:
        checks = checks_of(incident.alerts, target) - {UNREACHABLE}
        if target.kind == INSTANCE and not checks:
            answers = {InstanceStatus.OK: Word.UP, InstanceStatus.UNREACHABLE: Word.DOWN}
            return answers.get(status, Word.UNKNOWN)
        if status is not InstanceStatus.OK:
            return Word.UNKNOWN
        return own_word(checks or self._outage_checks(target), self._inventory.seen(target).checks)

    def _measured(
        self, incident: Incident, target: TargetRef, status: InstanceStatus, measured: Word | None
    ) -> Word | None:
        """Return the app's own result about a problem that is no outage."""
        checks = checks_of(incident.alerts, target) - {UNREACHABLE}
        if status is not InstanceStatus.OK:
            return Word.UNKNOWN
        return own_word(checks, self._inventory.seen(target).checks) if checks else measured

    def _outage_checks(self, target: TargetRef) -> frozenset[str]:
        """Return the keys of the checks that find that a target does not run."""
        service = self._inventory.service(target.instance_id)
        found = service.checks if service else ()
        return frozenset(one.key for one in found if one.outage is not None and one.scope == target.kind)
