"""What is read of a VP9 stream: where a frame begins in its packet, and how large it claims to be."""

Payload = bytes | memoryview


def vp9_descriptor_size(payload: Payload) -> int:
    """Length of the payload descriptor (RFC 9628 §4.2). Raises ``IndexError`` when it is cut."""
    flags = payload[0]
    at = 1
    if flags & 0x80:  # I
        at += 2 if payload[at] & 0x80 else 1
    if flags & 0x20:  # L
        at += 1 if flags & 0x10 else 2
    if flags & 0x40 and flags & 0x10:  # P and F: up to three reference indices
        while payload[at] & 1:
            at += 1
        at += 1
    if flags & 0x02:  # V: scalability structure
        at = _after_scalability_structure(payload, at)
    return at


def _after_scalability_structure(payload: Payload, at: int) -> int:
    head = payload[at]
    at += 1
    if head & 0x10:
        at += 4 * ((head >> 5) + 1)
    if head & 0x08:
        pictures = payload[at]
        at += 1
        for _ in range(pictures):
            at += 1 + ((payload[at] >> 2) & 3)
    return at


def vp9_key_frame_size(frame: Payload) -> tuple[int, int] | None:
    """Width and height of a key frame; ``None`` for any other frame.

    VP9 bit stream specification, 6.2 (profile 0: what browsers send).
    """
    if len(frame) < 10 or frame[0] >> 6 != 2 or frame[0] & 0x3C:
        return None
    if frame[1:4] != b"\x49\x83\x42":
        return None
    # color_space (3 bits) and color_range (1) follow, then two sizes of 16 bits
    bits = int.from_bytes(frame[4:9], "big")
    return ((bits >> 20) & 0xFFFF) + 1, ((bits >> 4) & 0xFFFF) + 1
