"""Replaces a container by one of another image, and goes back with its data; both carry on after a crash."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.base import Value

from ...clock import Clock
from ...errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceError,
    ServiceRefused,
    ServiceUnreachable,
    TemporaryFailure,
)
from ...sdk.answers import at, parse
from ...sdk.kits import poll_until
from ...texts import Text
from .client import BEFORE, SUFFIX
from .engine import Engine, Raw
from .kept import SHORT, Definition, Kept, drop_old, must_be_free
from .models import NEVER, Details
from .mounts import BesideDump, Volume
from .recreate import container_body, create, lost_parts, split, tag

OBSERVED: Final = 5.0
"""Seconds that a new container must run: one that ends at once is taken back with its data."""

GOING_BACK: Final = "going_back"
BACK: Final = "went_back"
"""What is noted before the old container is brought back after a failure, and when it runs again."""

AGAIN: Final = (1.0, 5.0, 15.0)
"""Seconds between the tries to let a container run again."""

NO_SPACE: Final = "no space left"
"""What engines say when their disk is full."""

MANUAL: Final = {"RestartPolicy": {"Name": "no"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One update of one container. ``container`` is its id, ``image`` that of the image it runs from.

    ``reference`` is that image as it was configured, ``wanted`` the new one, and ``digest`` its content, ""
    for whatever the registry has. ``volumes`` are copied before, and ``dump`` is the key of the database that
    is dumped, "" without one. ``beside`` is dumped in another container.
    """

    container: str
    name: str
    image: str
    reference: str
    wanted: str
    digest: str
    volumes: tuple[str, ...]
    dump: str = ""
    beside: BesideDump | None = None

    @property
    def has_data(self) -> bool:
        """Whether data is kept of it."""
        return bool(self.volumes or self.dump or self.beside)

    @property
    def aside(self) -> str:
        """The name of the old container while the new one has its name."""
        return f"{self.container[:SHORT]}_{self.name}"

    @property
    def source(self) -> str:
        """What is pulled: exactly the content that was approved if it is known."""
        if not self.digest or "@" in self.wanted:
            return self.wanted
        repository, _ = split(self.wanted)
        return f"{repository}@{self.digest}"


@dataclass(frozen=True, slots=True)
class Update:
    """Carries out one update on an engine. Each step looks first whether it was done before.

    ``note`` is called before the old container is brought back after a failure, and when it runs again.
    """

    engine: Engine
    goal: Goal
    clock: Clock
    note: Callable[[Mapping[str, Value]], Awaitable[None]]

    @property
    def kept(self) -> Kept:
        """What is kept of the old container."""
        return Kept(self.engine, self.goal.container)

    async def run(self) -> None:
        """Update the container. On a failure the old one runs again, with its data.

        Raises:
            PreconditionFailed: it failed, and the old container runs as before. TemporaryFailure: the new
                version is not the reason.
            ServiceError: as Rest.send does.
        """
        goal = self.goal
        old = await self.engine.container(goal.container)
        if old is None:
            await self._must_be_done()
            return
        image = await self._pulled()
        is_made = False
        try:
            if (await self._named()).id == old.id:
                await self._replace(old, image)
            is_made = True
            await self._start()
        except EffectUnknown as err:
            new = await self._seen()
            if new is not None and new.is_up:
                await self._finish()
                raise
            await self._back_after(err)
            if new is not None:
                raise  # its start was sent
            raise TemporaryFailure(t"{err}. {goal.name} runs again as before") from err
        except ServiceError as err:
            await self._back_after(err)
            failure = TemporaryFailure if is_passing(err, is_made=is_made) else PreconditionFailed
            raise failure(t"{err}. {goal.name} runs again as before") from err
        except asyncio.CancelledError:
            await self._back_after(EffectUnknown(t"The update of {goal.name} was ended"))
            raise
        await self._finish()

    async def go_back(self) -> None:
        """Carry on bringing the old container back, after the app was stopped during that.

        Raises PreconditionFailed when it runs as before, ServiceError as :meth:`run` does.
        """
        err = EffectUnknown(t"The update of {self.goal.name} was ended")
        await self._back_after(err)
        raise PreconditionFailed(t"{err}. {self.goal.name} runs again as before")

    async def _back_after(self, err: ServiceError) -> None:
        await self.note({GOING_BACK: True})
        try:
            await persistently(self.clock, self.back)
        except ServiceError as failure:
            raise EffectUnknown(t"{err}. Going back failed too: {failure}") from failure
        await self.note({BACK: True})

    async def back(self) -> None:
        """Let the old container run again; with its data if the new one was started.

        Raises ServiceError.
        """
        goal = self.goal
        old = await self.engine.container(goal.container)
        new = await self._new()
        definition = await self.kept.definition()
        is_started = new is not None and new.state.started_at.year != NEVER
        # Without the old one an earlier try ended on its way.
        if definition is not None and (is_started or old is None):
            await take_back(self.engine, self.kept, definition)
            return
        if old is None and new is not None and new.image_id == goal.image:
            await self.kept.drop()  # an earlier try ended when the container was back
            return
        if new is not None:
            await self.engine.stop(new.id)
            await self.engine.remove(new.id)
        if old is None:
            raise PreconditionFailed(t"The old container of {goal.name} does not exist any more")
        if old.name != goal.name:
            await self.engine.rename(old.id, goal.name)
        await self._restore_policy(definition)
        await tag(self.engine, goal.image, goal.reference)
        await self.engine.post(f"containers/{old.id}/start")
        await self.kept.drop()

    async def _restore_policy(self, definition: Definition | None) -> None:
        if definition is not None:
            body = {"RestartPolicy": definition.policy}
            await self.engine.post(f"containers/{self.goal.container}/update", body)

    async def _pulled(self) -> str:
        """Pull the image before anything is stopped, and return the engine's id of it.

        One that is there already is enough: its registry may not answer.
        """
        goal = self.goal
        try:
            await self.engine.pull(goal.source)
        except PreconditionFailed:
            if await self.engine.found(f"images/{goal.source}/json") is None:
                raise
        found = await self.engine.raw(f"images/{goal.source}/json")
        image = str(found["Id"])
        if image == goal.image:
            raise PreconditionFailed(t"{goal.name} runs from {goal.wanted} already")
        return image

    async def _replace(self, old: Details, image: str) -> None:
        """Make the new container, dump the old one, stop it, copy its data, and exchange their names."""
        goal, engine = self.goal, self.engine
        fresh, now = f"{goal.aside}{SUFFIX}", self.clock.now().timestamp()
        await engine.discard(fresh)
        known = await self.kept.definition()
        # What was kept before is right: an interrupted attempt changes the policy of the old container.
        definition = known or await self._definition(old)
        await self.kept.keep_image(goal.image)
        await tag(engine, image, goal.wanted)
        await create(engine, fresh, {**definition.body, "Image": goal.wanted}, definition.networks)
        await self._must_fit(fresh, definition, image)
        if old.state.running:
            await self._restore_policy(known)
            await self.kept.drop_copies()  # of an attempt before it was started again
            await self.kept.take_dump(definition, now)
            await engine.stop(old.id)
        if old.state.running or known is None:
            await self.kept.take(definition, now)
        # The engine starts a container with a policy again when it is restarted itself.
        await engine.post(f"containers/{old.id}/update", MANUAL)
        await engine.rename(old.id, goal.aside)
        await engine.rename(fresh, goal.name)

    async def _start(self) -> None:
        """Start the new container and see that it stays up. Raises PreconditionFailed when it ends."""
        new = await self._named()
        if not new.is_up:
            await self.engine.post(f"containers/{new.id}/start")
        ended = await poll_until(self.clock, self._named, has_ended, seconds=OBSERVED, away=OBSERVED)
        if has_ended(ended):
            reason = _end(ended)
            raise PreconditionFailed(t"The new version does not run: {reason}")

    async def _finish(self) -> None:
        await self.engine.remove(self.goal.container)
        await drop_old(self.engine, self.goal.name, self.goal.container, self.clock.now().timestamp())

    async def _seen(self) -> Details | None:
        """Return the new container if it has the name already, None also when it cannot be read."""
        with suppress(ServiceError):
            new = await self._new()
            return new if new is not None and new.name == self.goal.name else None
        return None

    async def _definition(self, old: Details) -> Definition:
        """Return how the old container was made."""
        raw = await self.engine.raw(f"containers/{old.id}/json")
        base = await self.engine.raw(f"images/{old.image_id}/json")
        body, networks = container_body(raw, parse(Raw, at(base, "Config"), "image"), self.goal.reference)
        volumes = [await self.engine.raw(f"volumes/{one}") for one in self.goal.volumes]
        beside = self.goal.beside
        sharers = {
            name: one.image_id
            for name in (beside.sharers if beside is not None else ())
            if (one := await self.engine.container(name)) is not None
        }
        return Definition(
            name=self.goal.name,
            image=self.goal.image,
            reference=self.goal.reference,
            body=body,
            networks=dict(networks),
            volumes=tuple(parse(Volume, one, "volume") for one in volumes),
            dump=self.goal.dump,
            beside=beside,
            sharers=sharers,
        )

    async def _must_fit(self, fresh: str, definition: Definition, image: str) -> None:
        """Raise PreconditionFailed when the new container differs in more than its image."""
        raw = await self.engine.raw(f"containers/{fresh}/json")
        if raw.get("Image") != image:
            raise PreconditionFailed(t"The tag {self.goal.wanted} was given to another image meanwhile")
        lost = lost_parts(definition.body, definition.networks, raw)
        if lost:
            raise PreconditionFailed(t"The new container would lose settings: {', '.join(lost)}")

    async def _named(self) -> Details:
        """Return the container that has the name now. Between two renames it is the new one."""
        found = await self.engine.container(self.goal.name)
        if found is None:
            await self.engine.rename(f"{self.goal.aside}{SUFFIX}", self.goal.name)
            found = await self.engine.container(self.goal.name)
        if found is None:
            raise PreconditionFailed(t"There is no container {self.goal.name} any more")
        return found

    async def _new(self) -> Details | None:
        """Return the new container, whatever its name is."""
        for name in (self.goal.name, f"{self.goal.aside}{SUFFIX}"):
            found = await self.engine.container(name)
            if found is not None and found.id != self.goal.container:
                return found
        return None

    async def _must_be_done(self) -> None:
        found = await self.engine.container(self.goal.name)
        if found is None or found.config.image != self.goal.wanted:
            raise PreconditionFailed(t"There is no container {self.goal.name} any more")


def is_passing(err: ServiceError, *, is_made: bool) -> bool:
    """Return whether an update failed for a reason that is not its version. Pure.

    ``is_made``: the new container was there to be started. What an engine refuses before is its own state.
    """
    if isinstance(err, TemporaryFailure | ServiceUnreachable) or NO_SPACE in str(err).lower():
        return True
    return not is_made and isinstance(err, ServiceRefused)


async def persistently(clock: Clock, step: Callable[[], Awaitable[None]]) -> None:
    """Carry out what carries on where it ended, again when the engine does not answer for a short time.

    Raises what the last try raises, and at once what the engine refuses.
    """
    for wait in AGAIN:
        try:
            return await step()
        except EffectUnknown, ServiceUnreachable:
            await clock.sleep(wait)
    return await step()


async def take_back(engine: Engine, kept: Kept, definition: Definition) -> None:
    """Make the container again from the old image, with the data that was copied or dumped.

    The copies are removed once it runs. Raises ServiceError; what was done stays done, and it can be
    called again.
    """
    name = definition.name
    await must_be_free(engine, kept, definition)
    before = f"{kept.container[:SHORT]}_{name}{BEFORE}"
    current = await engine.container(name)
    if current is not None and current.image_id != definition.image:
        await engine.stop(current.id)
    if await engine.container(before) is None and not _is_old(current, definition):
        # The old one first: while the new one is there, it is known that the data has to go back.
        for one in (await engine.container(kept.container), current):
            if one is not None:
                await engine.stop(one.id)
                await engine.remove(one.id)
        await kept.put_back(definition)
        await kept.put_beside_back(definition)
        await tag(engine, definition.image, definition.reference)
        # It exists only when all data is back.
        await create(engine, before, definition.body, definition.networks)
    if await engine.container(before) is not None:
        await engine.rename(before, name)
    await engine.post(f"containers/{name}/start")
    await kept.put_dump_back(definition)
    await kept.drop()


def has_ended(new: Details) -> bool:
    """Return whether a new container ended: its policy may have started it again before this look."""
    return not new.is_up or new.restart_count > 0


def _end(new: Details) -> Text:
    """Return how a new container ended; the engine forgets the exit code of one that runs again."""
    if new.is_up:
        return t"It ended and was started again"
    return new.failure or t"It ended with exit code {new.state.exit_code}"


def _is_old(current: Details | None, definition: Definition) -> bool:
    return current is not None and current.image_id == definition.image
