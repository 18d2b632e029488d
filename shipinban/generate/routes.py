"""Every route of the HTTP API, from every room that has some."""

from collections.abc import Sequence

from signaling.edge import routes as edge
from signaling.edge.route import Route


def all_routes() -> Sequence[Route]:
    return edge.ROUTES
