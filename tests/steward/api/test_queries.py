"""What a front end gets at first fits into one message."""

from dataclasses import replace

from homelab_steward.contract.protocol import MAX_MESSAGE_BYTES
from rig import records
from rig.changes_rig import assessment
from steward.api.queries import CHANGES_SHOWN, MOST_LISTED, NOTES_BYTES, with_notes
from steward.changes.assess import LONGEST_NOTES


def test_release_notes_of_many_updates_are_left_out_of_the_last_ones() -> None:
    judged = assessment(notes="\U0001f600" * LONGEST_NOTES)
    rows = [replace(records.change(f"c{one}"), assessment=judged) for one in range(MOST_LISTED)]
    rows += [replace(records.change("none"), assessment=None)] * CHANGES_SHOWN
    sent = [*with_notes(rows, NOTES_BYTES)]
    assert [one.id for one in sent] == [one.id for one in rows]
    assert sent[0] == rows[0]
    assert sent[-1] == rows[-1]
    last = sent[MOST_LISTED - 1].assessment
    assert last == replace(judged, notes="")
    assert sum(len(one.to_json()) for one in sent) < MAX_MESSAGE_BYTES / 2
