"""Sets up two agents in one Home Assistant: the steward's, and Home Assistant's `ollama`."""

from demo.ha_api import HomeAssistantApi, HomeAssistantError, list_of, object_of, text_of
from demo.integration import FLOWS
from demo.waiting import becomes
from lab.wire import JsonObject, dumps

STEWARD = "homelab_steward"
OLLAMA = "ollama"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"
START_SECONDS = 30.0


async def add_ollama(api: HomeAssistantApi, url: str, model: str) -> None:
    """Add the `ollama` integration and an agent, through the config flow."""
    entry = await _complete_flow(api, FLOWS, {"handler": OLLAMA}, {"url": url})
    entry_id = text_of(object_of(entry.get("result")), "entry_id")
    # The defaults of the form: its own instructions, and no control of Home Assistant.
    start: JsonObject = {"handler": [entry_id, "conversation"]}
    await _complete_flow(api, SUBENTRY_FLOWS, start, {"name": "Core", "model": model})


async def pipeline_with(api: HomeAssistantApi, platform: str) -> str:
    """Create an Assist pipeline with the agent of an integration, and return its id."""

    async def agent() -> str:
        rows = [object_of(row) for row in list_of(await api.command("config/entity_registry/list"))]
        found = [text_of(row, "entity_id") for row in rows if row.get("platform") == platform]
        return next((one for one in found if one.startswith("conversation.")), "")

    created = await api.command(
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
    return text_of(object_of(created), "id")


async def _complete_flow(
    api: HomeAssistantApi, path: str, start: JsonObject, values: JsonObject
) -> JsonObject:
    form = object_of(await api.post(path, start))
    answer = object_of(await api.post(f"{path}/{text_of(form, 'flow_id')}", values))
    if answer.get("type") != "create_entry":
        raise HomeAssistantError(f"the form was refused: {dumps(answer)[:300]}")
    return answer
