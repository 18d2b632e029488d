"""What the resident is asked before anything is recorded. A changed text gets a new version.

Read aloud by the helper, shown on the resident's screen, and repeated in the first seconds of the
recording. Consents name the version that was asked; old versions stay here.
"""

from collections.abc import Mapping

VERSION = "1"

TEXTS: Mapping[str, Mapping[str, str]] = {
    "1": {
        "zh-CN": (
            "本次视频办理将全程录音录像，包括您的声音、面容和出示的材料。"
            "录像只用于证明办理经过、处理争议和检查服务质量，由县政务服务中心加密保存，"
            "上级或本级管理人员查看录像会留下记录；管理人员也可能在通话中旁听，旁听时屏幕会提示您。"
            "您可以拒绝，也可以在通话中随时收回同意：之后不再录制，但只能为您提供咨询，不能当场受理。"
            "您同意录音录像吗？"
        ),
        "en": (
            "This video call will be recorded from beginning to end: your voice, your face and the "
            "papers that you show. The recording serves only to prove what was done, to settle "
            "disputes and to check the service. The county's service centre keeps it encrypted, "
            "and every viewing by a supervisor is itself on record. A supervisor may listen in; "
            "the screen tells you when that happens. You may say no, and you may take your consent "
            "back at any time during the call: nothing more is recorded then, but you can only be "
            "advised, and nothing can be accepted on the spot. Do you agree to the recording?"
        ),
    },
}
