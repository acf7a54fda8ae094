"""The sensors, the check, the tool and the action that these services share."""

from typing import Any, Final, Protocol

from ...errors import ServiceMalformed, ServiceUnreachable
from ...sdk.answers import NotKnown, Reader, known
from ...sdk.description import MEDIA, Action, Call, Gaps, ResourceKind, Risk, Sensor, Service, Tool, Work
from ...sdk.display import Text, count, flag, list_tool, measured, problem, shows, warning, worst_first
from ...sdk.fields import text_field
from ...sdk.kits import DeleteItem, TimedClient
from .streams import MediaState, Stream

MESSAGE: Final = text_field(
    "message",
    "Message",
    "Is shown to the person who watches.",
    default="The server is overloaded. Please try again later.",
)


class MediaClient(TimedClient, Reader, Protocol):
    """A client that reads streams and stops them."""

    async def stop(self, stream: Stream, message: str) -> None:
        """Stop one stream and show the message to who watches."""


SENSORS: Final[tuple[Sensor[MediaState], ...]] = (
    count("streams", "Streams", lambda state: len(state.streams()), "mdi:play-network"),
    count("transcodes", "Transcodes", lambda state: state.transcodes, "mdi:swap-horizontal"),
    count("viewers", "Viewers", lambda state: state.viewers, "mdi:account-multiple"),
    shows(Work.STREAMING, True, flag("idle", "Nobody is streaming", lambda state: not state.streams())),
    problem("too_many_transcodes", "Too many transcodes", MediaState.too_many_transcodes),
)
BANDWIDTH: Final[Sensor[MediaState]] = measured(
    "bandwidth", "Bandwidth", lambda state: state.bandwidth, "kbit/s", "data_rate", enabled=False
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
        flag("stops_first", "Is stopped first", lambda one: one.is_next, diagnostic=True, enabled=False),
    ),
)


def streams_tool[C: MediaClient, S: MediaState](state: type[S]) -> Tool[C]:
    """Return the tool that lists the streams."""

    async def read(client: C, gaps: Gaps, _: Call) -> list[str]:
        found = (await state.poll(client, gaps, *state.parts)).streams()
        return [one.line for one in worst_first(found, lambda one: known(one.is_transcoded))]

    return list_tool(
        "streams",
        "Streams",
        "What is streamed to which player, without names of people and titles.",
        read,
        empty=t"Nobody is streaming",
        capability="status",
    )


def stop_action[C: MediaClient, S: MediaState](state: type[S], *needs: str) -> Action[C]:
    """Return the action that stops a stream; it needs these rights."""

    async def find(client: C, call: Call) -> Stream | None:
        gaps = Gaps()
        try:
            found = (await state.poll(client, gaps, *state.parts)).streams()
        except NotKnown as err:
            raise ServiceUnreachable(str(err)) from err
        stream = next((one for one in found if one.id == call.target.id), None)
        if stream is None and (missing := gaps.coverage.gaps):
            raise ServiceMalformed(missing[0].reason)
        return stream

    async def line(client: C, call: Call) -> str | None:
        stream = await find(client, call)
        return None if stream is None else str(stream)

    async def refusal(client: C, call: Call) -> Text | None:
        stream = await find(client, call)
        return t"The server does not say how to stop it" if stream and stream.handle is None else None

    async def stop(client: C, call: Call) -> None:
        stream = await find(client, call)
        if stream is not None:
            await client.stop(stream, call.text(MESSAGE.key))

    return DeleteItem[C](read=line, delete=stop, refusal=refusal, word=t"stopped").action(
        key="stop_stream",
        name="Stop stream",
        description="Stops one stream and shows a message to the person who watches.",
        risk=Risk.MEDIUM,
        scope="stream",
        arguments=(MESSAGE,),
        blast_radius="One person's playback ends",
        capability="stop",
        needs=needs,
    )


def media_service(state: type[MediaState], *needs: str, **own: Any) -> Service[Any, Any]:
    """Return the description of a service; ``own`` are its other fields.

    Stopping a stream needs the rights ``needs``.
    """
    return Service(
        category=MEDIA,
        poll=state.poll,
        sensors=SENSORS,
        resources=(STREAM,),
        checks=(warning("too_many_transcodes", "Too many transcodes", MediaState.too_many_transcodes),),
        tools=(streams_tool(state),),
        actions=(stop_action(state, *needs),),
        **own,
    )
