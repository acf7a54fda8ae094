"""Accounts of people: users in logs, commands and sentences, and entities that track a person."""

import re
from dataclasses import replace
from typing import Final

from .common_words import PROGRAMS, is_usual
from .detector import detector
from .given_names import is_given_name

_I: Final = re.IGNORECASE
_SYSTEM_ACCOUNTS_TEXT: Final = (
    "root admin administrator user users guest test nobody nogroup daemon system sys bin sync games man "
    "lp news uucp proxy backup list irc gnats postgres mysql mariadb redis www-data www http httpd nginx "
    "docker homeassistant hass pi ubuntu debian proxmox grafana prometheus anonymous unknown none null "
    "true false default service services and or is was not from with in on at the a an my your name id "
    "group pass password git node app web dev ops operator support info mail postmaster webmaster "
    "noreply no-reply hostmaster monitor monitoring exporter agent client server host local remote "
    "public private everyone all any each other others someone somebody nobody you me him her them us it "
    "this that these those which who what data dba sa db database sshd messagebus systemd-network "
    "systemd-resolve polkitd avahi ntp chrony tss usbmux abc apps nextcloud immich media plex steward "
    "gebruiker benutzer utilisateur pam_unix pam_sss workgroup account accounts login session sessions "
    "interface input space agents experience guide manual error errors failed failure invalid "
    "authentication attempt attempts request requests"
)
_SYSTEM_ACCOUNTS: Final = frozenset(_SYSTEM_ACCOUNTS_TEXT.split())
_SETTINGS: Final = (".key", ".secret", ".token", ".password", ".service", ".sock", ".target")
"""What settings and units end with: ``auth.secret was renamed to session.key``."""

_SHORTEST_NAME: Final = 2
_UUID: Final = re.compile(r"[\da-f]{8}-[\da-f-]{27}")
_NUMBERED: Final = re.compile(r"(?=[a-f]*\d)[\da-f]{4,}")
_PLACEHOLDER_STARTS: Final = (
    "$",
    "{",
    "[",
    "<",
    "%",
    "your",
    "system:",
    "example",
    "my-",
    "my_",
    "invalid_",
    "unauthorized_",
    "access_",
    "unsupported_",
    "bad_",
    "no_",
)


def is_persons_account(name: str) -> bool:
    """Return whether an account belongs to a person, not to a system, a program or a placeholder."""
    plain = name.strip(".,;:<>()\"'").casefold()
    plain = plain.partition("@")[0]
    if len(plain) < _SHORTEST_NAME or plain.isdigit() or plain.startswith(_PLACEHOLDER_STARTS):
        return False
    if _UUID.fullmatch(plain) or _NUMBERED.fullmatch(plain):
        return False
    return plain not in _SYSTEM_ACCOUNTS and plain not in PROGRAMS


def _is_account(match: re.Match[str]) -> bool:
    return is_persons_account(match["user"])


def _is_unusual_account(match: re.Match[str]) -> bool:
    """Return whether it is a person's account and not a usual word."""
    return is_persons_account(match["user"]) and not is_usual(match["user"])


def _is_spelled_like_account(match: re.Match[str]) -> bool:
    """Return whether it is spelled like an account: quoted, or with a digit, dot, dash or underscore."""
    name = match["user"]
    has_symbol = any(one in "._-" or one.isdigit() for one in name[1:-1]) or name[-1:].isdigit()
    return (has_symbol or match["mark"] != "") and _is_unusual_account(match)


_CONTEXT_LENGTH: Final = 60
_LOGIN_CONTEXT: Final = re.compile(
    r"\b(?:fail\w*|denied|reject\w*|lock\w*|success\w*|accepted|attempts?|new (?:log|sign)-?in|invalid"
    r"|wrong|expired|error|exception|timed out|refused|unauthori\w+|badauth|fehlgeschlagen|mislukt"
    r"|abgelehnt|stopped)\b|(?:\d{1,3}\.){3}\d",
    _I,
)


def _is_stated_account(match: re.Match[str]) -> bool:
    """Return whether it is like an account or a given name, or follows ``by`` in a login context."""
    if match["user"].endswith(_SETTINGS):
        return False
    if _is_spelled_like_account(match) or (is_given_name(match["user"]) and _is_unusual_account(match)):
        return True
    is_confirmed = (
        match["behind"].strip(" .,;!") != "" or " by " in match.group() or match["noun"] is not None
    )
    return is_confirmed and _is_unusual_account(match) and _is_in_login_context(match)


def _is_in_login_context(match: re.Match[str]) -> bool:
    near = match.string[max(0, match.start() - _CONTEXT_LENGTH) : match.end() + _CONTEXT_LENGTH]
    return _LOGIN_CONTEXT.search(near) is not None


_USER: Final = r"(?P<user>[^\W_](?:[\w.@+$-]{0,62}[\w$])?)"
_PLAIN_USER: Final = r"(?P<user>(?:[a-z_]|(?<=[\"'`])[^\W_])[\w.+-]{0,40}\w(?:@[\w.-]{1,60}\w)?\$?)"
_AFTER: Final = (
    r"(?=[\"'`>)\]]{0,2}(?:[ ]{1,2}(?:from|at|on|via|using|with|has|was|is|by|in|to|and|failed|denied"
    r"|rejected|locked|von|aus|vanaf|met|mit|says|does|held|queued|canceled|cancelled|completed|printed"
    r"|started|aborted)\b|[^\w ]|$|[ ]{1,2}[^a-z]))"
)
_QUOTE: Final = r"(?P<mark>[\"'`<(\[]{0,2})"
ACCOUNT_DETECTORS: Final = (
    detector("USERNAME", rf"://{_USER}(?=[:@])(?=[^\s/\"']{{1,300}}@)", "user", _is_account, "://"),
    detector(
        "USERNAME",
        rf"\b(?:(?:invalid|illegal|unknown|for|by|of|as|from|role|and|authenticating) user(?:name)?"
        rf"|(?:user(?:name)?|role|account|benutzer|gebruiker|utilisateur|usuario)(?= [\"'`\[(])"
        rf"|(?:failed|accepted) (?:password|publickey|none|login|keyboard\S{{0,20}}|gssapi\S{{0,20}}"
        rf"|hostbased|otp|2fa) for|session (?:opened|closed) for user|logged in as|logging in as|\bFAILED "
        rf"LOGIN[^\n]{{0,40}} FOR"
        rf"|login (?:by|from|of|as)|sudo:|\bssh -l|\bsu -?|useradd|usermod|passwd|chage)"
        rf"[ ]{{1,2}}{_QUOTE}(?!invalid user|user\b){_USER}{_AFTER}",
        "user",
        _is_unusual_account,
        flags=re.IGNORECASE | re.MULTILINE,
        words=(
            "user username role account benutzer gebruiker utilisateur usuario failed accepted session "
            "logged logging login sudo ssh su useradd usermod passwd chage"
        ),
    ),
    detector(
        "USERNAME",
        rf"\b(?:user|username|login|account|gebruiker|benutzer|utilisateur|usuario)[ ]{{1,2}}{_QUOTE}{_USER}",
        "user",
        _is_spelled_like_account,
        flags=_I,
        words=("user username login account gebruiker benutzer utilisateur usuario"),
    ),
    # as in "Authentication request for anna has been denied"
    detector(
        "USERNAME",
        r"(?i:\b(?:(?:un)?auth(?:ent\w{1,9}|ori[sz]\w{1,7})?|log-?[io]n|log(?:ged|ging)? (?:in|on|out)"
        r"|sign-?(?:in|on)|signed in|password|session|credentials?|badauth|2fa|1fa|mfa|otp|bind"
        r"|publickey|anmeldung|inlog\w{0,8}|connexion|connecté|acceso|job \d+))\b"
        rf"[^\n]{{0,90}}?\b(?:for|by|from|of|to|von|für|door|voor|pour|par|de)[ ](?P<noun>(?:user|login"
        rf"|account) )?(?P<mark>[\"'`<]?){_PLAIN_USER}"
        r"(?=(?P<behind>[\"'`>)\]]{0,2}(?:[ ](?:from|at|on|via|using|with|has|was|is|failed|denied"
        r"|rejected|succeeded|locked|held|queued|canceled|cancelled|completed|printed|aborted|von|aus|vanaf"
        r"|met|depuis|desde"
        r"|mit)\b|[ ]?[(\[:]|[.,;!]?[ ]*$|[.,;][ ])))",
        "user",
        _is_stated_account,
        flags=re.MULTILINE,
        words=(
            "auth authentication authenticated authenticate authorization unauthorized unauthenticated "
            "login logon log logged logging sign signin password session credential credentials badauth "
            "fa mfa otp bind publickey anmeldung inloggen connexion connecté acceso job"
        ),
    ),
    # as in "client anna connected from", and a user at the end of an error
    detector(
        "USERNAME",
        rf"\b(?:client|peer|member|user)[ ]{_QUOTE}{_USER}[\"'`>)\]]{{0,2}}[ ](?:(?:dis)?connected|failed"
        rf"|denied|rejected|locked|entered"
        rf"|authenticated|logged|joined|signed)\b",
        "user",
        _is_unusual_account,
        flags=_I,
        words="client peer member user",
    ),
    detector(
        "USERNAME",
        rf"\buser[ ]{_PLAIN_USER}[.;]?$",
        "user",
        lambda match: _is_unusual_account(match) and _is_in_login_context(match),
        flags=re.MULTILINE,
        words="user",
    ),
    # access log of a web server: address - user [day/
    detector("USERNAME", rf"[\da-f] - {_USER} \[\d{{1,2}}/", "user", _is_account, hint=r"- [^\s\[]+ \[\d"),
    replace(  # the first entry of a list of users
        detector(
            "USERNAME",
            rf"\busers:[ ]*\n[ ]{{1,8}}(?:- )?{_USER}(?=:?[ ]*\n)",
            "user",
            _is_unusual_account,
            words="users",
        ),
        crosses_lines=True,
    ),
    detector(
        "USERNAME",
        rf"\((?:user(?:name)?|account|login|benutzer|gebruiker)[ :=]{{1,2}}{_QUOTE}{_USER}(?=[\"'`]?[),])",
        "user",
        _is_unusual_account,
        flags=_I,
        words="user username account login benutzer gebruiker",
    ),
    detector(
        "USERNAME",
        rf"\b(?:log-?[io]n|auth\w{{0,14}})\b[^\n\[\]]{{0,40}}\[{_USER}(?=[\]/])",
        "user",
        _is_unusual_account,
        flags=_I,
        words="login log logon auth authentication authenticated",
        hint=r"[a-z] ?\w*:? \[",
    ),
    # ssh_config, and upsmon.conf of NUT
    detector(
        "USERNAME",
        rf"^[ \t]{{1,8}}User[ \t]{{1,4}}{_USER}[ \t]*$",
        "user",
        _is_account,
        flags=re.MULTILINE,
        words="user",
    ),
    detector("USERNAME", rf"\bMONITOR \S{{3,80}} \d {_USER}[ ]", "user", _is_account, words="monitor"),
    # FTP, mosquitto, OpenVPN, PAM, Samba, LDAP and SSH
    detector("USERNAME", rf"\bUSER {_USER}(?=:[ ])", "user", _is_account, words="user"),
    detector(
        "USERNAME",
        rf"(?<![\w.]){_PLAIN_USER}(?=/(?:iphone|ipad|pixel|android|phone|galaxy|watch)\b)",
        "user",
        _is_unusual_account,
        "/iphone /ipad /pixel /android /phone /galaxy /watch",
    ),
    detector(
        "USERNAME", rf"\bLogin (?:OK|incorrect)[^\n\[]{{0,40}}\[{_USER}", "user", _is_account, words="login"
    ),
    detector("USERNAME", rf"\[{_USER}\] (?:FAIL|OK) LOGIN", "user", _is_account, words="login"),
    detector("USERNAME", r"\bu'(?P<user>[^'\s]{1,64})'", "user", _is_account, "u'"),
    detector(
        "USERNAME",
        rf"(?<![\w/.]){_PLAIN_USER}(?=/\d{{1,3}}\.\d{{1,3}}\.\d{{1,3}}\.\d)",
        "user",
        _is_account,
        hint=r"/\d{1,3}\.\d{1,3}\.",
    ),
    detector("USERNAME", rf"(?<![\w/.]){_PLAIN_USER}(?=\(uid=\d)", "user", _is_account, "(uid="),
    detector("USERNAME", rf"\]\\{{1,2}}\[{_USER}", "user", _is_account, "\\["),
    detector("USERNAME", rf"\b(?i:uid|cn)={_USER}(?=,[ ]?(?i:ou|dc|cn|o)=)", "user", _is_account, "uid= cn="),
    detector(
        "USERNAME",
        rf"(?<![\w@/:.-]){_PLAIN_USER.replace('@', '')}(?=@(?:pve|pam|ldap|realm|ad)\b"
        rf"|@(?:\d{{1,3}}\.){{3}}\d|@[\[\da-f:]+:"
        r"|@[\w-]+[:](?:22\b|[~/]))",
        "user",
        _is_account,
        hint=r"@(?:pve|pam|ldap|realm|ad|\d{1,3}\.\d|\[?[\da-f]{0,4}:|[\w-]+:(?:22|[~/]))",
    ),
    detector(
        "USERNAME",
        rf"\b(?:ssh|scp|sftp|rsync|mosh"
        rf"|ssh-copy-id)\b[^\n@]{{0,60}}?[ ]{_PLAIN_USER.replace('@', '')}(?=@[\w-])",
        "user",
        _is_account,
        words="ssh scp sftp rsync mosh",
        hint=r"@[\w-]",
    ),
    detector(
        "USERNAME",
        rf"(?:(?<!/)/home/|/Users/|[\\/]Users\\{{1,2}}|/mnt/user/home/|/export/home/|/volume\d/homes/"
        rf"|/dav/(?:files|calendars|addressbooks/users|principals/users)/){_USER}",
        "user",
        _is_account,
        "/home/ users /homes/ /dav/",
    ),
    detector(
        "PERSON_ENTITY", r"\b(?:person|device_tracker)\.[a-z0-9_]{1,64}", near="person. device_tracker."
    ),
    detector(
        "PERSON_ENTITY",
        r"\bmobile_app_[a-z0-9_]{1,64}|\b[a-z_]{3,20}\.(?:[a-z0-9]{2,30}_){1,3}?(?:s_)?(?:iphone|ipad"
        r"|pixel|galaxy|phone|watch|macbook|handy|tablet)(?:_[a-z0-9_]{1,40})?\b",
        words="mobile iphone ipad pixel galaxy phone watch macbook handy tablet",
        near="mobile_app_ _",
    ),
)
