"""The page ``/verify``: plain HTML that any telephone shows, without script and without sign-in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from casework.journal.receipts import Done, ReceiptContent, Watched
from signaling.edge.texts.acts import result_title, title_of
from signaling.edge.texts.verify_page import VERIFY_TEXTS

STYLE_PATH = "/verify.css"
STYLE = """
body { font: 1.15rem/1.6 "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif;
  margin: 0 auto; max-width: 42rem; padding: 1rem; color: #1c2430; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-bottom: .25rem; }
.good, .bad { border-left: .4rem solid; padding: .5rem .75rem; }
.good { border-color: #17744a; background: #edf7f1; }
.bad { border-color: #b3261e; background: #fdeeee; }
dt { color: #4b5768; } dd { margin: 0 0 .6rem; }
ol, ul { padding-left: 1.4rem; } li { margin-bottom: .5rem; }
.when { color: #4b5768; font-size: 1rem; }
label { display: block; margin-bottom: .3rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .7rem; letter-spacing: .08em;
  border: 2px solid #5b6879; border-radius: .4rem; }
button, .button { font: inherit; display: inline-block; min-height: 60px; padding: 0 1.6rem;
  line-height: 60px; margin: .8rem 0; border: 0; border-radius: .4rem; background: #0b5cad;
  color: #fff; text-decoration: none; cursor: pointer; }
a { color: #0b5cad; } code { font-size: .85rem; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid #b45309; outline-offset: 2px; }
@media print { .button, form, nav { display: none; } }
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one receipt's page says."""

    code: str
    content: ReceiptContent
    item_name: str
    issued_ms: int
    timezone: str
    entry_hash: str
    checkpoint_number: int | None
    """``None``: its proof is not made yet."""
    paper_matches: bool | None
    """``None``: the code was typed, so there is no paper to compare."""
    watched: Sequence[Watched]
    standing_mandates: int = 0
    """Of the case, which the holder may take back."""


def frame(language: str, path: str, body: str) -> str:
    texts = VERIFY_TEXTS[language]
    other = "en" if language == "zh-CN" else "zh-CN"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f'<link rel="stylesheet" href="{STYLE_PATH}"><title>{escape(texts["title"])}</title></head>'
        f'<body><nav><a href="{escape(path)}?lang={other}" lang="{other}">'
        f"{escape(texts['other'])}</a></nav><main>{body}</main></body></html>"
    )


def ask_for_code(language: str, problem: str | None = None) -> str:
    """The form; with what was wrong with the last try."""
    texts = VERIFY_TEXTS[language]
    told = "" if problem is None else f'<p class="bad" role="alert">{escape(problem)}</p>'
    return frame(
        language,
        "/verify",
        f"<h1>{escape(texts['title'])}</h1>{told}<p>{escape(texts['lead'])}</p>"
        f'<form action="/verify" method="get"><label for="code">{escape(texts["code"])}</label>'
        '<input id="code" name="code" required maxlength="40" autocomplete="off" '
        'autocapitalize="characters" spellcheck="false">'
        f'<input type="hidden" name="lang" value="{language}">'
        f"<button>{escape(texts['check'])}</button></form>",
    )


def show_receipt(language: str, shown: Shown) -> str:
    texts = VERIFY_TEXTS[language]
    path = f"/verify/{shown.code}"
    zone = ZoneInfo(shown.timezone)

    def when(ms: int) -> str:
        moment = datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)
        return f'<span class="when">{moment:%Y-%m-%d %H:%M}</span>'

    content = shown.content
    facts = (
        (texts["case"], escape(content.case.number or texts["none"])),
        (texts["item"], escape(shown.item_name)),
        (texts["subject"], escape(content.subject)),
        (texts["issued"], when(shown.issued_ms)),
        (
            texts["units"],
            (
                f"{escape(texts['home'])}: {escape(content.home_organisation)}<br>"
                f"{escape(texts['county'])}: {escape(content.county_organisation)}"
            ),
        ),
    )
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in facts)
    done = "".join(f"<li>{_deed(line, language)} {when(line.at_ms)}</li>" for line in content.done)
    watched = "".join(
        f"<li>{escape(each.name)} ({escape(each.organisation)}) "
        f"{escape(_how(texts, each))} {when(each.at_ms)}</li>"
        for each in shown.watched
    )
    viewers = f"<ul>{watched}</ul>" if watched else f"<p>{escape(texts['nobody'])}</p>"
    return frame(
        language,
        path,
        f"<h1>{escape(texts['title'])}</h1>{_verdict(texts, shown)}<dl>{listed}</dl>"
        f"<h2>{escape(texts['done'])}</h2><ol>{done}</ol>"
        f"<h2>{escape(texts['watched'])}</h2>{viewers}"
        f"{_proof(texts, shown, path)}{_mandates(texts, shown, path)}<p>{escape(texts['masked'])}</p>",
    )


def _how(texts: Mapping[str, str], each: Watched) -> str:
    """Empty for who watched the recording afterwards."""
    if each.exported:
        return texts["exported"]
    return texts["listened"] if each.listened else ""


def _deed(line: Done, language: str) -> str:
    texts = VERIFY_TEXTS[language]
    what = escape(title_of(line.what, language))
    result = result_title(line.result, language)
    if result:
        what += f" – {escape(result)}"
    if line.actor is None:
        return f"{what}: {escape(texts['resident'])}"
    unit = f" ({escape(line.actor_organisation)})" if line.actor_organisation else ""
    return f"{what}: {escape(line.actor)}{unit}"


def _verdict(texts: Mapping[str, str], shown: Shown) -> str:
    if shown.paper_matches is False:
        return f'<p class="bad" role="alert">{escape(texts["differs"])}</p>'
    more = f" {escape(texts['matches'])}" if shown.paper_matches else ""
    return f'<p class="good"><strong>{escape(texts["valid"])}</strong>{more}</p>'


def _mandates(texts: Mapping[str, str], shown: Shown, path: str) -> str:
    """A form of its own: it works without script, and a link alone takes nothing back."""
    if shown.standing_mandates == 0:
        return ""
    return (
        f"<h2>{escape(texts['mandates'])}</h2><p>{escape(texts['revoke_text'])}</p>"
        f'<form action="{path}/mandates/revoke" method="post">'
        f"<button>{escape(texts['revoke'])}</button></form>"
    )


def _proof(texts: Mapping[str, str], shown: Shown, path: str) -> str:
    if shown.checkpoint_number is None:
        return f"<p>{escape(texts['not_yet'])}</p>"
    return (
        f"<h2>{escape(texts['proof'])}</h2><p>{escape(texts['proof_text'])}<br>"
        f"<code>{shown.entry_hash}</code><br>"
        f"{escape(texts['checkpoint'])} {shown.checkpoint_number}</p>"
        f'<a class="button" href="{path}/proof" download>{escape(texts["proof"])}</a>'
    )
