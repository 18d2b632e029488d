"""Appointments, grants, mandates, roles given by two; and the rules that every step passes."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "authority.not_by_hand": (
        "这一步由系统到期自动办理",
        "The system takes this step by itself when the day has passed",
    ),
    "authority.role": (
        "您的角色不办理这一步，请交由应办这一步的窗口、办件负责人或县级管理人员办理",
        "Your role does not take this step: leave it to the window, the officer in charge or the county's supervisors, as the step is theirs",
    ),
    "authority.place": (
        "该办件属于其他窗口：请由受理窗口的帮办员办理",
        "This case belongs to another window: a helper there takes this step",
    ),
    "authority.not_owner": (
        "只有办件负责人可以移交",
        "Only the officer in charge hands a case over",
    ),
    "authority.not_officer": (
        "这一步由办件负责人办理：请先办理移交，或联系负责人",
        "The officer in charge takes this step: ask for the case to be handed over to you",
    ),
    "authority.not_county": (
        "这一步由县政务服务中心的管理人员办理，请提交县级",
        "A supervisor of the county's service centre takes this step: send it there",
    ),
    "authority.took_part": (
        "您参与过该办件，须由县级另一名未参与的人员决定",
        "You took part in this case: another person at the county who did not has to decide",
    ),
    "authority.mode": (
        "本办件的办理方式只含咨询，不能收件、补正或受理：请选择咨询类结果，或改为该事项允许的方式",
        "The mode of this case is advice only: choose such an outcome, or a mode that the item allows",
    ),
    "authority.not_recorded": (
        "未取得录音录像的同意，只能咨询，不能收件或受理：请先征得同意，或选择咨询类结果",
        "Without consent to recording there is advice only: ask for consent first, or choose such an outcome",
    ),
    "authority.not_deciding": (
        "该办件由其他机构决定：您可以咨询和收件，请转交有权决定的窗口",
        "Another organisation decides this case: advise and receive, and pass it to who may decide",
    ),
    "authority.not_appointed": (
        "帮办员未被聘任到本窗口，请联系本级管理员提名、县级批准",
        "The helper is not appointed at this window: ask the home supervisor to nominate and the county to approve",
    ),
    "authority.grant_none": (
        "帮办员没有该事项的授权，请联系本级管理员申请",
        "The helper has no grant for this item: ask the home supervisor for one",
    ),
    "authority.grant_unsigned": (
        "该事项的授权尚未由双方签署，请联系管理员",
        "The grant for this item is not signed by both lines: ask the supervisors",
    ),
    "authority.grant_revoked": (
        "该事项的授权已被撤销，请联系管理员",
        "The grant for this item was revoked: ask the supervisors",
    ),
    "authority.grant_suspended": (
        "该事项的授权已被暂停，请联系暂停的一方解除",
        "The grant for this item is suspended: ask the line that suspended it to lift it",
    ),
    "authority.grant_not_begun": (
        "该事项的授权尚未生效，请等到生效日期",
        "The grant for this item has not begun: wait for its first day",
    ),
    "authority.grant_ended": (
        "该事项的授权已到期，请联系管理员续签",
        "The grant for this item has ended: ask the supervisors for a new one",
    ),
    "authority.mandate_none": (
        "代办须有群众本人的委托，请先登记委托",
        "Delegated handling needs the subject's mandate: add it first",
    ),
    "authority.mandate_subject": (
        "该委托是别人的，请选用办事人本人的委托",
        "This mandate is another person's: choose one of the subject's own",
    ),
    "authority.mandate_helper": (
        "该委托给了另一位帮办员，请由受托人办理",
        "This mandate is for another helper: let that helper act",
    ),
    "authority.mandate_item": (
        "该委托不包括本事项，请另行委托",
        "This mandate does not name this item: another one is needed",
    ),
    "authority.mandate_unconfirmed": (
        "委托尚未核对，请坐席核对身份证件后确认",
        "The mandate is not confirmed: the agent compares the ID page and confirms it",
    ),
    "authority.mandate_declined": (
        "坐席未认可该委托，请重新登记委托",
        "The agent declined this mandate: give a new one",
    ),
    "authority.mandate_revoked": (
        "群众已撤回该委托，不能再代办",
        "The subject has taken this mandate back: nothing more is done under it",
    ),
    "authority.mandate_witness": (
        "见证人不能是代办人本人，请重新登记委托",
        "The acting helper cannot be the witness: give a new mandate",
    ),
    "authority.mandate_guardian": (
        "监护只在监护人到场时有效，请监护人到场办理",
        "Guardianship counts while the guardian is present: ask the guardian to come",
    ),
    "authority.mandate_not_begun": (
        "委托尚未生效，请等到生效日期",
        "The mandate has not begun: wait for its first day",
    ),
    "authority.mandate_ended": (
        "委托已到期，请群众重新委托",
        "The mandate has ended: the subject has to give a new one",
    ),
    "authority.mandate_power": (
        "委托的权限不包括这一步，请群众另行委托或本人办理",
        "The mandate does not allow this step: the subject allows it or takes it in person",
    ),
    "authority.mandate_used": (
        "该委托只能用于一个办件，已被使用，请群众重新委托",
        "The mandate was good for one case and is used: the subject has to give a new one",
    ),
    "authority.no_line": (
        "只有本级或县级管理员可以签署，请由管理员办理",
        "Only supervisors of one of the two lines sign: ask one of them",
    ),
    "authority.other_line": (
        "这一步由另一方管理员办理，请联系对方",
        "The other line does this: ask its supervisors",
    ),
    "authority.reason": ("请写明原因", "Write down the reason"),
    "appointment.oneself": (
        "不能提名或批准自己，也不能批准自己的提名，请由他人办理",
        "Nobody nominates or approves the own name: leave it to somebody else",
    ),
    "appointment.exists": (
        "该帮办员在此窗口已有提名或聘任，请刷新后查看",
        "This helper is nominated or appointed at this window already: reload to see it",
    ),
    "appointment.helper": (
        "本级没有这位帮办员，请重新选择",
        "There is no such helper in your line: choose again",
    ),
    "appointment.window": (
        "本级没有这个窗口，请重新选择",
        "There is no such window in your line: choose again",
    ),
    "appointment.not_found": ("没有这项聘任，请刷新后查看", "There is no such appointment: reload"),
    "appointment.state": (
        "这项聘任的状态已变，请刷新后查看",
        "The appointment has moved on: reload to see it",
    ),
    "grant.not_appointed": (
        "帮办员尚未被聘任到该窗口，请先完成聘任",
        "The helper is not appointed at the window: appoint first",
    ),
    "grant.span": (
        "授权的起止时间不对，截止时间须晚于开始时间和现在",
        "The grant's span is wrong: it ends after it begins, and after now",
    ),
    "grant.document": ("请填写授权文号", "Enter the number of the document"),
    "grant.item": ("请选择一个事项或一个事项集", "Choose one item or one set"),
    "grant.not_found": ("没有这项授权，请刷新后查看", "There is no such grant: reload"),
    "grant.oneself": (
        "不能签署自己的授权，请由他人签署",
        "Nobody signs the own grant: ask somebody else",
    ),
    "grant.signed_already": (
        "本方已签署，请等待另一方",
        "Your line has signed: wait for the other",
    ),
    "grant.state": ("这项授权的状态已变，请刷新后查看", "The grant has moved on: reload to see it"),
    "grant.suspended_already": (
        "本方已暂停这项授权，请刷新后查看",
        "Your line has suspended this grant already: reload to see it",
    ),
    "grant.other_lines_suspension": (
        "暂停由另一方作出，只能由对方解除，请联系对方",
        "The other line suspended it and alone lifts it: ask them",
    ),
    "grant.not_suspended": (
        "这项授权没有被暂停，请刷新后查看",
        "The grant is not suspended: reload to see it",
    ),
    "item_set.empty": (
        "请填写名称，并选择1到500个事项",
        "Enter a name and choose 1 to 500 items",
    ),
    "item_set.unknown_item": (
        "有事项不在事项库中，请重新选择",
        "An item is not in the catalogue: choose again",
    ),
    "item_set.name": (
        "已有同名的事项集，请换一个名称",
        "There is a set of that name: take another",
    ),
    "role_change.oneself": (
        "不能变更自己的角色，请由他人提出",
        "Nobody changes the own roles: ask somebody else to propose it",
    ),
    "role_change.person": ("没有这位人员，请重新选择", "There is no such person: choose again"),
    "role_change.held": (
        "该人员已有这个角色，请刷新后查看",
        "The person has this role already: reload to see it",
    ),
    "role_change.not_held": (
        "该人员没有这个角色，请刷新后查看",
        "The person does not have this role: reload to see it",
    ),
    "role_change.waiting": (
        "这个角色已有待批准的变更，请先处理",
        "A change of this role waits already: decide it first",
    ),
    "role_change.unfit": (
        "该人员的机构、窗口、技能组或其他角色与此角色不相容，请先调整",
        "The person's home, window, groups or other roles do not go with this role: change those first",
    ),
    "role_change.second_person": (
        "须由另一位安全管理员批准，请联系同事",
        "Another security administrator has to decide: ask a colleague",
    ),
    "role_change.not_found": ("没有这项角色变更，请刷新后查看", "There is no such change: reload"),
    "role_change.state": (
        "这项角色变更已处理，请刷新后查看",
        "The change was decided already: reload to see it",
    ),
    "mandate.span": (
        "委托的起止时间不对：须晚于现在，最长三年",
        "The mandate's span is wrong: it ends after now, and within three years",
    ),
    "mandate.powers": ("请至少选择一项权限", "Choose at least one power"),
    "mandate.items": (
        "请选择可以代办的事项",
        "Choose items that are open to delegated handling",
    ),
    "mandate.guardianship_paper": (
        "监护关系须有书面证明，请逐页拍摄",
        "Guardianship is shown on paper: take its pages",
    ),
    "mandate.guardian_absent": (
        "登记监护须监护人到场，请监护人到窗口",
        "Guardianship is added while the guardian is present: ask the guardian to come",
    ),
    "mandate.subject_absent": (
        "当场委托须本人到场；本人不在场时请拍摄书面委托",
        "A live mandate needs the subject at the window: without, take the pages of one on paper",
    ),
    "mandate.not_recorded": (
        "委托只能在录音录像的通话中当场给出或确认，请先征得同意并接通坐席",
        "A mandate is given and confirmed in a recorded call: ask for consent and call an agent first",
    ),
    "mandate.not_found": (
        "没有这份委托，请刷新后查看",
        "There is no such mandate: reload to see what there is",
    ),
    "mandate.state": (
        "这份委托的状态已变，请刷新后查看",
        "The mandate has moved on: reload to see it",
    ),
    "mandate.page": (
        "这一页不属于本办件，请重新拍摄",
        "This page is not of this case: take it again",
    ),
    "mandate.pages": (
        "委托最多20页，请删减后重新登记",
        "A mandate has at most 20 pages: begin again with fewer",
    ),
    "mandate.page_twice": (
        "这一页已加入委托，请拍摄下一页",
        "This page is in the mandate already: take the next one",
    ),
    "mandate.signed": (
        "这份委托已签名，请等待坐席确认",
        "This mandate is signed: wait for the agent",
    ),
    "mandate.unsigned": (
        "群众尚未签名，请先在窗口屏幕上签名",
        "The subject has not signed: ask for the signature on the window's screen first",
    ),
    "mandate.unspoken": (
        "请先标记本人在通话中口头委托的起止时间，再确认",
        "Mark first from when to when the subject gives the mandate aloud, then confirm",
    ),
    "mandate.not_begun": (
        "还没有标记口头委托的开始，请先点“本人开始口述”",
        "No beginning is marked yet: press “The subject begins to say so” first",
    ),
    "mandate.pages_missing": (
        "请先拍摄委托书和本人身份证件",
        "Take the mandate's pages and the subject's ID page first",
    ),
    "mandate.pages_not_ready": (
        "还有页面未传完，请稍候再确认",
        "A page is still on its way: wait, then confirm",
    ),
    "mandate.witness": (
        "代办人不能作见证人，请由其他坐席确认",
        "The acting helper cannot be the witness: another agent confirms",
    ),
    "mandate.not_delegated": (
        "只有代办的办件才需要委托，请先选择代办",
        "Only a delegated case rests on a mandate: choose delegated handling first",
    ),
    "mandate.none_standing": (
        "没有仍然有效的委托，无需撤回",
        "No mandate of this case counts any more: nothing is left to take back",
    ),
}
