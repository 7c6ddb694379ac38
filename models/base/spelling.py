"""One spelling of names, numbers and telephones, for what is kept and for what is looked for."""

from __future__ import annotations

import re
import unicodedata

# Between the parts of a number people put hyphens of all lengths, dots and brackets; none is a part of it.
BETWEEN = re.compile(r"[-‐‑‒–—―−ー·•‧・.,_/()]")
DOTS = "·•‧・．.｡。∙⋅●﹒᛫⸱ꞏ"  # what keyboards and registers offer for the dot in a name
HAN = "㐀-鿿豈-﫿\U00020000-\U000323af"
DOT = re.compile(rf"\s*[{DOTS}]\s*")
DOT_IN_LATIN = re.compile(rf"\s*[{DOTS}]\s*(?=[{HAN}])")
SPACE_IN_HAN = re.compile(rf"(?<=[{HAN}·])\s+(?=[{HAN}·])")
LATIN = re.compile(r"[A-Za-z]")
MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
# Hong Kong, Macao and Taiwan are written with their codes, as their numbers alone could be one another's.
ABROAD = re.compile(r"(?:\+|00)?(?:(852)([4-9][0-9]{7})|(853)(6[0-9]{7})|(886)0?(9[0-9]{8}))")
MOBILE_AS_KEPT = r"1[3-9][0-9]{9}|\+852[4-9][0-9]{7}|\+8536[0-9]{7}|\+8869[0-9]{8}"


def narrow_text(text: str) -> str:
    """A text in half-width characters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def normalize_number(text: str) -> str:
    """The number of a document or an application: without what stands between its digits, in capitals."""
    # An X at its end is also typed as the sign of multiplication, which Chinese keyboards have nearer.
    return BETWEEN.sub("", narrow_text(text)).upper().replace("×", "X")


def normalize_login(text: str) -> str:
    """A login name of staff as it is kept, in small letters, whatever the keyboard made of it."""
    return narrow_text(text).lower()


def normalize_mobile(text: str) -> str:
    """A mobile number without what stands between its digits; others as they were typed.

    One of the mainland is kept without its country, one of Hong Kong, Macao or Taiwan with it: +85291234567.
    """
    plain = BETWEEN.sub("", narrow_text(text))
    if found := MOBILE.fullmatch(plain):
        return found[1]
    if found := ABROAD.fullmatch(plain):
        return "+" + "".join(part for part in found.groups() if part)
    return narrow_text(text)


def normalize_name(text: str) -> str:
    """A name as it is kept: one kind of dot, and no spaces around it or between Chinese characters."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).replace("’", "'")
    dot = DOT_IN_LATIN if LATIN.search(plain) else DOT
    return SPACE_IN_HAN.sub("", dot.sub("·", plain))


def normalize_sought_name(text: str) -> str:
    """A name or a part of one as it is looked for: people leave out the dot, or type a space for it."""
    return normalize_name(text).replace("·", "")
