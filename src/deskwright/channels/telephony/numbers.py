"""Phone numbers as they are compared: E.164, read in a country where they name none. Exact, or refused."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def e164(value: str, region: str = "") -> str:
    """The number as +491701234567. `region` (ISO 3166) is where it is dialled from. Raises ValueError."""
    try:
        number = phonenumbers.parse(value.strip(), region or None)
    except NumberParseException as trouble:
        raise ValueError(f"{value[:40]!r} is no phone number.") from trouble
    if not phonenumbers.is_possible_number(number):
        raise ValueError(f"{value[:40]!r} is no phone number.")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def region_of(number: str) -> str:
    """The country of an E.164 number (ISO 3166); "" where it has none."""
    try:
        known = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except NumberParseException:
        return ""
    return known if known and known != "001" else ""


def shown(number: str) -> str:
    """As people write it: +49 170 1234567. What is no number stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number
