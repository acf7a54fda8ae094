"""Words of five languages by their meaning: a sentence of one language teaches about the others."""

from collections.abc import Mapping
from typing import Final

_TEXTS: Final = {
    "use": (
        "use uses using used try tries tried type types typed typing enter enters entered put punch "
        "press dial take pick choose insert key nimm nehmt nutze nutz benutze benutzt verwende "
        "verwendet probier probiere versuch tipp tippe tippst tippen tippt gib gebt gebe geben "
        "eingeben eingegeben eintippen eingetippt drück drücke drücken wähl wähle wählen gebruik "
        "gebruikt gebruiken neem probeer typ typt typen getypt tik tikt intikken toets toetsen "
        "intoetsen druk kies vul vult invullen ingevuld zet utilise utilisez utiliser prends prenez "
        "essaie essaye essayez tape tapes tapez taper tapé entre entrez entrer saisis saisissez "
        "saisir saisi mets mettez mettre compose composez composer appuie appuyez usa usar utiliza "
        "prueba pruebe teclea teclear teclee escribe escribir escriba pon pongo poner ponle mete "
        "meter marca marcar marque pulsa pulsar introduce introducir"
    ),
    "be": (
        "is was are be were reads says stays remains equals ist war sind sei lautet lautete heißt "
        "bleibt steht stimmt luidt heet heten blijft staat waren zijn est était sont reste indique es "
        "era son queda pone dice fue"
    ),
    "still": (
        "still again now currently always same unchanged noch immer weiterhin jetzt nun unverändert "
        "aktuell wieder nog steeds altijd nu weer ongewijzigd hetzelfde toujours encore maintenant "
        "désormais inchangé même todavía aún siempre ahora sigue igual mismo misma"
    ),
    "change": (
        "changed change set reset new rotated replaced renewed generated created picked chose swapped "
        "updated geändert neu neue neuen neuer neues gesetzt umgestellt erzeugt angelegt vergeben "
        "getauscht gewählt gewijzigd veranderd nieuw nieuwe ingesteld gezet aangemaakt vernieuwd "
        "gekozen changé changée nouveau nouvelle mis modifié modifiée remplacé créé choisi cambié "
        "cambiado cambiada nuevo nueva puse puesto cambió cambiamos generada elegí"
    ),
    "open": (
        "open opens opened opening unlock unlocks unlocked disarm disarms lock locked arm getting "
        "öffnet öffnen geöffnet aufmachen entsperrt entsperren entschärfen aufgeht aufschließen rein "
        "reinkommen opent openen geopend ontgrendelt ontgrendelen binnen ouvre ouvrir ouvert "
        "déverrouille déverrouiller débloque désarme rentrer abre abren abrir desbloquea desbloquear "
        "desarma desactiva desactivar entrar"
    ),
    "login": (
        "login log logs logging logged signin sign signed account user username users credentials "
        "credential creds access admin root administrator anmelden anmeldung angemeldet einloggen "
        "eingeloggt konto benutzer nutzer benutzername zugang zugangsdaten inloggen ingelogd "
        "aanmelden aangemeldet gebruiker gebruikersnaam toegang inlog beheerder connexion connecter "
        "connecte connecté identifiant identifiants compte utilisateur accès acceso usuario usuaria "
        "cuenta sesión credenciales"
    ),
    "device": (
        "router nas printer camera cameras switch tv tablet ipad laptop phone computer server modem "
        "pc mac rechner drucker kamera kameras fernseher handy telefon fritzbox smartphone telefoon "
        "mobiel imprimante caméra téléphone ordinateur serveur tablette télé portable impresora "
        "cámara cámaras teléfono ordenador servidor portátil tele móvil"
    ),
    "tell": (
        "tell told say said whisper give gave given send sent share shared note wrote write written "
        "jot remember reminder spell spelled dictate sag sage sagen schreib schreibe geschrieben merk "
        "merke merken notier notiere notiert schick schicke verrate zeg zeggen schrijf opgeschreven "
        "noteer onthoud stuur geef geven doorgeven dis dire noter noté écris écrit retiens envoie "
        "donne donné rappelle di dile dice apunta apuntado anota recuerda manda mando da dale"
    ),
    "spelling": (
        "lowercase uppercase capital capitals letters letter spaces space dash hyphen digit digits "
        "underscore exclamation hash pound star kleingeschrieben großgeschrieben klein groß zusammen "
        "leerzeichen bindestrich ziffern stellen ausrufezeichen raute stern sternchen hoofdletter "
        "kleine spaties spatie streepje cijfers hekje sterretje minuscules minuscule majuscule espace "
        "espaces tiret chiffres dièse étoile minúsculas mayúscula guion espacios espacio cifras "
        "dígitos almohadilla asterisco"
    ),
    "visitor": (
        "guest guests visitor visitors neighbour neighbor neighbours cleaner sitter tenant tenants "
        "babysitter gast gäste gästen besuch besucher nachbar nachbarin nachbarn putzfrau mieter "
        "gasten bezoek buurvrouw buurman buren schoonmaakster oppas huurder invité invités voisin "
        "voisine voisins nounou locataire invitado invitados visita visitas vecina vecino vecinos "
        "niñera inquilino"
    ),
    "away": (
        "away holiday holidays vacation empty alone abroad travelling urlaub verreist leer allein "
        "unterwegs ferien vakantie leeg alleen afwezig vacances absent absente absents vide seul "
        "seule parti partis vacaciones fuera vacía vacío solo sola viaje"
    ),
    "health": (
        "doctor hospital sick ill illness surgery pregnant therapy therapist pills medication "
        "medicine diabetes cancer depressed depression insulin allergy clinic arzt ärztin krankenhaus "
        "krank operation schwanger therapie tabletten medikament medikamente zucker krebs klinik "
        "allergie dokter ziekenhuis ziek zwanger pillen medicijn medicijnen kanker huisarts médecin "
        "hôpital malade opération enceinte traitement médicament médicaments chimio médico enfermo "
        "enferma operación embarazada tratamiento pastillas cáncer"
    ),
    "money": (
        "salary wage rent debt debts loan mortgage divorced divorce tax taxes overdraft pension "
        "gehalt lohn miete schulden kredit hypothek scheidung geschieden steuer rente salaris loon "
        "huur schuld lening hypotheek gescheiden belasting pensioen salaire loyer dette dettes prêt "
        "impôts retraite sueldo alquiler deuda deudas préstamo hipoteca impuestos pensión"
    ),
    "about": (
        "policy manager forgot forgotten strength generator rotate minimum length required field "
        "prompt hashed hashing example placeholder missing invalid expired wrong incorrect empty "
        "default optional support supported richtlinie vergessen länge erforderlich feld beispiel "
        "fehlt fehlen ungültig abgelaufen falsch leer standard beleid vergeten lengte vereist "
        "verplicht veld voorbeeld ontbreekt ongeldig verlopen verkeerd politique oublié longueur "
        "obligatoire champ exemple manque manquant invalide expiré défaut política olvidé longitud "
        "obligatorio campo ejemplo falta inválido caducado incorrecta"
    ),
    "question": (
        "how why what which who when where can could should does do did would wie warum wieso was "
        "welche welcher welches wann wo kann können soll sollte muss hoe waarom wat welke wanneer "
        "waar kan kunnen moet comment pourquoi quel quelle quels combien quand où peut faut dois cómo "
        "qué cuál cuánto cuánta cuándo dónde puede puedo debe"
    ),
}

MEANINGS: Final[Mapping[str, str]] = {
    word: meaning for meaning, text in reversed(_TEXTS.items()) for word in text.split()
}
"""The meaning of each word. A word of several meanings has the first one."""
