"""A given name is harmless beside what is said of machines, films, and places; people stay private."""

import pytest

from steward.llm.privacy import PrivacyClass, classify

MACHINES = (
    "the node Ingrid has a failed disk",
    "Why does the container Mathilde restart every night?",
    "Auf dem Server Roswitha ist kein Platz mehr",
    "Der Saugroboter Egon findet die Station nicht",
    "le conteneur Mireille redémarre en boucle",
    "el nodo Ramón no responde",
    "de container Sjoerd start niet",
    "our new router is called Brunhilde",
    "I named the backup server Horatio and the new one Cordelia",
    "meine Knoten heißen Anneliese, Gudrun und Hartmut",
    "Gudrun und Hartmut heißen bei uns die beiden Mähroboter",
    "how full is Hartmut, our oldest node?",
    "Philippa is our second Proxmox node",
    "Annegret hat 64 GB RAM, Torsten 128 GB",
    "Ottilie exited with code 137",
    "Ottilie is 96 % full",
    "disk on Mathilde is full",
    "auf Mathilde läuft Debian 13",
    "Sur Baptiste il reste 20 Go",
    "moved the SSD from Annika to Svenja, both nodes boot",
    "replication job Annika → Svenja failed",
    "Quorum lost: Annika and Svenja are offline",
    "renamed Wolfgang to pve-03",
    "name: Wolfgang\nimage: nginx:1.27",
    "Checkmk zeigt Wolfgang grün",
    "class Philippa(Base): pass",
    "Frederike.service entered failed state",
    'job "Mathilde" failed after 3 s',
    "Rebooted Hartmut, all disks are back",
    "the dashboard shows Roswitha as NotReady",
    "notre tondeuse Mireille ne revient plus",
    "Who likes Alma Linux more than Rocky?",
    "Torsten is an odd name for a node",
    "rename Ottilie to OrderQueue in the tests",
    "Mathilde ist ein Bild-Backend und braucht Node 22",
)
WORKS = (
    "play Annett Louisan in the kitchen",
    "spiel Reinhard Mey im Wohnzimmer",
    "pon canciones de Alejandra en la cocina",
    "zet Guus Meeuwis op in de badkamer",
    "which seasons of Ingrid are missing",
    "Audiobookshelf found two audiobooks by Cornelia Funke",
    "add the movie Frances to radarr",
    "Fleur S02E04 is downloading",
    "is Annabelle missing in sonarr",
    "Gerhard's algorithm sorts in linear time",
    "the voice of Piper is set to Kerstin",
    "test: Alice sends Bob a signature that Mallory replays",
    "the San Bernardino mirror is slow",
    "Ingrid the Explorer has no subtitles",
    "Wie viele Filme von Wim Wenders fehlen?",
    "zoek de albums van Ingrid die er nog niet staan",
    "who sings better, Whitney Houston or Aretha Franklin?",
    "Nick the label from the old rack",
)
PLACES = (
    "Adelaide has the lowest latency of all regions",
    "is Sofia, Bulgaria a good region for a VPS?",
    "weather for Florence is wrong since the update",
    "Hurricane Beatrice cut the power for three hours",
    "Sturm Sabine hat die Antenne verbogen",
    "Saint Andrew's Day scene is still active",
    "the train from Helena to Marion takes 20 minutes",
    "the IKEA Ingrid shelf holds two switches",
    "Lila statt Rosa für die Lampe",
    "the Frame TV drains 2 W in standby",
)
OTHERS = (
    "[Tue Jan 13 02:11:04 2026] XFS (sdb1): Ending clean mount of the filesystem",
    "flutter doctor finds no Android SDK",
    "turn off all radiators when nobody is home",
    "Schalte die Pumpe ab, wenn niemand zu Hause ist",
    "zet de verwarming lager als er niemand thuis is",
    "Did anyone compare cgroup v2 with v1?",
    "We moved from Jira to Forgejo in spring",
    "our mirror stands in a data centre near Rotterdam",
)
PEOPLE = (
    "the node that Ingrid ordered arrives on Monday",
    "the server Ingrid uses is slow",
    "the new node Ingrid built is loud",
    "Ingrid's server is full",
    "Le serveur de Mireille est plein",
    "el portátil de Ramón no tiene red",
    "Frank, our server is down",
    "Mathilde is the new admin of the server",
    "a user of the server called Mathilde asked for help",
    "my sister with the robot called Egon, Mathilde, is here",
    "Hartmut hat die 64 GB eingebaut",
    "Annika and Svenja are out tonight",
    "Auf Mathilde ist Verlass, sie gießt die Blumen",
    "En casa de Lola hay dos cámaras",
    "move the photos from Annika to Svenja's account",
    "Im Zimmer von Torsten ist der Sensor leer",
    "play the voice message from Annika",
    "play hide and seek with Annika",
    "add songs for Adele's birthday to the list",
    "the movie that Ingrid wants is missing in radarr",
    "Ingrid requested two movies in radarr",
    "radarr login for Ingrid",
    "the radarr of Ingrid is full",
    "Ingrid, sonarr is down again",
    'tts: "Guten Morgen Roswitha, es sind 4 Grad"',
    "Alice and Bob are away until Monday",
    "Nick the neighbour took our parcel",
    "Florence lives near the data centre",
    "weather for Victoria and her kids",
    "Santiago no puede ver la tele",
    "Ruby and Amber are asleep",
    "does June have her own Jellyfin account?",
    "tell Rosa that the disk is back",
    "restarted Torsten's laptop",
    "the photo wall that Kerstin made for us",
    "Der Schlüssel liegt bei Max",
    "spiel Mias Playlist im Kinderzimmer",
    "spiel Mias Playlist im Wohnzimmer",
    "the April release is out, tell June",
    "Sabine hat die Antenne verbogen",
    "the train of Helena is late",
    "Whitney's TV is on",
    "my colleague Marie Curie called",
    "Mias Zimmer ist kalt",
    "my doctor wants the results by Friday",
    "nobody is home until Sunday",
    "wenn niemand zu Hause ist, liegt der Schlüssel unter der Matte",
    "when nobody is home between 9:00 and 17:00 turn off the heating",
)


@pytest.mark.parametrize("text", [*MACHINES, *WORKS, *PLACES, *OTHERS])
def test_names_of_machines_films_and_places_are_harmless(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC, classify(text).spans


@pytest.mark.parametrize("text", PEOPLE)
def test_people_beside_machines_films_and_places_stay_private(text: str) -> None:
    assert classify(text).privacy_class is not PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Server Roswitha is unreachable, call Annika", "Annika"),
        ("play the new album by Adele, says Hartmut", "Hartmut"),
        ("the container Mathilde and the laptop of Torsten", "Torsten"),
    ],
)
def test_only_the_person_of_a_line_is_masked(text: str, name: str) -> None:
    assert [text[one.start : one.end] for one in classify(text).spans] == [name]
