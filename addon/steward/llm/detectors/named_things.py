"""Recognizes lines in which a given name may be that of a program, a machine, or a film."""

import re
from typing import Final

from .common_words import PROGRAMS

_MEDIA: Final = re.compile(
    r"^\W*(?:please |bitte )?(?:play|shuffle|queue|resume|skip to|put on|spiele?|mach|leg|mets|joue|lance|pon"
    r"|ponme|reproduce|zet|speel|draai)\b"
    r"|\b(?:films?|movies?|series|serie|série|shows?|episodes?|folgen?|albums?|álbum|songs?|tracks?|artists?"
    r"|bands?|soundtracks?|podcasts?|audiobooks?|hörbuch|hörbücher|playlists?|imdb|trakt|tmdb|tvdb|subtitles?"
    r"|untertitel|sous-titres|subtítulos|ondertitels?|seasons?|staffel|saison|temporada|seizoen|bluray|web-?dl"
    r"|webrip|hdtv|remux|recorder|spielfilm|concert|konzert|concierto|s\d\de\d\d|\d{1,2}x\d\d"
    r"|bbc|itv|channel 4|zdf|ard|3sat|arte|tf1|npo|rtl|hbo|netflix|tatort)\b|\((?:19|20)\d\d\)",
    re.IGNORECASE,
)
"""What is said about films, music, and television."""

_MACHINES_TEXT: Final = (
    "container containers contenedor conteneur pod pods vm vms lxc service services servicio dienst image "
    "images release releases update updates aktualisierung actualización mise version versión versie "
    "kernel noyau cpu gpu ram vram disk disks platte disque disco schijf log logs port ports puerto poort "
    "node nodes knoten cluster deployment chart plugin plugins exporter daemon server servers serveur "
    "servidor backup backups api index websocket proxy vacuum saugroboter aspirateur aspirador "
    "robotstofzuiger mower robot robots firmware model models modell modèle modelo token tokens gb mb nfs "
    "http https arm64 amd64 compile compiler compilen repo branch merge commit ci pipeline yaml json "
    "config healthcheck fps namespace hostname file files datei dateien fichier fichiers archivo archivos "
    "bestand bestanden scheduler"
)
_TALK_TEXT: Final = (
    "home hat red ring nest garage signal teams zoom element echo edge steam arch default media western "
    "digital apple bookshelf temporal drone key temp safari assistant hue pi nut phi stable matrix puma"
)
_WORDS_OF_TALK: Final = frozenset(_TALK_TEXT.split())
"""Names of programs that people say for other reasons."""

_PROGRAMS: Final = PROGRAMS.difference(_WORDS_OF_TALK)
_MACHINES: Final = _PROGRAMS.union(_MACHINES_TEXT.split())
_WORDS: Final = re.compile(r"[^\W_]+")
_VERSION: Final = re.compile(r"(?<![\w.])v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?![\w.])")
_COMMENT: Final = re.compile(r"\s*(?:#|//|;|--|/\*)")
_MOST_WORDS: Final = 24
_MOST_OF_MEDIA: Final = 12
"""A longer text about a film or a song is about the people who made it."""


def may_name_things(line: str) -> bool:
    """Return whether a line is about programs, machines, or media, which are called like people."""
    words = _WORDS.findall(line.lower())
    if len(words) > _MOST_WORDS:
        return False
    if _VERSION.search(line) or _COMMENT.match(line) or not _MACHINES.isdisjoint(words):
        return True
    return len(words) <= _MOST_OF_MEDIA and _MEDIA.search(line) is not None


def mentions_program(text: str) -> bool:
    """Return whether a text mentions a program."""
    return not _PROGRAMS.isdisjoint(_WORDS.findall(text.lower()))
