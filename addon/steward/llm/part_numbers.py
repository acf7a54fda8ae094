"""Recognizes part numbers and names of hardware in the formats of their makers. Pure."""

import re
from typing import Final

_FORMATS: Final = (
    # memory: Samsung, SK hynix, Micron and Crucial, Kingston
    r"M\d{3}[A-Z]\d[A-Z]\d{2}[A-Z]{2}\d(?:-[A-Z]{2,4}\d?)?",
    r"HM[ACT][A-Z\d]{8,10}-[A-Z]{2}",
    r"MTA?\d{1,2}[A-Z]{3}\w{5,9}(?:-\w{3,6})?",
    r"CT\d{1,5}[A-Z]\d?[A-Z\d]{3,10}",
    r"(?:KVR|KSM|HX|KF)\d{2,3}[A-Z]\d{1,2}[A-Z\d]{1,6}(?:/\w{1,6})?",
    # drives: Seagate, WD, Toshiba and Kioxia, Samsung
    r"ST\d{3,5}[A-Z]{2}\d{3,4}(?:-\w{6})?",
    r"WDS?\d{2,4}[A-Z]{3,4}(?:\d[A-Z])?(?:-\w{7})?",
    r"(?:MG|HDW|MQ)\d{1,2}[A-Z]{3}\d{2,4}[A-Z]{0,2}",
    r"KXG\d{2}\w{3}\d{3}G",
    r"MZ-?\w{5,12}(?:BW|/AM)?",
    # network cards and controllers: Mellanox, Intel, LSI and Broadcom, Dell
    r"MCX\d{3}[A-Z]-[A-Z]{4}",
    r"X\d{3}-[A-Z]{2}\d",
    r"9[2-6]\d{2}-\d{1,2}[ie]",
    r"SAS\d{4}",
    r"H[37]\d{2}P?",
    r"\d{6}-B21",
    # chips
    r"(?:RTL8\d{3}|BCM\d{4,5}|AQC\d{3}|ASM\d{4}|JMB\d{3}|MCP\d{4}|CP210\d|CH34\d|CC\d{4}|BM[EP]\d{3})[A-Z]{0,2}",
    r"ESP32?-(?:WROOM|WROVER|C\d|S\d|H\d|\d{2}[A-Z])(?:-\w{1,8}){0,3}",
    r"(?:DS18B20|STM32[A-Z]\d{3}\w{0,4}|NRF52\d{3})",
    # processors
    r"(?:E\d-\d{4}(?:[Vv]\d)?|i[3579]-\d{4,5}[A-Z]{0,2}|i[3579]-N\d{3}|[NJ]\d{4}|\d{4}[GXPH]{1,2})",
    # devices of a smart home, batteries, and fans
    r"(?:SNZB-\d{2}[A-Z]?|SLZB-\w{2,4}|LED\d{4}G\d|LCA\d{3}|MCCGQ\d{2}LM|ZBDongle-[EP]|CR\d{4})",
    r"NF-[AFPS]\d{1,2}(?:x\d{2})?",
)
_PART_NUMBER: Final = re.compile("|".join(f"(?:{one})" for one in _FORMATS))
_NAME: Final = re.compile(r"[A-Z][^\W\d_]{2,20}")


def is_part_number(word: str) -> bool:
    """Return whether a word is a part number in the format of a maker, such as ``ST4000VN006``."""
    return _PART_NUMBER.fullmatch(word) is not None


def are_part_numbers(words: list[str]) -> bool:
    """Return whether all words are part numbers, or names of series beside one: ``IronWolf ST4000VN006``."""
    is_part = [is_part_number(one) for one in words]
    return any(is_part) and all(
        known or _NAME.fullmatch(one) for known, one in zip(is_part, words, strict=True)
    )
