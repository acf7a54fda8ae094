"""The sensors, the check, the tool and the action that these services share."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any, Final

from ...sdk.answers import known
from ...sdk.client import Rest
from ...sdk.description import MEDIA, Action, Call, Gaps, ResourceKind, Risk, Sensor, Service, Work
from ...sdk.display import list_tool, warning, worst_first
from ...sdk.fields import text_field
from ...sdk.kits import DeleteItem, LastJob
from ...sdk.sensors import count, flag, measured, problem, shows, stops_first
from ...sdk.targets import target_if_there
from .streams import MediaState, Stream, Watched

MESSAGE: Final = text_field(
    "message",
    "Message",
    "Is shown to the person who watches.",
    default="The server is overloaded. Please try again later.",
)


class MediaClient(Rest):
    """A client that reads streams and stops them."""

    state: type[MediaState]

    @abstractmethod
    async def stop(self, stream: Stream, message: str) -> None:
        """Stop one stream and show the message to who watches."""

    @abstractmethod
    async def watched(self, gaps: Gaps) -> list[Watched]:
        """Return who watches what. Nothing else may read names of people and titles."""

    async def streams(self, gaps: Gaps) -> tuple[Stream, ...]:
        """Return the streams now. Raises NotKnown."""
        return (await self.state.poll(self, gaps, *self.state.parts)).streams()

    async def target_stream(self, call: Call) -> Stream | None:
        """Return the target, None when it has certainly ended."""
        return await target_if_there(self.streams, call, lambda one: one.id)


SENSORS: Final[tuple[Sensor[MediaState], ...]] = (
    count("streams", "Streams", lambda state: len(state.streams()), "mdi:play-network"),
    count("transcodes", "Transcodes", MediaState.transcodes, "mdi:swap-horizontal"),
    count("viewers", "Viewers", MediaState.viewers, "mdi:account-multiple"),
    shows(Work.STREAMING, flag("idle", "Nobody is streaming", lambda s: not s.streams()), idle=True),
    problem("too_many_transcodes", "Too many transcodes", MediaState.too_many_transcodes),
)
BANDWIDTH: Final[Sensor[MediaState]] = measured(
    "bandwidth", "Bandwidth", MediaState.bandwidth, "kbit/s", "data_rate", enabled=False
)


STREAM: Final = ResourceKind[MediaState, Stream](
    key="stream",
    items=MediaState.marked,
    id=lambda one: one.id,
    title=lambda one: f"Stream on {one.player}",
    icon="mdi:play-network",
    sensors=(
        flag("transcoded", "Transcoded", lambda one: one.is_transcoded, enabled=False),
        flag("paused", "Paused", lambda one: one.is_paused, enabled=False),
        stops_first("Is stopped first", lambda one: one.is_next),
    ),
)


@list_tool(
    "streams",
    "Streams",
    "What is streamed to which player, without names of people and titles.",
    empty=t"Nobody is streaming",
    capability="status",
)
async def _streams(client: MediaClient, gaps: Gaps, _: Call) -> list[str]:
    found = worst_first(await client.streams(gaps), lambda one: known(one.is_transcoded))
    return [one.line for one in found]


@list_tool(
    "watching",
    "Who watches",
    "Who watches what, with names and titles. Only owners may read it.",
    empty=t"Nobody is watching",
    is_owner_only=True,
)
async def _watching(client: MediaClient, gaps: Gaps, _: Call) -> list[str]:
    return [str(one) for one in await client.watched(gaps)]


STOP: Final = DeleteItem[MediaClient, Stream](
    read=MediaClient.target_stream,
    delete=lambda client, call, stream: client.stop(stream, call.text(MESSAGE.key)),
    refusal=lambda one: t"The server does not say how to stop it" if one.handle is None else None,
    word=t"stopped",
).action(
    key="stop_stream",
    description="Stops one stream and shows a message to the person who watches.",
    risk=Risk.MEDIUM,
    scope="stream",
    arguments=(MESSAGE,),
    blast_radius="One person's playback ends",
)


def scan_action[C: MediaClient](scans: LastJob[C], name: str, description: str, **more: Any) -> Action[C]:
    """Return the action that starts the scan of a library; ``more`` are other fields of an Action."""
    return scans.run(t"Scan", t"none", t"for files that are new, changed, or gone", waits=False).action(
        key="scan",
        name=name,
        description=description,
        risk=Risk.LOW,
        blast_radius="The disks and the processor of the server get work",
        **more,
    )


def media_service(connect: type[MediaClient], *needs: str, **own: Any) -> Service[Any, Any]:
    """Return the description of a service; ``own`` are its other fields.

    Stopping a stream needs the rights ``needs``.
    """
    return Service(
        category=MEDIA,
        connect=connect,
        poll=connect.state.poll,
        sensors=SENSORS,
        resources=(STREAM,),
        checks=(warning("too_many_transcodes", "Too many transcodes", MediaState.too_many_transcodes),),
        tools=(_streams, _watching),
        actions=(replace(STOP, needs=needs),),
        **own,
    )
