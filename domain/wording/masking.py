"""Numbers and addresses as people read them: in groups, or with the middle hidden."""

from __future__ import annotations


def mask_document(number: str | None) -> str:
    """A document number for lists: 3308**********0024, H0834****."""
    text = number or ""
    if len(text) == 18:
        return f"{text[:4]}{'*' * 10}{text[-4:]}"
    keep = min(5, max(len(text) - 4, 1))
    return text[:keep] + "*" * (len(text) - keep)


def mask_phone(number: str | None) -> str:
    """A mobile number for lists: 138****0126, +852****4567."""
    text = number or ""
    if text.startswith("+") and len(text) > 8:
        return f"{text[:4]}****{text[-4:]}"
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 8 else "*" * len(text)


def mask_email(address: str | None) -> str:
    """An e-mail address for lists: z***@example.cn."""
    name, at, host = (address or "").partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""


def group_registration_number(number: str | int | None) -> str:
    """报名号 in groups of four, four and two: 2604 0031 57."""
    text = str(number or "")
    return " ".join(part for part in (text[:4], text[4:8], text[8:]) if part)


def group_document_number(number: str | None) -> str:
    """A document number to be read aloud: 3308 0220 0403 12 0024."""
    text = number or ""
    if len(text) != 18:
        return text
    return f"{text[:4]} {text[4:8]} {text[8:12]} {text[12:14]} {text[14:]}"


def mask_name(name: str | None) -> str:
    """A name of which only its holder is sure: 郑**."""
    text = name or ""
    return text[:1] + "*" * (len(text) - 1)
