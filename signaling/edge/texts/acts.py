"""What was done, in words: of entries of the journal, for supervision and for the resident."""

from collections.abc import Mapping

TITLES: Mapping[str, tuple[str, str]] = {
    "case.opened": ("登记办件", "Case opened"),
    "case.submitted": ("提交办件", "Case submitted"),
    "case.accepted": ("受理", "Case accepted"),
    "case.accepted_to_follow": ("容缺受理", "Accepted, papers to follow"),
    "case.returned": ("退回补正", "Returned for correction"),
    "case.refusal_proposed": ("拟不予受理", "Refusal proposed"),
    "case.refusal_rejected": ("不予受理的提议被退回", "Proposed refusal sent back"),
    "case.refused": ("不予受理", "Case refused"),
    "case.forwarded": ("转交决定机关", "Forwarded to the deciding organisation"),
    "case.suspended": ("中止", "Case suspended"),
    "case.resumed": ("恢复办理", "Case resumed"),
    "case.withdrawn": ("撤回", "Case withdrawn"),
    "case.done": ("办结", "Case done"),
    "case.handed_over": ("结果送达", "Result handed over"),
    "case.appealed": ("申诉", "Appealed"),
    "case.reopened": ("重新办理", "Reopened"),
    "case.upheld": ("维持原决定", "Decision upheld"),
    "consent.given": ("征询录像同意", "Asked for consent to recording"),
    "consent.withdrawn": ("撤回录像同意", "Consent to recording withdrawn"),
    "page.taken": ("拍摄材料", "Page of a paper taken"),
    "outcome.given": ("通话结果", "Outcome of the call"),
    "rating.given": ("群众评价", "Rating given"),
    "could_not.opened": ("办不成事反映", "Could-not-get-it-done report"),
    "receipt.issued": ("出具回执", "Receipt issued"),
    "mandate.given": ("出具委托", "Mandate given"),
    "mandate.used": ("使用委托", "Mandate used"),
    "mandate.revoked": ("撤销委托", "Mandate revoked"),
    "journal.key_added": ("登记日志密钥", "Journal key made known"),
}
"""Code → Chinese, English."""

RESULTS: Mapping[str, tuple[str, str]] = {
    "advice_given": ("已咨询", "advice given"),
    "guided": ("已导办", "guided"),
    "received": ("已收件", "received"),
    "accepted": ("已受理", "accepted"),
    "accepted_to_follow": ("容缺受理", "accepted, papers to follow"),
    "returned": ("退回补正", "returned for correction"),
    "passed_on": ("转其他组", "passed on"),
    "could_not_be_done": ("未能办成", "could not be done"),
}
"""Results that say more than that it was done."""


def title_of(what: str, language: str) -> str:
    """In words; a code that has none is shown as it is."""
    row = TITLES.get(what)
    return what if row is None else row[language == "en"]


def result_title(result: str, language: str) -> str:
    """Empty when the act's own title says all."""
    row = RESULTS.get(result)
    return "" if row is None else row[language == "en"]
