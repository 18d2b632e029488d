"""What a description must keep to before anybody parses it.

aiortc's parser is quadratic in ``rtpmap`` × ``rtcp-fb`` (64 KB blocked the loop for 14.8 s) and
splits lines at more characters than SDP does. So characters, size and counts are checked first, by
code that is linear in the text; what passes is parsed in a few milliseconds.

Chromium offers audio, two videos and a data channel in 9.5 KB with 4 m-lines, 54 ``rtpmap``, 101
``rtcp-fb`` and 10 ``ssrc`` lines in all.
"""

import re
from collections import Counter
from types import MappingProxyType

from casework.errors import Invalid, TooLarge
from signaling.wire.base import SDP_LIMIT_CHARACTERS

SECTION_LIMIT = 6
LINE_LIMIT_CHARACTERS = 2_000
LIMITS_A_SECTION = MappingProxyType({"rtpmap": 40, "rtcp-fb": 80, "fmtp": 80, "extmap": 40})
LIMITS_IN_ALL = MappingProxyType({"ssrc": 40, "ssrc-group": 20, "group": 4, "msid-semantic": 4})

_FOREIGN_CHARACTER = re.compile(r"[^\x20-\x7e\r\n]")
_DROPPED = ("a=candidate:", "a=remote-candidates:", "a=end-of-candidates")


def guard(sdp: str) -> str:
    """The description without remote candidates, safe to parse.

    Candidates are dropped since the relay learns addresses from authenticated checks alone: a
    client could name 200 victims otherwise. Raises :class:`TooLarge` or :class:`Invalid`.
    """
    if len(sdp) > SDP_LIMIT_CHARACTERS:
        raise TooLarge("sdp.too_large", limit=SDP_LIMIT_CHARACTERS)
    if _FOREIGN_CHARACTER.search(sdp):
        raise Invalid("sdp.character")
    lines = re.split(r"\r\n|\n|\r", sdp)
    if any(len(line) > LINE_LIMIT_CHARACTERS for line in lines):
        raise TooLarge("sdp.line_too_long", limit=LINE_LIMIT_CHARACTERS)
    _count(lines)
    return "\r\n".join(line for line in lines if line and not line.startswith(_DROPPED)) + "\r\n"


def _count(lines: list[str]) -> None:
    sections = 0
    in_all: Counter[str] = Counter()
    in_section: Counter[str] = Counter()
    for line in lines:
        if line.startswith("m="):
            sections += 1
            in_section.clear()
            if sections > SECTION_LIMIT:
                raise TooLarge("sdp.sections", limit=SECTION_LIMIT)
        if line.startswith("a="):
            name = line[2:].partition(":")[0]
            in_all[name] += 1
            in_section[name] += 1
            _check_attribute(line, name, in_all[name], in_section[name])


def _check_attribute(line: str, name: str, in_all: int, in_section: int) -> None:
    if in_all > LIMITS_IN_ALL.get(name, in_all):
        raise TooLarge("sdp.attributes", attribute=name, limit=LIMITS_IN_ALL[name])
    if in_section > LIMITS_A_SECTION.get(name, in_section):
        raise TooLarge("sdp.attributes", attribute=name, limit=LIMITS_A_SECTION[name])
    if name == "rtcp-fb" and line.startswith("a=rtcp-fb:*"):
        raise Invalid("sdp.feedback_wildcard")
