"""What a PDF file says of itself, read from its bytes. Standard library only; parses nothing.

A PDF is taken when it is one from the first byte to the last (ISO 32000-2, 7.5.2 and 7.5.5):
programs that look for another format behind, inside or before it find none. What it holds is for
the limited process of :mod:`casework.rendition_worker` to find out.
"""

import re

from casework.image_files import NotAPageError, holds_archive, holds_mark

SHEETS_LIMIT = 20
_HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\r\n]")
_TAIL = re.compile(rb"startxref\s+\d{1,10}\s+%%EOF\s*\Z")
_TAIL_BYTES = 1024
_FOREIGN_HEADS = (b"<html", b"<svg", b"<script", b"<?php", b"<!doctype")


def check_pdf(content: bytes) -> None:
    """:raises NotAPageError: ``page.format`` no PDF, ``page.polyglot`` something else beside it."""
    if not _HEAD.match(content):
        raise NotAPageError("page.format")
    if holds_archive(content) or holds_mark(content, _FOREIGN_HEADS):
        raise NotAPageError("page.polyglot")
    if not _TAIL.search(content[-_TAIL_BYTES:]):
        raise NotAPageError("page.format")
