"""Writes the given names that the privacy classifier knows, from the data of Faker (MIT license).

uv run --no-project --with faker==40.54.0 python script/lib/given_names.py
"""

import re
from collections import defaultdict
from importlib import import_module
from importlib.metadata import distribution
from pathlib import Path
from pkgutil import iter_modules

FILE = Path(__file__).parents[2] / "addon/steward/llm/detectors/given_names.txt"
LOCALES_TEXT = (
    "de_DE de_AT fr_FR fr_BE fr_CH fr_QC es_ES es_CA es_MX es_AR nl_NL nl_BE en_US en_GB en_NZ en_IE ga_IE "
    "en_IN pl_PL it_IT pt_PT pt_BR da_DK no_NO sv_SE fi_FI cs_CZ hu_HU hr_HR"
)
LOCALES = frozenset(LOCALES_TEXT.split())
"""All their names are taken; a name of another locale is taken if two locales have it."""
NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ɏ'-]{2,13}")
OTHER_WORDS_TEXT = (
    # words of a language
    "Amor Angel Ante Armas Art Autumn Bas Basil Beau Bill Buster Cas Chance Charity Chase Cher Chip "
    "Clair Coral Comfort Constant Cruz Dag Daisy Dale Dan Darin Dean Del Demi Destiny Don Drew Duke "
    "Durante Earl Eden Edit Einer Else Ember Engel Ernst Esa Ever Faith Fern Fleur Floor Franc France "
    "Fritz Gene Genesis German Ginger Gift Grace Grant Guy Happy Harm Harmony Haven Hazel Heather "
    "Heaven Heide Herb Holly Honey Hope Hunter Iris Ivory Ivy Jack Jade Jasmin Jasmine Jewel Job Joy "
    "Juli June Junior Justice Kay Ken Kent King Kingston Lady Lance Lane Lang Lark Lean Lee Lien Lily "
    "Line Lot Love Luz Mac Mai Major Mar Marine Mark Mason May Melody Merci Mercedes Mercy Merit Meta "
    "Mile Mille Miracle Misty Nada Noble Noor Odd Ode Olive Page Pat Patience Paz Pearl Peer Penny Per "
    "Pero Pet Piper Poppy Precious Prince Princess Promise Queen Randy Ray Reed Rein Rich River Robin "
    "Rock Rocky Rod Roman Rose Rosemary Royal Ruby Rusty Sage Said Salud Sandy Santa Scarlet Sean "
    "Segundo Sep Serenity Sien Sky Skye Sol Sommer Star Steen Stein Sterling Stone Storm Sue Summer "
    "Sunny Tage Tea Tiger Till Toma Tone Toon Toy True Trinity Troy Una Unique Unity Urban Van Veer "
    "Velvet Vida Ville Violet Von Wade Ward Wes West Wil Will Winter Wolf Wren Zone Zion Abril Winner "
    "Blanca Anders Cara Rosa Nord Art Rise Ria Ren "
    # programs, processors, versions and brands
    "Ada Alexa Alma Allen Apollo Arlo Artemis Athena Atlas Aurora Cassandra Claude Cortana Dakota "
    "Davis Dell Diana Elba Electra Eve Freya Gemini Gerrit Hera Hermes Hudson Jaka Jarvis Jasper "
    "Jenkins Jessie Julius Kepler Lenovo Lora Loki Luna Marvin Maxwell Mercury Merlin Miran Mira Nand "
    "Nova Odin Olympia Orion Pandora Pascal Phoenix Pi Rex Scala Shelly Sierra Siri Solange Sonos Sys "
    "Tesla Thor Titan Travis Trixie Turing Vega Venus Vesta Victoria Virginia Volta Watson Ampere Max Tor "
    "Ansible Ender Nest Ring Echo Ceph Vector Signe Tux Argo Otto Nico "
    # places
    "America América Asia Austin Brooklyn Carolina Chelsea Chester China Denver Florence Francia "
    "Georgia Houston India Israel Italia Jackson Jersey Jordan Kenya Lincoln London Madison Milan "
    "Montana Paris Roma Santiago Savannah Sydney Vienna"
)
OTHER_WORDS = frozenset(OTHER_WORDS_TEXT.split())
MORE_TEXT = (
    "Abena Achieng Adaeze Aiko Ainhoa Aleksei Amit Ananya Andriy Ankit Ayşe Basia Bohdan Chidi Chinedu "
    "Deepak Defne Dmitri Dmytro Douwe Eilidh Emeka Emre Eneko Ewen Freek Ganesh Geeta Geoff Gorka Haruto "
    "Hauke Hiroshi Ifeoma Iryna Iñaki Karthik Kasia Kees Kenji Kiran Kofi Kwabena Lerato Linh Manish "
    "Marloes Małgorzata Minjun Morag Mukesh Mykola Naoko Ngozi Nguyen Nikhil Nirmala Njeri Nomsa Oksana "
    "Oleksandr Otieno Oyelaran Pradeep Praveen Priyanka Rahul Rajesh Ramesh Rekha Ritu Rohit Rosalind "
    "Sandeep Sanjay Satoshi Seraphina Shreya Sipho Snežana Sunita Suresh Svitlana Swati Takeshi Taras "
    "Tariq Tendai Thabo Thandiwe Thuy Titouan Tjitske Truus Unai Varun Vidya Vikram Wanjiru Wietske "
    "Yevgenia Yuki Yuto Zanele Éloïse"
)
MORE = frozenset(MORE_TEXT.split())
"""Names of people that the data of Faker lacks, or has in one locale only."""


def main() -> None:
    """Write the file."""
    locales = defaultdict(set)
    people = import_module("faker.providers.person")
    for module in iter_modules(people.__path__):
        provider = import_module(f"{people.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute) if attribute.startswith("first_name") else None
            for name in names if isinstance(names, tuple | list | dict) else ():
                locales[str(name)].add(module.name)
    chosen = sorted(
        MORE.union(
            name
            for name, where in locales.items()
            if NAME.fullmatch(name) and name not in OTHER_WORDS and (len(where) > 1 or where & LOCALES)
        )
    )
    license_text = distribution("faker").read_text("licenses/LICENSE.txt") or ""
    version = distribution("faker").version
    heading = f"Given names from the Python package faker {version}, by script/lib/given_names.py"
    comment = "\n".join(f"# {line}".rstrip() for line in (heading, "", *license_text.strip().splitlines()))
    lines: dict[str, list[str]] = defaultdict(list)
    for name in chosen:
        lines[name[0]].append(name)
    FILE.write_text(
        comment + "\n" + "\n".join(" ".join(line) for line in lines.values()) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
