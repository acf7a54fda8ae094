"""Two agents of one Home Assistant before the same model: the steward's and Home Assistant's own."""

from demo.ha_api import HomeAssistantApi, HomeAssistantError, list_of, object_of, text_of
from demo.integration import FLOWS
from demo.waiting import becomes
from lab.wire import JsonObject, dumps

STEWARD = "homelab_steward"
OLLAMA = "ollama"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"
START_SECONDS = 30.0


async def add_ollama(api: HomeAssistantApi, url: str, model: str) -> None:
    """Add Home Assistant's own integration and an agent of it, through its forms."""
    entry = await _filled_in(api, FLOWS, {"handler": OLLAMA}, {"url": url})
    entry_id = text_of(object_of(entry.get("result")), "entry_id")
    # As the form has it: its own instructions, and no control of Home Assistant.
    start: JsonObject = {"handler": [entry_id, "conversation"]}
    await _filled_in(api, SUBENTRY_FLOWS, start, {"name": "Core", "model": model})


async def pipeline_with(api: HomeAssistantApi, platform: str) -> str:
    """Make a voice assistant whose agent is the one of an integration; returns its id."""

    async def agent() -> str:
        rows = [object_of(row) for row in list_of(await api.command("config/entity_registry/list"))]
        found = [text_of(row, "entity_id") for row in rows if row.get("platform") == platform]
        return next((one for one in found if one.startswith("conversation.")), "")

    made = await api.command(
        "assist_pipeline/pipeline/create",
        name=platform,
        language="en",
        conversation_engine=await becomes(agent, START_SECONDS, f"an agent of {platform}"),
        conversation_language="en",
        stt_engine=None,
        stt_language=None,
        tts_engine=None,
        tts_language=None,
        tts_voice=None,
        wake_word_entity=None,
        wake_word_id=None,
    )
    return text_of(object_of(made), "id")


async def _filled_in(api: HomeAssistantApi, path: str, start: JsonObject, values: JsonObject) -> JsonObject:
    form = object_of(await api.post(path, start))
    answer = object_of(await api.post(f"{path}/{text_of(form, 'flow_id')}", values))
    if answer.get("type") != "create_entry":
        raise HomeAssistantError(f"the form was refused: {dumps(answer)[:300]}")
    return answer
