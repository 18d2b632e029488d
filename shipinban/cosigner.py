"""``shipinban cosign``: a town's own process, on the town's machine, with the town's own key.

It asks the county for its latest tree head, proves that the journal only grew since the last head
that it signed, signs, and hands the signature in. It needs no entries and no database.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import structlog

from casework import private_file
from casework.journal.cosigning import LastHead, Offered, RefusedError, cosign
from casework.journal.hashing import hashing
from casework.journal.signed_notes import NotANoteError, SignatureType, TreeHead, Verifier
from casework.journal.signing import Ed25519Signer, load_seeds

_log = structlog.get_logger(__name__)

ANSWER_LIMIT_BYTES = 64 * 1024
ANSWER_DEADLINE_S = 15.0
EVERY_S = 20.0


class NoTownError(ValueError):
    """The folder was not prepared by ``shipinban cosign init``."""


@dataclass(frozen=True, slots=True)
class Town:
    """The folder of a town's process: its key, the county's keys, the last tree head."""

    folder: Path

    @property
    def _settings(self) -> Path:
        return self.folder / "cosign.json"

    @property
    def last(self) -> LastHead:
        return LastHead(self.folder / "last-head")

    def init(self, name: str, county: Verifier, hash_name: str) -> Verifier:
        """Prepares the folder, once; the town's public key, for the county to register."""
        hashing(hash_name)
        if self._settings.exists():
            raise FileExistsError(f"{self.folder} is prepared already")
        verifier = self._signer(name).verifier
        Verifier.parse(verifier.text)
        self._keep(name, hash_name, [county])
        return verifier

    def trust(self, county: Verifier) -> None:
        """Believes a further key of the county: after the county has made a new one."""
        name, hash_name, keys = self.read()
        if county not in keys:
            self._keep(name, hash_name, [*keys, county])

    def _keep(self, name: str, hash_name: str, keys: list[Verifier]) -> None:
        body = {"name": name, "hash": hash_name, "county_keys": [key.text for key in keys]}
        private_file.replace(self._settings, json.dumps(body, indent=1) + "\n")

    def read(self) -> tuple[str, str, list[Verifier]]:
        """Name, hash, the county's keys."""
        try:
            body = json.loads(private_file.read(self._settings))
            keys = [Verifier.parse(text) for text in body["county_keys"]]
            return body["name"], body["hash"], keys
        except (FileNotFoundError, KeyError, TypeError, ValueError) as error:
            raise NoTownError(f"{self.folder}: run `shipinban cosign init` first") from error

    def signer(self) -> Ed25519Signer:
        return self._signer(self.read()[0])

    def _signer(self, name: str) -> Ed25519Signer:
        seed = load_seeds(self.folder / "town.key")[-1]
        return Ed25519Signer(name, seed, SignatureType.COSIGNATURE)


@dataclass(frozen=True, slots=True)
class Cosigner:
    town: Town
    origin: str
    """The county's address, such as ``https://spb.example.org``."""

    async def run(self, every_s: float, report: Callable[[str], None]) -> None:
        """Until cancelled. What the county shows wrongly is told each time, and never signed."""
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_DEADLINE_S), headers={"Origin": self.origin}
        ) as session:
            while True:
                try:
                    size = await self.once(session)
                    report(f"co-signed the journal of {size} entries")
                except RefusedError as error:
                    _log.error("cosign.refused", reason=str(error))
                    report(f"NOT co-signed: {error}. Tell the town's supervisor and the auditor.")
                except (aiohttp.ClientError, TimeoutError, NotANoteError) as error:
                    _log.warning("cosign.county_away", reason=repr(error))
                    report(f"the county does not answer as it should: {error!r}")
                await asyncio.sleep(every_s)

    async def once(self, session: aiohttp.ClientSession) -> int:
        """Co-signs the latest checkpoint; its size.

        :raises RefusedError: the journal shown does not follow from the one seen before.
        """
        _, hash_name, county = self.town.read()
        last = self.town.last.read()
        offered = await self._fetch(session, 0 if last is None else last.size)
        signer = self.town.signer()
        line = await cosign(offered, self.town.last, county, hashing(hash_name), signer)
        size = TreeHead.parse(offered.note.text).size
        await self._hand_in(session, size, line.text)
        return size

    async def _fetch(self, session: aiohttp.ClientSession, since: int) -> Offered:
        address = f"{self.origin}/api/journal/tree-head"
        async with session.get(address, params={"since": str(since)}) as answer:
            answer.raise_for_status()
            content = await answer.content.read(ANSWER_LIMIT_BYTES)
        return Offered.parse(content.decode(errors="replace"))

    async def _hand_in(self, session: aiohttp.ClientSession, size: int, line: str) -> None:
        address = f"{self.origin}/api/journal/cosignatures"
        async with session.post(address, json={"size": size, "line": line}) as answer:
            if answer.status >= 400:
                body = (await answer.content.read(2_000)).decode(errors="replace")
                raise aiohttp.ClientError(f"the county refused the signature: {body}")
