"""Words around the name of a person, in English, German and Dutch."""

from typing import Final


def _set(*texts: str) -> frozenset[str]:
    """Return the entries of ``texts``, which are separated by bars."""
    return frozenset(entry.strip() for text in texts for entry in text.split("|"))


ANNOUNCEMENTS: Final = _set(
    "contact is|kontakt ist|contactpersoon is|owner is|contact person is|ansprechpartner ist|nachbar ist"
    "|contacto es|le contact est|name is|name's|name:|name?|i am|i'm|this is|called|named|user:|ich bin"
    "|ich heiße|ich heisse"
    "|mein name ist|name ist|ik ben|ik heet|mijn naam is|naam is|m'appelle|me llamo|mi chiamo|jag heter"
    "|hello|hi|hey|dear|hallo|hoi|beste|liebe|lieber|liebes|geachte|guten tag|guten morgen|guten abend"
    "|goedemorgen|goedemiddag|goedenavond|bonjour|hola|ciao|thanks|thank you|danke|vielen dank|bedankt"
    "|dank je|dank u|welcome|welcome home|welcome back|welkom|welkom thuis|willkommen|good morning"
    "|good evening|good night|regards|kind regards|cheers|best|wishes|sincerely|yours|love|greetings"
    "|gruß|grüße|groet|groeten|groetjes|mvg|lg|mfg|cordialement|saludos|saluti|recognised:|recognized:"
    "|erkannt:|herkend:|recognised as|recognized as|face:|visitor:|resident:|owner:|from:|to:|cc:|von:"
    "|an:|van:|aan:|recipient:|contact:|naam:|person:|patient:|customer:|kunde:|klant:|attn:|c/o|t.a.v."
)
"""A name always follows."""

TITLES: Final = _set(
    "oma|opa|onkel|tante|uncle|aunt|auntie|grandma|grandpa|granny|papa|mama|nonna|oom|tandarts|dokter"
    "|mr|mrs|ms|miss|dr|prof|herr|herrn|frau|madame|monsieur|señor|señora|signor|signora|mevrouw|meneer"
    "|mme|mlle|mademoiselle|sr|sra|srta|señorita|don|doña|fräulein|mej|juf|nanny|nana|mamie|papi|papy"
    "|tonton|tata|tío|tía|abuela|abuelo|mamá|papá|grandpère|grandmère|großmutter|großvater"
    "|dhr|mevr|familie|family|fam|pan|pani"
)

POSSESSIVES: Final = _set(
    "my|our|his|her|their|your|mijn|onze|zijn|haar|mein|meine|meinem|meinen|meiner|unser|unsere|unserem"
    "|unserer|unseren|seine|seiner|seinem|ihre|ihrer|ihrem|dein|deine|deiner|euer|eure|m'n|z'n|jouw|jullie|je"
    "|mon|ma|mes|notre|nos|ton|ta|son|sa|ses|votre|leur|mi|mis|nuestro|nuestra|su|tu|me|the"
)
KIN: Final = _set(
    "kid|child|son|daughter|wife|husband|partner|brother|sister|mother|father|mum|mom|dad|grandma"
    "|grandpa|friend|neighbour|neighbor|colleague|boss|girlfriend|boyfriend|guest|flatmate|roommate"
    "|landlord|landlady|uncle|aunt|cousin|niece|nephew|vrouw|man|zoon|dochter|vriend|vriendin|buurman"
    "|buurvrouw|broer|zus|moeder|vader|collega|baas|sohn|tochter|bruder|schwester|mutter|vater|freund"
    "|freundin|nachbar|nachbarin|kollege|kollegin|chef|oma|opa|mann|frau|doctor|dentist|teacher|plumber"
    "|electrician|installer|babysitter|cleaner|tenant|sitter|nanny|stepson|stepdaughter|granddaughter"
    "|grandson"
    "|fiancé|fiancée|ex|twin|baby|toddler|godson|mate|buddy|gran|sis|bro|wifey|hubby|housemate|carer|nurse"
    "|gardener|handyman|carpenter|painter|coach|tutor|therapist|vet|lawyer|accountant"
    "|enkel|enkelin|enkeltochter|neffe|nichte|cousine|schwager|schwägerin|schwiegermutter|schwiegervater"
    "|mitbewohner|mitbewohnerin|verlobte|verlobter|vermieter|vermieterin|kumpel|kleine|kleiner|große"
    "|großer|jüngste"
    "|jüngster|älteste|ältester|gast|putzfrau|putzhilfe|hausmeister|handwerker|lehrerin|lehrer|tierarzt"
    "|pflegerin"
    "|kleinzoon|kleindochter|neef|nichtje|schoonmoeder|schoonvader|verloofde|huisgenoot|buurmeisje|buurjongen"
    "|oppas|poetsvrouw|schoonmaakster|loodgieter|juf|meester|zusje|broertje|schoonzus|zwager|vriendje"
    "|vriendinnetje"
    "|fils|fille|femme|mari|frère|sœur|soeur|mère|père|oncle|cousin|neveu|nièce|ami|amie|copain|copine|voisin"
    "|voisine|collègue|compagne|compagnon|beau-père|belle-mère|belle-sœur|beau-frère|nounou|locataire"
    "|plombier"
    "|hijo|hija|esposa|esposo|marido|mujer|hermano|hermana|madre|padre|tío|tía|primo|prima|sobrino|sobrina"
    "|abuelo"
    "|abuela|amigo|amiga|novio|novia|vecino|vecina|compañero|compañera|suegra|suegro|cuñado|cuñada|nieto"
    "|nieta"
    "|niñera|fontanero|casero|casera|profesora|profesor"
)

NOT_ALONE: Final = _set("man|chef|guest|partner|child|baby|mate|ex|coach|femme|kind|prima|ami|mi")
"""A relation that needs a possessive before it to announce a name."""

BEFORE_PERSON: Final = _set(
    "laat|shouted at|talk to|talked to|speak to|spoke to|speak with|spoke with|talked with|met with"
    "|married to|along with|ask|tell|notify|remind|email|call|text|meet|inform|message|warn|phone"
    "|invite|contact|says|said|asked|wrote|where is|named him|named her|calls me|calls him|calls her"
    "|frag|frage|ruf|vraag|bel|stuur|waarschuw|sag|informiere|erinnere|herinner|parcel for|package for"
    "|delivery for|appointment for|visit from|call from|message from|mail from|email from|invoice for"
    "|post für|paket für|pakket voor|bezoek van|anruf von|birthday of|geburtstag von|verjaardag van"
    "|room of|zimmer von|kamer van|phone of|handy von|telefoon van|laptop of|laptop van|laptop von"
    "|by user|user|person|meeting with|call with|lunch with|dinner with|appointment with|visit by"
    "|delivered to|assigned to|signed by|reported by|requested by|created by|triggered by"
    "|acknowledged by|approved by|unlocked by|opened by|locked by|disarmed by|armed by|changed by"
    "|uploaded by|shared with|shared by|registered to|registered by|belongs to|owned by|dentist for"
    "|doctor for|table for|reservation for|present for|gift for|taxi for|cake for|room for|lesson for"
    "|überweisung an|überwiesen an|paid to|transfer to|payment to|virement à|transferencia a|overgemaakt "
    "aan|gezahlt an"
    "|msg|dm|account of|login of|tablet of|car of|calendar of|profile of|computer of|mail of|desk of|bike of"
    "|house of|desktop of"
    "|konto von|compte de|cuenta de|account van|rechner von|auto von|fiets van|vélo de|coche de|voiture de"
    "|profil von"
    "|anniversary|anniversary of|hochzeitstag|geburtstag|anniversaire|cumpleaños|jubileum|verjaardag|zoom "
    "with|skype with"
    "|facetime with|walk with|coffee with|drinks with|tea with|trip with|game with|training with|besuch "
    "von|treffen mit"
    "|essen mit|kaffee mit|termin mit|telefonat mit|abholen:|afspraak met|koffie met|eten met|rdv"
    "|rendez-vous avec|déjeuner avec"
    "|dîner avec|café avec|cita con|comida con|cena con|quedar con|rv|besichtigung|pick up|drop off"
    "|unlock by|confirmed by|rejected by|denied by|home:|away:|birthday:|recognised|recognized|face"
    "|visitor|doorbell:|guest|resident|login for|account for|access for|invite for|konto für|zugang "
    "für|account voor|toegang voor|compte pour|accès pour|cuenta para|acceso para|is it|kan je|kun "
    "je|kannst du|heeft|kan|puede|peut|waarschuw|zeg "
    "tegen|vraag aan|appelle"
    "|dis à|demande à|préviens|rappelle à|téléphone de|tablette de|portable de|ordinateur de|chambre de"
    "|anniversaire de|colis pour|llama a|dile a|avisa a|pregunta a|pregúntale a|recuerda a|recuérdale "
    "a|móvil de"
    "|teléfono de|habitación de|cuarto de|ordenador de|cumpleaños de|paquete para|ha llegado|ha vuelto|ha "
    "salido"
    "|est-ce que|sag bitte|frag bitte|ruf bitte|tablet von|drucker von|computer von|freund|freundin"
)
"""A person follows, unless it is a usual word such as the name of a program."""

QUESTION_WORDS: Final = _set("warum|wann|wieso|weshalb|waarom|wanneer")
"""A verb and then a person follows: ``warum erreicht Anna``."""

BEFORE_THING: Final = _set(
    "the|a|an|my|our|your|this|that|these|those|some|any|no|each|every|via|using|use|uses|used|install"
    "|installed|run|running|runs|on|version|der|die|das|ein|eine|den|dem|het|een|de|into|like|under"
    "|named|click|clicked|open|opened|press|pressed|select|selected|set|enable|enabled|disable|disabled"
    "|his|her|their|its|type|mode|option|called|through|over|vs"
)
"""A thing usually follows, not a person."""

VERBS: Final = _set(
    "kommen|wohnen|schlafen|feiern|besuchen|fahren weg|sind zu besuch|come over|are coming|llegan|vienen"
    "|viven|arrivent|viennent|habitent|dorment|komen|wonen"
    "|slapen|hat mein|hat meine|hat meinen|hat unser|hat unsere|hat unseren|hat sein|hat ihr|has my|has "
    "our|took my|took the|hid my|hid the|stole my|broke my|broke the"
    "|heeft mijn|heeft onze|a pris|a cassé|m'a|me ha|ha cogido|ha perdido|hat schon|hat gestern|hat heute"
    "|hat angerufen|war da|war hier|war gestern|was here|called about"
    "|says|said|told|asked|asks|thinks|complains|complained"
    "|wants|wanted|called|calls|wrote|mentioned|noticed|reports that|arrived|arrives|came|comes home"
    "|left home|left work|left school|left the|left for|leaves|leaves home|leaves the|gets home"
    "|got home|is home|is at home|is not home|is not at home|is away|is asleep|is sleeping"
    "|is complaining|is back|is on holiday|is on vacation|is still awake|is in bed|is coming|was using"
    "|was here|was at|was home|lives|lived|moved|forgot|likes|loves|hates|needs|shouted|replied|added"
    "|spoke|speaks|keeps asking|keeps saying|keeps complaining|and i|unlocked|locked the|opened the"
    "|closed the|disarmed|armed the|entered the|logged in|logged out|signed in|recognised|recognized"
    "|borrowed|bought|works at|went to|goes to|will be home|would like|has left"
    "|has arrived|has forgotten|has lost|is visiting|is talking|just left"
    "|just arrived|just came|here|keeps forgetting|broke|changed his|changed her|is watching|watches"
    "|wakes up|goes to bed|is going|turned on|turned off|turned the|set the|wishes|prefers|rang|visited"
    "|zegt|zei|wil|kan niet|woont|vraagt|vroeg|is thuis|is weg|komt|komt thuis|belt|gaat naar|is jarig"
    "|sagt|sagte|möchte|kann nicht|wohnt|fragt|fragte|ist zu hause|ist nicht zu hause|ist daheim"
    "|ist weg|ist da|kommt|meint|braucht|hat gesagt|ruft|und ich|en ik|ist unterwegs|hat geburtstag"
    "|hat gefragt|heeft gevraagd|is nog wakker|are away|are both away|are out|are home|are asleep"
    "|are both home|are both out|are not home|sind weg|sind beide weg|sind zu hause|zijn weg|zijn thuis"
    "|have left|have arrived|est bloqué|est bloquée|est en retard|está esperando|voudrait|necesita|is "
    "streaming|is watching|is listening|is working|is "
    "upstairs|is "
    "downstairs|unplugged"
    "|pulled the|tripped over|has been watching|is still watching|is in the|is on the phone|is home alone"
    "|dit|dit que|demande|n'arrive pas|ne peut pas|n'a pas|a redémarré|a éteint|a allumé|a débranché|a "
    "dit|a demandé"
    "|a oublié|veut|se plaint|habite|dort|est rentré|est rentrée|est là|est partie|est arrivé|est "
    "arrivée|arrive"
    "|dice|dice que|dijo|pregunta|no puede|puede entrar|ha apagado|ha encendido|ha reiniciado|ha dicho|ha "
    "llegado"
    "|ha vuelto|ha salido|ha olvidado|quiere|se queja|vive|duerme|está en casa|llegó|salió|llama"
    "|heeft de|heeft het|heeft gezegd|klaagt|slaapt|is boven|slaapt al|schläft|schlafen schon|beschwert "
    "sich|wartet auf"
)
"""Actions of people, not of programs."""

WITH_THEIR: Final = _set(
    "and her|and his|and their|und ihr|und ihre|und ihren|und sein|und seine|et son|et sa|et ses|y su|y sus"
    "|en haar"
)
"""What follows somebody who is mentioned with others: ``Anna and her kids``."""

AUXILIARY_VERBS: Final = _set(
    "did|does|will|can|could|may|should|has|is|kan|kann|cannot|can't|couldn't|can not|could not|didn't"
    "|doesn't"
)
VERBS_AFTER_AUXILIARY: Final = _set(
    "come|leave|arrive|log|sign|say|call|go|get|unlock|want|need|live|sleep|wake|write|ask|visit|watch"
    "|play|see|hear|reach|remember|join|print|access|talk|borrow|enter|ring|open|use|still|already|ever"
    "|often|please|home|away|awake|asleep|at home|not home|arrived|left|gone|back"
)
"""Actions of people after ``did``, ``can`` or ``cannot``."""

BELONGINGS: Final = _set(
    "phone|laptop|room|birthday|account|tablet|car|bike|watch|password|email|bedroom|computer|pc|mac"
    "|desktop|desk|playstation|xbox|switch|kindle|tv|location|calendar|login|profile|user|school|office"
    "|iphone|ipad|pixel|galaxy|macbook|airpods|headphones|lamp|number|address|house|flat|appointment"
    "|alarm|mail|message|request|kid|kids|wife|husband|son|daughter|mother|father|parents|new|old|work"
    "|apple|samsung|handy|telefoon|kamer|zimmer"
)

_PERSON_CONTEXT_TEXT: Final = (
    "i we our us my me he she his her him they you your wife husband kid kids son daughter mother father "
    "mum dad friend boss colleague neighbour neighbor landlord tenant guest visitor roommate flatmate "
    "grandma grandpa mr mrs ms dr herr frau mevrouw meneer says said born live lives account card "
    "meeting speaker talking dear author parcel "
    "delivery delivered courier invoice appointment birthday recognised recognized owner contact regards "
    "assistant person people kind sent doorbell email emails mail mails subject "
    "phone tel calendar reservation login installer plumber electrician doctor dentist teacher "
    "babysitter cleaner ik mijn ons onze hij zij jij je"
)
PERSON_CONTEXT: Final = frozenset(_PERSON_CONTEXT_TEXT.split())
"""Two capitalized words near one of these are a name."""

NAMES_AND_WORDS: Final = _set(
    "mark|grant|victoria|ruby|crystal|bill|drew|dawn|faith|hope|rich|art|jack|rusty|chase|miles|dean|earl|guy"
    "|sky|summer|autumn|harmony|robin|april|june|clay|heath|forest|reed|ash|basil|ginger|pearl|opal|max"
)
"""Words and programs that are also names: people only if a person is mentioned or does something."""
