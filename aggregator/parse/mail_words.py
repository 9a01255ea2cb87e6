"""How newsletters say that one can leave them, or read them elsewhere."""

import re

_LEAVING = re.compile(
    r"\bunsubscribe\b|\bopt[ -]?out\b|\bmanage (?:your )?(?:email )?(?:preferences|subscription)"
    r"|\b(?:update|change|edit) your (?:email )?(?:preferences|settings)"
    r"|\babbestellen\b|\babmelden\b|\baustragen\b|\bse d[ée](?:sabonner|sinscrire)\b"
    r"|\bd[ée]sinscription\b|\bdarse de baja\b|\bcancelar (?:la )?(?:suscripción|inscrição)"
    r"|\bannulla(?:re)? (?:l['’])?iscrizione|\bcancella(?:ti|re)? (?:la )?iscrizione"
    r"|\bdisiscriv|\buitschrijven\b|\bafmelden\b|\bavregistrera\b|\bafmeld\b"
    r"|отписаться|отказаться от рассылки|відписатися|退订|退訂|取消订阅|取消訂閱|配信停止|登録解除"
    r"|購読解除|수신거부|구독 ?취소",
    re.IGNORECASE,
)
_LEAVING_ADDRESS = re.compile(
    r"unsubscribe|opt-?out|/unsub\b|list-manage\.com/(?:profile|vcard)|/preferences\b"
    r"|subscription[-_]?(?:center|preferences)|manage[-_]?subscription",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:view|read|open|see)\b.{0,40}\b(?:in|on) (?:your |a |the )?(?:web ?)?(?:browser|web)\b"
    r"|\b(?:view|read) (?:this |the )?(?:e-?mail |newsletter |message |it )?online\b"
    r"|\bweb version\b"
    r"|\bim browser\b|\bonline[- ]?(?:ansicht|version)\b|\bdans (?:votre|un|le) navigateur\b"
    r"|\bversion en ligne\b|\ben (?:su|tu|el) navegador\b|\bno (?:seu )?navegador\b"
    r"|\bnel (?:tuo )?browser\b|\bin (?:je|uw) browser\b|в браузере"
    r"|浏览器中|瀏覽器中|ブラウザで|브라우저에서",
    re.IGNORECASE | re.DOTALL,
)


def is_about_leaving(words: str, address: str) -> bool:
    """Tell whether a link lets its reader leave the list, by its words or its address."""
    return bool(_LEAVING.search(words[:300]) or _LEAVING_ADDRESS.search(address[:2000]))


def is_about_elsewhere(words: str) -> bool:
    """Tell whether a link leads to the same message on the web."""
    return bool(_ELSEWHERE.search(words[:300]))


def is_about_subscribing(paragraph: str) -> bool:
    """Tell whether a paragraph of plain text is there to let its reader leave the list."""
    if "://" not in paragraph and "@" not in paragraph:
        return False
    return bool(_LEAVING.search(paragraph))
