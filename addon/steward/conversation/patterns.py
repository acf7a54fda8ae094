"""The English and German patterns by which texts are recognised.

Patterns that are not compiled are matched against case-folded text.
"""

import re
from collections.abc import Mapping
from typing import Final

WAITING: Final = (
    r"\bwait(s|ing)?\b.*\b(me|answer|approval|decision)\b",
    r"\b(pending|open) (approval|decision|request)s?\b",
    r"\b(need|have) to (decide|approve)\b",
    r"\bwartet\b.*\b(auf mich|antwort|entscheidung)\b",
    r"\b(offene|ausstehende)n? (freigaben?|entscheidung(en)?|anfragen?)\b",
    r"\bmuss ich (entscheiden|freigeben)\b",
)
QUOTA: Final = (
    r"\b(quota|budget)s?\b",
    r"\b(requests?|questions?|tokens?)\b.*\b(left|remaining|used)\b",
    r"\b(kontingente?|anfragen)\b.*\b(übrig|verbraucht|frei|noch)\b",
    r"\bkontingente?\b",
)
DONE: Final = (
    r"\bwhat (did|have) you (do|done)\b",
    r"\bwhat was (done|fixed|repaired)\b",
    r"\bwhat happened (today|last night|overnight|yesterday)\b",
    r"\bwas hast du\b.*\b(gemacht|getan|repariert)\b",
    r"\bwas ist (heute|gestern|letzte nacht) passiert\b",
)
PROBLEM: Final = (
    r"\bwhat('s| is)? (down|broken|wrong|failing|sick|the problem)\b",
    r"\bis (anything|something|everything) (down|broken|wrong|failing|ok|okay|fine|alright|all right)\b",
    r"\b(any|open) (problems?|incidents?|troubles?|alerts?)\b",
    r"\bhow (is|are) (the|my|our) (homelab|lab|house|servers?|services?)\b",
    r"\bwas ist (kaputt|los|down|ausgefallen)\b",
    r"\bist (etwas|irgendwas|alles) (kaputt|ausgefallen|in ordnung|ok|okay|gut)\b",
    r"\b(gibt es|hast du) (probleme|störungen|vorfälle)\b",
    r"\bwie geht es (dem|der|den|meinem|meinen|unserem) (homelab|servern?|diensten?)\b",
)
_PERSONAL: Final = r"\b(?:it|es|ihn|ihm|er(?!,))\b"

_AFTER_ONE: Final = (
    r"is|was|does|did|do|has|have|had|can|could|will|would|should|up|down|off|on|again|now|please|too|also|"
    r"as|for|to|from|with|after|before|and|or|then|back|running|broken|slow|ok|okay|fine"
)
_DEMONSTRATIVE_ENGLISH: Final = rf"\b(?:that|this) one\b(?=\s*(?:$|[^\w\s])|\s+(?:{_AFTER_ONE})\b)"

_ADVERB: Final = (
    r"neu|bitte|mal|noch|schon|wieder|jetzt|gerade|eben|denn|eigentlich|auch|nicht|nie|immer|oft|so|sehr|"
    r"ganz|gleich|sofort|heute|gestern|morgen|später|dann|doch|ja|nur|hier|da|wirklich|vielleicht|einmal|"
    r"erst|endlich|wohl|trotzdem|deshalb"
)
_AFTER_DAS: Final = (
    r"ist|war|wird|wurde|hat|hatte|läuft|lief|geht|ging|funktioniert|antwortet|kann|könnte|soll|sollte|"
    r"muss|darf|startet|steht|hängt|spinnt|starten|neustarten|stoppen|beenden|reparieren|beheben|prüfen|"
    r"machen|tun|herunterfahren|hochfahren|einschalten|ausschalten|abschalten|kaputt|ok|okay|langsam|"
    r"schnell|erreichbar|gesund|gut|voll|leer|online|offline|down|aktiv|aktuell|tot|weg|fertig|stabil|"
    r"und|oder|aber|für mich|um|mir|dir|uns|jemand|los"
)
_SEPARABLE: Final = r"(?:ab|an|aus|auf|ein|weg|herunter|runter|hoch|stumm)"
_DEMONSTRATIVE_GERMAN: Final = (
    # After a comma "das" and "den" are relative pronouns.
    rf"(?<!, )\b(?:das|den)\b"
    rf"(?=(?:\s+(?:{_ADVERB})\b)*(?:\s+{_SEPARABLE})?(?:\s*(?:$|[^\w\s])|\s+(?:{_AFTER_DAS})\b))"
)
PRONOUN: Final = re.compile(f"{_PERSONAL}|{_DEMONSTRATIVE_ENGLISH}|{_DEMONSTRATIVE_GERMAN}", re.IGNORECASE)

_EVALUATION: Final = (
    r"possible|impossible|safe|ok|okay|fine|good|better|best|bad|worth|necessary|needed|useful|helpful|wise|"
    r"smart|important|easy|easier|hard|harder|difficult|dangerous|risky|normal|usual|common|cheaper|"
    r"expensive|enough|time|true|allowed|recommended|advisable|reasonable|sensible|realistic|"
    r"(?:good|bad|better) idea"
)
_DAY: Final = r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|winter|summer"
_ABLE: Final = r"ready|able|going|about|supposed|set|due|configured|used|likely|here|there|back"
_EXPLETIVE_ENGLISH: Final = (
    # How hard is it to …, it would be nice to …; but "is it ready to …" asks about a thing.
    rf"\b(?:is|was|be|been)\s+it(?:\s+(?!{_ABLE})\w+){{0,2}}?\s+to\b",
    rf"\bit(?:'s|\s+is|\s+was|\s+(?:would|will|could|might)\s+be)(?:\s+(?!{_ABLE})\w+){{1,2}}?\s+to\b",
    r"\bit\s+(?:be\s+)?that\b|\bit\s+(?:be|have\s+to\s+be)\s+(?:an?|the|my|our)\b|\bworth\s+it\b|\bas\s+it\s+happens\b",
    r"\b(?:has|had)\s+it\s+been\b|\bhow\s+(?:does|did|would|will)\s+it\s+work\b",
    # It is possible to …, would it be better if …, make it easier to …
    (
        rf"\bit(?:'s|\s+is|\s+was|\s+be|\s+has\s+been)?(?:\s+\w+){{0,3}}?\s+(?:{_EVALUATION})"
        r"(?:\s+for(?:\s+\w+){1,3}?)?,?\s+(?:to|that|if|whether|when)\b"
    ),
    r"\bit(?:'s|\s+is|\s+was|\s+be)?(?:\s+\w+){0,2}?\s+worth\s+\w+ing\b",
    r"\bit\s+likely\s+that\b|\bit(?:'s|\s+is)\s+likely\s+that\b",
    r"\bit\s+(?:seem|appear|look|sound|turn|happen)(?:s|ed)?(?:\s+out)?(?:\s+like|\s+as\s+if|\s+that)\b",
    r"\bit\s+(?:\w+\s+)?(?:makes?|made)\s+(?:\w+\s+)?sense\b",
    r"\bit\s+(?:\w+\s+)?(?:matter|depend)s?\b",
    r"\bit\s+(?:take|took|cost|help|hurt)s?(?:\s+\w+){0,3}?\s+to\b",
    # Weather and time.
    (
        r"\bit(?:'s|\s+is|\s+was|\s+be)?(?:\s+going\s+to|\s+already|\s+still|\s+getting|\s+too)*\s+"
        rf"(?:rain\w*|snow\w*|late|early|dark|cold|warm|hot|sunny|cloudy|windy|{_DAY}|\d)\b"
    ),
    # It was the disk; is it the network?
    r"\b(?:is|was)\s+it\s+(?:the|my|our|your)\b|\bit(?:'s|\s+is|\s+was)\s+(?:the|my|our|your)\b",
    r"\b(?:how|what)(?:'s|\s+is|\s+was)\s+it\s+(?:going|like)\b",
    r"\b(?:that|this)(?:'s|\s+is|\s+was)\s+it\b|\b(?:forget|got)\s+it\b",
)

_EVALUATION_GERMAN: Final = (
    r"möglich|unmöglich|sinnvoll|sinnlos|besser|gut|schlecht|nötig|notwendig|sicher|gefährlich|riskant|"
    r"einfach|schwer|schwierig|leicht|normal|üblich|erlaubt|verboten|wichtig|wahr|richtig|ok|okay|schlimm|"
    r"egal|klar|ratsam|denkbar|machbar|zeit|idee"
)
_DAY_GERMAN: Final = (
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|weihnachten|winter|sommer|nacht"
)
_EXPLETIVE_GERMAN: Final = (
    # Wie schwer ist es, … zu …; kann es sein, dass …; woran liegt es?
    (
        r"\bes(?:\s+(?!bereit|fähig|imstande|dabei)\w+){0,2}?"
        r"(?=\s*,\s+(?:\w+\s+){0,6}?(?:zu\s+\w+|\w+zu\w+n)\b)"
    ),
    r"\bes\s+(?:\w+\s+)?sein\b|\bliegt\s+es\b|\bes\s+liegt\b|\bwie\s+(?:geht|funktioniert)\s+(?:es|das)(?:\s+(?:mit|ohne))?\W*$",
    # Ist es möglich, … zu …; es wäre besser, wenn …
    (
        rf"\bes(?:\s+\w+){{0,3}}?\s+(?:{_EVALUATION_GERMAN})\b"
        r"(?=.*\b(?:zu|\w+zu\w+n|dass|wenn|ob|falls)\b)"
    ),
    r"\b(?:gibt|gab|gäbe)\s+es\b|\bes\s+(?:gibt|gab|gäbe)\b",
    r"\b(?:wie|worum)\s+geht\s+es\b|\bgeht\s+es\s+(?:um|darum)\b|\bes\s+geht\s+(?:um|darum)\b",
    r"\b(?:lohnt|handelt)\s+es\s+sich\b|\bes\s+(?:lohnt|handelt)\s+sich\b",
    r"\b(?:dauert|scheint|heißt)\s+es\b|\bes\s+(?:dauert|scheint|heißt)\b",
    r"\bmacht\s+es\s+(?:\w+\s+)?(?:sinn|etwas)\b|\bes\s+macht\s+(?:\w+\s+)?(?:sinn|nichts|etwas)\b",
    r"\btut\s+es\s+(?:mir|uns)\b|\bes\s+tut\s+(?:mir|uns)\b",
    r"\b(?:regnet|schneit|stürmt|friert)\s+es\b|\bes\s+(?:\w+\s+)?(?:regnet|schneit|stürmt|friert)\b",
    (
        r"\bes(?:\s+ist|\s+war|\s+wird)?(?:\s+schon|\s+noch|\s+bald|\s+zu|\s+sehr)*\s+"
        rf"(?:spät|früh|kalt|warm|heiß|dunkel|hell|{_DAY_GERMAN}|\d+)\b"
    ),
    r"\b(?:ist|war)\s+es\s+(?:der|die|das|mein\w*|unser\w*)\b",
)
EXPLETIVE: Final = re.compile("|".join((*_EXPLETIVE_ENGLISH, *_EXPLETIVE_GERMAN)), re.IGNORECASE)

STATE_QUESTION: Final = re.compile(
    r"^\W*(?:is|are|was|does|do|did|has|have|ist|sind|war|läuft|laufen|funktioniert|geht|antwortet|hat)\b.*"
    r"(?:\b(?:running|run|up|down|online|offline|reachable|healthy|working|work|broken|crashed|stopped|dead|"
    r"responding|available|alive|okay|ok|fine|wrong|läuft|erreichbar|kaputt|gesund|verfügbar|abgestürzt|gestoppt|"
    r"in ordnung)\b)|"
    r"^\W*(?:läuft|laufen|funktioniert|antwortet)\b|"
    r"^\W*how(?:'s| is| are)\b.*\b(?:doing|going|holding up)\b|^\W*wie (?:geht|steht|läuft)\b|"
    r"\b(?:status|state|zustand)\W*$",
    re.IGNORECASE | re.DOTALL,
)
"""A question whether something works now. Only a reading can answer it."""

STATE_CLAIM: Final = re.compile(
    r"\b(?:is|are|seems?|looks?|appears?|remains?)(?: to be)? "
    r"(?:(?:currently|still|all|both|now|up and|back) )*"
    r"(?:running|online|offline|healthy|unhealthy|reachable|unreachable|stopped|crashed|operational|responding|"
    r"working|down|alive|fine|okay|ok)\b|"
    r"\b(?:läuft|laufen|funktioniert|funktionieren) (?:(?:derzeit|gerade|noch|wieder|alle|beide) )*"
    r"(?:gut|normal|fehlerfrei|einwandfrei|stabil|wie erwartet)\b|"
    r"\b(?:läuft|funktioniert) alles\b|\balles (?:läuft|funktioniert|gut|okay|in ordnung)\b|"
    r"\ball (?:is |looks )?(?:good|well)\b|\beverything (?:is |looks )?(?:good|fine|normal)\b|"
    r"\b(?:ist|sind) (?:(?:derzeit|gerade|noch|wieder|alle|beide) )*"
    r"(?:online|offline|gesund|erreichbar|gestoppt|abgestürzt|in ordnung|am laufen|aktiv|kaputt)\b",
    re.IGNORECASE,
)
"""An answer that says whether something works now."""

UNSURE: Final = re.compile(
    r"\b(?:do not|don't|cannot|can't|could not) (?:know|say|see|tell|find|check)\b|"
    r"\b(?:weiß|sehe|finde|kenne) (?:ich )?(?:das |es |dazu )?(?:nicht|keine?n?)\b",
    re.IGNORECASE,
)
"""An answer that claims nothing."""

ABOUT_A_MACHINE: Final = re.compile(
    r"\b(?:"
    r"re?start\w*|reboot\w*|stop\w*|shut\w*|power|runs?|running|ran|down|up|online|offline|health\w*|broken|okay|ok|"
    r"fine|alive|slow\w*|fast\w*|stuck|hang\w*|hung|crash\w*|fail\w*|work\w*|respond\w*|answer\w*|reach\w*|"
    r"available|memory|ram|cpu|storage|load|usage|uses?|used|using|queue|logs?|version|updates?|updated|upgrad\w*|"
    r"uptime|containers?|vm|guest|node|host|port|import\w*|download\w*|search\w*|move|migrat\w*|snapshot\w*|"
    r"delete|silence|mute|set|increase|decrease|raise|give|status|state|wrong|problem|matter|errors?|doing|check|"
    r"look|pause|resume|enable|disable|turn|kill|scale|behalten|"
    r"neu\w*|stopp\w*|beende\w*|herunter\w*|hoch\w*|läuft|lief|laufen|geht|ging|kaputt|erreich\w*|langsam\w*|schnell|"
    r"hängt|spinnt|tot|gesund|sicher\w*|wieder|speicher|arbeitsspeicher|warteschlange|protokoll\w*|aktualisier\w*|"
    r"laufzeit|gast|knoten|verschieb\w*|herunterlad\w*|import\w*|such\w*|lösch\w*|stumm|setze?n?|erhöhe?n?|gib|"
    r"geben|zustand|fehler|los|verbraucht|braucht|antwortet|reagiert|funktioniert|reparier\w*|beheb\w*|prüf\w*|schau|"
    r"schalte?n?|abschalten|einschalten|ausschalten|voll|leer|stabil|aktiv"
    r")\b",
    re.IGNORECASE,
)
"""What machines do and have, and what is done to them. Other texts do not refer to one."""

WITHOUT_TARGET: Final = re.compile(
    r"^\W*das\s+(?:stimmt|reicht|klingt|passt|freut|heißt|"
    r"(?:ist|war)\s+(?:alles|gut|toll|super|schön|nett|egal|richtig|falsch))\b|"
    r"\b(?:what time|weather|wetter|wie spät|wie viel uhr)\b",
    re.IGNORECASE,
)
"""Remarks on an answer, and questions about the time and the weather: they name no target."""

OWN_NOUN: Final = re.compile(
    r"\b(?:an?|the|my|our|your|another|some|any|every|each|der|die|das|dem|den|des|eine?[nmrs]?|"
    r"mein\w*|unser\w*|jede\w?)\s+"
    r"(?!moment|last|next|time|day|week|night|same|nächste\w*|letzte\w*|one\b)\w+"
    r"[^,.;:?!]*(?:[,.;:?!]|\b(?:and|if|when|then|because|but|so|und|wenn|ob|dann|weil|aber)\b)",
    re.IGNORECASE,
)
"""A noun with an article or a possessive, in a clause that has ended."""

VERBS: Final[Mapping[str, str]] = {
    "restart": r"restart|reboot|neu ?start(?:en|e)?|start(?:e|en)?\b.*\bneu",
    "start": r"start(?!e?n?\b.*\bneu\b)(?:en|e)?|power on|turn on|boot",
    "stop": (
        r"stop(?:p|pe|pen)?|shut ?down|shut\b.*\bdown|power off|turn off|"
        r"fahre?\b.*\bherunter|herunterfahren"
    ),
    "set": (
        r"set|change|increase|raise|give|decrease|reduce|lower|"
        r"setze?n?|erhöhe?n?|ändere?n?|senke?n?|gib|geben"
    ),
    "search": r"search|look for|suche?n?",
    "silence": r"silence|mute|quieten|stumm ?schalten|schalte?\b.*\bstumm",
}
"""English and German patterns for the verb that an action's key begins with."""

POLITE: Final = (
    r"(?:(?:hey|ok(?:ay)?|hi|hallo|so|and|then|now|please|bitte|just|und|dann|jetzt)\b[ ,]*)*"
    r"(?:(?:can|could|would|will) you (?:please )?|i(?:'d like| want| would like) you to (?:please )?|"
    r"(?:kannst|könntest|würdest|magst) du (?:bitte )?|ich möchte,? dass du )?"
    r"(?:please |bitte |just |mal )*"
)
QUESTION_BEGINS: Final = re.compile(
    r"^(?:should|shall|did|do|does|was|were|is|are|has|have|had|when|why|who|what|which|how|where|if|"
    r"stop (?:that|this|there|talking)|"
    r"soll|sollte|hast|hat|wurde|ist|sind|wann|warum|wieso|wer|was|welche\w*|wie|wo|ob|wenn)\b"
)
NEGATION: Final = re.compile(r"\b(?:not|never|don'?t|do not|without|nicht|nie|niemals|kein\w*|ohne)\b|n't\b")
TARGET_FIRST: Final = re.compile(r"^(?:the |den |die |das )?[\w.@/-]+(?: [\w.@/-]+){0,3}? (?:bitte )?$")

# Three digits after a separator may be thousands or thousandths: such a number is ignored.
NUMBER: Final = re.compile(r"(?<![\w.,])(\d{1,9}(?:[.,]\d{1,2})?)(?![.,]?\d)\s*(%|[^\W\d_]+)?")
_IN_MIB: Final[Mapping[str, float]] = {
    "mib": 1,
    "mb": 1,
    "m": 1,
    "megabyte": 1,
    "megabytes": 1,
    "tib": 1024 * 1024,
    "tb": 1024 * 1024,
    "gib": 1024,
    "gb": 1024,
    "g": 1024,
    "gigabyte": 1024,
    "gigabytes": 1024,
}
_IN_HOURS: Final[Mapping[str, float]] = {
    "min": 1 / 60,
    "minute": 1 / 60,
    "minutes": 1 / 60,
    "minuten": 1 / 60,
    "week": 168,
    "weeks": 168,
    "woche": 168,
    "wochen": 168,
    "h": 1,
    "hour": 1,
    "hours": 1,
    "stunde": 1,
    "stunden": 1,
    "day": 24,
    "days": 24,
    "tag": 24,
    "tage": 24,
}
UNITS: Final[Mapping[str, Mapping[str, float]]] = {"MiB": _IN_MIB, "h": _IN_HOURS}

OBJECTS: Final[Mapping[str, str]] = {
    "speicher": "memory",
    "arbeitsspeicher": "memory",
    "ram": "memory",
    "fehlende": "missing",
}
"""German names of the objects in the keys of actions."""

_DONE: Final = (
    r"restarted|rebooted|started|stopped|increased|decreased|raised|lowered|changed|set|updated|"
    r"fixed|repaired|resolved|deleted|removed|cleared|silenced|applied|executed|triggered|done"
)
_DONE_GERMAN: Final = (
    r"neu ?gestartet|gestartet|gestoppt|beendet|erhöht|gesenkt|geändert|gesetzt|aktualisiert|"
    r"repariert|behoben|gelöscht|entfernt|stumm ?geschaltet|ausgeführt|erledigt"
)
CLAIM: Final = re.compile(
    rf"\b(?:i|we)(?:'ve| have|'ll| will| am|'m)?(?: just| now| successfully| already)* (?:{_DONE}|restarting|"
    rf"stopping|starting|restart|stop|start|increase)\b|"
    rf"\bi(?:'m| am)(?: now)? \w+ing\b.{{0,40}}\b(?:now|for you)\b|"
    rf"\b(?:has|have) (?:now |just |successfully |been |already )*been (?:successfully )?(?:{_DONE})\b|"
    rf"\bsuccessfully (?:{_DONE})\b|^(?:done|all done|ok(?:ay)?, done)\b|"
    rf"\bich (?:habe|werde|hab)\b.{{0,60}}\b(?:{_DONE_GERMAN}|neu ?starten|stoppen|erhöhen)\b|"
    rf"\bwurde\b.{{0,60}}\b(?:{_DONE_GERMAN})\b|^erledigt\b",
    re.IGNORECASE,
)
