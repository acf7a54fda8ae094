"""The tone of a text: a problem, a success, a command, or neither."""

import pytest

from steward.search.tone import Tone, tone_of


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("", Tone.NEUTRAL),
        ("backup of vm 104", Tone.NEUTRAL),
        ("backup of vm 104 failed", Tone.PROBLEM),
        ("backup of vm 104 completed", Tone.FINE),
        ("scrub finished with 0 errors", Tone.FINE),
        ("scrub finished with 7 errors", Tone.PROBLEM),
        ("Finished, but 3 files could not be read", Tone.PROBLEM),
        ("keine Fehler", Tone.FINE),
        ("kein Internet", Tone.PROBLEM),
        ("Turn on the lamp", Tone.COMMAND),
        ("Turn on fails", Tone.PROBLEM),
        ("Schalte das Licht ein", Tone.COMMAND),
        ("The lamp I turned", Tone.NEUTRAL),
        ("GET /api/health 200 12ms", Tone.FINE),
        ("GET /api/health 502 12ms", Tone.NEUTRAL),
    ],
)
def test_tones(text: str, tone: Tone) -> None:
    assert tone_of(text) is tone
