"""Words that sentences of four languages consist of, and that are no names and rarely passwords."""

from typing import Final

_GERMAN: Final = (
    "jedoch allerdings außerdem deshalb deswegen trotzdem obwohl nachdem sobald sofern sondern entweder "
    "weder manche mancher manches manchmal selten ungefähr wahrscheinlich leider derzeit kürzlich neulich "
    "zuletzt bildschirm knopf ordner kachel schaltfläche menüpunkt einstellung einstellungen anmeldung "
    "abmeldung lahm wach kaputt erfahrung erfahrungen jemand niemand irgendwie irgendwas irgendwann "
    "irgendwo nirgends überall beide beides genau gerade gleich bereits endlich vielleicht eigentlich "
    "einfach komisch seltsam plötzlich ständig dauernd jedes jedesmal weiterhin zusätzlich meistens "
    "gelegentlich tagsüber nachts morgens abends mittags heute gestern vorgestern übermorgen montags "
    "dienstags mittwochs donnerstags freitags samstags sonntags montag dienstag mittwoch donnerstag "
    "freitag samstag sonntag januar februar september oktober november dezember ziffer ziffern stellen "
    "zeichen meldung meldungen hinweis anzeige ablauf abgelaufen erforderlich gültig ungültig falsch "
    "richtig fehlt fehlen klappt hängt springt blinkt piept startet stürzt lädt zeigt meldet braucht "
    "brauche benötigt verlangt akzeptiert gelöst behoben"
)
_FRENCH: Final = (
    "pourtant cependant lorsque puisque quoique toutefois désormais plutôt davantage certains certaines "
    "celle celui ceux celles lequel laquelle voilà voici ailleurs partout rarement parfois dedans dehors "
    "pire mieux sûrement facilement difficilement malheureusement heureusement actuellement récemment "
    "dernièrement janvier février juillet août septembre octobre novembre décembre mardi mercredi jeudi "
    "vendredi samedi appli applis écran écrans bouton boutons fichier fichiers dossier réglage réglages "
    "connexion affichage chiffre chiffres caractère caractères alerte alertes panne pannes lent lente "
    "lenteur bloqué bloquée plante clignote tourne marche fonctionne redémarre démarre affiche demande "
    "redemande accepte accepté acceptée refuse refusé refusée expiré expirée obligatoire requis requise "
    "manquant manquante quelqu'un jusqu'à aujourd'hui d'habitude toutes tous chacun chacune ensuite puis "
    "enfin aussitôt souvent soudain bizarre normal normale sauvegarde sauvegardes mise mises réessayer "
    "essayé testé vérifié corrigé résolu"
)
_SPANISH: Final = (
    "aunque mientras todavía tampoco siempre quizás además entonces después durante según mediante alguno "
    "alguna algunos algunas ninguno ninguna cualquier demás bastante demasiado apenas incluso solamente "
    "únicamente lamentablemente afortunadamente actualmente recientemente últimamente pantalla pantallas "
    "botón botones archivo archivos carpeta ajuste ajustes sesión registro registros cifra cifras aviso "
    "avisos fallo fallos lento lenta bloqueado bloqueada parpadea funciona arranca reinicia muestra pide "
    "acepta aceptada rechaza rechazada caducado caducada obligatoria requerida falta faltan alguien nadie "
    "ayer anoche mañana martes miércoles jueves viernes sábado septiembre octubre noviembre diciembre "
    "enero febrero luego pronto tarde temprano raro rara otra otras vez veces cada todos todas ahora así "
    "aquí allí entrar abro abrir llega llegan copia copias prueba probado resuelto arreglado verificación"
)
_DUTCH: Final = (
    "echter bovendien daarom omdat terwijl hoewel ondanks tijdens volgens verschillende elke iedere ieder "
    "zelden helaas gelukkig momenteel onlangs meestal regelmatig scherm schermen knop knoppen bestand "
    "bestanden instelling instellingen bijwerking melding meldingen inloggen uitloggen aanmelden ingelogd "
    "krijg krijgt krijgen cijfer cijfers teken tekens traag kapot vastgelopen knippert springt werkt "
    "start herstart toont vraagt accepteert geaccepteerd geweigerd verlopen verplicht vereist ontbreekt "
    "ontbreken iemand niemand ergens nergens overal allebei precies meteen eindelijk eigenlijk gewoon "
    "raar vreemd plotseling steeds telkens weer opnieuw gisteren vandaag eergisteren maandag dinsdag "
    "woensdag donderdag vrijdag zaterdag zondag januari februari september oktober november december "
    "schermafdruk tabblad logboek back-up hersteld opgelost gemeld getest foutmelding foutmeldingen "
    "apparaat apparaten"
)
EVERYDAY_WORDS: Final = frozenset(f"{_GERMAN} {_FRENCH} {_SPANISH} {_DUTCH}".split())
