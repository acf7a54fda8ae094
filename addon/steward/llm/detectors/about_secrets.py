"""Recognizes sentences about passwords and keys as such, in which no value is expected."""

import re
from typing import Final

from .announcements import Announcement
from .secret_words import NOUNS

_I: Final = re.IGNORECASE
_FOLLOWING: Final = re.compile(r"[ \t]?(?P<word>[^\W\d_]+)")
_NEW_VALUE: Final = re.compile(
    r"[ ](?:reset|changed|updated|rotated)[ ](?:back )?(?:to|from|auf|naar)[ ]", _I
)
"""What follows is a value, although ``reset`` alone is a noun: ``password reset to tulip``."""
_HEAD: Final = re.compile(
    r"\b(?:politique|gestionnaire|longueur|champ|générateur|règles?|réinitialisation|bouton|lien"
    r"|exigences?|stockage|hachage|rotation|robustesse|saisie|tentatives?|vérification|historique"
    r"|política|gestor|longitud|campo|generador|restablecimiento|recuperación|botón|enlace|requisitos?"
    r"|almacenamiento|rotación|fortaleza|intentos?|comprobación|historial"
    r"|polic(?:y|ies)|length|strength|rotation|storage|complexity|reuse|choice|handling|history|lack|number"
    r"|(?:reset|change|recovery) (?:link|button|page|form|mail)"
    r"|richtlinien?|länge|stärke|speicherung|abfrage|eingabe|wahl"
    r"|beleid|lengte|sterkte|opslag|invoer|keuze)"
    r"[ ](?:de|des|du|d['\u2019]|de la|de las|para|of|for|on|für|des|der|von|van|voor)"
    r"(?:[ ](?:la|las|the|a|das|het|de|les|le|una|un|une))?[ ](?:mots? de )?\Z",
    _I,
)
"""A noun to which the password belongs: ``politique de mot de passe``."""
_LONGEST_HEAD: Final = 50
_WORDS_TO_THE_END: Final = r"[^\s.,;:!?()=\d]{1,30}(?:[ ][^\s.,;:!?()=\d]{1,30}){0,7}[.!?]?[ ]*(?:\n|\Z)"
_ELSEWHERE: Final = re.compile(
    r"[\"'”»]?(?:[ ][^\W\d_]{2,12}){0,2}?[ ](?:is|are|was|steht|stehen|liegt|liegen|hängt|findest du"
    r"|findet ihr|ist|staat|staan|ligt|hangt|vind je|est|se trouve|está|están)"
    r"[ ](?:printed |written |noted |kept |stored |saved |geschreven |écrite? |noté |escrita |apuntada )?"
    r"(?:on|in|at|under|behind|inside|auf|im|in|an|am|unter|hinter|beim|op|onder|achter|bij|sur|dans|au"
    rf"|aux|sous|derrière|en|bajo|detrás de|al)[ ]{_WORDS_TO_THE_END}",
    _I,
)
"""Where the value is, when nothing else follows: ``the password is on the back of the router``."""
_ASKED_FOR: Final = re.compile(
    r"\b(?:ask|asks?|frag|fragt?|vraag|demandez?|pide|pregunta)\b[^.,;:\n]{0,40}\Z", _I
)
_FROM_SOMEONE: Final = re.compile(
    rf"(?:[ ](?:from|aan|à|a|al|bij|bei|beim|von|vom)[ ]{_WORDS_TO_THE_END}|[.!?]?[ ]*(?:\n|\Z))", _I
)
_STATES: Final = re.compile(r"[^\n.;]{0,40}[:=]")
_OPTION: Final = re.compile(r"(?<![\w-])--?(?:no|ask|prompt|read|stdin|force|require|change)-(?:\w+-)*\Z", _I)
"""The first part of an option without a value: ``--ask-password``."""
_QUALIFIED: Final = re.compile(
    r"[ ](?:primari[ao]|foráne[ao]|ajena|pública|privada|única|primaire|étrangère|publique|privée|unique"
    r"|usb|inglesa|allen)\b",
    _I,
)
"""An adjective after ``clave`` or ``clé`` that names a kind of key."""
_QUALIFIED_WORDS: Final = frozenset(("clave", "clé", "clef", "llave"))


def is_about_secrets(said: Announcement) -> bool:
    """Return whether a password or a key is mentioned as a subject, such as ``password policy``."""
    if _NEW_VALUE.match(said.text, said.end):
        return False
    following = _FOLLOWING.match(said.text, said.end)
    if following and following["word"].lower() in NOUNS:
        return True
    if said.word in _QUALIFIED_WORDS and _QUALIFIED.match(said.text, said.end):
        return True
    if _ELSEWHERE.match(said.text, said.end):
        return True
    before = said.text[max(0, said.start - _LONGEST_HEAD) : said.start]
    if _OPTION.search(before) or (_ASKED_FOR.search(before) and _FROM_SOMEONE.match(said.text, said.end)):
        return True
    return _HEAD.search(before) is not None and not _STATES.match(said.text, said.end)


def new_value_start(said: Announcement) -> int | None:
    """Return where the new value of ``password reset to tulip`` starts, None if there is none."""
    changed = _NEW_VALUE.match(said.text, said.end)
    return changed.end() if changed else None
