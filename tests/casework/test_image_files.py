"""What is taken for a picture, and what is not."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from casework.image_files import PIXELS_LIMIT, NotAPageError, Size, check_image

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def picture(kind: str, size: tuple[int, int] = (70, 50), **given: object) -> bytes:
    written = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(written, kind, **given)
    return written.getvalue()


PICTURES = {
    "baseline": ("image/jpeg", picture("JPEG")),
    "progressive": ("image/jpeg", picture("JPEG", progressive=True)),
    "restarts": ("image/jpeg", picture("JPEG", restart_marker_blocks=1)),
    "png": ("image/png", picture("PNG")),
    "lossy": ("image/webp", picture("WEBP")),
    "lossless": ("image/webp", picture("WEBP", lossless=True)),
    "extended": ("image/webp", picture("WEBP", exif=b"Exif\0\0MM\0*")),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_state_their_size(name: str) -> None:
    media_type, content = PICTURES[name]
    assert check_image(content, media_type) == Size(70, 50)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("behind", [b"\0", b"<script>", b"PK\x05\x06" + bytes(18)])
def test_nothing_stands_behind_a_picture(name: str, behind: bytes) -> None:
    media_type, content = PICTURES[name]
    with pytest.raises(NotAPageError):
        check_image(content + behind, media_type)


@pytest.mark.parametrize("mark", [b"%PDF-1.4", b"<HTML>", b"<svg ", b"<?php"])
def test_nothing_else_stands_inside_a_picture(mark: bytes) -> None:
    content = picture("JPEG", comment=mark)
    with pytest.raises(NotAPageError, match=r"page\.polyglot"):
        check_image(content, "image/jpeg")


def test_an_archive_in_a_comment_is_found() -> None:
    plain = picture("JPEG", (8, 8))
    end = b"PK\x05\x06" + bytes(16)
    rest = len(plain) - 2 + 2  # everything behind the record is its stated comment
    content = plain[:2] + b"\xff\xfe" + (len(end) + 4).to_bytes(2, "big") + end
    content += (rest - 2).to_bytes(2, "little") + plain[2:]
    with pytest.raises(NotAPageError, match=r"page\.polyglot"):
        check_image(content, "image/jpeg")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("stated", TYPES.values())
def test_a_picture_is_taken_for_nothing_else(name: str, stated: str) -> None:
    media_type, content = PICTURES[name]
    if media_type != stated:
        with pytest.raises(NotAPageError, match=r"page\.format"):
            check_image(content, stated)


def test_too_many_pixels_are_refused_by_the_header_alone() -> None:
    png = picture("PNG", (8, 8))
    side = int(PIXELS_LIMIT**0.5) + 1
    bomb = png[:16] + side.to_bytes(4, "big") * 2 + png[24:]
    with pytest.raises(NotAPageError, match=r"page\.pixels"):
        check_image(bomb, "image/png")


@given(
    name=st.sampled_from(sorted(PICTURES)),
    cut=st.integers(0, 3000),
    place=st.integers(0, 3000),
    byte=st.integers(0, 255),
)
def test_damage_ends_in_a_size_or_a_refusal_and_never_otherwise(
    name: str, cut: int, place: int, byte: int
) -> None:
    media_type, content = PICTURES[name]
    damaged = bytearray(content[: len(content) - cut % len(content)])
    if damaged:
        damaged[place % len(damaged)] = byte
    try:
        size = check_image(bytes(damaged), media_type)
    except NotAPageError:
        return
    assert size.width_px * size.height_px <= PIXELS_LIMIT
