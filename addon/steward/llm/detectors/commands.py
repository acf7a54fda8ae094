"""Secrets in commands, where a program and an option or a position say what a value is."""

import re
from dataclasses import replace
from typing import Final

from .detector import Detector, detector
from .secret_values import is_known_default, is_no_secret
from .secret_words import NOT_SECRET

_VALUE: Final = r"(?P<quote>[\"'])?(?P<value>(?(quote)[^\"'\n]{2,200}|[^\s\"'|;&<>]{2,200}))"
_ARGUMENTS: Final = r"[^\n|;&]{0,160}?"


def _is_value(match: re.Match[str]) -> bool:
    value = match["value"]
    if value.casefold() in NOT_SECRET:
        return False
    return not is_no_secret(value) and not value.startswith(("-", "/", "$", "[", "{"))


def _command(pattern: str, words: str) -> Detector:
    return replace(detector("PASSWORD", pattern, "value", _is_value, words=words), is_secret=True)


_READERS: Final = (
    r"(?:chpasswd|passwd|smbpasswd|cryptsetup|sudo|su|docker|podman|helm|gh|kinit|bw|vault|gpg|openssl"
    r"|faillock"
    r"|restic|borg|mosquitto_passwd|ssh-add|zfs|veracrypt|nmcli|lpass|keepassxc-cli|buildah|skopeo|crane"
    r"|oras)"
)
_READERS_TEXT: Final = (
    "chpasswd passwd smbpasswd cryptsetup sudo su docker podman helm gh kinit bw vault gpg openssl restic "
    "borg mosquitto ssh zfs veracrypt nmcli lpass keepassxc buildah skopeo crane oras"
)

COMMAND_DETECTORS: Final = (
    # a secret on standard input: echo 'user:secret' | chpasswd
    _command(
        r"\b(?:echo|printf)[ ](?:-\w{1,3}[ ]){0,2}(?:[\"']%s(?:\\n"
        r"|\s)?[\"'][ ])?(?P<quote>[\"'])?(?:[\w.-]{1,32}:(?=\S))?"
        r"(?P<value>(?(quote)[^\"'\n]{2,200}|[^\s\"'|;&<>]{2,200}))[\"']?[ ]{0,3}\|[ ]{0,3}(?:sudo[ "
        r"](?:-\w[ ])?)?" + _READERS + r"\b",
        _READERS_TEXT,
    ),
    replace(
        _command(
            r"(?:\b"
            + _READERS
            + r"\b|(?i:\b\w{0,20}(?:pass|secret|token|pin)\w{0,10}))[^\n|;]{0,80}?<<<[ ]?\$?(?P<quote>[\"'])?"
            r"(?P<value>(?(quote)[^\"']{2,200}|[^\s\"'|;&<>]{2,200}))",
            "",
        ),
        near=("<<<",),
    ),
    _command(
        r"(?:pass(?:word|wd|phrase)?|token|key|secret|vault)[\w-]{0,12}[ =]<\((?:echo|printf)[ ]"
        + _VALUE[:-1]
        + r")(?=[ )\"'])",
        "echo printf",
    ),
    # programs with a position or an option of their own
    _command(
        r"\bhtpasswd[ ](?:-[a-zA-Z]*n[a-zA-Z]*[ ](?:-\w+[ ]){0,3}\S{1,64}|(?:-\w+[ ]){1,4}\S{1,200}[ "
        r"]\S{1,64})[ ]" + _VALUE,
        "htpasswd",
    ),
    _command(r"\bmosquitto_passwd[ ]-\w{0,3}b\w{0,3}[ ]\S{1,200}[ ]\S{1,64}[ ]" + _VALUE, "mosquitto"),
    _command(r"\bmosquitto_(?:pub|sub|rr)\b" + _ARGUMENTS + r"[ ](?:-P|--pw)[ ]" + _VALUE, "mosquitto"),
    _command(r"\bopenssl\b" + _ARGUMENTS + r"[ ](?:-k|-K|-pass(?:in|out)?[ ]pass)[ :]" + _VALUE, "openssl"),
    _command(
        r"\b(?:ssh-keygen|puttygen)\b" + _ARGUMENTS + r"[ ]-(?:N|P|-new-passphrase)[ ]" + _VALUE,
        "keygen puttygen",
    ),
    _command(
        r"\b(?:ipmitool|sqlcmd|zip|unzip|mongoimport|isql|bcp|racadm)\b" + _ARGUMENTS + r"[ ]-P[ ]?" + _VALUE,
        "ipmitool sqlcmd zip unzip mongoimport isql bcp racadm",
    ),
    _command(
        r"\bsnmp\w{2,12}\b" + _ARGUMENTS + r"[ ]-[cAX][ ]?" + _VALUE,
        "snmpwalk snmpget snmpset snmpbulkwalk snmpbulkget snmptrap snmpgetnext snmptable",
    ),
    _command(
        r"\b(?:7z|7za|rar|unrar|mysql\w*|mariadb\w*)[ ]" + _ARGUMENTS + r"(?<=[ ])-p(?=[^\s-])" + _VALUE,
        "z za rar unrar mysql mysqldump mysqladmin mariadb mysqlimport",
    ),
    _command(
        r"\b(?:mongo|mongosh|mongodump|mongorestore|(?:docker|podman|nerdctl|az)[ ]login|influx|arangosh"
        r"|plesk|cadaver"
        r"|mutt"
        r"|smbget|nats|keytool|xfreerdp|evil-winrm|crackmapexec|sshpass|psexec)\b"
        + _ARGUMENTS
        + r"[ ]-p[ ]?"
        + _VALUE,
        "mongo mongosh mongodump mongorestore docker podman az influx smbget nats xfreerdp sshpass psexec",
    ),
    _command(
        r"\b(?:plink|pscp|psftp|kitty)\b" + _ARGUMENTS + r"[ ]-pw[ ]" + _VALUE, "plink pscp psftp kitty"
    ),
    _command(r"\b(?:xfreerdp|mstsc|rdesktop)\b" + _ARGUMENTS + r"[ ]/p:" + _VALUE, "xfreerdp mstsc rdesktop"),
    _command(r"\bwpa_passphrase[ ](?:\"[^\"\n]{1,64}\"|'[^'\n]{1,64}'|\S{1,64})[ ]" + _VALUE, "passphrase"),
    _command(
        r"\bnmcli\b"
        + _ARGUMENTS
        + r"[ ](?:password|psk|wifi-sec\.psk|802-11-wireless-security\.psk)[ ]"
        + _VALUE,
        "nmcli",
    ),
    _command(r"\bnet[ ]use[ ]\S{1,3}[ ]\\\\\S{1,200}[ ](?!/)" + _VALUE, "use"),
    _command(r"\bnet[ ]user[ ]\S{1,64}[ ](?![/*])" + _VALUE, "user"),
    _command(
        r"\brabbitmqctl[ ](?:add_user|change_password|authenticate_user)[ ]\S{1,64}[ ]" + _VALUE,
        "rabbitmqctl",
    ),
    _command(r"\b(?:vault[ ]login|bw[ ]unlock|bw[ ]login[ ]\S{1,80})[ ](?!-)" + _VALUE, "vault bw"),
    _command(r"\blftp\b" + _ARGUMENTS + r"-u[ ][\w.@-]{1,64}," + _VALUE, "lftp"),
    _command(
        r"\b(?:sqlplus|exp|expdp|impdp|rman)[ ](?:-\w+[ ])?\w{1,32}/" + _VALUE, "sqlplus expdp impdp rman"
    ),
    _command(
        r"(?i:\bidentified[ ](?:with[ ]\w{1,40}[ ])?by[ ]|\b(?:alter|create)[ ](?:user"
        r"|role)\b[^\n;]{0,80}?\bpassword[ ])"
        r"(?P<quote>[\"'])(?P<value>[^\"'\n]{2,200})",
        "identified alter create",
    ),
    _command(
        r"\bwpa_cli\b" + _ARGUMENTS + r"[ ](?:psk|password|wep_key\d)[ ]'?\"?(?P<value>[^\s\"']{2,200})",
        "wpa",
    ),
    _command(r"\buci[ ]set[ ]\S{1,100}\.(?:key|password|psk|secret|auth_secret)=" + _VALUE, "uci"),
    _command(
        r"(?i:\b(?:config\S{0,12}|set|put|store|add)[ ](?:\S{1,40}[ ]){0,3}\S{0,40}(?:pass(?:word|wd"
        r"|phrase)?|secret|token|api_?key))[ ]--value[ =]" + _VALUE,
        "value",
    ),
    # a user and a password that were refused
    _command(
        r"(?i:\b(?:bad|invalid|wrong|rejected|failed|incorrect)[ ](?:credentials?|creds|login|logins|user"
        r"|password|auth):?)[ ][\"']?[\w.@-]{2,40}[/:](?P<value>[^\s\"'/:,]{4,80})(?=[\s\"',.]|\Z)",
        "bad invalid wrong rejected failed incorrect",
    ),
    # a network and its key: réseau Berg clé tulipe
    _command(
        r"(?i:\b(?:e?ssid|netz(?:werk)?|network|netwerk|réseau|red|wi-?fi|wlan|hotspot)[ ][\"'`„“«]?"
        r"(?:[^\s\"'`”“»:=]{2,32})[\"'`”“»]?[ ]?[,;/|·-]?[ ](?:mit |with |avec |con |met |et |und |and "
        r"|y |en )?"
        r"(?:key|psk|clé|clave|schlüssel|sleutel|contraseña|mdp|mots? de passe)[ ]?[:=]?[ ])"
        + _VALUE
        + r"[\"']?(?=[ ]*(?:$|[.,;)\n]))",
        "key psk clé clave schlüssel sleutel contraseña mdp passe",
    ),
    _command(
        r"(?i:\b(?:anmeld\w*|log-?in|inlog\w*|connexion"
        r"|acceso)\b[^\n/]{0,12}?[ ])[\w.@-]{2,40}/(?P<value>[^\s\"'/:,]{4,80})"
        r"(?=[ ](?:abgelehnt|ungültig|falsch|rejected|invalid|denied|refused|failed|incorrecto|refusée?"
        r"|geweigerd"
        r"|ongeldig)\b)",
        "anmeldung anmeldng login inloggen connexion acceso",
    ),
    # FTP and mail servers that log what a client sent
    replace(
        _command(
            r"\b\w{0,12}(?:ftpd?|pop3d?|imapd?)\S{0,12}:?[ ](?:<<<?[ ]|> )?PASS[ ](?P<value>[^\n\"']{3,60})",
            "",
        ),
        near=("pass ",),
    ),
    _command(
        r"\bcreateUser[ ](?:-e[ ]\S{1,64}[ ])?\S{1,64}[ ](?:MD5|SHA[\d-]{0,4})[ ]" + _VALUE,
        "createuser createUser",
    ),
    _command(
        r"\bcreateUser[ ][^\n]{1,160}?[ ](?:DES|AES[\d-]{0,4})[ ]" + _VALUE,
        "createuser createUser",
    ),
    # files with a key word and a value: redis.conf, snmpd.conf, netrc
    _command(
        r"(?:^|\n|[ ])(?:requirepass|masterauth|bindpw|rootpw|ro?community6?|rwcommunity6?)[ ]{1,4}" + _VALUE,
        "requirepass masterauth bindpw rootpw rocommunity rwcommunity community",
    ),
    _command(r"\blogin[ ]{1,3}\S{1,64}[ \n]{1,3}password[ ]{1,3}" + _VALUE, "login"),
    _command(
        r"\{\{[ ]?'(?P<value>[^'\n]{2,200})'[ ]?\|[ ]?(?:password_hash|hash|b64encode|htpasswd|bcrypt"
        r"|quote)\b",
        "password hash encode htpasswd bcrypt quote",
    ),
    _command(
        r"(?i:\bwi-?fi|\bwlan)(?:[ ]\(?[^\W\d_]{2,12}\)?)?:[ "
        r"](?P<value>(?=[^\s]{0,60}[^\W\d_])(?=[^\s]{0,60}\d)[^\s:.,/]{6,60})(?=\s|$)",
        "wifi fi wlan",
    ),
    replace(
        _command(
            r"[?&](?:u|user|username|login)=[^&\s]{1,64}&(?:p|pw|pwd|pass)=(?P<value>[^&\s\"']{3,200})", ""
        ),
        near=("&p",),
    ),
    _command(r"\bpass\w{0,8}-command[ =][\"']?(?:echo|printf)[ ](?P<value>[^\s\"']{2,200})", "command"),
    _command(r"\bopenssl[ ]passwd[ ](?:-\w+[ ]){0,4}" + _VALUE, "openssl"),
    replace(_command(r"\buser(?:name)?=[\w.-]{1,64}%(?P<value>[^\s%\"'&]{3,200})", ""), near=("user",)),
    # switches and routers
    _command(r"\b(?:secret|password)[ ][057][ ](?P<value>\S{3,200})", "secret password"),
    _command(
        r"\b(?:snmp-server|snmp|set)[ ]community[ ](?P<value>\S{3,100})(?=[ ](?:RO|RW|ro|rw)\b)", "community"
    ),
    # a user and a password as arguments in code
    replace(
        _command(
            r"(?i:\bauth[ ]?=[ ]?|\w{0,30}(?:auth|login|sign_?in|credentials?|with_?user)\w{0,12})"
            r"[ ]?\([ ]?[\"'][^\"'\n]{1,64}[\"'],[ ]?[\"'](?P<value>[^\"'\n]{2,200})[\"']",
            "",
        ),
        hint=re.compile(r"[\"'],[ ]?[\"']"),
    ),
    replace(
        _command(
            r"(?i:\(\s?[\"']\w{0,40}(?:password|passwd|passwort|pass|pwd|secret|token|api_?key)[\"']),[ ]?"
            r"[\"'](?P<value>[^\"'\n]{2,200})[\"']",
            "",
        ),
        hint=re.compile(r"[\"'],[ ]?[\"']"),
    ),
    _command(
        r"\b(?:PDO|mysqli|mysqli_connect|mysql_connect|odbc_connect)\([ ]?[\"'][^\"'\n]{1,200}[\"'],[ "
        r"]?[\"'][^\"'\n]{1,64}[\"'],"
        r"[ ]?[\"'](?P<value>[^\"'\n]{2,200})",
        "pdo mysqli connect",
    ),
    # elements of XML
    replace(
        _command(
            r"(?i:<(?:\w{1,30}:)?\w{0,30}(?:password|passwort|passwd|passphrase|pass|pwd|secret|token"
            r"|api_?key|private_?key|pin))"
            r"(?:[ ][^>\n]{0,200})?>[ ]?(?P<value>[^<\n]{2,400}?)[ ]?</",
            "",
        ),
        near=("</",),
    ),
    # a name and a value as attributes
    replace(
        _command(
            r"(?i:\b(?:key|name|id)[ ]?=[ ]?[\"']\w{0,40}(?:password|passwd|pass|pwd|secret|token"
            r"|apikey)[\"'][ ]{1,3}value[ ]?=)"
            r"[ ]?[\"'](?P<value>[^\"'\n]{2,400})",
            "value",
        ),
        near=("=",),
    ),
    # a user and a password before a host: root:tulip@tcp(db:3306)
    replace(
        _command(
            r"(?<![\w/:.-])[A-Za-z][\w.-]{1,32}:(?P<value>[^\s:@/\"'<>]{3,64})@(?:tcp\(|unix\("
            r"|[\w.-]{1,60}(?::\d{2,5}\b|/\w))",
            "",
        ),
        near=("@",),
    ),
    _command(r"\bConvertTo-SecureString[ ](?:-String[ ])?" + _VALUE, "securestring"),
    _command(
        r"(?i:\binsert[ ]into)[^\n(]{1,80}\((?=[^)\n]{0,400}(?i:pass|pwd|secret|token|pin))[^)\n]{1,400}\)"
        r"[ ]?(?i:values)[ ]?\((?P<value>[^)\n]{2,400})\)",
        "insert",
    ),
    # an environment variable in two lines, or a variable of Terraform
    replace(
        _command(
            r"\bname\"?[ ]?[:=][ ]?[\"']?\w{0,60}(?i:passw(?:or)?d|pass|secret|token|api_?key|private_?key"
            r"|secret_key_base|pw)"
            r"[\"']?,?\s{1,20}\"?value\"?[ ]?[:=][ ]?" + _VALUE,
            "value",
        ),
        crosses_lines=True,
    ),
    replace(
        _command(
            r"\bvariable[ ]\"\w{0,60}(?i:passw(?:or)?d|pass|secret|token|key|pw)\"[ "
            r"]?\{[^{}]{0,200}?\bdefault[ ]{0,10}=[ ]{0,10}" + _VALUE,
            "variable",
        ),
        crosses_lines=True,
    ),
    # user and password in a list: credentials: anna / tulip
    replace(
        _command(
            r"(?i:\b(?:zugangsdaten|credentials?|creds|logins?|inloggegevens|identifiants|credenciales|zugang"
            r"|anmeldedaten|anmeldung|inlog|inloggen|account|konto|accès|acceso|acc))"
            r"\b[^\n:=]{0,30}[:=][ ]{0,3}(?P<quote>[\"'`])?[\w.@+-]{2,64}[\"'`]?[ ]{0,2}(?:[/|,]|->)[ "
            r"]{0,2}[\"'`]?"
            r"(?P<value>[^\s\"'`]{3,200})",
            "zugangsdaten credential credentials creds login logins inloggegevens identifiants credenciales "
            "zugang anmeldedaten anmeldung inlog inloggen account konto accès acceso acc",
        ),
        accepts=lambda match: _is_value(match) and not is_known_default(match),
    ),
    _command(r"\bsend(?:_user)?[ ](?:--[ ])?[\"'](?P<value>[^\"'\n\\]{3,100})\\[rn]", "send"),
    _command(
        r"\bmc[ ](?:alias[ ]set|config[ ]host[ ]add)[ ]\S{1,40}[ ]\S{1,100}[ ]\S{1,64}[ ]" + _VALUE, "mc"
    ),
    _command(
        r"\bLogin[ ](?:OK|incorrect)[^\n\[]{0,60}\[[^\]/\n]{1,64}/(?P<value>[^\]\n<]{2,200})\]", "login"
    ),
)
"""``near`` words make these fast: a block of lines without the program is not searched."""
