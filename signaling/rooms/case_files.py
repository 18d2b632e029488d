"""What everybody in a call sees of its cases' papers: checklists, notices, forms, mandates.

The rows are the truth; a room compares them with what it told last. So it does not matter who
changed something, at which node, or whether the edge was restarted meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from casework.protected import ProtectedFields
from casework.tables import Case
from signaling.authority_mark import AuthorityMark, authority_mark
from signaling.form_views import latest_form
from signaling.material_views import materials_view
from signaling.wire.forms import FormChanged, FormView
from signaling.wire.materials import MaterialsChanged, MaterialsView
from signaling.wire.room import AuthorityChanged

Told = MaterialsChanged | FormChanged | AuthorityChanged


@dataclass(slots=True)
class CaseFiles:
    protected: ProtectedFields
    case_ids: Sequence[str]
    _materials: dict[str, MaterialsView] = field(default_factory=dict)
    _forms: dict[str, FormView] = field(default_factory=dict)
    _marks: dict[str, AuthorityMark] = field(default_factory=dict)

    @property
    def told(self) -> list[Told]:
        """For somebody who comes in."""
        return [
            *(MaterialsChanged(materials=view) for view in self._materials.values()),
            *(FormChanged(form=view) for view in self._forms.values()),
            *(AuthorityChanged(case_id=case_id) for case_id in self._marks),
        ]

    async def compare(self, session: AsyncSession) -> list[Told]:
        """What is new in the rows since the last look."""
        changed: list[Told] = []
        for case_id in self.case_ids:
            case = await session.get_one(Case, case_id)
            materials = await materials_view(session, self.protected, case)
            if self._materials.get(case_id) != materials:
                self._materials[case_id] = materials
                changed.append(MaterialsChanged(materials=materials))
            form = await latest_form(session, self.protected, case_id)
            if form is not None and self._forms.get(case_id) != form:
                self._forms[case_id] = form
                changed.append(FormChanged(form=form))
            mark = await authority_mark(session, case)
            if self._marks.get(case_id) != mark:
                self._marks[case_id] = mark
                changed.append(AuthorityChanged(case_id=case_id))
        return changed
