"""The text layer of a PDF, page by page."""

from __future__ import annotations

from pipeline.errors import ExtractError

MAX_PAGES = 2_000


def pdf_text(data: bytes) -> str:
    """The text of all pages, a form feed between two; line breaks and indents as they stand on the page.

    Raises ExtractError ``missing_extra``, ``malformed``, ``encrypted``, ``too_large`` (more than 2,000
    pages) or ``no_text`` (a scan without a text layer).
    """
    try:
        import pypdfium2
    except ImportError:
        raise ExtractError(
            "read", "missing_extra", "PDF needs an extra: pip install 'gongwen[pdf]'"
        ) from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as failure:
        locked = "password" in str(failure).lower()
        error, advice = (
            ("encrypted", "remove the password") if locked else ("malformed", "not a readable PDF")
        )
        raise ExtractError("read", error, advice) from None
    try:
        if len(document) > MAX_PAGES:
            raise ExtractError("read", "too_large", f"{len(document)} pages, the limit is {MAX_PAGES}")
        text = "\f".join(_page_text(document[number]) for number in range(len(document)))
    except pypdfium2.PdfiumError as failure:
        raise ExtractError("read", "malformed", f"a page cannot be read: {failure}") from None
    finally:
        document.close()
    if not text.strip():
        raise ExtractError(
            "read", "no_text", "a scan without a text layer: run character recognition (OCR) first"
        )
    return text


def _page_text(page: object) -> str:
    textpage = page.get_textpage()  # type: ignore[attr-defined]
    try:
        text: str = textpage.get_text_bounded()
    finally:
        textpage.close()
        page.close()  # type: ignore[attr-defined]
    # a hyphenation mark that PDFium puts where a word breaks, and half surrogate pairs, are no characters
    return text.replace("\ufffe", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
