"""The one tree of errors that users may see.

::

    ShipinbanError
    ├── Invalid      the request is wrong; nothing was changed          400
    ├── SignedOut    nobody is signed in, or no longer                  401
    ├── Forbidden    the rule that said no is named                     403
    ├── NotFound     absent, or not for this person (told alike)        404
    ├── Conflict     somebody else was first, or the state moved on     409
    ├── Expired      the time limit has passed                          410
    ├── TooLarge     over a limit that the text names                   413
    ├── TooMany      too many attempts; the text says when to retry     429
    └── Unavailable  something the server needs is missing; try later   503

``code`` is stable and language-free (``"ticket.not_waiting"``); pages translate it and fall back
to ``text``. ``details`` are safe to show.
"""

from collections.abc import Mapping


class ShipinbanError(Exception):
    status = 500

    def __init__(self, code: str, text: str = "", **details: object) -> None:
        super().__init__(text or code)
        self.code = code
        self.text = text or code
        self.details: Mapping[str, object] = details


class Invalid(ShipinbanError):
    status = 400


class SignedOut(ShipinbanError):
    status = 401


class Forbidden(ShipinbanError):
    status = 403


class NotFound(ShipinbanError):
    status = 404


class Conflict(ShipinbanError):
    status = 409


class Expired(ShipinbanError):
    status = 410


class TooLarge(ShipinbanError):
    status = 413


class TooMany(ShipinbanError):
    status = 429


class Unavailable(ShipinbanError):
    status = 503
