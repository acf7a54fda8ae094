"""Private talk that names no subject or is written without apostrophes, as in chats and calendars."""

import re
from typing import Final

from .detector import Detector, detector
from .private_talk import PRIVATE_TOPICS

_NO_MODE: Final = (
    r"(?![- ]?(?:mod[eouia]\w*|light\w*|licht\w*|lumi\w+|scen\w*|szen\w*|automat\w*|luces"
    r"|lamp\w*|schedule|theme))"
)


def _words(pattern: str, words: str) -> Detector:
    return detector(PRIVATE_TOPICS, pattern, flags=re.IGNORECASE, words=words)


MORE_PRIVATE_TALK_DETECTORS: Final = (
    # absence
    _words(
        r"\baway (?:till?|until|for (?:one|two|three|\d)|over the|this|next|tomorrow|tonight|all|from"
        r" (?:mon|tues|wednes|thurs|fri|satur|sun)day|on (?:holiday|business|mon|tues|wednes|thurs|fri"
        r"|satur|sun))"
        r"|\bhome alone\b|\balone (?:at home|in the (?:house|flat|apartment))"
        r"|\b(?:nobody|no one|noone|someone|anyone|everyone)(?:['\u2019]?s|['\u2019]?ll)? (?:(?:will|is"
        r"|was|are) "
        r")?(?:be )?(?:(?:at|in) (?:ours|home|here|there|the (?:house|flat|building))|home|feed\w*"
        r"|water\w*)\b"
        r"|\b(?:feed|feeding|look after) (?:the|our|my) (?:cats?|dogs?|fish|rabbits?|hens|chickens|pets?)\b"
        r"|\b(?:house|cat|dog|pet)-?sit\w*|\bflying (?:out|home|back)\b|\bgone (?:for|till?|until) (?:the"
        r"|a|two|three)",
        "away alone nobody no noone someone anyone everyone feed feeding look house cat dog pet housesitting "
        "housesitter housesit catsitter dogsitter petsitter catsitting flying gone",
    ),
    _words(
        r"\b(?:urlaub|ferien|vakantie|vacances|vacaciones)\b"
        + _NO_MODE
        + r"|\b(?:haus|wohnung|huis|appartement|maison|casa|piso) (?:\w+ )?(?:leer|leeg|unbewohnt"
        r"|onbewoond|vide"
        r"|inhabitée?|vac[íi][ao])\b|\bverreist\b|\bopp?as (?:op|voor) (?:het huis|de kat|de hond)\b|\blet "
        r"jij op"
        r" het huis|\b(?:katze|hund|blumen) (?:füttern|gießen)|\bop vakantie\b|\b(?:allein|alleen|seule?s?"
        r"|sol[oa]s?)"
        r" (?:zu ?hause|daheim|thuis|à la maison|en casa)\b",
        "urlaub ferien vakantie vacances vacaciones leer leeg unbewohnt onbewoond vide inhabité inhabitée "
        "vacía vacia "
        "vacío verreist huis oppas opas katze hund blumen allein alleen seul seule seuls solo sola solos",
    ),
    _words(
        r"\b(?:pas là|serons absents?|ne (?:sera|serai|serons|sommes) pas|on rentre|rentrons|revenons"
        r"|volvemos|volveremos|regresamos|no hay nadie|no (?:estaremos"
        r"|estamos|estaré)|fuera de casa|kom(?:en|t|) (?:pas|weer|dan) (?:\w+ ){0,3}terug|(?:kommen|sind"
        r"|bin) (?:erst|wieder|dann) (?:\w+ ){0,3}(?:zurück|da|heim)"
        r"|nicht da\b|nicht daheim|niet thuis|back (?:on|at|from|by|around|after) (?:the )?(?:mon|tues"
        r"|wednes|thurs|fri|satur|sun|week|holi|vac|christ|easter|new year))",
        "là absents absent rentre rentrons revenons volvemos volveremos regresamos nadie estaremos estamos "
        "estaré casa terug zurück da heim daheim thuis back "
        "sera serai serons sommes",
    ),
    # health
    _words(
        r"\b(?:(?:the|an|a|her|his|my|since) (?:\w+ )?operation)\b(?=[^.\n]{0,40}\b(?:he|she|i|they|we|mum"
        r"|mom|dad|her|his)\b)"
        r"|\b(?:he|she|i|mum|mom|dad|gran\w*)\b[^.\n]{0,30}\b(?:operation|operated on|fell|stroke|heart "
        r"attack|migraine"
        r"|broke \w+ (?:leg|arm|hip|wrist)|collapsed|in bed with|off sick|bedridden)\b"
        r"|\b(?:chemo(?:therapy)?|dialysis|hospice|funeral|passed away|nursing home|care home|covid"
        r"|antibiotics"
        r"|antidepressants?|painkillers?|wheelchair|sick leave|ultrasound|biopsy|rehab|paracetamol"
        r"|ibuprofen)\b"
        r"|\b(?:check|measure|test) (?:\w+ )?sugar\b|\bsugar (?:level|reading)s?\b",
        "operation operated fell stroke heart migraine leg arm hip wrist collapsed bed sick bedridden "
        "chemo chemotherapy "
        "dialysis hospice funeral passed nursing care covid antibiotics antidepressant antidepressants "
        "painkiller "
        "painkillers wheelchair ultrasound biopsy rehab paracetamol ibuprofen sugar",
    ),
    _words(
        r"\b(?:gestürzt|sturz|operiert|reha|pflegeheim|altersheim|beerdigung|schlaganfall|herzinfarkt"
        r"|migräne|corona"
        r"|antibiotika|rollstuhl|verstorben|arbeitslos|fehlgeburt|physio(?:therapie)?|ergotherapie|röntgen"
        r"|mit fieber|im bett)\b"
        r"|\b(?:geopereerd|gevallen en|beroerte|hartaanval|begrafenis|overleden|verpleeghuis|rolstoel"
        r"|bevalling|migraine"
        r"|griepje|werkloos|fysio(?:therapie)?|ziekmelding|ziekgemeld|chemokuur|bestraling|overspannen"
        r"|burn-?out|zit thuis)\b",
        "gestürzt sturz operiert reha pflegeheim altersheim beerdigung schlaganfall herzinfarkt migräne "
        "corona antibiotika "
        "rollstuhl verstorben arbeitslos fehlgeburt physio physiotherapie ergotherapie röntgen fieber bett "
        "geopereerd gevallen "
        "beroerte hartaanval begrafenis overleden verpleeghuis rolstoel bevalling migraine griepje "
        "werkloos fysio "
        "fysiotherapie ziekmelding ziekgemeld chemokuur bestraling overspannen burnout burn thuis",
    ),
    _words(
        r"\b(?:enceinte de|accouch\w*|opéré\w*|avc|crise cardiaque|enterrement|décédée?s?|maison de "
        r"retraite|fauteuil "
        r"roulant|migraine|grippe|chômage|kiné|arrêt maladie|fausse couche|chimio\w*|antibiotiques)\b"
        r"|\b(?:operad[oa]|operaron|ictus|infarto|entierro|fallec\w+|residencia de (?:ancianos|mayores)"
        r"|silla de ruedas"
        r"|migraña|gripe|quimio\w*|en paro|parto|de baja|antibióticos|fisio|aborto|miskraam)\b",
        "enceinte accouchement accouche accouché opéré opérée opérés avc crise enterrement décédé décédée "
        "maison fauteuil "
        "migraine grippe chômage kiné arrêt chimio chimiothérapie antibiotiques operado operada operaron "
        "ictus infarto entierro "
        "falleció fallecido fallecida residencia silla migraña gripe quimio quimioterapia paro parto baja "
        "antibióticos fisio aborto miskraam fausse",
    ),
    _words(
        r"\b(?:perdu (?:son|mon|leur) (?:travail|emploi|boulot|poste)|licenci(?:ée?|ement)|perdido (?:el"
        r"|su|mi) (?:trabajo|empleo)|despedid[oa]|(?:job|arbeit|stelle)"
        r" verloren|entlassen|ontslagen|baan kwijt|ingresad[oa]s?|\w{0,12}kanker|intensive care|icu"
        r"|intensivstation|\w{0,15}krebs|wehen|entbindung)\b",
        "perdu licencié licenciée licenciement perdido despedido despedida verloren entlassen ontslagen "
        "kwijt ingresado ingresada kanker borstkanker longkanker "
        "huidkanker prostaatkanker intensive icu intensivstation krebs brustkrebs lungenkrebs hautkrebs "
        "wehen entbindung",
    ),
    _words(
        r"\b(?:cardio|onco|gynaeco|gyneco|gynéco|gynäko|gineco|psycho|psico|neuro|uro|dermato|kardio|onko"
        r"|gynaeko)"
        r"lo(?:gist|gists|gue|gues|ge|gin|og|ga|go)\b|\b(?:cáncer|quimio|radiotherap\w+|strahlentherapie)\b",
        "cardiologist cardiologue cardiologo cardiologa kardiologe kardiologin cardioloog oncologist "
        "oncologue onkologe "
        "onkologin oncoloog gynaecologist gynecologist gynécologue gynäkologe gynäkologin ginecologo "
        "ginecologa gynaecoloog "
        "psychologist psychologue psychologe psychologin psycholoog psicologo psicologa neurologist "
        "neurologue neurologe "
        "neurologin neuroloog urologist urologue urologe uroloog dermatologist dermatologue cáncer quimio "
        "radiotherapy "
        "strahlentherapie",
    ),
    # money
    _words(
        r"\b(?:lost (?:his|her|my|their|the) job|laid off|unemployed|in debt|bankrupt\w*|divorced?"
        r"|separat(?:ed|ion) from"
        r"|can(?:no|['\u2019]?)t (?:afford|pay)|overdraft|made redundant|job ?cent(?:er|re))\b",
        "job laid unemployed debt bankrupt bankruptcy divorce divorced separated separation afford pay "
        "overdraft redundant "
        "jobcenter jobcentre",
    ),
)
