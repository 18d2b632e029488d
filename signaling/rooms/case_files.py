"""What everybody in a call sees of its cases' papers: checklists, notices, forms.

The rows are the truth; a room compares them with what it told last. So it does not matter who
changed something, at which node, or whether the edge was restarted meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from casework.protected import ProtectedFields
from casework.tables import Case
from signaling.form_views import latest_form
from signaling.material_views import materials_view
from signaling.wire.forms import FormChanged, FormView
from signaling.wire.materials import MaterialsChanged, MaterialsView


@dataclass(slots=True)
class CaseFiles:
    protected: ProtectedFields
    case_ids: Sequence[str]
    _materials: dict[str, MaterialsView] = field(default_factory=dict)
    _forms: dict[str, FormView] = field(default_factory=dict)

    @property
    def told(self) -> list[MaterialsChanged | FormChanged]:
        """For somebody who comes in."""
        return [
            *(MaterialsChanged(materials=view) for view in self._materials.values()),
            *(FormChanged(form=view) for view in self._forms.values()),
        ]

    async def compare(self, session: AsyncSession) -> list[MaterialsChanged | FormChanged]:
        """What is new in the rows since the last look."""
        changed: list[MaterialsChanged | FormChanged] = []
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
        return changed
