"""Words that announce a secret, and words that follow one of them without being a secret."""

from enum import StrEnum
from functools import lru_cache
from typing import Final


class SecretKind(StrEnum):
    """The kind of secret that a word announces, which limits what its value may look like."""

    PASSWORD = "password"  # noqa: S105 - any words
    KEY = "key"  # a code with digits or dashes, or any word for an ``api key``
    PIN = "pin"  # digits
    CODE = "code"  # digits, beside a word such as ``alarm``


_WORDS_OF_KIND: Final = {
    SecretKind.PASSWORD: (
        "password passwords passwort passwörter passphrase passcode passwd pass pwd pw kennwort kennwörter "
        "paßwort psswd pswd paswd psw pword paswoord codewort losung geheimwort zauberwort "
        "wachtwoord wachtwoorden wachtwoordzin ww contraseña contraseñas contrasena clave passe mdp parola "
        "senha hasło haslo hasła heslo hesla lösenord lösenordet losenord salasana codeword safeword "
        "losungswort parol parolu parole parolă sifre şifre jelszó jelszo jelszava lozinka lozinku "
        "adgangskode "
        "adgangskoden passord passordet kodeord kodeordet пароль пароля паролем пароли κωδικός συνθηματικό "
        "密码 密碼 パスワード 비밀번호"
    ),
    SecretKind.KEY: (
        "secret token psk apikey wifikey netzwerkschlüssel wlanschlüssel schlüssel netwerksleutel sleutel "
        "key clé clef llave "
    ),
    SecretKind.PIN: "pin pincode puk digicode geheimzahl geheimnummer otp keycode usercode mtan",
    SecretKind.CODE: "code codes código codigo combination kombination combinatie combinaison combinación "
    "kod koden kode koodi kód codice",
}
_KINDS: Final = {word: kind for kind, words in _WORDS_OF_KIND.items() for word in words.split()}
_ENDINGS: Final = (
    ("passwort", SecretKind.PASSWORD),
    ("kennwort", SecretKind.PASSWORD),
    ("wachtwoord", SecretKind.PASSWORD),
    ("password", SecretKind.PASSWORD),
    ("schlüssel", SecretKind.KEY),
    ("sleutel", SecretKind.KEY),
    ("pincode", SecretKind.PIN),
    ("pin", SecretKind.PIN),
    ("code", SecretKind.CODE),
)
_SHORTEST_COMPOUND: Final = 6
_NO_COMPOUNDS: Final = frozenset(
    [
        "onepassword",
        "barcode",
        "qrcode",
        "zipcode",
        "postcode",
        "fehlercode",
        "foutcode",
        "statuscode",
        "exitcode",
    ]
)

_BEFORE_VERB: Final = frozenset(
    [
        "to",
        "will",
        "would",
        "can",
        "could",
        "must",
        "should",
        "not",
        "may",
        "you",
        "we",
        "they",
        "please",
        "or",
    ]
)


_KINDS_BY_WORD_BEFORE: Final = {
    "passe": (SecretKind.PASSWORD, frozenset(["de"])),
    "paso": (SecretKind.PASSWORD, frozenset(["de"])),
    "word": (SecretKind.PASSWORD, frozenset(("safe", "code", "secret", "pass"))),
    "tan": (
        SecretKind.PIN,
        frozenset(("", "the", "my", "your", "die", "eine", "meine", "deine", "ihre", "sms", "de")),
    ),
}
"""Words that announce a secret only behind one of these words; Spanish ``tan`` is another word."""


def secret_kind(word: str, before: str) -> SecretKind | None:
    """Return the kind of secret that ``word`` announces after ``before``, both in lower case."""
    if word in _KINDS_BY_WORD_BEFORE:
        announced, words = _KINDS_BY_WORD_BEFORE[word]
        return announced if before in words else None
    if word == "pass" and before in _BEFORE_VERB:
        return None
    if kind := _KINDS.get(word):
        return kind
    if len(word) < _SHORTEST_COMPOUND or word in _NO_COMPOUNDS:
        return None
    by_ending = next((kind for ending, kind in _ENDINGS if word.endswith(ending)), None)
    return by_ending or (SecretKind.PASSWORD if _is_misspelt(word) else None)


_SPELLINGS: Final = (
    "password",
    "passwort",
    "kennwort",
    "wachtwoord",
    "contraseña",
    "contrasena",
    "passphrase",
    "passcode",
    "passwords",
)
_SHORTEST_MISSPELT: Final = 7


@lru_cache(maxsize=4_096)
def _is_misspelt(word: str) -> bool:
    """Return whether one letter of a word for a password is missing, wrong, added, or exchanged."""
    if len(word) < _SHORTEST_MISSPELT or word[0] not in "pkwc":
        return False
    return any(_is_near(word, one) for one in _SPELLINGS)


def _is_near(word: str, spelling: str) -> bool:
    if abs(len(word) - len(spelling)) > 1:
        return False
    pairs = enumerate(zip(word, spelling, strict=False))
    same = next((index for index, (one, other) in pairs if one != other), min(len(word), len(spelling)))
    rest, expected = word[same:], spelling[same:]
    return (
        rest[1:] == expected[1:]
        or rest == expected[1:]
        or rest[1:] == expected
        or (rest[:2] == expected[1::-1] and rest[2:] == expected[2:])
    )


_ACCESS_TEXT: Final = (
    "alarm alarme alarma remember merk merke merken onthoud onthouden retiens recuerda notiere entrée "
    "entree entrada maison casa hogar huis haus ingang door doors deur tür "
    "haustür voordeur porte puerta gate tor poort portail portón "
    "garage garaje lock slot schloss serrure cerradura safe tresor kluis coffre keypad tastenfeld digicode "
    "entry access zugang toegang accès acceso unlock disarm security login inlog verification confirmation "
    "sms pin box shed schuppen intercom building immeuble gebäude gebouw edificio cleaner locker "
    "schließfach kamer zimmer parking elevator lift verificación vérification bestätigungs eingang in time "
    "recovery backup setup pairing homekit matter bank paypal google 2fa mfa twofactor whatsapp activation "
    "connexion"
)
ACCESS_WORDS: Final = frozenset(_ACCESS_TEXT.split())
"""Only a code beside one of these words, or in a compound such as ``türcode``, is a secret."""

ACCESS_ENDINGS: Final = (
    "schloss",
    "tür",
    "tor",
    "alarm",
    "tresor",
    "safe",
    "garage",
    "lock",
    "door",
    "slot",
    "deur",
    "kluis",
)

WIFI_WORDS: Final = frozenset(["wifi", "wlan", "ssid", "fi", "wireless"])

_API_TEXT: Final = (
    "api access auth license licence account app master wi wifi wlan ssid produkt product repo repository "
    "shared preshared backup encryption volume disk guest master recovery luks bitlocker borg restic "
    "wireless network netzwerk"
)
API_WORDS: Final = frozenset(_API_TEXT.split())
"""The value after a key beside one of these words may be any word."""

_NOUNS_TEXT: Final = (
    "field fields manager managers prompt policy policies hash hashes file files store stores reset resets "
    "rotation "
    "check checks length strength generator protection entry box page screen form rules rule vault expiry "
    "login dialog "
    "hint reminder option options setting settings removal workflow attempt attempts support handling "
    "variable hashing "
    "authentication auth complexity requirement requirements input change changes recovery database "
    "encryption "
    "algorithm exchange bindings binding rotation usage limit limits count bucket budget review base reader "
    "pairs spraying guessing cracking stuffing sharing hygiene breach breaches autofill syntax reuse theft "
    "takeaway takeaways feature features result results lime fob fobs signature material derivation "
    "manipulation verification slot slots lockout pad header headers combination "
)
NOUNS: Final = frozenset(_NOUNS_TEXT.split())
"""After one of these words, a sentence is about passwords or keys as such: ``the password field is``."""

POSSESSIVES: Final = frozenset(
    [
        "my",
        "our",
        "your",
        "their",
        "his",
        "her",
        "mein",
        "meine",
        "unser",
        "euer",
        "dein",
        "mijn",
        "ons",
        "jouw",
        "mon",
        "ma",
        "notre",
        "ton",
        "ta",
        "mi",
        "tu",
        "nuestra",
        "su",
    ]
)

_USER_TEXT: Final = (
    "enter type introduzca introduce saisir saisissez tape gib tippe typ voer eingeben mots "
    "user username login account benutzer benutzername gebruiker gebruikersnaam utilisateur identifiant "
    "usuario log sign inloggen anmelden einloggen connect with mit met avec con and und en et y e als as "
    "comme como"
)
USER_WORDS: Final = frozenset(_USER_TEXT.split())
"""After one of these words, a password may follow its announcement without a link."""

ABBREVIATIONS: Final = frozenset(("pw", "ww", "mdp"))

_OTHER_WORDS: Final = (
    # English
    "a an the this that these those my your our his her their its it is are was were be been being to for "
    "from of in on at by with without or and but not no too very so as only also again once already still "
    "never always wrong incorrect invalid bad right correct fine good ok okay same different new old long "
    "short weak strong simple complex required optional missing empty blank hidden visible secure insecure "
    "safe unsafe valid expired case plain clear public private there here where what which who how why "
    "when something anything nothing somewhere everything none unknown known identical available "
    "unavailable allowed due out up down off kept saved stored hashed salted encrypted set sent given "
    "shown found needed used lost forgotten gone broken bitten kept taken changed rotated reset rejected "
    "refused denied accepted protected better enough longer shorter less more between about because if "
    "unless until after before than like what's yours mine ours theirs both expire expires field fields "
    "manager prompt policy policies authentication auth hash hashes file files store reset change rotation "
    "check length strength generator protection protected entry box page screen form complexity rules rule "
    "vault database does doesn't did didn't has hasn't have can can't cannot will won't removal workflow "
    "option options setting settings support handling identity debug access variable value values string "
    "input change changes attempt attempts expiration dialog reminder hint recovery policy manager through "
    "over by would should must may might isn't wasn't aren't didnt doesnt wont cant expiry login logins "
    "based free safe please thanks thank you me him them us i we he she they one ones two three "
    "seen built made done written read run held left cut let met said told brought bought caught ignored "
    "plus más inmiddels inzwischen meanwhile entretemps entretanto honestly usual annoying pain tedious "
    "ehrlich echt lästig vervelend irritant pénible pesadez rollo "
    "tous toutes chaque cada todos todas elke jede jeden jedes twice thrice zweimal dreimal tweemaal "
    "deux dos offline online active inactive deprecated factory "
    "mandatory pflicht egal verplicht obligatoria "
    "older younger newer bigger smaller higher lower wider narrower älter jünger neuer breiter schmaler "
    "ouder "
    "nieuwer breder smaller expires rotates lasts looks appears disappears blocks dauert läuft wäre wären "
    "verlangt nimmt zeigt reagiert klemmt blockiert verschwindet erscheint duurt reageert verschijnt "
    "verdwijnt vraagt expire tourne ouvre refuse demande apparaît disparaît bloque caduca vence expira pide "
    "aparece desaparece bloquea tarda tiene "
    "needs works comes goes arrives kennst kennt weißt brauchst brauche steht kommt schicke gebe passt ken "
    "kent weet staat komt stuur connais sais arrive sabes conoces llega manually correctly incorrectly "
    "probably really already easily apparently obviously fully only finally "
    "information stronger better safer longer shorter weaker easier harder enough stärker besser sicherer "
    "länger kürzer schwächer genug sterker beter veiliger langer korter zwakker genoeg mieux meilleur suffit "
    "mejor suficiente basta "
    # German
    "der die das den dem des ein eine einen einem einer falsch richtig korrekt ungültig gültig leer nötig "
    "erforderlich abgelaufen vergessen gespeichert geändert gesetzt unbekannt bekannt zu sehr nicht kein "
    "keine noch nur auch schon wieder immer nie dasselbe gleich gleiche anders neu alt lang kurz sicher "
    "unsicher schwach stark verschlüsselt und oder aber für von vom mit ohne in im am auf an bei aus wie "
    "wo was wer warum wann wenn weil dass hat habe haben ist sind war wird werden wurde kann muss soll "
    "sollte darf geht stimmt fehlt läuft lässt ändern zurücksetzen setzen eingeben speichern bitte danke "
    "ich du er sie es wir ihr mir dir uns euch mein dein sein ihr unser wie welches welche etwas nichts "
    "hier da dort über funktioniert gilt falsches zugriff abfrage "
    "wechseln wechsle wechselt rotieren erneuern "
    # Dutch
    "de het een fout verkeerd juist onjuist ongeldig geldig leeg nodig vereist verlopen vergeten "
    "opgeslagen gewijzigd veranderd onbekend bekend te niet geen nog alleen ook al weer altijd nooit "
    "hetzelfde gelijk anders nieuw oud kort veilig onveilig zwak sterk en of maar voor van met zonder op "
    "bij uit hoe waar wat wie waarom wanneer als omdat dat heeft heb hebben is zijn wordt worden werd kan "
    "moet zou mag gaat klopt ontbreekt werkt wijzigen veranderen resetten instellen invoeren ik jij je hij "
    "zij we wij jullie mij jou ons iets niets hier verplicht "
    "wisselen vernieuwen roteren "
    # French
    "le la les un une des du de à au aux faux incorrect incorrecte invalide valide vide requis obligatoire "
    "manquant expiré oublié enregistré changé modifié inconnu trop très pas encore toujours jamais "
    "seulement aussi déjà même différent nouveau ancien long court faible fort sûr et ou mais pour par "
    "avec sans dans sur chez comment où quel quelle qui que quoi pourquoi quand si parce ne n'est n'a est "
    "sont était a ont peut doit faut fonctionne manque je tu il elle on nous vous ils mon ma mes ton ta "
    "son sa notre votre leur ici là ça ce cette bon mauvais correct oubliés changer réinitialiser "
    "renouveler voulu prévu "
    # Spanish
    "el la los las un una unos unas lo incorrecta incorrecto inválida inválido válida correcta correcto "
    "vacía vacío necesaria requerida obligatoria falta caducada caducado olvidada guardada cambiada "
    "desconocida demasiado muy no ni todavía siempre nunca solo también ya misma mismo distinta diferente "
    "nueva nuevo vieja antigua larga corta débil fuerte segura y o pero para por con sin en de del al como "
    "cómo dónde qué quién cuál cuándo si porque es son era está están ha han puede debe hay funciona yo tú "
    "él ella nosotros mi tu su nuestra esta este esto aquí algo nada adjunta adjunto obligatorio "
    "renovar cambiar "
    # English verbs
    "rotate renew"
)
NOT_SECRET: Final = frozenset(_OTHER_WORDS.split())
"""Words in five languages that follow ``the password is`` or ``password`` and are no password."""
