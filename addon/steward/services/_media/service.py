"""The sensors, the check, the tool and the action that these services share."""

from functools import partial
from typing import Any, Final, Protocol

from ...errors import ServiceMalformed, ServiceUnreachable
from ...sdk.categories import MEDIA
from ...sdk.checks import warning
from ...sdk.description import Access, Action, Call, Check, Gaps, ResourceKind, Risk, Sensor, Service, Tool
from ...sdk.fields import number_field, text_field
from ...sdk.kits.about import TimedClient
from ...sdk.kits.delete_item import DeleteItem
from ...sdk.lists import list_tool, worst_first
from ...sdk.readings import NotKnown, known
from ...sdk.sensors import count, flag, measured, problem
from ...sdk.state import Reader
from ...texts import Text
from .streams import MOST_TRANSCODES, MediaState, Stream

LIMIT: Final = number_field(
    "most_transcodes",
    "Most transcodes",
    "More than this at the same time are a problem.",
    least=1,
    most=100,
    default=MOST_TRANSCODES,
)
MESSAGE: Final = text_field(
    "message",
    "Message",
    "Is shown to the person who watches.",
    default="The server is overloaded. Please try again later.",
)


class MediaClient(TimedClient, Reader, Protocol):
    """A client that reads streams and stops them."""

    @property
    def access(self) -> Access:
        """The settings."""

    async def stop(self, stream: Stream, message: str) -> None:
        """Stop one stream and show the message to who watches."""


async def poll[S: MediaState](state: type[S], client: MediaClient, gaps: Gaps) -> S:
    """Return the state with the limit that was set. Raises ServiceError."""
    polled = await state.poll(client, gaps)
    polled.most_transcodes = client.access.number(LIMIT.key, default=polled.most_transcodes)
    return polled


SENSORS: Final[tuple[Sensor[MediaState], ...]] = (
    count("streams", "Streams", lambda state: len(state.streams()), "mdi:play-network"),
    count("transcodes", "Transcodes", lambda state: state.transcodes, "mdi:swap-horizontal"),
    count("viewers", "Viewers", lambda state: state.viewers, "mdi:account-multiple"),
    flag("idle", "Nobody is streaming", lambda state: not state.streams()),
    problem("too_many_transcodes", "Too many transcodes", MediaState.too_many_transcodes),
)
BANDWIDTH: Final[Sensor[MediaState]] = measured(
    "bandwidth", "Bandwidth", lambda state: state.bandwidth, "kbit/s", "data_rate", enabled=False
)
CHECKS: Final[tuple[Check[MediaState], ...]] = (
    warning("too_many_transcodes", "Too many transcodes", MediaState.too_many_transcodes),
)


STREAM: Final = ResourceKind[MediaState, Stream](
    key="stream",
    name="Stream",
    items=MediaState.marked,
    id=lambda one: one.id,
    title=lambda one: f"Stream on {one.player}",
    part="sessions",
    icon="mdi:play-network",
    sensors=(
        flag("transcoded", "Transcoded", lambda one: one.is_transcoded, enabled=False),
        flag("paused", "Paused", lambda one: one.is_paused, enabled=False),
        flag("stops_first", "Is stopped first", lambda one: one.is_next, diagnostic=True, enabled=False),
    ),
)


def streams_tool[C: MediaClient, S: MediaState](state: type[S]) -> Tool[C]:
    """Return the tool that lists the streams of ``state``, which reads nothing else."""

    async def read(client: C, gaps: Gaps, _: Call) -> list[str]:
        found = (await state.poll(client, gaps)).streams()
        return [one.line for one in worst_first(found, lambda one: known(one.is_transcoded))]

    return list_tool(
        "streams",
        "Streams",
        "What is streamed to which player, without names of people and titles.",
        read,
        empty="Nobody is streaming",
        capability="status",
    )


def stop_action[C: MediaClient, S: MediaState](state: type[S], *needs: str) -> Action[C]:
    """Return the action that stops a stream of ``state``, which reads nothing else; it needs these rights."""

    async def find(client: C, call: Call) -> Stream | None:
        gaps = Gaps()
        try:
            found = (await state.poll(client, gaps)).streams()
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


def media_service(
    state: type[MediaState], streams: type[MediaState], *needs: str, **own: Any
) -> Service[Any, Any]:
    """Return the description of a service with the endpoint ``sessions``; ``own`` are its other fields.

    ``streams`` reads the streams only. Stopping one needs the rights ``needs``.
    """
    return Service(
        category=MEDIA,
        poll=partial(poll, state),
        sensors=SENSORS,
        resources=(STREAM,),
        checks=CHECKS,
        tools=(streams_tool(streams),),
        actions=(stop_action(streams, *needs),),
        **own,
    )
