"""The sensors, the check, the tool and the action that these services share."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any, Final

from ...errors import ServiceMalformed, ServiceUnreachable
from ...sdk.answers import NotKnown, known
from ...sdk.client import Rest
from ...sdk.description import MEDIA, Call, Gaps, ResourceKind, Risk, Sensor, Service, Work
from ...sdk.display import Text, list_tool, warning, worst_first
from ...sdk.fields import text_field
from ...sdk.kits import DeleteItem
from ...sdk.sensors import count, flag, measured, problem, shows, stops_first
from .streams import MediaState, Stream

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

    async def streams(self, gaps: Gaps) -> tuple[Stream, ...]:
        """Return the streams now. Raises NotKnown."""
        return (await self.state.poll(self, gaps, *self.state.parts)).streams()

    async def target_stream(self, call: Call) -> Stream | None:
        """Return the target, None when it has certainly ended."""
        gaps = Gaps()
        try:
            found = await self.streams(gaps)
        except NotKnown as err:
            raise ServiceUnreachable(str(err)) from err
        stream = next((one for one in found if one.id == call.target.id), None)
        if stream is None and (missing := gaps.coverage.gaps):
            raise ServiceMalformed(missing[0].reason)
        return stream


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
    name="Stream",
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


async def _line(client: MediaClient, call: Call) -> str | None:
    stream = await client.target_stream(call)
    return None if stream is None else str(stream)


async def _refusal(client: MediaClient, call: Call) -> Text | None:
    stream = await client.target_stream(call)
    return t"The server does not say how to stop it" if stream and stream.handle is None else None


async def _stop(client: MediaClient, call: Call) -> None:
    if stream := await client.target_stream(call):
        await client.stop(stream, call.text(MESSAGE.key))


STOP: Final = DeleteItem(read=_line, delete=_stop, refusal=_refusal, word=t"stopped").action(
    key="stop_stream",
    name="Stop stream",
    description="Stops one stream and shows a message to the person who watches.",
    risk=Risk.MEDIUM,
    scope="stream",
    arguments=(MESSAGE,),
    blast_radius="One person's playback ends",
    capability="stop",
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
        tools=(_streams,),
        actions=(replace(STOP, needs=needs),),
        **own,
    )
