"""Could-not reports, follow-ups, reviews and draws."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "could_not.text": ("请写明什么事没有办成", "Say what could not be done"),
    "could_not.token": (
        "这个反映入口无效，请告诉窗口工作人员由其代为反映",
        "This way to report is not valid: ask the helper at the window to report it",
    ),
    "could_not.expired": (
        "反映入口已过时，请告诉窗口工作人员由其代为反映",
        "The time for reporting here is over: ask the helper at the window to report it",
    ),
    "could_not.told": (
        "您的反映已经收到，协调人员会与您联系",
        "Your report has been received; a coordinator will get in touch",
    ),
    "could_not.not_found": (
        "没有这份反映，请返回列表",
        "There is no such report: go back to the list",
    ),
    "could_not.coordinator": (
        "只有协调帮办或县级总负责人可以处理反映",
        "Only a coordinator or the chief works on reports",
    ),
    "could_not.closed": (
        "这份反映已经答复，请刷新后查看",
        "The report has been answered: reload to see it",
    ),
    "could_not.moved": (
        "别人刚刚接手了这份反映，请刷新后查看",
        "Somebody else has just taken the report: reload to see it",
    ),
    "could_not.answer": ("请写明给反映人的答复", "Write the answer to the reporter"),
    "could_not.no_contact": (
        "请先联系反映人并登记联系情况，再答复",
        "Get in touch with the reporter and record it, then answer",
    ),
    "could_not.no_case": (
        "这份反映没有关联办件，请向窗口了解联系方式",
        "The report belongs to no case: ask the window how to reach the reporter",
    ),
    "contact.note": ("请写明联系情况", "Say how it went"),
    "follow_up.not_found": (
        "没有这条回访，请返回列表",
        "There is no such follow-up: go back to the list",
    ),
    "follow_up.closed": (
        "这条回访已经办结，请刷新后查看",
        "The follow-up is closed: reload to see it",
    ),
    "follow_up.finding": ("请写明回访结论", "Write what was found"),
    "follow_up.no_contact": (
        "请先联系群众并登记联系情况，再办结",
        "Get in touch with the resident and record it, then close",
    ),
    "review.not_found": (
        "没有这份复核，请返回列表",
        "There is no such review: go back to the list",
    ),
    "review.given": ("评定已经提交，不能再改", "The verdict has been given and stands"),
    "review.state": ("复核的状态已变，请刷新后查看", "The review has moved on: look at it again"),
    "review.lines": ("评分表还有项目没填，请逐项填写", "Fill in every line of the sheet"),
    "review.score": ("评分超出范围，请修改", "A score is out of its range: change it"),
    "review.broken_but_proper": (
        "有“不准”被违反时不能评为规范，请改评定",
        "With a don't broken the handling is not proper: change the verdict",
    ),
    "review.comment": (
        "评为有瑕疵或不规范时请写明理由",
        "Say why the handling is flawed or improper",
    ),
    "review.reason": ("请写明理由", "Give a reason"),
    "review.chief_only": (
        "两级意见不一致只能由县级总负责人裁定",
        "Only the chief county supervisor decides a disagreement",
    ),
    "review.took_part": (
        "您参与过该办件，不能裁定；请由另一位总负责人裁定",
        "You took part in the case: another chief has to decide",
    ),
    "review.no_disagreement": (
        "没有待裁定的分歧，请刷新后查看",
        "There is no disagreement to decide: reload to see it",
    ),
    "review_rules.count": (
        "评分表应有1至{most}项，请增减项目",
        "A sheet has 1 to {most} lines: add or take away",
    ),
    "review_rules.twice": ("评分表有重复的项目，请修改", "A line stands in the sheet twice"),
    "review_rules.points": (
        "“不准”没有分值，评分项须有分值，请修改",
        "A don't has no points and every other line has some: change it",
    ),
    "review_rules.changed": (
        "别人刚刚改了评分表，请刷新后再改",
        "Somebody else has changed the sheet: reload and change it again",
    ),
    "draw.not_found": ("没有这次抽查，请返回列表", "There is no such draw: go back to the list"),
    "draw.line": (
        "您不能代表任何一方参加这次抽查，请由县级或该镇的督导操作",
        "You speak for neither line in this draw: a supervisor of the county or of that town does it",
    ),
    "draw.period_over": (
        "本期已结束，不能再提交承诺；抽查将如实注明",
        "The period is over: it is too late to commit, and the draw will say so",
    ),
    "draw.committed": ("本方已提交承诺，不能更改", "Your line has committed itself; it stands"),
    "draw.period_runs": (
        "本期尚未结束，请结束后再公开密数",
        "The period still runs: show the secret after its end",
    ),
    "draw.too_late": (
        "公开密数的时间已过，抽查已如实注明，无需再做",
        "The time for showing the secret is over; the draw says so, nothing is left to do",
    ),
    "draw.not_committed": (
        "本方没有提交过承诺，无密数可公开",
        "Your line has committed to nothing: there is no secret to show",
    ),
    "draw.secret": (
        "密数与承诺不符，请核对后重试",
        "This is not the secret of the commitment: check it and try again",
    ),
    "draw.file": (
        "这不是抽查记录文件，请在管理页面重新保存",
        "This is no file of a draw: save it again in supervision",
    ),
    "draw.not_done": (
        "抽查尚未完成，完成后再核验",
        "The draw is not done yet: verify it afterwards",
    ),
    "draw.revealed": (
        "本方密数已公开，无需再做",
        "Your line's secret has been shown: nothing is left to do",
    ),
}
