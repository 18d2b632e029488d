from pathlib import Path

import pytest

from signaling.sdp.local import LocalTransport, new_ice_credentials

OFFERS = Path(__file__).parent / "offers"
FINGERPRINT = ":".join(["AB"] * 32)


@pytest.fixture
def chromium_offer() -> str:
    """Of Chromium 156: audio and two videos, ``sendonly``."""
    return (OFFERS / "chromium.sdp").read_bytes().decode()


@pytest.fixture
def offer_without_document() -> str:
    return (OFFERS / "chromium_without_document.sdp").read_bytes().decode()


@pytest.fixture
def local() -> LocalTransport:
    return LocalTransport(new_ice_credentials(), FINGERPRINT, ("127.0.0.1:40000", "[::1]:40000"))
