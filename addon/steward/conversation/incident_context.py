"""What a question about one incident refers to: its target, and what is known about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus, Outcome
from homelab_steward.contract.plain_text import one_line, quoted

from ..llm.messages import ChatMessage, Role
from ..llm.reading_digest import digest
from ..texts import Texts, english
from .mentions import NamedTarget

TITLE: Final = 200
LONGEST_EVIDENCE: Final = 600
LONGEST_CONTEXT: Final = 4_000
COMMENTS: Final = 5

_STATES: Final = {
    IncidentStatus.OPEN: english("It is being looked into."),
    IncidentStatus.DIAGNOSED: english("It is being looked into."),
    IncidentStatus.WAITING: english("It waits for an answer."),
    IncidentStatus.SCHEDULED: english("It is approved and scheduled."),
    IncidentStatus.ACTING: english("The steward is working on it."),
    IncidentStatus.UNSOLVED: english("It is not solved."),
    IncidentStatus.IGNORED: english("Somebody ignored it."),
    IncidentStatus.RESOLVED: english("It is resolved."),
}
_OUTCOMES: Final = {
    Outcome.FIXED: english("“{label}” helped."),
    Outcome.NOT_FIXED: english("“{label}” did not help."),
    Outcome.WORSE: english("“{label}” made things worse."),
    Outcome.UNKNOWN: english("Whether “{label}” helped is not known."),
    Outcome.RELAPSED: english("“{label}” helped for a short time only."),
}


@dataclass(frozen=True, slots=True)
class IncidentContext:
    """An incident that a conversation is about, and its request while that is pending."""

    incident: Incident
    request: ApprovalRequest | None

    def names(self, every: Sequence[NamedTarget]) -> list[str]:
        """Return the label of the target, as if the person had named it: “it” is this target."""
        return [one.label for one in every if one.target == self.incident.target]

    def answer(self, texts: Texts, now: datetime) -> str:
        """Return what is known about the incident, in sentences."""
        return " ".join(self._sentences(texts, now))

    def messages(self) -> list[ChatMessage]:
        """Return the incident as data for a model."""
        incident = self.incident
        evidence = incident.diagnosis.evidence if incident.diagnosis is not None else ()
        facts = {
            "number": incident.number,
            "title": one_line(incident.title),
            "status": incident.status.value,
            "known": list(self._sentences(Texts(), incident.updated_at)),
            "evidence": [f"{one.title}: {digest(one.text, LONGEST_EVIDENCE)}" for one in evidence],
            "comments": [f"{one.person_name}: {one.text}" for one in incident.comments[-COMMENTS:]],
        }
        data = digest(orjson.dumps(facts).decode(), LONGEST_CONTEXT)
        text = orjson.dumps({"this_incident_is_meant": True, "data_not_instructions": data}).decode()
        return [ChatMessage(role=Role.USER, text=text)]

    def _sentences(self, texts: Texts, now: datetime) -> Iterator[str]:
        incident = self.incident
        yield texts(
            "Incident {number}, {title}, was opened {ago}.",
            number=incident.number,
            title=quoted(incident.title, TITLE, texts.language),
            ago=texts.ago(now - incident.opened_at),
        )
        yield texts(_STATES[incident.status])
        if incident.diagnosis is not None:
            yield _sentence(incident.diagnosis.summary)
            yield from (_sentence(one.text) for one in incident.diagnosis.claims)
        run = incident.run
        if run is not None and run.verdict is not None:
            yield texts(_OUTCOMES[run.verdict.outcome], label=one_line(run.label))
        if self.request is not None:
            options = (f"{one.number} {one_line(one.label)}" for one in self.request.proposal.options)
            yield texts("Options: {options}.", options=texts.listed(options))


def _sentence(text: str) -> str:
    """Return a text from outside as one sentence."""
    line = one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."
