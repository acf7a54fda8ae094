"""What is said about programs in five languages before and after their name, and not about people."""

import re
from typing import Final

_ENDING: Final = r"(?=\W*$)"
_SOON: Final = (
    r"(?:today|again|heute|wieder|aujourd'hui|hoy|vandaag|since|seit|depuis|desde|sinds|after|nach|après"
    r"|na)\b"
)
_KINDS: Final = (
    r"(?:tool|bot|app|application|daemon|container|dashboard|library|framework|database|proxy|plugin"
    r"|package|vm"
    r"|microservice|programm|werkzeug|datenbank|anwendung|outil|logiciel|programme|herramienta|programa"
    r"|aplicación"
    r"|hulpmiddel|programma|CI runner)s?"
)
_MEMORY: Final = (
    r"(?:memory|ram|cpu|disk|space|bandwidth|speicher|arbeitsspeicher|plattenplatz|mémoire|place|memoria"
    r"|espacio"
    r"|geheugen|ruimte|schijfruimte)"
)
_MUCH: Final = (
    r"(?:all|too much|so much|more|most|a lot|zu viel|so viel|viel|trop|beaucoup|tant|mucha|demasiada"
    r"|tanta|te veel"
    r"|zoveel|zo veel|veel)"
)
_BACKEND: Final = r"(?:database|broker|backend|upstream|socket|api|datenbank|base de (?:données|datos))"
_TIMES: Final = r"(?:twice|(?:\w{3,9}|\d{1,3}) (?:times|mal|fois|veces|keer))"
_SLOW: Final = r"(?:slow|sluggish|langsam|lent|lento|traag)"
_SO: Final = r"(?:(?:so|very|too|sehr|zu|très|trop|si|muy|tan|zo|heel|te) )?"
_HTTP: Final = r"(?:an? |einen? |une? |un |een )?(?:http |error |fehler |erreur |fout |código )?[45]\d\d\b"

_AFTER: Final = re.compile(
    r" (?:"
    rf"(?:is|ist|est|es) (?:the|an?|our|ein|eine|unser|unsere|un|une|notre|una|nuestr[oa]|een"
    rf"|onze) (?:[\w-]{{2,16}} ){{0,3}}?{_KINDS}\b"
    rf"|(?:uses|eats|needs|takes|need|use|consumes|braucht|frisst|belegt|consomme|prend|consume|usa"
    rf"|gebruikt|vreet)"
    rf" {_MUCH} (?:of )?(?:the |de )?{_MEMORY}\b"
    r"|needs an? (?:update|upgrade|restart|reboot)\b"
    r"|(?:has|hat|a|tiene|heeft) (?:an?|ein|eine|un|une|una|een) (?:memory leak|new (?:release|version)"
    r"|neue version"
    r"|speicherleck|update|fuite de mémoire|fuga de memoria|geheugenlek)\b"
    r"|(?:keeps|kept) (?:crashing|restarting|rebooting|segfaulting)\b|crashed with (?:signal|code|exit)\b"
    rf"|(?:restarts|restarted|rebooted|neu gestartet|startete|crashed|crashte|s'est arrêté|a redémarré"
    rf"|a planté"
    rf"|se ha reiniciado|se reinició|se cayó|herstartte|crashte) {_TIMES}"
    r"|(?:won't|doesn't|will not|does not) (?:start|boot|compile|respond)\b|(?:has )?stopped responding\b"
    r"|timed out\b"
    rf"|(?:returned|returns|responds with|responded with|answers with|throws|threw|antwortet mit|meldet"
    rf"|liefert|répond avec"
    rf"|répond|renvoie|devuelve|responde con|geeft|meldt) {_HTTP}"
    r"|(?:meldet|meldt) (?:einen |een )?(?:fehler|fout)\b|(?:hängt beim (?:start|boot)|hangt bij het starten)"
    rf"|(?:cannot|can't|could not|couldn't|fails to) (?:reach|connect to|open|find) (?:the "
    rf"|its )?{_BACKEND}\b"
    rf"|lost (?:the|its) connection to (?:the )?{_BACKEND}\b"
    r"|(?:is )?(?:running|runs|listening|listens|available|reachable) on (?:port |tcp |udp |localhost"
    r"|127\.|0\.0|\d{4,5}\b|:)"
    r"|(?:lauscht|läuft|hört) auf (?:port |localhost|127\.|\d{4,5}\b)|(?:tourne|écoute) sur (?:le port "
    r"|localhost|127\.|\d{4,5}\b)"
    r"|escucha en (?:el puerto |localhost|127\.|\d{4,5}\b)|(?:luistert|draait) op (?:poort |localhost"
    r"|127\.|\d{4,5}\b)"
    r"|(?:läuft nicht|draait niet|ne tourne (?:plus|pas)|no funciona)(?: mehr| meer)?(?=\W*$)|reageert niet\b"
    r"|(?:tarda|mete|braucht|met|duurt) \d{1,4} (?:segundos|sekunden|secondes|seconden) (?:en arrancar"
    r"|zum starten"
    r"|à démarrer|om te starten)"
    rf"|(?:vs\.?|versus) \w|(?:and|und|et|y|en) [A-Z][\w-]{{2,20}} (?:run|share|laufen|tournent|corren"
    rf"|draaien)\b"
    rf"|(?:is|ist|est|va|is) {_SO}{_SLOW}(?:{_ENDING}| {_SOON})"
    r"|job (?:finished|failed|done)|(?:container|exporter|image|backup|logs|config|docker)\b"
    r")"
    r"|: (?:connection refused|permission denied|no such file|timeout|out of memory|exit code|error:)"
    rf"|(?: -|-)?(?:est)?-il {_SO}{_SLOW}\b"
    r"|\n\s{1,8}(?:port|ports|image|path|command|restart|url|repo|namespace)\s*:",
    re.IGNORECASE,
)
"""What follows the name of a program, a person hardly ever."""

_BEFORE: Final = re.compile(
    r"(?:(?:\A|(?<=\W))(?:"
    r"(?:restart|reboot|reinstall|uninstall|redeploy|redémarre|redémarrez|reinicia|reiniciar|herstart)"
    r"|(?:version|release|changelog|logs?|config|configuration|docs|konfiguration|journaux|versión"
    r"|registros|versie) (?:of|von|de|van)"
    r"|(?:anyone|anybody|someone|you) runs?"
    r"|container_name:|service:|image:|program:|job_name:|unit:"
    r") ?)\Z",
    re.IGNORECASE,
)
"""What precedes the name of a program. Only things are restarted."""

_ASKED: Final = re.compile(
    r"(?:why|warum|wieso|waarom|pourquoi|por qué)\W(?:is|does|ist|braucht|va|es|gebruikt|verbruikt)? ?\Z",
    re.IGNORECASE,
)
_ASKED_AFTER: Final = re.compile(
    rf" (?:need|use|eat|take)? ?{_MUCH} {_MEMORY}\b|(?: (?:est-il|still))? {_SO}{_SLOW}\b", re.IGNORECASE
)
_NEW: Final = re.compile(r"(?:starte|boote|setz) \Z", re.IGNORECASE)
_RUNNING: Final = re.compile(r"(?:\bis|ist|est|está|draait|läuft) \Z", re.IGNORECASE)
_RUNNING_AFTER: Final = re.compile(
    r" (?:running|up|down|offline|online|unreachable|healthy|still up)(?: again| yet"
    r"| or is it just me)?(?=\W*$)",
    re.IGNORECASE,
)
_UPDATE: Final = re.compile(r"(?:update|upgrade|downgrade) \Z", re.IGNORECASE)
_UPDATE_AFTER: Final = re.compile(r" to (?:the )?(?:latest|newest|next|v?\d)", re.IGNORECASE)
_MOVED: Final = re.compile(
    r"(?:moved|move|migrate|migrated|switch|switched|migriere|verschiebe) (?:from )?\Z", re.IGNORECASE
)
_MOVED_AFTER: Final = re.compile(
    r" (?:to|auf|nach) (?:(?:the|an?|die|den|das|eine|einen) )?(?:(?:new|other|neue|neuen) )?(?:VM|vm|host"
    r"|node|cluster|container|lxc|LXC|docker|Docker)\b"
    r"| to [A-Z]\w+",
)
_OWNED: Final = re.compile(
    r"(?:of|von|vom|de|van|for|für|pour|para|voor|with|mit|avec|con|met) \Z", re.IGNORECASE
)
"""Before the name of somebody who owns what is said to be slow: "the laptop of Victoria is slow"."""

_NEAR: Final = 40


def is_said_of_programs(text: str, start: int, end: int) -> bool:
    """Return whether what is beside ``text[start:end]`` is only said about programs."""
    before = text[max(0, start - _NEAR, text.rfind("\n", 0, start) + 1) : start]
    if _AFTER.match(text, end) and not _OWNED.search(before):
        return True
    if _BEFORE.search(before):
        return not text.startswith(("'s", "\u2019s"), end)
    return (
        (_ASKED.search(before) is not None and _ASKED_AFTER.match(text, end) is not None)
        or (_NEW.search(before) is not None and text.startswith(" neu", end))
        or (_RUNNING.search(before) is not None and _RUNNING_AFTER.match(text, end) is not None)
        or (_UPDATE.search(before) is not None and _UPDATE_AFTER.match(text, end) is not None)
        or (_MOVED.search(before) is not None and _MOVED_AFTER.match(text, end) is not None)
    )
