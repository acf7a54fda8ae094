"""Pins a text that mentions a password whose value is not found, because the value may be anywhere in it."""

import re
from collections.abc import Iterator
from typing import Final

from .about_secrets import is_about_secrets
from .announcements import find_announcements
from .detector import Span, is_machine_text
from .private_talk import PRIVATE_TOPICS
from .secret_words import SecretKind
from .secrets_nearby import line_around, unusual_words

_I: Final = re.IGNORECASE
_NO_VALUE_BEFORE: Final = re.compile(
    r"\b(?:(?:muss|darf|soll|kann|do|should|must|may|moet|mag|kan) (?:ich|i|ik|we|wir)|(?:can|could) you"
    r"|kannst du|kun je|dois-je|puis-je|peux-tu"
    r"|debo|puedo|puedes|how|where|why|which|what|when|should|can i|does|wie|wo|warum|wieso|wann|hoe|waar"
    r"|waarom|wanneer"
    r"|comment|où|pourquoi"
    r"|cómo|dónde|por qué|forgot\w*|lost|los[et]|reset\w*|rotat\w+|need\w*|requir\w+|enter|entered|ask\w*"
    r"|prompt\w*|denied|publickey|as|als|comme|como|wrong"
    r"|incorrect|invalid|bad|failed|accepted|no|without|missing|empty|any|vergessen\w*|verloren|falsch\w*"
    r"|ungültig\w*|ohne|kein\w*"
    r"|vergeten|verkeerd\w*|fout\w*|onjuist\w*|zonder|geen|oubli\w*|perdu|mauvais|faux|sans|olvid\w+"
    r"|perd\w+|incorrecta|sin"
    r"|hash\w*|encrypt\w*|store\w*|manag\w+|pass the|feat|fix\w*|bugfix|feature|redact\w*|keys|mark|docs"
    r"|add\w*|support\w*|allow\w*|chang\w+|updat\w+|änder\w*"
    r"|wijzig\w*|verander\w*|changer|modifier|renouveler|cambi\w+|renovar|release|one|strong|weak|default"
    r"|new|refus\w*|weiger\w*|rechaz\w+|abgelehnt|lehn\w+|en lugar de|à la place|in plaats van|anstelle"
    r"|instead of|used? instead"
    r"|(?:user ?names?|nom d['\u2019]utilisateur|usuario|gebruikersnaam|benutzername|e-?mail\w*|adresse"
    r"|dirección)[ ](?:and|or|et|ou|ni|y|o|ni"
    r"|en|of|und|oder)(?:[ ](?:the|le|la|el|het|das|de))?)\b[^.?!\n]{0,60}\Z",
    _I,
)
_NO_VALUE_AFTER: Final = re.compile(
    r"[\w-]*(?:[ ]?[»\"”\u2019'`])?[ \t]{1,3}(?:(?:is|was|are|were|ist|war|est|es|wird|werden|wurden?"
    r"|wordt|worden|werd|has been|n['\u2019]est"
    r"|must be|needs to be|a été|ha sido|fue|has|have|hat|heeft|a"
    r"|ha)[ ](?:\w+[ ]){0,2}?)?"
    r"(?:wrong|incorrect|invalid|expired?|missing|empty|required|rejected|refused|reset|changed|disabled"
    r"|enabled|stored|hashed"
    r"|encrypted|protected|managed|too|not|field|policy|encryption|manager\w*|prompt|auth\w*|hash\w*|store"
    r"|vault|file"
    r"|login|length|strength"
    r"|rotation|generator|options?|settings?|removal|support|variable|dialog|hint|reminder|attempts?"
    r"|values?|from|workflow|action"
    r"|generator|rules?|must|should|does|doesn't|did|didn't|for (?:user|root|invalid)|falsch|ungültig"
    r"|abgelaufen|vergisst"
    r"|vergessen|geändert|gespeichert|zu|nicht|muss|soll|verlopen|verkeerd|fout|onjuist|vergeten|gewijzigd"
    r"|niet|moet|expiré"
    r"|incorrecte?|invalide|oublié|changé|trop|pas|doit|caducad[oa]|incorrect[oa]|olvidad[oa]|demasiado|no"
    r"|debe|obligatoire|requis|requise|vide|obligatori[oa]|vací[oa]|verplicht|leeg|erforderlich|leer|pflicht"
    r"|resetten|wijzigen|instellen|veranderen|wisselen|vernieuwen"
    r"|zurücksetzen|ändern|wechseln|erneuern|speichern|eingeben|changer|cambiar"
    r"|less|safe|will|would|can|cannot|rounds|maximum|minimum|max|min|age)\b"
    r"|[ \t](?:is|wird|wordt|est|se|le)\b[^.\n]{0,40}[ ](?:asked|abgefragt|gevraagd|demandé|pide|prompted)\b",
    _I,
)
_OTHER_MEANINGS: Final = frozenset(("pass", "clave", "parola", "credential"))
_PLURALS: Final = frozenset(("passwords", "passwörter", "wachtwoorden", "contraseñas", "kennwörter"))
_ARTICLES: Final = frozenset(("a", "an", "ein", "einem", "een", "un", "une", "una"))
"""``a password`` is any password, not one whose value is in the text."""
_LABEL: Final = re.compile(
    r"\s*(?:the )?[^\W\d]{4,20}(?: de passe)?[ ](?:of(?: the)?|for(?: the)?|der|des|für|zur|zum|von|van"
    r"|voor|de(?: la| l['\u2019])?|d['\u2019]|del?|para)"
    r"[ ]?[^\W\d]{3,20}[.]?\s*"
)
"""The label of a setting: ``Passwort der Verschlüsselung``."""
_BEFORE_LENGTH: Final = 80
_LEAST_WORDS: Final = 3


_ELSEWHERE: Final = re.compile(
    r"\b(?:attached|attachment|here (?:is|are) (?:the|my|your)|(?:in|on|see) the (?:next (?:line|message"
    r"|mail)|photo|picture|screenshot)"
    r"|comes? (?:next|separately|in the next)|anbei|im anhang|auf dem foto|nächsten? (?:nachricht|zeile)"
    r"|hier (?:ist es|nochmal|noch mal)|(?:in de|als) bijlage|op de foto|volgende bericht|ci-joint"
    r"|pièce jointe"
    r"|sur la photo|je (?:te|vous) (?:le |la )?r?envoie|adjunt[ao]s?|en la foto|te (?:la|lo) (?:paso|mando"
    r"|envío))\b",
    _I,
)
"""The value of a password is beside the sentence: in the next line, or in a photo."""


def find_handed_over(text: str) -> Iterator[Span]:
    """Yield the mention of a password whose value is somewhere near the sentence."""
    for mention in find_announcements(text):
        if mention.kind is SecretKind.PASSWORD and mention.word not in _OTHER_MEANINGS:
            start, end = line_around(mention)
            if _ELSEWHERE.search(text, start, end) and not is_machine_text(text[start:end]):
                yield Span(start=mention.start, end=mention.end, label=PRIVATE_TOPICS)


def find_mentioned_secrets(text: str) -> Iterator[Span]:
    """Yield the passwords that a sentence mentions, unless it is about passwords as such."""
    for mention in find_announcements(text):
        if mention.kind is not SecretKind.PASSWORD or mention.word in _OTHER_MEANINGS:
            continue
        start = max(text.rfind("\n", 0, mention.start) + 1, mention.start - _BEFORE_LENGTH)
        end = text.find("\n", mention.end)
        line = text[start : min(end if end >= 0 else len(text), mention.end + _BEFORE_LENGTH)]
        if len(line.split()) < _LEAST_WORDS or is_machine_text(line):
            continue
        if text.startswith("-", mention.end) or mention.word in _PLURALS or mention.last in _ARTICLES:
            continue
        if _NO_VALUE_BEFORE.search(text, start, mention.start) or _NO_VALUE_AFTER.match(text, mention.end):
            continue
        if _LABEL.fullmatch(line) or is_about_secrets(mention):
            continue
        yield Span(start=mention.start, end=mention.end, label=PRIVATE_TOPICS)
        yield from unusual_words(text, *line_around(mention))
