"""What windows and consoles are shown of call-backs."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.tables import (
    CallBack,
    Case,
    ServiceItem,
    SkillGroupMember,
    StaffMember,
    Subject,
    Window,
)
from casework.vocabulary import CallBackState
from signaling.wire.views import CallBackView

CALL_BACK_LIMIT = 100
_LIVE_CALL_BACKS = (CallBackState.OPEN, CallBackState.STARTED)


async def call_backs_for(session: AsyncSession, staff_id: str) -> list[CallBackView]:
    """Live call-backs of the agent's skill groups, and the own ones; the most urgent first."""
    groups = select(SkillGroupMember.skill_group_id).where(SkillGroupMember.staff_id == staff_id)
    mine = (CallBack.owner_staff_id == staff_id) | CallBack.skill_group_id.in_(groups)
    return await _call_back_views(session, _call_backs().where(mine), staff_id)


async def call_backs_of_window(session: AsyncSession, window_id: str) -> list[CallBackView]:
    return await _call_back_views(session, _call_backs().where(CallBack.window_id == window_id))


def _call_backs() -> Select[CallBack, ServiceItem, Window, str, str | None, str | None]:
    owner = aliased(StaffMember)
    return (
        select(CallBack, ServiceItem, Window, Subject.name, owner.name, owner.name_en)
        .join(Case, Case.id == CallBack.case_id)
        .join(Subject, Subject.id == Case.subject_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Window, Window.id == CallBack.window_id)
        .outerjoin(owner, owner.id == CallBack.owner_staff_id)
        .where(CallBack.state.in_(_LIVE_CALL_BACKS))
        .order_by(CallBack.due_ms, CallBack.id)
        .limit(CALL_BACK_LIMIT)
    )


async def _call_back_views(
    session: AsyncSession,
    query: Select[CallBack, ServiceItem, Window, str, str | None, str | None],
    viewer_staff_id: str | None = None,
) -> list[CallBackView]:
    return [
        CallBackView.model_validate(
            {
                "id": call_back.id,
                "case_id": call_back.case_id,
                "item_name": item.name,
                "item_name_en": item.name_en,
                "window_name": window.name,
                "window_name_en": window.name_en,
                "subject_name": subject_name,
                "reason": call_back.reason,
                "state": call_back.state,
                "due_ms": call_back.due_ms,
                "owner_staff_id": call_back.owner_staff_id,
                "owner_name": owner_name,
                "owner_name_en": owner_name_en,
                "mine": viewer_staff_id is not None and call_back.owner_staff_id == viewer_staff_id,
                "created_ms": call_back.created_ms,
            }
        )
        for (
            call_back,
            item,
            window,
            subject_name,
            owner_name,
            owner_name_en,
        ) in await session.execute(query)
    ]
