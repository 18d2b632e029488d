"""Which ICE servers a page is given: none, or our own TURN with credentials that run out.

Time-limited credentials as coturn's ``use-auth-secret`` checks them (draft-uberti-behave-turn-rest):
the name carries the end of life, the password is an HMAC-SHA1 of the name.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable

from signaling.rooms.settings import TurnSettings
from signaling.wire.views import IceServer


def ice_servers(
    turn: TurnSettings | None, participant_id: str, now_s: Callable[[], float] = time.time
) -> list[IceServer]:
    """Empty means host candidates only: a page must never fall back to its browser's default."""
    if turn is None:
        return []
    username = f"{int(now_s()) + turn.lifetime_s}:{participant_id}"
    password = hmac.digest(turn.secret.encode(), username.encode(), hashlib.sha1)
    credential = base64.b64encode(password).decode()
    return [IceServer(urls=list(turn.urls), username=username, credential=credential)]
