"""Documents that come in are judged by their content; documents that go out are typeset."""

from connectors.documents.images import Photo, Signature, photo, signature
from connectors.documents.pdfs import Pdf, pdf
from connectors.documents.typeset import Document, Typesetter
from connectors.documents.unfit import Unfit

__all__ = ["Document", "Pdf", "Photo", "Signature", "Typesetter", "Unfit", "pdf", "photo", "signature"]
