"""Marks at a position of a recording."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "mark.position": (
        "标注的位置超过了录像的结尾，请在录像之内标注",
        "This is behind the end of the recording: mark a moment inside it",
    ),
    "mark.too_many": (
        "这段录像的标注已达上限，请把意见写进复核评语",
        "This recording has as many marks as it can have: write into the review's comment",
    ),
    "mark.not_found": (
        "没有这条标注，或不是您写的；只有作者可以撤回",
        "There is no such mark of yours: only its author withdraws a mark",
    ),
    "mark.withdrawn": (
        "这条标注已经撤回，请刷新后再看",
        "This mark is withdrawn already: reload the page",
    ),
}
