"""Talk in five languages that is private as a whole: absence, who was home, health and money."""

import re
from collections.abc import Callable
from typing import Final

from .detector import Detector, accept_all, detector
from .named_programs import mentions_program

PRIVATE_TOPICS: Final = "PRIVATE_TOPIC"
"""The label of spans that pin a text and are not masked."""


def _pinning(pattern: str, words: str, accepts: Callable[[re.Match[str]], bool] = accept_all) -> Detector:
    return detector(PRIVATE_TOPICS, pattern, accepts=accepts, flags=re.IGNORECASE, words=words)


def _is_about_people(match: re.Match[str]) -> bool:
    """Return whether no program is mentioned: ``anyone here with jenkins at home`` asks for experience."""
    return not mentions_program(match.group())


_SENTENCE: Final = r"[^.?!\n]"
_WE: Final = (
    r"\b(?:we|i|he|she|they|you|nobody|no one|everybody|everyone|my \w{2,12}|our \w{2,12}"
    r"|the (?:kids|children|family))"
)
_ANYONE: Final = r"(?:anyone|anybody|someone|somebody|nobody|no one|everyone|everybody)"
PRIVATE_TALK_DETECTORS: Final = (
    # absence
    _pinning(
        rf"{_WE}(?:['\u2019](?:re|m|s|ll)| (?:are|am|is|was|were|will|won't|have|has|had|go|goes|going"
        rf"|leave|leaving))\b{_SENTENCE}"
        r"{0,20}?\b(?:away|abroad|out of town|travelling|traveling|(?:on|for a|on a) (?:holidays?|vacation"
        r"|trip)|not (?:at )?home"
        r"|not in|(?:be|are|is|were|was) (?:at )?home|at ours|alone|asleep|out (?:until|till|all)|back on)\b",
        "away abroad town travelling traveling holiday holidays vacation trip home in ours alone asleep "
        "out back",
    ),
    _pinning(
        r"\b(?:house|home|flat|apartment|place)\b(?: (?:is|was|has|been|stands?|be|will|usually|often"
        r"|always))+ (?:empty"
        r"|unoccupied|vacant)"
        r"|\b(?:has|is|was|will) (?:the|our|my) (?:house|home|flat|apartment|place) (?:been |be )?(?:empty"
        r"|unoccupied)\b"
        r"|\b(?:nobody|no one|someone|everyone)(?:['\u2019]s)? (?:will be |is |was )?(?:at )?(?:home|ours"
        r"|in)\b"
        r"|\b(?:kids?|children)\b[^.?!\n]{0,20}\bwith their (?:father|mother|dad|mum|mom|grand\w+)\b",
        "empty unoccupied vacant nobody no someone everyone kids kid children",
    ),
    _pinning(
        r"\b(?:wir|ich|er|sie|meine?\w{0,2} \w{2,15}|die kinder|niemand|keiner|alle)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:im urlaub"
        r"|in den urlaub|verreist|auf reisen|im ausland|nicht (?:zu hause|zuhause|daheim|da)|weggefahren"
        r"|außer haus"
        r"|allein(?:e)? (?:zu ?hause|daheim))\b"
        r"|\b(?:niemand|keiner|jemand)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:zu ?hause|daheim|im haus|in der wohnung|da)\b",
        "urlaub verreist reisen ausland hause zuhause daheim da weggefahren haus wohnung niemand keiner "
        "jemand allein",
    ),
    _pinning(
        r"\b(?:we|wij|ik|hij|zij|ze|mijn \w{2,15}|de kinderen|er|niemand|iedereen)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:op vakantie"
        r"|op reis|in het buitenland|niet thuis|niemand thuis|weekend weg|van huis|alleen thuis)\b"
        r"|\b(?:niemand|iemand)\b" + _SENTENCE + r"{0,30}?\b(?:thuis|in huis)\b",
        "vakantie reis buitenland thuis weg huis niemand iemand",
        _is_about_people,
    ),
    _pinning(
        r"\b(?:on|nous|je|j['\u2019]|il|elle|ils|elles|mon \w{2,12}|ma \w{2,12}|les enfants)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:en vacances"
        r"|en voyage|à l['\u2019]étranger|absente?s?|pas (?:à la maison|chez (?:moi|nous))|seule?s? à la "
        r"maison)\b"
        r"|\b(?:personne|quelqu['\u2019]un)\b"
        + _SENTENCE
        + r"{0,30}?\b(?:à la maison|chez (?:moi|nous)|dans (?:la maison|l['\u2019]appartement))",
        "vacances voyage étranger absent absente absents absentes maison chez personne quelqu",
        _is_about_people,
    ),
    _pinning(
        r"\b(?:estamos|estoy|están|estaremos|estaré|nos vamos|vamos|me voy|estará?n?|está)\b"
        + _SENTENCE
        + r"{0,25}?\b(?:de vacaciones|de viaje|en casa\b(?<=no estamos en casa)"
        r"|en casa\b(?<=no estaremos en casa)"
        r"|fuera (?:de casa|hasta|del)|en el extranjero|sol[oa]s? en casa)"
        r"|\b(?:nadie|alguien)\b" + _SENTENCE + r"{0,30}?\b(?:en (?:la )?casa|en el piso)\b",
        "vacaciones viaje fuera extranjero casa nadie alguien",
    ),
    _pinning(
        r"\b(?:we|i|they)(?:['\u2019](?:re|m))? (?:are |am |will )?(?:fly|flying|leave|leaving|travel"
        r"|travelling) (?:to|for|on)\b"
        r"|\b(?:we|i|they)(?:['\u2019]ll)? (?:get|come|be|are|return) (?:back|home) (?:on|at|by|until"
        r"|around|next|tomorrow|late)\b"
        r"|\b(?:wir|ich|sie) (?:fliegen?|fahren?|reisen?|sind|bin)\b[^.?!\n]{0,30}\b(?:weg|wochen|woche"
        r"|tage)\b"
        r"|\b(?:ik|we|wij|ze) (?:ben|zijn|gaan?|vliegen|vertrekken)\b[^.?!\n]{0,20}\b(?:week|weken|weekend"
        r"|dagen|maand)\b"
        r"|\b(?:nous partons|on part|je pars|nos vamos|me voy)\b",
        "back home fly flying leave leaving travel travelling weg wochen woche tage week weken weekend "
        "dagen maand "
        "partons "
        "part pars vamos voy",
    ),
    _pinning(
        r"\b(?:haus|wohnung|huis|maison|appartement|casa|piso)\b"
        + _SENTENCE
        + r"{0,20}?\b(?:leer|leeg|vide|vac[íi][oa])\b",
        "leer leeg vide vacía vacia vacío vacio",
    ),
    # who was home, and when
    _pinning(
        rf"\bdid {_ANYONE} (?:come|get|enter|ring|knock|stay|sleep)\b"
        rf"|\b(?:was|were|is|has) {_ANYONE} (?!got|tried|managed|used|ever|else|noticed)"
        rf"{_SENTENCE}{{0,30}}?\b(?:home|in(?=[.?!,]|$)|here|there|inside(?![ ](?:an?|the)\b)"
        rf"|around"
        rf"|upstairs)\b"
        r"|\b(?:when|what time) (?:did|does|do|has|have) (?:he|she|they|\w{2,10} \w{2,12}|everyone) (?:\w+ "
        r")?(?:come"
        r"|get|leave|left|arrive|go)\b",
        "anyone anybody someone somebody nobody everyone everybody when time one",
        _is_about_people,
    ),
    _pinning(
        r"\b(?:sind|ist|war|waren) (?:die|der|meine?|unsere?) \w{3,15}\b[^.?!\n]{0,20}\b(?:zu ?hause"
        r"|daheim)\b|\bwer (?:war|ist|kam|ging|hat)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:zu ?hause|daheim|da(?=[.?!,]|\s*$)|im haus|nach hause|geklingelt|vor der tür)\b"
        r"|\b(?:wann|um wie viel uhr)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:nach ?hause|heim|heimgekommen|weggegangen|aufgestanden)\b",
        "wer wann uhr hause zuhause daheim",
        _is_about_people,
    ),
    _pinning(
        r"\bwie (?:was|is|waren|kwam|ging)\b" + _SENTENCE + r"{0,40}?\b(?:thuis|in huis|binnen|aan de deur)\b"
        r"|\b(?:wanneer|hoe laat)\b" + _SENTENCE + r"{0,40}?\b(?:thuis|vertrokken|weggegaan|naar huis)\b",
        "thuis huis binnen deur vertrokken weggegaan",
    ),
    _pinning(
        r"\bqui (?:est (?:venu|entré|passé|rentré|parti)e?s?|a sonné)\b"
        r"|\bqui (?:était|est|a été)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:à la (?:maison|porte)|là|chez (?:moi|nous)"
        r"|dans (?:la maison|le jardin|l['\u2019]appartement)|hier|cette nuit|ce matin)\b"
        r"|\b(?:quand|à quelle heure)\b" + _SENTENCE + r"{0,40}?\b(?:rentrée?s?|partie?s?|arrivée?s?)\b",
        "qui rentré rentrée rentrés rentrées parti partie partis arrivé arrivée",
    ),
    _pinning(
        r"\bqui[ée]n (?:vino|entró|llamó|llegó)\b"
        r"|\bqui[ée]n (?:estaba|está|estuvo)\b" + _SENTENCE + r"{0,40}?\b(?:en (?:casa|la puerta|el jardín)"
        r"|ah[ií]|aqu[ií]|dentro|ayer|anoche|hoy)\b"
        r"|\b(?:cuándo|a qué hora)\b"
        + _SENTENCE
        + r"{0,40}?\b(?:llegó|llegaron|salió|salieron|volvió|ha llegado|ha vuelto)\b",
        "quién quien cuándo hora",
    ),
    # health
    _pinning(
        r"\b(?:blood (?:pressure|sugar|test)|insulin|diabet\w+|pregnan\w+|hospital|surgery|medication"
        r"|medicines?|pills?"
        r"|depress(?:ion|ed)|therap(?:y|ist)|psychiatr\w+|fever|cancer|chemo\w*|asthma|epilep\w+"
        r"|miscarriage|dementia|adhd|autis\w+"
        r"|(?:doctor|dentist|gynaecologist|physio)(?:['\u2019]s)?(?: appointment)?)\b"
        r"|\b(?:i|he|she|my \w{2,12}|our \w{2,12})(?:['\u2019]m|['\u2019]s| is| am| are| was| feels?) "
        r"(?:\w+ )?(?:sick|ill|unwell|in pain|disabled)\b",
        "blood insulin diabetes diabetic pregnant pregnancy hospital surgery medication medicine medicines "
        "pill pills depression depressed therapy therapist psychiatrist psychiatric fever cancer chemo "
        "chemotherapy asthma epilepsy epileptic miscarriage dementia adhd autism autistic doctor dentist "
        "physio sick ill unwell "
        "pain disabled",
    ),
    _pinning(
        r"\b(?:krank|fieber|krankenhaus|schwanger\w*|blutdruck|blutzucker|insulin|medikamente?|tabletten"
        r"|depression(?:en)?|therapie"
        r"|therapeut\w*|psychiater\w*|krebs|chemo\w*|asthma|arzt|ärztin|zahnarzt|arzttermin|hausarzt"
        r"|krankschreibung"
        r"|krankgeschrieben|demenz|grippe|antidepressiva|adhs|autis\w+|pflegegrad|zu schlechter laune)\b",
        "krank fieber krankenhaus schwanger schwangerschaft blutdruck blutzucker insulin medikament "
        "medikamente tabletten depression depressionen therapie therapeut therapeutin psychiater "
        "psychiaterin krebs chemo chemotherapie asthma arzt ärztin zahnarzt arzttermin hausarzt "
        "krankschreibung krankgeschrieben demenz grippe antidepressiva adhs autismus autist autistin "
        "autistisch pflegegrad",
    ),
    _pinning(
        r"\b(?:ziek|koorts|ziekenhuis|zwanger|bloeddruk|bloedsuiker|insuline|medicijn(?:en)?|pillen"
        r"|depressie|therapie|psychiater"
        r"|kanker|huisarts|antidepressiva|griep|dokter|tandarts|dementie)\b",
        "ziek koorts ziekenhuis zwanger bloeddruk bloedsuiker insuline medicijn medicijnen pillen "
        "depressie therapie psychiater kanker huisarts antidepressiva griep dokter tandarts dementie",
    ),
    _pinning(
        r"\b(?:malades?|fièvre|hôpital|(?:est|suis|tombée?) enceinte|tension artérielle|glycémie|insuline"
        r"|médicaments?|ordonnance"
        r"|dépression|dépressi(?:f|ve)|psychiatre|cancer|médecin|docteur|dentiste|démence)\b",
        "malade malades fièvre hôpital enceinte tension glycémie insuline médicament médicaments "
        "ordonnance dépression dépressif dépressive psychiatre cancer médecin docteur dentiste démence",
    ),
    _pinning(
        r"\b(?:enferm[oa]s?|fiebre|hospital|embarazada|tensión arterial|insulina|medicamentos?|pastillas"
        r"|depresión|psiquiatra"
        r"|cáncer|médic[oa]|dentista|demencia)\b",
        "enfermo enferma enfermos enfermas fiebre hospital embarazada tensión insulina medicamento "
        "medicamentos pastillas depresión psiquiatra cáncer médico médica dentista demencia",
    ),
    # money and the family
    _pinning(
        r"\b(?:gehalt|gehaltsabrechnung|lohnabrechnung|kontoauszug|steuererklärung|schulden|scheidung"
        r"|salaris|loonstrook"
        r"|bankafschrift|belastingaangifte|echtscheiding|salaire|fiche de paie|relevé bancaire|déclaration "
        r"d['\u2019]impôts"
        r"|divorce|nómina|sueldo|extracto bancario|declaración de la renta|divorcio|payslip|bank "
        r"statements?|salary|tax return"
        r"|mortgage|custody)\b",
        "gehalt gehaltsabrechnung lohnabrechnung kontoauszug steuererklärung schulden scheidung salaris "
        "loonstrook bankafschrift belastingaangifte echtscheiding salaire paie relevé impôts divorce "
        "nómina sueldo bancario renta divorcio payslip bank salary tax mortgage custody",
    ),
)
