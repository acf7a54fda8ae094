"""A conversation about the toy service, with or without a scripted model."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

import aiohttp

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.state import FrontEnd, Person, Speaker
from lab.model import Script, ScriptedModel, Turn
from lab.model_script import ScriptedCall
from steward.api.queries import Queries
from steward.clock import Clock, SystemClock
from steward.conversation.autonomy_answers import Levels, no_levels
from steward.conversation.conversation import Conversation
from steward.conversation.model_answers import Bounds, Models
from steward.conversation.monitor_answers import Devices, no_devices
from steward.conversation.note_answers import Notes
from steward.language.sentences import Sentences
from steward.llm.egress import PrivacyContext
from steward.llm.messages import Tier
from steward.llm.settings import Deployment
from steward.llm.usage import ModelUsage
from steward.wiring.conversation import ConversationParts, build_conversation, runbook_ports
from steward.wiring.model_stack import ModelStack, own_names

from .agent_rig import LINKED, RUNBOOK, THREE_STEPS, AgentRig, open_rig
from .inventory import ToyInventory, ToyPeople
from .recognition_rig import sentences
from .toy import SERVICE, Toy


class NoPeople:
    """A directory without people."""

    def list(self) -> tuple[Person, ...]:
        return ()


@dataclass
class ConversationRig:
    """A conversation, with the agent and the model behind it."""

    rig: AgentRig
    conversation: Conversation
    model: ScriptedModel
    models: Models | None = None

    async def pieces(self, text: str, **fields: object) -> list[ChatPiece]:
        """Ask, and return all pieces of the answer."""
        return [piece async for piece in self.conversation.ask(question(text, **fields))]

    async def ask(self, text: str, **fields: object) -> str:
        """Ask, and return the text of the answer."""
        pieces = await self.pieces(text, **fields)
        assert pieces[-1].kind is ChatPieceKind.END
        return text_of(pieces)


def text_of(pieces: Sequence[ChatPiece]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind is ChatPieceKind.TEXT)


def of_kind(pieces: Sequence[ChatPiece], kind: ChatPieceKind) -> list[ChatPiece]:
    return [piece for piece in pieces if piece.kind is kind]


def question(text: str, **fields: object) -> ChatQuestion:
    user = fields.pop("user", "1")
    front_end = FrontEnd(str(fields.pop("front_end", FrontEnd.HOME_ASSISTANT)))
    plain: dict[str, object] = {"conversation_id": "c1", **fields}
    speaker = Speaker(front_end=front_end, user_id=str(user))
    return ChatQuestion(text=text, speaker=speaker, **plain)  # type: ignore[arg-type]


def says(*pieces: str, match: str = "", role: str = "user", **fields: object) -> Turn:
    return Turn(match=match, role=role, pieces=pieces, **fields)  # type: ignore[arg-type]


def calls(
    name: str, match: str = "", role: str = "user", times: int | None = None, **arguments: object
) -> Turn:
    call = ScriptedCall(name=name, arguments=arguments)  # type: ignore[arg-type]
    return Turn(match=match, role=role, calls=(call,), times=times)


@asynccontextmanager
async def open_conversation(
    folder: Path,
    *turns: Turn,
    script: Script | None = None,
    model: bool = True,
    toy: Toy | None = None,
    inventory: ToyInventory | None = None,
    clock: Clock | None = None,
    tier: Tier = Tier.LOCAL,
    bounds: Bounds | None = None,
    supports_tools: bool = True,
    takes_masked: bool = False,
    cost: float = 0.0,
    others: Sequence[Deployment] = (),
    clean: Callable[[str], str] = str,
    own_sentences: Path | None = None,
    people: ToyPeople | None = None,
    runbooks: Sequence[str] = (RUNBOOK, THREE_STEPS, LINKED),
    levels: Levels = no_levels,
    devices: Devices = no_devices,
    notes: Notes | None = None,
) -> AsyncIterator[ConversationRig]:
    """Yield a conversation, without a model if ``model`` is False. The toy service was polled once."""
    async with AsyncExitStack() as opened:
        opening = open_rig(folder, toy, inventory=inventory, clock=clock, people=people, runbooks=runbooks)
        rig = await opened.enter_async_context(opening)
        await rig.inventory.poll_now("toy1")
        scripted = await opened.enter_async_context(ScriptedModel(script or Script(turns)))
        session = await opened.enter_async_context(aiohttp.ClientSession())
        deployment = Deployment(
            id="scripted",
            tier=tier,
            url=f"{scripted.url}/v1",
            model="m",
            supports_tools=supports_tools,
            takes_masked=takes_masked,
            cost_per_request=cost,
        )
        # Only the list of people is read.
        names = own_names(rig.inventory, NoPeople())  # type: ignore[arg-type]
        context = PrivacyContext(names=names, clean=clean)
        clock = clock or SystemClock()
        usage = ModelUsage([deployment, *others], rig.store.database, rig.store.changes, clock)
        models = ModelStack(
            [deployment, *others] if model else [],
            session,
            rig.store.database,
            context,
            clock,
            usage.publish,
        )
        opened.push_async_callback(models.close)
        offers = Catalogue(digest="toy", services=(SERVICE.offer(),))
        queries = Queries(rig.store, rig.inventory, NoPeople(), lambda: offers, tuple, usage.read)
        chat_models = models.talking()
        if chat_models is not None and bounds is not None:
            chat_models = replace(chat_models, bounds=bounds)
        conversation = build_conversation(
            ConversationParts(
                rows=queries,
                request_port=rig.agent.requests,
                request_plan=rig.agent.plan_requests.request,
                runbooks=runbook_ports(rig.agent),
                search=rig.agent.search.find,
                decide=rig.agent.gate.decide,
                mark_false_alarm=rig.agent.false_alarms.mark,
                person=(people or ToyPeople()).by_speaker,
                inventory=rig.inventory,
                catalogue=offers,
                models=chat_models,
                sentences=sentences() if own_sentences is None else Sentences(own_sentences),
                clock=clock,
                zone=UTC,
                levels=levels,
                devices=devices,
                notes=notes or Notes(),
            )
        )
        yield ConversationRig(rig, conversation, scripted, chat_models)
