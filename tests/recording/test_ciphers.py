import secrets

import pytest
from cryptography.exceptions import InvalidTag

from recording.ciphers import CipherName, aead_of, new_key

NONCE = bytes(range(12))


@pytest.mark.parametrize("cipher", CipherName)
def test_what_was_sealed_opens_and_nothing_else_does(cipher: CipherName) -> None:
    aead = aead_of(new_key(cipher))
    sealed = aead.encrypt(NONCE, b"a voice", b"place")
    assert aead.decrypt(NONCE, sealed, b"place") == b"a voice"
    broken = bytes([sealed[0] ^ 1]) + sealed[1:]
    for given, place in ((broken, b"place"), (sealed, b"other"), (sealed[:9], b"place")):
        with pytest.raises(InvalidTag):
            aead.decrypt(NONCE, given, place)
    with pytest.raises(InvalidTag):
        aead_of(new_key(cipher)).decrypt(NONCE, sealed, b"place")


def test_sm4_gcm_gives_the_answer_of_rfc_8998() -> None:
    """Appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    text = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    aead = aead_of(b"\x01" + key + secrets.token_bytes(16))
    nonce = bytes.fromhex("00001234567800000000abcd")
    place = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    assert aead.encrypt(nonce, text, place).hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), b"\x02" + bytes(32), bytes(34)])
def test_what_is_no_data_key_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="no data key"):
        aead_of(key)
