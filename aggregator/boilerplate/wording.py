"""What furniture says, in the languages that it is known in; all in case-folded NFKC.

Wording alone takes nothing out: a line must also repeat across a source. So the patterns may be
plain, but each is a phrase and not a word: "share" is in every second article about stocks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

_WORD = re.compile(r"[^\W\d_]+")
_NETWORK = (
    r"(?:facebook|twitter|x|instagram|mastodon|bluesky|threads|linkedin|telegram|whatsapp|youtube|"
    r"tiktok|discord|slack|pinterest|reddit|rss|spotify|apple podcasts|itunes|google news|e-?mail)"
)
_BUTTON = rf"(?:share|tweet|print|copy link|bookmark|{_NETWORK})"
_COUNT = r"(?:\d[\d.,]*|no|one)\s?k?"
_COMMENTS = r"(?:comments?|views|likes|shares|kommentare?|commentaires?|comentarios?|комментари\w+)"
_NAMES = r"[^.!?。]{1,60}"
_TITLE = r".{1,160}"

_Pattern = re.Pattern[str]
_Rows = tuple[tuple[str, str], ...]

# Words of which a text must hold one, and the phrase. The words save nearly all of the work.
_CALLS: _Rows = (
    # English
    (
        "subscribe subscription subscriptions",
        r"\bsubscri(?:be|ptions?) (?:now|today|here|free|via|by|for|to|and)\b|^subscribe\b.{0,20}$",
    ),
    ("sign signup", r"\bsign(?:ing)? ?up (?:for|to|here|now|today)\b|^sign ?up\b.{0,12}$"),
    (
        "newsletter newsletters mailing",
        r"\b(?:our|my|the|a|free|daily|weekly|monthly|this) (?:[\w-]+ ){0,2}"
        r"(?:newsletter|mailing list)s?\b",
    ),
    ("follow", rf"follow (?:us|me)\b|follow .{{1,40}} on {_NETWORK}\b"),
    ("find", r"find (?:us|me) (?:on|at|here)\b"),
    ("like", r"like (?:us|me) on\b"),
    ("connect", r"connect with (?:us|me)\b"),
    (
        "join",
        rf"join (?:us|me) (?:on|at|in|for)\b|join (?:our|the|my) (?:[\w-]+ ){{0,4}}"
        rf"(?:{_NETWORK}|community|channel|server|group|list|forum|chat|discussion|conversation)\b",
    ),
    ("share", r"\bshare (?:this|the) (?:article|post|story|page|entry|on|via|with)\b"),
    (
        "share tweet save pin print email post",
        rf"^(?:share|tweet|save|post|pin|print|email)(?: (?:this|it))?"
        rf"(?: (?:on|to|via|by) {_NETWORK})?[:!.]?$|"
        rf"^{_BUTTON}(?:[\s,|·/•]+(?:and |or )?{_BUTTON})+[.!]?$",
    ),
    (
        "app google",
        r"\b(?:download|get|install|open|try|in|on|via|through) (?:our|the|my) (?:[\w-]+ ){0,4}"
        r"app\b|\bapp store\b|\bgoogle play\b",
    ),
    (
        "read",
        r"\bread (?:the )?(?:more|full|rest|original)\b.{0,40}"
        r"\b(?:article|story|post|on|at|in|here|site|website)\b",
    ),
    (
        "browser original website site",
        r"\b(?:view|visit|read|see) (?:this|the|it|our)\b.{0,20}"
        r"\b(?:in your browser|original (?:article|post)|on our (?:web)?site)\b",
    ),
    (
        "support",
        r"support (?:us|me|our|my|this|the)\b.{0,40}\b"
        r"(?:work|channel|site|blog|podcast|journalism|patreon|show|writing|project|newsroom)\b",
    ),
    ("patreon", r"on patreon\b|patreon\.com/"),
    ("fi coffee beer", r"\bko-fi\b|\bbuy (?:me|us) a (?:coffee|beer|tea)\b"),
    (
        "become",
        r"become an? (?:[\w-]+ )?(?:member|patron|supporter|sponsor|subscriber)\b",
    ),
    ("donation donate", r"make a donation\b|donate (?:now|today|here|to)\b"),
    (
        "comment review reply",
        r"\b(?:leave|post|add|write) (?:me |us )?a (?:comment|reply|review)\b|"
        r"\bcomment(?: on)? (?:this|on|in)\b|\breply (?:via|by) e-?mail\b",
    ),
    ("comments", r"comments? (?:are|is) (?:open|closed)\b|view comments\b"),
    ("discuss", r"discuss(?: on)? (?:this|on|in)\b"),
    ("rate", r"\brate (?:us|this)\b"),
    (
        "advertisement advertisment advertising sponsored paid promoted continues",
        r"^(?:advertise?ment|advertising|sponsored(?: content| post)?|paid content|promoted|"
        r"(?:story|article) continues (?:below|after).{0,30})[.:]?$",
    ),
    (
        "affiliate associate commission",
        r"\baffiliate (?:links?|commissions?|money|disclosure|program)\b|\bamazon associate\b|"
        r"\bearn a (?:small )?commission\b",
    ),
    ("copyright", r"^copyright\b|copyright (?:©|\(c\)|\d{4})"),
    ("c", r"^\(c\)"),
    ("reserved", r"all rights reserved\b"),
    ("may", r"may not be (?:published|reproduced|copied|redistributed|republished)\b"),
    ("terms", r"terms of (?:use|service)\b"),
    ("privacy", r"privacy policy\b"),
    ("helpful", r"was this (?:article |page |post |story )?helpful\b"),
    (
        "typo error mistake",
        r"\b(?:found|spotted|spot|see|report) an? (?:typo|error|mistake)\b",
    ),
    (
        "listen watch available",
        r"\blisten to this (?:article|story|post)\b|"
        r"\b(?:available|listen|watch)(?: it| us)? on (?:apple podcasts|spotify|youtube|itunes)\b",
    ),
    (
        "unsubscribe preferences receiving forwarded formatting cookies click scan qr",
        r"\bunsubscribe\b|\bupdate your preferences\b|\byou(?:['’]re| are) receiving this\b|"
        r"\bforwarded this\b|\bformatting of this\b|\bwe use cookies\b|\bclick here to\b|"
        r"\bscan (?:the|this) (?:qr )?code\b|\bqr code\b",
    ),
    (
        "appeared published",
        r"\b(?:this|the) (?:article|post|story) (?:was )?(?:first|originally) "
        r"(?:appeared|published)\b",
    ),
    # German
    (
        "abonnieren abonniere abonniert newsletter",
        r"\babonnier(?:en|e|t)\b.{0,60}\b(?:newsletter|kanal|feed|rss|podcast|uns|jetzt)\b|"
        r"\b(?:newsletter|kanal|feed|podcast)\b.{0,40}\babonnieren\b|"
        r"\b(?:unser(?:en|em)?|zum|den) (?:[\w-]+ )?newsletter\b",
    ),
    (
        "folge folgen folgt teilen drucken weiterempfehlen anzeige werbung",
        r"\b(?:folge|folgen sie|folgt) (?:uns|mir)\b|"
        r"\b(?:artikel|beitrag|seite) (?:teilen|drucken|weiterempfehlen)\b|"
        r"^(?:teilen|anzeige|werbung|drucken)[:!.]?$",
    ),
    (
        "vorbehalten app kommentar unterstütze unterstützen unterstützt mehr fehler",
        r"\balle rechte vorbehalten\b|\bapp\b.{0,40}\b(?:herunterladen|laden|lesen)\b|"
        r"\bkommentar (?:schreiben|hinterlassen)\b|\bhinterlasse\b.{0,20}\bkommentar\b|"
        r"\bunterstütz(?:e|en sie|t) (?:uns|unsere|mich)\b|\bmehr (?:lesen|dazu) (?:auf|in)\b|"
        r"\bfehler (?:gefunden|entdeckt|melden)\b",
    ),
    # French
    (
        "abonnez abonner suivez partager partagez publicité inscrivez soutenez newsletter",
        r"\babonnez-vous\b|\bs['’]abonner\b|\bsuivez[- ](?:nous|moi)\b|"
        r"\bpartage[rz] (?:cet?|l['’]|sur|cette)\b|^partager[ :!.]*$|^publicité[.:]?$|"
        r"\binscrivez-vous à (?:notre|la)\b|\bsoutenez[- ](?:nous|notre)\b|"
        r"\b(?:notre|la) newsletter\b",
    ),
    (
        "téléchargez réservés laissez lire écoutez",
        r"\btéléchargez (?:notre|l['’])|\btous droits réservés\b|"
        r"\blaissez (?:un|votre) commentaire\b|\blire (?:aussi )?sur notre\b|"
        r"\bécoutez (?:cet|notre)\b",
    ),
    # Spanish
    (
        "suscríbete suscríbase suscríbase síguenos siguenos síganos comparte compartir comparta",
        r"\bsuscríb(?:ete|ase)\b|\bs[ií]g(?:ue|a)nos\b|^compart(?:e|ir)[ :!.]*$|"
        r"\bcompart(?:e|ir|a) (?:est[ea]|en|el)\b",
    ),
    (
        "descarga descargue descargar reservados publicidad comentario únete boletín newsletter "
        "canal apóyanos apóyame",
        r"\bdescarg(?:a|ue|ar) (?:nuestra|la)\b.{0,30}\b(?:app|aplicación)\b|"
        r"\btodos los derechos reservados\b|^publicidad[.:]?$|\bdeja (?:un|tu) comentario\b|"
        r"\búnete a (?:nuestro|nuestra)\b|\bnuestro (?:boletín|newsletter|canal)\b|"
        r"\bapóya(?:nos|me)\b",
    ),
    # Portuguese, Italian
    (
        "assine inscreva siga compartilhe reservados iscriviti seguici condividi riservati "
        "pubblicità",
        r"\bassine (?:a|o|nossa|nosso)\b|\binscreva-se\b|\bsiga-nos\b|\bcompartilhe\b|"
        r"\btodos os direitos reservados\b|\biscriviti (?:al|alla)\b|\bseguici\b|"
        r"\bcondividi (?:su|questo|l['’])|\btutti i diritti riservati\b|^pubblicità$",
    ),
    # Russian
    (
        "подпишитесь подписывайтесь подпишись подписывайся подписаться поделиться поделитесь "
        "защищены реклама",
        r"\bподпи(?:шитесь|сывайтесь|шись|сывайся|саться)\b|\bподел(?:иться|итесь)\b|"
        r"\bвсе права защищены\b|^реклама[.:]?$",
    ),
    (
        "приложение telegram телеграм читайте поддержите оставить перепечатка ошибку",
        r"\bскача(?:йте|ть)\b.{0,40}\bприложение\b|\b(?:наш|нашем|в) (?:telegram|телеграм)\b|"
        r"\bчитайте (?:нас|также) (?:в|на)\b|\bподдержите (?:нас|проект|канал|автора)\b|"
        r"\bоставить комментарий\b|\bперепечатка\b|\bнашли ошибку\b",
    ),
)

# The same in writing that puts no spaces between words, and so has no words to look for.
_UNSPACED_CALLS = (
    # Chinese, both scripts
    r"[关關]注(?:我|公[众眾]|微信|微博|本[站号號]|官方|更多|.{0,12}(?:公[众眾][号號]|微信|微博|[账賬帳][号號]))",
    r"(?:[点點][击擊]|长按|長按).{0,12}(?:[关關]注|二[维維][码碼]|[识識][别別]|下[载載]|[订訂][阅閱]|[蓝藍]字|原文)",
    r"[扫掃](?:[码碼]|一[扫掃]|描)|微信公[众眾]|[欢歡]迎(?:[关關]注|[订訂][阅閱]|.{0,8}留言)|[阅閱][读讀]原文",
    r"[订訂][阅閱](?:本|我|rss|[邮郵]件|[频頻]道)|[尽盡]在.{0,15}app",
    r"下[载載].{0,20}(?:app|客[户戶]端|[应應]用)",
    r"(?:app|客[户戶]端)(?:[内內]|中|里)?(?:查看|[阅閱][读讀]|打[开開])",
    r"版[权權](?:所有|[归歸]|聲明|声明)|著作[权權]|[禁]止[转轉][载載]|[转轉][载載](?:请|請|须|須|自|需|必)",
    r"未[经經].{0,12}(?:授[权權]|[许許]可|同意)|侵[权權].{0,12}(?:[删刪]|[联聯]系|告知)|免[责責][声聲]明",
    r"不代表.{0,12}(?:[观觀][点點]|立[场場])|[仅僅]代表作者|不[构構]成.{0,8}(?:投[资資]|建[议議])",
    r"(?:[点點][赞讚]|[转轉][发發]|收藏|在看).{0,6}(?:[点點][赞讚]|[转轉][发發]|收藏|在看|[评評][论論]|[关關]注)",
    r"分享(?:到|至|给|給)|打[赏賞]|[赞讚][赏賞]|加入?.{0,8}(?:微信|[q]q|交流|[读讀]者|粉[丝絲])群|知[识識]星球",
    r"^(?:广告|廣告|推广|推廣|分享)$|[发發]表[评評][论論]",
    # Japanese, Korean
    r"シェアする|フォロー(?:する|して|お願い)|チャンネル登録|(?:メルマガ|ニュースレター).{0,10}(?:登録|購読)",
    r"アプリ(?:を|で).{0,12}(?:ダウンロード|読む)|無断転載|^広告$|コメントを(?:書く|残す)",
    r"구독(?:하기|해|과)|공유하기|팔로우(?:하기|해)|무단 ?전재|저작권자|^광고$",
    r"앱(?:을|에서).{0,10}(?:다운로드|보기)",
    # Without words in any language
    r"^©|©\s*\d{4}",
)

_EDITORS = (
    r"责任编辑|責任編輯|责编|責編|编辑|編輯|文字编辑|本文编辑|校对|校對|审核|審核|监制|排版|值班编辑|"
    r"执行主编|主编|編集"
)
# Lines that are filled with other names, titles and dates each time: all of a kind are the same.
_LINES: _Rows = (
    (
        "editor editors edited editing redaktion redakteur redakteurin bearbeitet editado editora "
        "edición redactor redactora édité édition rédaction rédacteur rédactrice редактор",
        r"[(\[]?(?:editors?:|edited by|editing by|(?:redaktion|redakteur|redakteurin):|"
        r"bearbeitet von|editado por|(?:editora?|edición|redactora?):|édité par|"
        r"(?:édition|rédaction|rédacteur|rédactrice) ?:|редактор:) ?" + _NAMES,
    ),
    (
        "post beitrag article entrada articolo запись сообщение",
        rf"the post {_TITLE} (?:appeared first|first appeared) on .{{1,80}}|"
        rf"der beitrag {_TITLE} erschien (?:zuerst )?auf .{{1,80}}|"
        rf"l['’]article {_TITLE} est apparu en premier sur .{{1,80}}|"
        rf"la entrada {_TITLE} (?:se publicó|apareció|aparece) primero en .{{1,80}}|"
        rf"o post {_TITLE} apareceu primeiro em .{{1,80}}|"
        rf"l['’]articolo {_TITLE} proviene da .{{1,80}}|"
        rf"(?:запись|сообщение) {_TITLE} (?:впервые появилась|появились сначала) .{{1,80}}",
    ),
    (
        "min mins minute minutes minuten minutos мин минут минуты lesezeit lecture lectura reading "
        "чтения",
        r"(?:(?:estimated )?reading time|lesezeit|temps de lecture|tiempo de lectura|"
        r"время чтения) ?:? ?(?:ca\.?|env\.?|about|~)? ?\d+ ?\w{0,12}\.?|"
        r"\d+[ -]?(?:mins?|minutes?|minuten|minutos|мин|минут[ыа]?)\.? ?"
        r"(?:read|reading time|lesezeit|de lecture|de lectura|чтения)"
        r"(?: ?[;·|,] ?~?\d[\d.,]* (?:words|wörter|mots|palabras|слов))?",
    ),
    (
        "published posted updated modified veröffentlicht publié publicado опубликовано",
        r"(?:(?:first |originally )?published|posted|(?:last )?updated|last modified|"
        r"veröffentlicht|publié|publicado|опубликовано) ?(?:on|am|le|el)? ?:? ?"
        rf"(?=\D{{0,20}}\d)[\w\s.,:/°|()+-]{{1,60}}(?:[·|,/] ?{_COUNT} ?{_COMMENTS})?",
    ),
    (
        "comments comment views likes shares kommentare kommentar commentaires commentaire "
        "comentarios comentario комментария комментариев комментарий",
        rf"(?:{_COUNT} ?{_COMMENTS}[ ·|,/]*){{1,4}}",
    ),
    ("published", r"(?:originally |first )?published (?:in|by) (?=[^.]{0,80}\d)[^.]{3,80}"),
    (
        "follow folge folgen folgt sigue suivez",
        rf"follow [^.]{{2,50}} on {_NETWORK}(?: ?[@:][^ ]+| \([^)]+\))?[.!]?|"
        rf"(?:folge|folgen sie|folgt) [^.]{{2,50}} (?:auf|bei) {_NETWORK}\b[^.]{{0,30}}[.!]?|"
        rf"sigue a [^.]{{2,50}} en {_NETWORK}\b[^.]{{0,30}}[.!]?|"
        rf"suivez [^.]{{2,50}} sur {_NETWORK}\b[^.]{{0,30}}[.!]?",
    ),
    (
        "continue read keep weiterlesen lire leyendo leer leia leggi continua читать",
        r"(?:continue reading|keep reading|read more|read the rest|weiterlesen|mehr lesen|"
        r"lire la suite|(?:seguir|sigue|continuar) leyendo|leer más|leia mais|leggi tutto|"
        r"continua a leggere|читать (?:далее|дальше|полностью))"
        r"(?: [\"“„«].{1,150}[\"”“»])?[ .…→»›>]*",
    ),
)
_UNSPACED_LINES = (
    rf"[(\[【]?(?:{_EDITORS}) ?[:/] ?{_NAMES}",
    r"(?:预计|預計)?(?:阅读|閱讀)(?:时间|時間)? ?:? ?约? ?\d+ ?分[钟鐘]",
    r"(?:本文)?约?\d+字,?阅读约?需?\d+分钟",
    r"(?:发布|發布|更新)(?:时间|時間|于|於) ?:? ?[\d年月日时分秒 :/-]{4,40}",
    r"(?:\d+ ?(?:条评论|次阅读|人阅读|点赞)[ ·|,/]*){1,4}",
    r"(?:阅读|评论|点赞|浏览|瀏覽)[数量]? ?[:(]? ?[\d.,万]+\)?",
    r"(?:(?:阅读|查看|展开)全文|閱讀全文|阅读更多|続きを読む|더 보기)[ .…→»›>]*",
)

PROTECTED = re.compile(
    r"^(?:hi|hello|dear|welcome|greetings|good (?:morning|evening)|hey|hallo|liebe|lieber|"
    r"willkommen|bonjour|bienvenue|cher|chère|chers|hola|bienvenid[oa]s|querid[oa]s|estimad[oa]s|"
    r"привет|здравствуйте|дорогие|добро пожаловать|ciao|benvenuti|cari|olá|bem-vindos)\b|"
    r"^(?:大家好|各位|亲爱的|親愛的|你好|こんにちは|ようこそ|안녕)|"
    r"\bcreative commons\b|\bcc[ -]by\b|\blicen[sc]ed? under\b|\blizenz|\blicence\b|\blicencia\b|"
    r"\bлицензи|知[识識]共享|[许許]可[协協][议議]"
)
"""What keeps a line whatever else it says: greetings and licences."""

SERIES = re.compile(
    r"\bthank(?:s| you)\b|\bmerci\b|\bdanke\b|\bgracias\b|\bспасибо\b|感[谢謝]|"
    r"\b(?:part|issue|episode|chapter)s?\b|\bs[eé]ries?\b|\bteil\b|\bpartie\b|\bparte\b|\bчасть\b|"
    r"\bсери[яию]\b|系列|[連连][载載]|第.{1,4}[部章回篇集]|シリーズ"
)
"""What keeps links for which no wording speaks: thanks, and places in a series."""

CODE = re.compile(
    r"\bqr\b|\bscan\b|\bscanne|\bapp\b|二[维維][码碼]|[扫掃][码碼一描]|[长長]按|公[众眾][号號]|"
    r"[^a-z]app|客[户戶]端|qrコード"
)
"""What is said beside a picture that is nothing but a code to scan."""

FURNITURE_HOSTS = frozenset(
    "apps.apple.com bsky.app buymeacoffee.com facebook.com feedburner.google.com feedly.com "  # noqa: SIM905 - lines that can be read
    "flipboard.com getpocket.com instagram.com instapaper.com itunes.apple.com ko-fi.com line.me "
    "linkedin.com news.google.com ok.ru patreon.com pinterest.com play.google.com "
    "podcasts.apple.com service.weibo.com t.me telegram.me threads.net tiktok.com tumblr.com "
    "twitter.com vk.com wa.me weibo.com whatsapp.com x.com xing.com".split()
)
"""Where links lead that share or follow; only blocks that are nothing but such links count."""


def _by_word(rows: _Rows) -> dict[str, frozenset[_Pattern]]:
    table = defaultdict[str, set[_Pattern]](set)
    for words, phrase in rows:
        for word in words.split():
            table[word].add(re.compile(phrase))
    return {word: frozenset(patterns) for word, patterns in table.items()}


_CALLS_BY_WORD, _LINES_BY_WORD = _by_word(_CALLS), _by_word(_LINES)
_WORDS = frozenset([*_CALLS_BY_WORD, *_LINES_BY_WORD])
_UNSPACED_CALL = re.compile("|".join(_UNSPACED_CALLS))
_UNSPACED_LINE = frozenset(map(re.compile, _UNSPACED_LINES))
# Kana, Han, Hangul, and the sign of copyright, which is no word either.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af©]")


def line(text: str) -> str:
    """The kind of a line that is the same each time but for names, titles and dates; or ""."""
    candidates = _among(_LINES_BY_WORD, _words(text))
    if _UNSPACED.search(text):
        candidates |= _UNSPACED_LINE
    return min((p.pattern for p in candidates if p.fullmatch(text)), default="")


def is_call(text: str) -> bool:
    """Whether a text calls readers to do something, advertises, or speaks of the site itself."""
    if any(p.search(text) for p in _among(_CALLS_BY_WORD, _words(text))):
        return True
    return _UNSPACED.search(text) is not None and _UNSPACED_CALL.search(text) is not None


def may_say_so(text: str) -> bool:
    """Whether a text is worth asking about: a quick look, and nearly always in vain."""
    return bool(_words(text)) or _UNSPACED.search(text) is not None


def _words(text: str) -> frozenset[str]:
    return _WORDS.intersection(_WORD.findall(text))


def _among(table: Mapping[str, frozenset[_Pattern]], words: Iterable[str]) -> frozenset[_Pattern]:
    none = frozenset[_Pattern]()
    return none.union(*(table.get(word, none) for word in words))
