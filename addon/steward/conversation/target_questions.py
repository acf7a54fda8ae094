"""Recognises questions about the state of one thing, and which name they contain. Pure.

A text is recognised as a whole only: "how is Radarr" is a question about Radarr, and "how is Radarr's
import configured" is not.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from homelab_steward.contract.state import TargetRef

from .named_targets import WORD, NamedTarget, named_in, occurs

NEAREST: Final = 3
"""Names that an answer about an unknown name contains."""

_PLACE: Final = "@"
_KIND: Final = (
    r"containers?|ct|lxc|vm|guest|virtual machine|service|app|application|instance|server|host|node|machine|"
    r"dienst|anwendung|instanz|gast|maschine|rechner|knoten|host"
)
_MACHINE: Final = re.compile(r"containers?|ct|lxc|vm|guest|virtual machine|machine|gast|maschine")
"""What people call something that a program runs in."""

_DETERMINER: Final = r"the|my|our|this|that|der|die|das|den|dem|des|meine?[mnrs]?|unsere?[mnrs]?"
_NAME: Final = r"[\w.+/-]+(?: [\w.+/-]+){0,2}?"
_ADVERB: Final = (
    r"still|now|currently|really|again|already|even|actually|back|just|always|so|today|at the moment|"
    r"right now|yet|please|then|also|doing|going|too|not|at all|or not|feeling|these days|"
    r"noch|wieder|gerade|jetzt|schon|auch|denn|eigentlich|immer|heute|momentan|aktuell|richtig|normal|"
    r"bitte|mal|überhaupt|wirklich|nicht|nun|im moment|zur zeit|gut"
)
_STATE: Final = (
    r"fine|ok|okay|up|down|running|healthy|unhealthy|alive|well|broken|all right|alright|online|offline|"
    r"reachable|unreachable|working|responding|dead|sick|slow|crashed|stopped|in trouble|"
    r"kaputt|in ordnung|gesund|erreichbar|tot|langsam|verfügbar|da|aktiv|gestoppt|abgestürzt|an|aus|weg|"
    r"krank|fit"
)
_ACT: Final = (
    r"work|run|respond|answer|function|läuft|funktioniert|geht|lebt|antwortet|reagiert|arbeitet|hängt|spinnt"
)
_SUBJECT: Final = (
    rf"(?:(?P<determiner>{_DETERMINER}) )?(?:(?P<kind>{_KIND}) )?(?P<name>%s)(?: (?P<noun>{_KIND}))?"
)
_ADVERBS: Final = rf"(?: (?:{_ADVERB}))*"
_STATES: Final = rf"(?:{_STATE})(?: (?:and|or|und|oder) (?:{_STATE}))*"
_CLEAR_FORMS: Final = (
    rf"(?:is|are|was|isn't|ist|sind|war){_ADVERBS} {_SUBJECT}{_ADVERBS} {_STATES}{_ADVERBS}",
    rf"(?:why|since when|how long) (?:is|was|isn't) {_SUBJECT}{_ADVERBS} {_STATES}{_ADVERBS}",
    rf"does(?:n't)? {_SUBJECT}{_ADVERBS} (?:{_ACT}){_ADVERBS}",
    (
        rf"(?:what is |what's |show (?:me )?|give me |tell me )?(?:the |a )?(?:current )?"
        rf"(?:state|status|health) (?:of|for) {_SUBJECT}"
    ),
    rf"(?:{_ACT}){_ADVERBS} {_SUBJECT}{_ADVERBS}",
    rf"warum (?:ist|läuft|geht|funktioniert|antwortet) {_SUBJECT}{_ADVERBS}(?: {_STATES})?{_ADVERBS}",
    rf"(?:wie ist |was ist |zeige?(?: mir)? )?(?:der |den )?(?:zustand|status) (?:von|des|der) {_SUBJECT}",
)
_LOOSE_FORMS: Final = (
    (
        rf"what(?:'?s)?(?: is)?{_ADVERBS} (?:wrong|the (?:problem|matter|state|status|health)|up|"
        rf"going on|happening)(?: (?:with|of|on|at|for))? {_SUBJECT}{_ADVERBS}"
    ),
    rf"how(?:'s| is| are| was| about| does){_ADVERBS} {_SUBJECT}(?: do| look| feel)?{_ADVERBS}",
    rf"what about {_SUBJECT}",
    rf"(?:(?P<determiner>{_DETERMINER}) )?(?P<name>%s)(?:'s)? (?:state|status|health|zustand)",
    (
        rf"(?:is there |are there )?(?:anything |something |any |a )?(?:wrong|problems?|issues?) with "
        rf"{_SUBJECT}{_ADVERBS}"
    ),
    rf"{_SUBJECT}(?: is| ist)?{_ADVERBS} {_STATES}{_ADVERBS}",
    rf"{_SUBJECT}{_ADVERBS} (?:{_ACT}){_ADVERBS}",
    rf"was ist{_ADVERBS}(?: los)? mit {_SUBJECT}{_ADVERBS}(?: los)?",
    rf"wie geht(?:'s| es){_ADVERBS} {_SUBJECT}{_ADVERBS}",
    rf"wie (?:läuft|ist|steht es um|sieht es (?:bei|mit)){_ADVERBS} {_SUBJECT}{_ADVERBS}(?: aus)?",
    rf"(?:gibt es )?(?:probleme|ein problem|störungen|einen fehler) (?:mit|bei) {_SUBJECT}{_ADVERBS}",
)
"""Forms that people also use for things that are no machines: an unknown name needs a capital letter."""

_WHERE: Final = r"(?: (?:on|in|at|under|auf|in|bei|unter) .+)?"
_READING_FORMS: Final = (
    (
        rf"(?:is|are|ist|sind){_ADVERBS} {_SUBJECT}{_ADVERBS} (?:installed|up to date|updated|configured|"
        rf"idle|busy|frozen|failing|restarting|unavailable|installiert|eingerichtet){_ADVERBS}"
    ),
    (
        rf"(?:how much|how many|wie viel\w*) \w+ (?:does|is|has|verbraucht|braucht|nutzt|hat) {_SUBJECT}"
        r"(?: (?:use|using|have|need|consume|consuming|left|noch|gerade))*"
    ),
    (
        rf"(?:what is |what'?s |show (?:me )?|tell me |zeige?(?: mir)? )?(?:the |das |die |den )?"
        rf"(?:logs?|protokolle?|queue|warteschlange|version|memory|cpu|uptime|load|usage) "
        rf"(?:of|for|from|von) {_SUBJECT}"
    ),
    (
        rf"(?:which|what|welche) version (?:of |is |hat |von )?{_SUBJECT}"
        r"(?: (?:is running|is installed|do i have|are we running|läuft))?"
    ),
    (
        rf"(?:when|since when|wann|seit wann) (?:was|did|is|wurde|ist|läuft) {_SUBJECT}"
        r"(?: (?:last|zuletzt|neu|gestartet|re)*"
        r"(?:start(?:ed)?|crash(?:ed)?|updated?|running|up|down|abgestürzt)?)*"
    ),
    rf"how long has {_SUBJECT} been (?:{_STATE})",
    (
        rf"(?:has|hat|did|wurde|ist) {_SUBJECT}(?: (?:been|just|already|schon|gerade|neu))* "
        r"(?:crash(?:ed)?|restart(?:ed)?|stop(?:ped)?|gestartet|neugestartet|abgestürzt)(?: .+)?"
    ),
    rf"do (?:i|we|you) (?:have|run|monitor|see) {_SUBJECT}(?: running| installed)?",
    rf"is there an? (?P<name>%s) (?P<noun>{_KIND})(?: running)?",
)
_LEAD: Final = re.compile(
    r"^(?:(?:hey|hi|hello|hallo|ok|okay|so|and|und|please|bitte|tell me|sag mir|can you tell me|do you know|"
    r"(?:can you |please )?check|weisst du|kannst du mir sagen|(?:kannst du )?prüfen?|if|whether|ob) )+"
)
_CLEAR: Final = tuple(re.compile(one % _PLACE) for one in _CLEAR_FORMS)
_KNOWN: Final = tuple(re.compile(one % _PLACE) for one in (*_CLEAR_FORMS, *_LOOSE_FORMS))
_UNKNOWN: Final = tuple(re.compile(f"{one % _NAME}{_WHERE}") for one in (*_CLEAR_FORMS, *_READING_FORMS))
_UNKNOWN_LOOSE: Final = tuple(re.compile(f"{one % _NAME}{_WHERE}") for one in _LOOSE_FORMS)
_UNKNOWN_REQUEST: Final = tuple(
    re.compile(one % _NAME)
    for one in (
        (
            rf"(?:restart|reboot|start|stop|shut down|stopp?e?|starte?|silence|mute|fahre?)"
            rf"(?: bitte| mal)* {_SUBJECT}"
            r"(?: (?:now|again|please|bitte|jetzt|sofort|noch einmal|neu|herunter|runter))*"
        ),
        rf"{_SUBJECT}(?: (?:bitte|jetzt|mal))* (?:neu ?starten|stoppen|starten|herunterfahren|stummschalten)",
    )
)
_POLITE: Final = re.compile(
    r"^(?:(?:hey|hi|hallo|ok|okay|so|and|then|now|please|bitte|just|und|dann|jetzt|mal|"
    r"(?:can|could|would|will) you|i want you to|i'd like you to|i would like you to|"
    r"(?:kannst|könntest|würdest|magst) du|ich möchte dass du) )*"
)
_NO_NAME: Final = re.compile(
    rf"(?:{_KIND}|{_STATE}|{_ADVERB}|{_DETERMINER}|"
    r"it|he|she|they|them|there|here|you|i|me|we|us|your\w*|my\w+|h(?:er|im|is)|has|have|had|did|does|do|can|will|"
    r"hat|dir|mir|dich|mich|sich|uns|euch|ihnen|one|ones|all|both|each|every\w*|any\w*|some\w*|no\w{3,5}|who|what|which|"
    r"where|when|why|how|if|whether|a|an|of|to|for|with|and|or|but|in|on|at|by|from|as|than|like|is|are|be|"
    r"ist|sind|war|waren|was|welche[rs]?|wird|es|er|sie|ihn|ihm|alles|alle|etwas|jemand|niemand|man|wir|ihr|du|ich|wer|wie|wo|ein\w*|und|oder|mit|von|auf|"
    r"home|homelab|lab|house|internet|network|wifi|wlan|netzwerk|weather|wetter|time|zeit|life|power|strom|"
    r"backups?|disks?|platten?|storage|speicher|memory|cpu|ram|dns|vpn|system|servers|services|containers|dienste|"
    r"cluster|everything|light|licht|music|musik|lights?|door|tür|updates?|temperature|temperatur|\d+)"
)
"""Words that are no names of services or machines."""


LONGEST: Final = 200
"""Characters of a text that is examined."""


def asked_target(text: str, among: Sequence[NamedTarget]) -> TargetRef | None:
    """Return the target whose state a text asks for, None if it asks something else.

    An instance precedes a guest of the same name, because people mean the service, unless they
    call it a container or a machine.
    """
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    named = [one for one in named_in([plain], among) if occurs(one.target.name, plain)]
    found: list[NamedTarget] = []
    is_machine = False
    for one in sorted(named, key=lambda named_target: -len(named_target.target.name)):
        words = " ".join(WORD.findall(one.target.name.casefold()))
        match = next(filter(None, (form.fullmatch(_replaced(plain, words)) for form in _KNOWN)), None)
        if match is not None:
            found.append(one)
            groups = match.groupdict()
            is_machine |= any(_MACHINE.fullmatch(groups.get(key) or "") for key in ("kind", "noun"))
    longest = [one for one in found if len(one.target.name) == len(found[0].target.name)]
    machines = [one for one in longest if one.scope is not None] if is_machine else []
    return next((one.target for one in (*machines, *longest)), None)


def is_state_question(text: str, name: str) -> bool:
    """Return whether a text asks for the state of what it calls ``name``, such as a pronoun."""
    if len(text) > LONGEST:
        return False
    plain = _replaced(_plain(text), name.casefold())
    return any(form.fullmatch(plain) for form in _CLEAR)


def unknown_name(text: str, among: Sequence[NamedTarget], *, is_request: bool) -> str | None:
    """Return the name of a thing that a text asks about or wants changed, and that is no target.

    None when the text asks something else, names a target or a kind of service, or has no clear name.
    """
    if len(text) > LONGEST:
        return None
    if is_request:
        found = _named_by(_UNKNOWN_REQUEST, _POLITE.sub("", _plain(text)), text, among)
        return found[0] if found else None
    plain = _plain(text)
    found = _named_by(_UNKNOWN, plain, text, among)
    if found:
        return found[0]
    found = _named_by(_UNKNOWN_LOOSE, plain, text, among)
    return found[0] if found and found[0][:1].isupper() and found[1] > 0 else None


def _named_by(
    forms: Iterable[re.Pattern[str]], plain: str, text: str, among: Sequence[NamedTarget]
) -> tuple[str, int] | None:
    """Return the unknown name in a text, as it is written there, and where it stands."""
    for form in forms:
        match = form.fullmatch(plain)
        if match is None:
            continue
        name = match["name"].removesuffix("'s")
        groups = match.groupdict()
        has_kind = bool(groups.get("kind") or groups.get("noun"))
        if not _is_name(name, among) or (groups.get("determiner") and not has_kind):
            continue
        shown = re.search(re.escape(name).replace(r"\ ", r"\W+"), text, re.IGNORECASE)
        return (shown[0], shown.start()) if shown else (name, 0)
    return None


def nearest_names(name: str, among: Sequence[NamedTarget]) -> tuple[str, ...]:
    """Return the names that are similar to ``name``, best first."""
    names: dict[str, str] = {}
    for one in among:
        names.setdefault(one.target.name.casefold(), one.target.name)
    wanted = name.casefold()
    similar = get_close_matches(wanted, names, n=NEAREST, cutoff=0.6)
    containing = [one for one in names if wanted in one or one in wanted]
    return tuple(names[one] for one in dict.fromkeys([*similar, *containing]))[:NEAREST]


def _is_name(name: str, among: Sequence[NamedTarget]) -> bool:
    """Return whether words can be a name, and are none that is known."""
    words = name.split()
    services = {one.service.replace("_", " ").casefold() for one in among}
    return (
        not any(_NO_NAME.fullmatch(word) for word in words)
        and not named_in([name], among)
        and name not in services
    )


def _replaced(plain: str, words: str) -> str:
    """Return a text with a mark in place of a name."""
    pattern = r"[\s.+/-]+".join(map(re.escape, words.split()))
    return re.sub(rf"(?<!\w){pattern}(?!\w)(-(?=\w))?", lambda one: f"{_PLACE} " if one[1] else _PLACE, plain)


def _plain(text: str) -> str:
    """Return a text without punctuation, in lower case and with single blanks."""
    plain = text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    plain = re.sub(r"[,;:!?\"()„“”]+|[.]+(?=\s|$)", " ", plain)
    return _LEAD.sub("", " ".join(plain.split()))
