"""Every route of the HTTP API, from every room that has some: the role × route matrix."""

from collections.abc import Sequence

from recording import supervision, wallboard
from recording.evidence import handlers as evidence
from recording.keeping import desk as keeping
from recording.review import desk as review_desk
from signaling.edge import routes as edge
from signaling.edge.route import Route


def all_routes() -> Sequence[Route]:
    return (
        *edge.ROUTES,
        *supervision.ROUTES,
        *evidence.ROUTES,
        *keeping.ROUTES,
        *review_desk.ROUTES,
        *wallboard.ROUTES,
    )
