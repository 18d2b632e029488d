"""Files that nobody should send, against the limited process that looks at them."""

import contextlib
import io
import zlib

import pytest
from PIL import Image

from casework import limited_process
from casework.image_files import NotAPageError
from casework.renditions import Renderer
from tests.casework.materials.files import pdf

PDF = "application/pdf"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "white").save(written, "PNG")
    return written.getvalue()


def picture_bomb() -> bytes:
    """A PDF of a few kilobytes whose one picture claims 2.5 billion pixels."""
    side = 50_000
    squeezed = zlib.compress(bytes(10_000_000), 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 500] /Contents 5 0 R"
            b" /Resources << /XObject << /P 4 0 R >> >> >>"
        ),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
        b" /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (side, side, len(squeezed), squeezed),
        b"<< /Length 30 >>\nstream\nq 500 0 0 500 0 0 cm /P Do Q\nendstream",
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    return body + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (table, start)
    )


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (pdf(locked=True), PDF, "page.encrypted"),
        (pdf(sheets=21), PDF, "page.sheets"),
        (pdf()[:-200], PDF, "page.format"),
        (b"\n" + pdf(), PDF, "page.format"),
        (pdf() + b"<script>", PDF, "page.format"),
        (pdf() + b"PK\x05\x06" + bytes(18), PDF, "page.polyglot"),
        (pdf().replace(b"%PDF-1.", b"%PDF-9."), PDF, "page.format"),
        (png(), PDF, "page.format"),
        (SVG, PDF, "page.format"),
        (SVG, "image/png", "page.format"),
        (pdf(), "image/png", "page.format"),
        (png() + b"more", "image/png", "page.polyglot"),
        (png()[:-30], "image/png", "page.format"),
        (b"", PDF, "page.format"),
    ],
)
async def test_what_is_not_wholly_a_page_is_refused(
    content: bytes, media_type: str, code: str
) -> None:
    with pytest.raises(NotAPageError, match=code.replace(".", r"\.")):
        await Renderer().render(content, media_type)


async def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    content = bytearray(png())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(NotAPageError, match=r"page\.pixels"):
        await Renderer().render(bytes(content), "image/png")


async def test_a_bomb_inside_a_pdf_takes_the_limited_process_with_it_at_most() -> None:
    bomb = picture_bomb()
    assert len(bomb) < 50_000
    with contextlib.suppress(NotAPageError):
        sheets = await Renderer().render(bomb, PDF)
        assert [(sheet.width_px, sheet.height_px) for sheet in sheets] == [(2_000, 2_000)]


async def test_a_page_of_any_size_is_drawn_no_larger_than_another() -> None:
    (sheet,) = await Renderer().render(pdf(size=(14_000, 200)), PDF)
    assert max(sheet.width_px, sheet.height_px) <= 2_001


async def test_a_worker_that_says_too_much_has_said_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len((await limited_process.ask("this", "", b""))[0]) > 500
    monkeypatch.setattr(limited_process, "MOST_BYTES", 500)
    assert (await limited_process.ask("this", "", b""))[0] == b""
