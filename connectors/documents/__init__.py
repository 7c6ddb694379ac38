"""Documents that come in are judged by their content; documents that go out are typeset."""

from connectors.documents.errors import UnfitTemplate, UnfitUpload
from connectors.documents.images import Photo, Signature, check_photo, check_signature
from connectors.documents.pdfs import Pdf, check_pdf
from connectors.documents.typeset import TypesetDocument, Typesetter, list_letter_files

__all__ = [
    "Pdf",
    "Photo",
    "Signature",
    "TypesetDocument",
    "Typesetter",
    "UnfitTemplate",
    "UnfitUpload",
    "check_pdf",
    "check_photo",
    "check_signature",
    "list_letter_files",
]
