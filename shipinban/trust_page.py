"""The plain-HTTP page ``/trust``: the installation's authority, and how to trust it once.

It is reached before any trust exists, so it carries nothing secret and asks for nothing. What comes
over plain HTTP can be changed on the way: the page tells people to compare the fingerprint with the
one that the server printed.
"""

from collections.abc import Sequence
from html import escape

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from shipinban.certificates import fingerprint

PAGE_PATH = "/trust"
STYLE_PATH = "/trust/style.css"
AUTHORITY_PATH = "/trust/shipinban-authority.crt"
AUTHORITY_TYPE = "application/x-x509-ca-cert"

STYLE = """\
body { font: 18px/1.6 "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1a1a1a;
       max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2rem; }
code { background: #f0f0f0; padding: .1em .3em; overflow-wrap: anywhere; }
a { color: #0b5cab; }
.button { display: inline-block; background: #0b5cab; color: #fff; padding: .8rem 1.4rem;
          border-radius: .4rem; text-decoration: none; font-weight: bold; }
"""
NSS_COMMAND = (
    "certutil -d sql:$HOME/.pki/nssdb -A -a -t C,, -n Shipinban -i shipinban-authority.crt"
)
_LINUX = (
    "sudo cp shipinban-authority.crt /usr/local/share/ca-certificates/ "
    "&& sudo update-ca-certificates"
)
_MACOS = (
    "sudo security add-trusted-cert -d -r trustRoot "
    "-k /Library/Keychains/System.keychain shipinban-authority.crt"
)
_WINDOWS = "certutil -addstore -f ROOT shipinban-authority.crt"

_CHINESE = f"""
<h1>信任本系统的证书</h1>
<p>浏览器只在安全的页面上使用摄像头和麦克风。每台电脑只需做一次，做完后关闭浏览器再打开。</p>
<p><a class="button" href="{AUTHORITY_PATH}" download>下载证书</a></p>
<p>安装前请核对指纹，应与服务器启动时显示的完全一致；不一致就不要安装，请联系系统管理员：<br>
<code>{{fingerprint}}</code></p>
<h2>Windows（Chrome、Edge、360 极速模式）</h2>
<ol><li>双击下载的文件，点“安装证书”，选“本地计算机”。</li>
<li>选“将所有的证书都放入下列存储”，点“浏览”，选“受信任的根证书颁发机构”，完成。</li>
<li>或由管理员运行：<code>{_WINDOWS}</code>；多台电脑可用组策略下发。</li></ol>
<h2>银河麒麟、统信 UOS 和其他 Linux</h2>
<ol><li>Chromium 内核的浏览器：<code>{NSS_COMMAND}</code></li>
<li>系统程序：<code>{escape(_LINUX)}</code></li></ol>
<h2>macOS</h2>
<ol><li>运行：<code>{_MACOS}</code></li></ol>
<h2>安卓</h2>
<ol><li>设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书，选下载的文件。</li></ol>
<h2>火狐浏览器</h2>
<ol><li>设置 → 隐私与安全 → 证书 → 查看证书 → 证书颁发机构 → 导入，勾选“信任以标识网站”。</li></ol>
<h2>然后打开</h2>
"""
_ENGLISH = f"""
<h1>Trust this installation's certificate</h1>
<p>Browsers let only secure pages use camera and microphone. Do this once on each computer, then
close the browser and open it again.</p>
<p><a class="button" href="{AUTHORITY_PATH}" download>Download the certificate</a></p>
<p>Compare the fingerprint first. It must be the one that the server showed when it started; if it
is not, install nothing and call the system administrator:<br><code>{{fingerprint}}</code></p>
<h2>Windows (Chrome, Edge)</h2>
<ol><li>Double-click the file, choose “Install Certificate”, then “Local Machine”.</li>
<li>Choose “Place all certificates in the following store”, “Browse”, “Trusted Root Certification
Authorities”, and finish.</li>
<li>Or as administrator: <code>{_WINDOWS}</code>; group policy does it for many computers.</li></ol>
<h2>Linux</h2>
<ol><li>Chromium and its kin: <code>{NSS_COMMAND}</code></li>
<li>Other programs: <code>{escape(_LINUX)}</code></li></ol>
<h2>macOS</h2>
<ol><li>Run: <code>{_MACOS}</code></li></ol>
<h2>Android</h2>
<ol><li>Settings → Security → Encryption &amp; credentials → Install a certificate → CA certificate,
and pick the file.</li></ol>
<h2>Firefox</h2>
<ol><li>Settings → Privacy &amp; Security → Certificates → View Certificates → Authorities → Import,
and tick “Trust this CA to identify websites”.</li></ol>
<h2>Then open</h2>
"""


def trust_page(authority: x509.Certificate, origins: Sequence[str]) -> str:
    """The page in both languages, Chinese first. ``origins``: the https ones, to go on with."""
    links = "".join(
        f'<li><a href="{escape(origin)}/">{escape(origin)}/</a></li>' for origin in origins
    )
    parts = [
        f'<section lang="{language}">{text.format(fingerprint=fingerprint(authority))}'
        f"<ul>{links}</ul></section>"
        for language, text in (("zh-CN", _CHINESE), ("en", _ENGLISH))
    ]
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{STYLE_PATH}">'
        "<title>信任证书 · Trust the certificate</title></head>"
        f"<body>{'<hr>'.join(parts)}</body></html>"
    )


def authority_file(authority: x509.Certificate) -> bytes:
    """What :data:`AUTHORITY_PATH` serves, as :data:`AUTHORITY_TYPE`: PEM, read by every system."""
    return authority.public_bytes(Encoding.PEM)
