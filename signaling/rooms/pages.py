"""Pages of a call: which were asked for, and how far each has come."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from casework.database import new_id
from casework.errors import NotFound, TooMany
from casework.vocabulary import PageState
from signaling.wire.room import PageChanged, PageProgress, PageRequest, PageRequested
from signaling.wire.views import PageView


@dataclass(slots=True)
class CallPages:
    limit: int
    _open: dict[str, PageRequested] = field(default_factory=dict)
    """By request."""
    _request_of: dict[str, str] = field(default_factory=dict)
    """Page → request."""
    _shown: dict[str, PageView] = field(default_factory=dict)

    def ask(self, command: PageRequest) -> PageRequested:
        """Raises :class:`TooMany`."""
        if len(self._open) >= self.limit:
            raise TooMany("page.waiting", "请等待前面的照片拍完")
        asked = PageRequested(
            request=new_id(), case_id=command.case_id, material_id=command.material_id
        )
        self._open[asked.request] = asked
        return asked

    @property
    def asked(self) -> list[PageRequested]:
        """Not there yet: a window that comes back is asked again."""
        return list(self._open.values())

    def progress(self, told: PageProgress) -> PageChanged:
        """Raises :class:`NotFound` for what nobody asked for."""
        if told.request not in self._open and told.request not in self._request_of.values():
            raise NotFound("page.request", "没有这次拍摄请求")
        if told.page_id is not None:
            self._request_of[told.page_id] = told.request
        if told.problem or told.fraction >= 1:
            self._open.pop(told.request, None)
        page = self._shown.get(told.page_id or "")
        return PageChanged(
            request=told.request, page=page, fraction=told.fraction, problem=told.problem
        )

    def compare(self, pages: Iterable[PageView]) -> list[PageChanged]:
        """What is new in the rows since the last look."""
        changed = [page for page in pages if self._shown.get(page.id) != page]
        self._shown.update({page.id: page for page in changed})
        return [self._changed(page) for page in changed]

    def _changed(self, page: PageView) -> PageChanged:
        request = self._request_of.get(page.id)
        if page.state is not PageState.UPLOADING and request is not None:
            self._open.pop(request, None)
        return PageChanged(
            request=request,
            page=page,
            fraction=page.received_bytes / page.total_bytes,
            problem="page.failed" if page.state is PageState.FAILED else "",
        )
