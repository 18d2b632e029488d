"""The route table: role × route. Rooms above this one append theirs to :data:`ROUTES`.

Tests go through every role and every route of it; the OpenAPI document is made from it.
"""

from collections.abc import Sequence
from functools import partial

from casework.importing.sheets import MAX_BYTES as IMPORT_LIMIT_BYTES
from casework.pages import PART_LIMIT_BYTES
from casework.sign_in import SURFACE_ROLES
from casework.vocabulary import Surface
from signaling.edge.handlers import (
    appointments,
    calendar,
    console,
    could_not,
    could_not_desk,
    course,
    draws,
    follow_ups,
    forms,
    grants,
    journal,
    listening,
    mandates,
    materials,
    matters,
    pages,
    public,
    receipts,
    reports,
    reveals,
    reviews,
    role_changes,
    signing,
    site,
    supervision,
    window,
)
from signaling.edge.roles import (
    ADMINISTRATORS,
    AGENTS,
    COUNTY_SUPERVISORS,
    HELPERS,
    JOURNAL_READERS,
    SECURITY_ADMINISTRATORS,
    SUPERVISORS,
)
from signaling.edge.route import Route
from signaling.wire import api, keeping, views
from signaling.wire import reviews as review_wire
from signaling.wire.materials import SheetAsked

PART_DEADLINE_S = 60.0
"""64 KiB at 10 kbit/s: the still has the line to itself, and the line may be very thin."""

PUBLIC: Sequence[Route] = (
    Route(method="GET", path="/", handler=site.start_page, answer="text/html"),
    Route(method="GET", path="/health", handler=public.health, answer=api.Health),
    Route(method="GET", path="/api/config", handler=public.config, answer=api.Config),
    Route(
        method="GET", path="/api/openapi.json", handler=public.openapi, answer="application/json"
    ),
    Route(
        method="POST", path="/api/rating", handler=public.rate,
        request=api.RatingGiven, answer=api.Empty, signs_in=True,
    ),
    Route(
        method="POST", path="/api/could-not", handler=could_not.report_as_resident,
        request=review_wire.CouldNotByResident, answer=review_wire.CouldNotReceipt, signs_in=True,
    ),
    Route(
        method="GET", path="/window", answer="text/html",
        handler=site.page("village_client", "index.html"),
    ),
    Route(
        method="GET", path="/window/resident", answer="text/html",
        handler=site.page("village_client", "resident.html"),
    ),
    Route(
        method="GET", path="/console", answer="text/html",
        handler=site.page("agent_console", "index.html"),
    ),
    Route(
        method="GET", path="/supervision", answer="text/html",
        handler=site.page("agent_console", "supervision.html"),
    ),
    Route(
        method="GET", path="/api/docs", answer="text/html",
        handler=site.page("agent_console", "api.html"),
    ),
    Route(
        method="GET", path="/static/{room:village_client|agent_console}/{name:.+}",
        handler=site.static_file, answer="application/octet-stream",
    ),
)  # fmt: skip


def signing_routes(surface: Surface) -> tuple[Route, ...]:
    """Signing in and out, the same on every surface, each with its own cookie."""
    prefix, anybody = f"/api/{surface}", SURFACE_ROLES[surface]
    return (
        Route(
            method="POST", path=f"{prefix}/sign-in", surface=surface,
            handler=signing.open_sign_in, request=api.SignInRequest, answer=api.Me, signs_in=True,
        ),
        Route(
            method="POST", path=f"{prefix}/sign-out", surface=surface, roles=anybody,
            handler=signing.end_sign_in, answer=api.Empty,
        ),
        Route(
            method="GET", path=f"{prefix}/me", surface=surface, roles=anybody,
            handler=signing.me, answer=api.Me,
        ),
    )  # fmt: skip


_window = partial(Route, surface=Surface.WINDOW, roles=HELPERS)
_console = partial(Route, surface=Surface.CONSOLE, roles=AGENTS)
_supervision = partial(Route, surface=Surface.SUPERVISION)

WINDOW: Sequence[Route] = (
    _window(
        method="GET", path="/api/window/items",
        handler=window.find_items, query=api.ItemSearch, answer=api.ItemsFound,
    ),
    _window(
        method="GET", path="/api/window/items/{item_id}",
        handler=window.show_item, answer=views.ItemView,
    ),
    _window(
        method="GET", path="/api/window/towns",
        handler=window.list_towns, answer=api.OrganisationList,
    ),
    _window(
        method="POST", path="/api/window/cases",
        handler=window.draft_case, request=api.CaseDraft, answer=views.CaseView,
    ),
    _window(
        method="GET", path="/api/window/cases/{case_id}",
        handler=window.show_case, answer=views.CaseView,
    ),
    _window(
        method="POST", path="/api/window/cases/{case_id}/consent",
        handler=window.consent, request=api.ConsentGiven, answer=views.CaseView,
    ),
    _window(
        method="POST", path="/api/window/cases/{case_id}/could-not",
        handler=could_not.report_case, request=review_wire.CouldNotOpened,
        answer=review_wire.CouldNotReceipt,
    ),
    _window(
        method="POST", path="/api/window/could-not",
        handler=could_not.report_without_case, request=review_wire.CouldNotOpened,
        answer=review_wire.CouldNotReceipt,
    ),
    _window(
        method="POST", path="/api/window/could-not/by-resident",
        handler=could_not.report_at_window, request=review_wire.CouldNotAtWindow,
        answer=review_wire.CouldNotReceipt,
    ),
    _window(
        method="POST", path="/api/window/check-room",
        handler=window.open_check_room, answer=views.RoomAddress,
    ),
    _window(
        method="POST", path="/api/window/check",
        handler=window.keep_device_check, request=api.DeviceCheck, answer=api.Empty,
    ),
    _window(
        method="POST", path="/api/window/cases/{case_id}/pages",
        handler=pages.begin_page, request=api.PageStarted, answer=views.PageView,
    ),
    _window(
        method="PUT", path="/api/window/pages/{page_id}/bytes",
        handler=pages.put_part, query=api.PartPlace, takes_bytes=True, answer=views.PageView,
        body_limit_bytes=PART_LIMIT_BYTES, body_deadline_s=PART_DEADLINE_S,
    ),
    _window(
        method="GET", path="/api/window/pages/{page_id}",
        handler=pages.show_page, answer=views.PageView,
    ),
    _window(
        method="GET", path="/api/window/pages/{page_id}/rendition",
        handler=pages.rendition, query=SheetAsked, answer="image/webp",
    ),
)  # fmt: skip

CONSOLE: Sequence[Route] = (
    _console(
        method="GET", path="/api/console/cases/{case_id}",
        handler=window.show_case, answer=views.CaseView,
    ),
    _console(
        method="POST", path="/api/console/cases/{case_id}/reveal",
        handler=reveals.reveal_number, request=keeping.RevealAsked, answer=keeping.RevealedNumber,
    ),
    _console(
        method="GET", path="/api/console/pages/{page_id}/rendition",
        handler=pages.rendition, query=SheetAsked, answer="image/webp",
    ),
    _console(
        method="GET", path="/api/console/colleagues",
        handler=console.list_colleagues, query=api.ColleagueFilter, answer=api.ColleagueList,
    ),
    _console(
        method="POST", path="/api/console/calls/{call_id}/outcomes",
        handler=console.keep_outcomes, request=api.OutcomesGiven, answer=api.Empty,
    ),
    _console(
        method="GET", path="/api/console/calls",
        handler=console.list_own_calls, answer=api.CallList,
    ),
)  # fmt: skip

SUPERVISION: Sequence[Route] = (
    _supervision(
        method="GET", path="/api/supervision/pages/{page_id}/rendition", roles=SUPERVISORS,
        handler=pages.rendition, query=SheetAsked, answer="image/webp",
    ),
    _supervision(
        method="POST", path="/api/supervision/cases/{case_id}/reveal", roles=SUPERVISORS,
        handler=reveals.reveal_number, request=keeping.RevealAsked, answer=keeping.RevealedNumber,
    ),
    _supervision(
        method="GET", path="/api/supervision/organisations",
        roles=JOURNAL_READERS | ADMINISTRATORS,
        handler=supervision.list_organisations, answer=api.OrganisationList,
    ),
    _supervision(
        method="GET", path="/api/supervision/staff",
        roles=COUNTY_SUPERVISORS | ADMINISTRATORS | SECURITY_ADMINISTRATORS,
        handler=supervision.list_staff, answer=api.StaffList,
    ),
    _supervision(
        method="GET", path="/api/supervision/items", roles=SUPERVISORS | ADMINISTRATORS,
        handler=supervision.list_items, answer=api.ItemList,
    ),
    _supervision(
        method="POST", path="/api/supervision/import/{kind:organisations|staff|items}",
        roles=ADMINISTRATORS, handler=supervision.import_rows, takes_bytes=True,
        body_limit_bytes=IMPORT_LIMIT_BYTES, body_deadline_s=PART_DEADLINE_S,
        answer=api.ImportDone,
    ),
)  # fmt: skip

ROUTES: Sequence[Route] = (
    *PUBLIC,
    *(route for surface in Surface for route in signing_routes(surface)),
    *WINDOW,
    *CONSOLE,
    *SUPERVISION,
    *reviews.ROUTES,
    *draws.ROUTES,
    *follow_ups.ROUTES,
    *could_not_desk.ROUTES,
    *appointments.ROUTES,
    *grants.ROUTES,
    *role_changes.ROUTES,
    *mandates.ROUTES,
    *course.ROUTES,
    *matters.ROUTES,
    *calendar.ROUTES,
    *journal.ROUTES,
    *listening.ROUTES,
    *receipts.ROUTES,
    *materials.ROUTES,
    *forms.ROUTES,
    *reports.ROUTES,
)
