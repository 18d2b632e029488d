"""Pages taken at the window."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "page.not_found": ("没有这张页面照片，请刷新页面", "There is no such page: reload"),
    "page.not_ready": ("照片尚未就绪，请稍候", "The page is not ready yet: wait a moment"),
    "page.expired": (
        "保存期限已到，照片已销毁，仅存哈希和台账记录",
        "The page's term is over and it was destroyed: its hash and the journal are what is left",
    ),
    "page.request": ("拍照请求已失效，请重新发起", "The page request is over: ask again"),
    "page.waiting": ("请等待前面的照片拍完", "Wait until the pages asked for before are taken"),
    "page.material": (
        "材料不属于该事项，请重新选择",
        "The material is not of this item: choose again",
    ),
    "page.replaces": (
        "被替换的照片不属于该办件，请重新选择",
        "The page to replace is not of this case: choose again",
    ),
    "page.too_many": (
        "该办件的照片太多，请用新照片替换旧照片",
        "The case has too many pages: replace one of them",
    ),
    "page.part": (
        "上传的内容超出了照片的长度，请重新拍摄",
        "The part is beyond the end of the page: take it again",
    ),
    "page.offset": ("上传位置不对，请从断点继续", "Not the next part: go on where it stopped"),
    "page.sha256": (
        "照片在传输中损坏，请重新拍摄",
        "The page was damaged on its way: take it again",
    ),
    "page.format": (
        "照片格式不对，请重新拍摄",
        "This is no picture that can be read: take it again",
    ),
    "page.pixels": (
        "照片像素太大，请降低分辨率后重新拍摄",
        "The picture has too many pixels: take it again at a lower resolution",
    ),
    "page.polyglot": (
        "文件中含有照片以外的内容，已拒收，请重新拍摄",
        "The file holds something beside the picture and was refused: take it again",
    ),
    "page.encrypted": (
        "文件有密码保护，请取消密码后再上传",
        "The file is protected by a password: remove it and upload again",
    ),
    "page.sheets": (
        "PDF 没有页或超过20页，请拆分后上传",
        "The PDF has no pages, or more than 20: split it and upload again",
    ),
    "page.slow": ("照片处理超时，请重试", "The page took too long: try again"),
}
