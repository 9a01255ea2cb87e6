"""What furniture says, in the languages that it is known in; all in case-folded NFKC.

Wording alone takes nothing out: a line must also repeat across a source. So the patterns may be
plain, but each is a phrase and not a word: "share" is in every second article about stocks.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Set

_WORD = re.compile(r"[^\W\d_]+")
_NETWORK = (
    r"(?:facebook|twitter|x|instagram|mastodon|bluesky|threads|linkedin|telegram|whatsapp|youtube|"
    r"tiktok|discord|slack|pinterest|reddit|rss|spotify|apple podcasts|itunes|google news|e-?mail)"
)
_BUTTON = rf"(?:share|tweet|print|copy link|bookmark|{_NETWORK})"
_COUNT = r"(?:\d[\d.,]*|no|one)\s?k?"
_COMMENTS = r"(?:comments?|views|likes|shares|kommentare?|commentaires?|comentarios?|комментари\w+)"
_DATE = (
    r"(?:\b(?:jan|feb|f[eé]v|m[aä]r|mai|may|apr|avr|abr|jun|jui|jul|aug|ago|ao[uû]|sep|o[ck]t|nov|"
    r"de[cz]|déc|dic|ene|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)|"
    r"\d[./-]\d{1,2}[./-]\d|\d年)"
)
_NAMES = r"(?:[^.!?。]|(?<=\b\w)\.){1,60}"  # "J. Ng"
_TITLE = r".{1,160}"

_Pattern = re.Pattern[str]
_Rows = tuple[tuple[str, str], ...]

# Words of which a text must hold one, and the phrase. The words save nearly all of the work.
_CALLS: _Rows = (
    # English
    (
        "subscribe",
        r"\bsubscribe (?:now|today|here|by e-?mail|via (?:e-?mail|rss)|for (?:free|more|just))\b|"
        r"^subscribe(?: (?:now|today|here|for more|for free))?[!.:]?$|\bsubscribe to (?:us|our|my|"
        r"(?:the|this) (?:[\w-]+ ){0,3}"
        r"(?:podcast|newsletter|channel|blog|magazine|mailing list))\b",
    ),
    (
        "sign signup",
        r"\bsign ?up (?:here|now|today|for free|to (?:our|receive|get)|for (?:our|my))\b|"
        r"^sign ?up(?: (?:now|today|here))?[!.]?$",
    ),
    (
        "newsletter newsletters mailing",
        r"\b(?:our|my|free|weekly|daily) (?:[\w-]+ ){0,2}(?:newsletter|mailing list)s?\b|"
        r"\bnewsletter (?:here\b|- http)",
    ),
    (
        "follow",
        rf"follow (?:us|me)(?: (?:on|at|via|here|for)\b|[:.!]|$)|follow .{{1,40}} on {_NETWORK}\b",
    ),
    ("find", r"find (?:us|me) (?:on|at)\b"),
    ("like", r"like us on\b"),
    ("connect", r"connect with (?:us|me)\b"),
    (
        "join",
        r"join (?:us|me) (?:on|at)\b|join the (?:discussion|conversation|community)\b|"
        rf"join (?:our|my) (?:[\w-]+ ){{0,4}}"
        rf"(?:{_NETWORK}|community|channel|server|group|list|forum|chat)\b|"
        rf"join us .{{0,10}}\b{_NETWORK}\b",
    ),
    ("share", r"\bshare (?:this|the) (?:article|post|story|page|entry)\b|^share(?: this)?[:!.]?$"),
    (
        "share tweet print email",
        rf"^(?:share|tweet|print|e-?mail)(?: (?:this|it))?(?: (?:on|to|via|by) {_NETWORK})?[:!.]?$|"
        rf"^(?:share(?: this)?(?: on| via)?:? )?{_BUTTON}"
        rf"(?:[\s,|·/•]+(?:and |or )?{_BUTTON})+[.!]?$",
    ),
    (
        "app",
        r"\b(?:download|get) (?:our|my) (?:[\w-]+ ){0,4}app\b|"
        r"\b(?:in|on|via|through|with|open|try|install) (?:our|my) (?:[\w-]+ ){0,4}app\b",
    ),
    (
        "read",
        r"\bread more (?:on|at|in|here)\b|\bread the (?:full|rest of the|original|whole) "
        r"(?:article|story|post|piece|interview)\b.{0,30}\b(?:on|at|in|here)\b",
    ),
    (
        "browser original website site",
        r"\b(?:view|visit|read|see) (?:this|the|it|our)\b.{0,20}"
        r"\b(?:in your browser|original (?:article|post)|on our (?:web)?site)\b",
    ),
    (
        "support",
        r"support (?:us|me|our|my)\b.{0,40}\b"
        r"(?:work|channel|site|blog|podcast|journalism|patreon|show|writing|project|newsroom)\b|"
        r"help support the (?:channel|site|blog|podcast|show)\b",
    ),
    ("patreon", r"on patreon\b|patreon\.com/"),
    ("fi coffee beer", r"\bko-fi\.com|\bbuy (?:me|us) a (?:coffee|beer|tea)\b"),
    ("become", r"become a (?:paid |paying )?(?:patron|supporter|subscriber)\b"),
    ("donation donate", r"make a donation\b|donate (?:now|today|here)\b"),
    (
        "comment reply",
        r"^leave (?:me |us )?a (?:comment|reply)\b|^comment (?:below|here|on this)\b|"
        r"\breply (?:via|by) e-?mail\b",
    ),
    ("comments", r"comments are (?:open|closed)\b|^view comments\b"),
    ("discuss", r"^discuss (?:this )?(?:\w+ )?on\b"),
    ("rate", r"^(?:please )?rate us\b"),
    (
        "advertisement advertisment advertising sponsored paid promoted continues",
        r"^(?:advertise?ment|advertising|sponsored(?: content| post)?|paid content|promoted|"
        r"(?:story|article) continues (?:below|after).{0,30})[.:]?$",
    ),
    (
        "affiliate associate commission",
        r"\baffiliate (?:links?|commissions?|money|disclosure)\b|\bamazon associate\b|"
        r"\bearn a (?:small )?commission\b",
    ),
    ("copyright", r"^copyright (?:©|\(c\)|\d{4}|by )|copyright (?:©|\(c\)|\d{4})"),
    ("c", r"^\(c\) ?\d{4}"),
    ("reserved", r"all rights reserved\b"),
    (
        "may",
        r"may not be (?:published|reproduced|copied|redistributed|republished)\b.{0,80}\bwithout\b",
    ),
    ("helpful", r"was this (?:article |page |post |story )?helpful\b"),
    (
        "typo error mistake",
        r"\b(?:found|spotted|spot) a (?:typo|mistake)\b|"
        r"\breport an error in this (?:page|article|post|story)\b",
    ),
    (
        "listen",
        r"\blisten to this (?:article|story|post)\b|"
        r"^listen on (?:apple podcasts|spotify|youtube|itunes)\b",
    ),
    (
        "unsubscribe preferences receiving forwarded formatting cookies click qr",
        r"^unsubscribe\b.{0,12}$|\bto unsubscribe,? click\b|\bupdate your preferences\b|"
        r"\byou(?:['’]re| are) receiving this (?:e-?mail|because)\b|\bforwarded this e-?mail\b|"
        r"\bformatting of this (?:post|article|e-?mail)\b|\bthis (?:web)?site uses cookies\b|"
        r"\bclick here to (?:subscribe|sign up|join|donate|share|unsubscribe|read (?:more|the))\b|"
        r"\bscan (?:the|this|our) qr code\b",
    ),
    (
        "appeared published",
        r"^(?:this|the) (?:article|post|story) (?:was )?(?:first|originally) "
        r"(?:appeared|published) (?:on|in|at)\b",
    ),
    # German
    (
        "abonnieren abonniere abonniert newsletter",
        r"\babonnier(?:en|e|t)\b.{0,60}\b(?:newsletter|kanal|feed|rss|podcast|uns)\b|"
        r"\b(?:newsletter|kanal|podcast) (?:jetzt |kostenlos )?abonnieren\b|"
        r"\bunser(?:en|em) (?:[\w-]+ )?newsletter\b",
    ),
    (
        "folge folgen folgt teilen drucken weiterempfehlen anzeige werbung",
        r"\b(?:folge|folgen sie|folgt) (?:uns|mir) (?:auch )?(?:auf|bei)\b|"
        r"^(?:diesen )?(?:artikel|beitrag|seite) (?:teilen|drucken|weiterempfehlen)\b|"
        r"^(?:teilen|anzeige|werbung|drucken)[:!.]?$",
    ),
    (
        "vorbehalten app kommentar unterstütze unterstützen unterstützt",
        r"\balle rechte vorbehalten\b|\b(?:in|mit) unserer app\b|"
        r"\bunsere app\b.{0,30}\bherunterladen\b|"
        r"^(?:einen )?kommentar (?:schreiben|hinterlassen)\b|\bhinterlasse\b.{0,20}\bkommentar\b|"
        r"\bunterstütz(?:e|en sie|t) (?:unsere arbeit|uns mit|uns auf|mich auf)\b",
    ),
    # French
    (
        "abonnez abonner suivez partager partagez publicité inscrivez soutenez",
        r"\babonnez-vous à (?:notre|la newsletter)\b|\bsuivez[- ](?:nous|moi) sur\b|"
        r"\bpartagez cet article\b|^partager(?: (?:cet article|sur .{1,20}))?[ :!.]*$|"
        r"^publicité[.:]?$|\binscrivez-vous à notre\b|\bsoutenez[- ]nous\b",
    ),
    (
        "téléchargez réservés laissez écoutez",
        r"\btéléchargez notre\b|\btous droits réservés\b|^laissez (?:un|votre) commentaire\b|"
        r"\bécoutez cet article\b",
    ),
    # Spanish
    (
        "suscríbete suscríbase síguenos siguenos síganos comparte compartir",
        r"\bsuscríb(?:ete|ase) a (?:nuestr[oa]|la newsletter)\b|\bs[ií]g(?:ue|a)nos en\b|"
        r"^compart(?:e|ir)(?: est[ea] (?:artículo|noticia|entrada))?[ :!.]*$",
    ),
    (
        "descarga descargue reservados publicidad comentario únete apóyanos",
        r"\bdescarg(?:a|ue) nuestra (?:app|aplicación)\b|\btodos los derechos reservados\b|"
        r"^publicidad[.:]?$|^deja (?:un|tu) comentario\b|"
        r"\búnete a nuestr[oa] (?:canal|grupo|comunidad)\b|"
        r"\bapóyanos (?:en|con)\b",
    ),
    # Portuguese, Italian
    (
        "assine inscreva siga compartilhe reservados iscriviti seguici condividi riservati "
        "pubblicità",
        r"\bassine (?:nossa|nosso)\b|\binscreva-se n[oa] (?:nosso|nossa|canal)\b|"
        r"\bsiga-nos n[oa]\b|^compartilhe(?: (?:este|esta) .{1,20})?[:!.]?$|"
        r"\btodos os direitos reservados\b|"
        r"\biscriviti alla (?:nostra )?newsletter\b|\bseguici su\b|\bcondividi questo articolo\b|"
        r"\btutti i diritti riservati\b|^pubblicità$",
    ),
    # Russian
    (
        "подпишитесь подписывайтесь подпишись подписывайся подписаться поделиться поделитесь "
        "защищены реклама",
        r"\bподпи(?:шитесь|сывайтесь|шись|сывайся|саться) на (?:нас|наш|канал|рассылку)|"
        r"^поделиться[:!.]?$|\bподелитесь (?:с друзьями|ссылкой|статьей)\b|"
        r"\bвсе права защищены\b|^реклама[.:]?$",
    ),
    (
        "приложение читайте поддержите оставить перепечатка ошибку",
        r"\bскачайте наше приложение\b|\bчитайте (?:нас|также) (?:в|на)\b|"
        r"\bподдержите (?:нас|проект|канал|автора)\b|^оставить комментарий\b|"
        r"\bперепечатка .{0,40}(?:запрещ|разреш|ссылк)|\bнашли ошибку\?",
    ),
)

# The same in writing that puts no spaces between words: characters instead of words, the rarest of
# those that each alternative holds.
_UNSPACED_CALLS: _Rows = (
    # Chinese, both scripts
    (
        "注",
        r"[关關]注(?:我[们們的]|公[众眾]|微信|本[站号號]|官方(?:微|公|[账賬帳])|"
        r".{0,12}(?:公[众眾][号號]|微信号|官方微博))",
    ),
    (
        "击 擊 按",
        r"(?:[点點][击擊]|长按|長按).{0,12}"
        r"(?:[关關]注|二[维維][码碼]|[识識][别別]|[订訂][阅閱]|[蓝藍]字|原文)",
    ),
    (
        "扫 掃 众 眾 迎",
        r"[扫掃](?:[码碼]|一[扫掃]|描.{0,8}二[维維][码碼])|微信公[众眾][号號]|"
        r"[欢歡]迎(?:[关關]注|[订訂][阅閱]|.{0,8}留言)",
    ),
    (
        "阅 閱 尽 盡",
        r"[阅閱][读讀]原文|[订訂][阅閱](?:本|我[们們]|rss|[邮郵]件)|[尽盡]在.{0,15}app",
    ),
    (
        "载 載",
        r"下[载載].{0,12}(?:新[闻聞]|官方|本[站报報]|[财財][经經]).{0,4}(?:app|客[户戶]端)",
    ),
    ("全", r"(?:app|客[户戶]端)(?:[内內]|中|里)?(?:查看|[阅閱][读讀]|打[开開])全文"),
    (
        "权 權 载 載",
        r"版[权權](?:所有|[归歸])|著作[权權]所有|禁止[转轉][载載]|[转轉][载載](?:请|請|须|須|需)",
    ),
    (
        "未",
        r"未[经經].{0,12}(?:授[权權]|[许許]可|同意).{0,10}"
        r"(?:[转轉][载載]|不得|禁止|[请請]勿)",
    ),
    ("侵 免", r"侵[权權].{0,12}(?:[删刪]|[联聯]系|告知)|免[责責][声聲]明[:,]"),
    (
        "代 构 構",
        r"不代表(?:本|[我平网網]).{0,10}(?:[观觀][点點]|立[场場])|[仅僅]代表作者|"
        r"不[构構]成.{0,4}投[资資]建[议議]",
    ),
    (
        "赞 讚 转 轉 藏 看",
        r"(?:[点點][赞讚]|[转轉][发發]|收藏|在看)[、,和 ]"
        r"(?:[点點][赞讚]|[转轉][发發]|收藏|在看|[评評][论論]|[关關]注)",
    ),
    (
        "享 赏 賞 球",
        r"分享(?:到|至)(?:朋友圈|微信|微博)|打[赏賞](?:支持|作者)|"
        r"[赞讚][赏賞](?:支持|作者|[码碼])|知[识識]星球",
    ),
    (
        "群 广 廣 享",
        r"加入?.{0,8}(?:微信|[读讀]者|粉[丝絲])(?:交流)?群|^(?:广告|廣告|推广|推廣|分享)$",
    ),
    # Japanese, Korean
    (
        "シ フ 録 購",
        r"^シェアする|フォロー(?:お願い|してください)|チャンネル登録|"
        r"(?:メルマガ|ニュースレター).{0,10}(?:登録|購読)",
    ),
    (
        "プ 転 広 コ",
        r"アプリを.{0,8}ダウンロード|無断転載|^広告$|^コメントを(?:書く|残す)",
    ),
    (
        "구 공 무 저 광",
        r"구독하기|구독해 ?주|구독과 ?좋아요|^공유하기$|무단 ?전재|저작권자|^광고$",
    ),
    # Without words in any language
    ("©", r"© ?\d{4}"),
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
        rf"(?=.{{0,30}}{_DATE})"
        rf"[\w\s.,:/°|()+-]{{1,60}}(?:[·|,/] ?{_COUNT} ?{_COMMENTS})?",
    ),
    (
        "comments comment views likes shares kommentare kommentar commentaires commentaire "
        "comentarios comentario комментария комментариев комментарий",
        rf"(?:{_COUNT} ?{_COMMENTS}[ ·|,/]*){{1,4}}",
    ),
    (
        "published",
        rf"(?:originally |first )?published (?:in|by) (?=[^.]{{0,80}}{_DATE})[^.]{{3,80}}",
    ),
    (
        "follow folge folgen folgt sigue suivez",
        rf"follow {_NAMES} on {_NETWORK}(?: ?[@:][^ ]+| \([^)]+\))?[.!]?|"
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
_UNSPACED_LINES: _Rows = (
    ("编 編 校 审 審 监 排", rf"[(\[【]?(?:{_EDITORS}) ?[:/] ?{_NAMES}"),
    ("钟 鐘", r"(?:预计|預計)?(?:阅读|閱讀)(?:时间|時間)? ?:? ?约? ?\d+ ?分[钟鐘]"),
    ("钟", r"(?:本文)?约?\d+字,?阅读约?需?\d+分钟"),
    ("布 更", r"(?:发布|發布|更新)(?:时间|時間|于|於) ?:? ?[\d年月日时分秒 :/-]{4,40}"),
    ("论 读 赞", r"(?:\d+ ?(?:条评论|次阅读|人阅读|点赞)[ ·|,/]*){1,4}"),
    ("读 论 赞 览 覽", r"(?:阅读|评论|点赞|浏览|瀏覽)[数量]? ?[:(]? ?[\d.,万]+\)?"),
    ("全 更 続 더", r"(?:(?:阅读|查看|展开)全文|閱讀全文|阅读更多|続きを読む|더 보기)[ .…→»›>]*"),
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


_CALLS_BY_WORD = _by_word((*_CALLS, *_UNSPACED_CALLS))
_LINES_BY_WORD = _by_word((*_LINES, *_UNSPACED_LINES))
_WORDS = frozenset([*_CALLS_BY_WORD, *_LINES_BY_WORD])
_CHARACTER = re.compile(
    f"[{''.join(word for word in _WORDS if not word.isascii() and len(word) == 1)}]"
)


# A text without any of these holds no word: most lines of Chinese, where finding the words takes
# 2.5 µs a line and this 0.6.
_FIRST = re.compile(f"[{''.join(sorted({word[0] for word in _WORDS}))}]")

# Words of ASCII are found as bytes, which takes two thirds of the time.
_BYTE_WORDS = frozenset(word.encode() for word in _WORDS if word.isascii())
_NONE = frozenset[str]()
_NO_LETTERS = bytes(code if bytes((code,)).isalpha() else ord(" ") for code in range(256))


def telling(text: str) -> frozenset[str]:
    """The words of a text that speak for its being furniture: nearly always, there are none."""
    if text.isascii():
        found = _BYTE_WORDS.intersection(text.encode().translate(_NO_LETTERS).split())
        return frozenset(map(bytes.decode, found)) if found else _NONE
    if not _FIRST.search(text):
        return _NONE
    return _WORDS.intersection(_WORD.findall(text)).union(_CHARACTER.findall(text))


def line(text: str, words: Set[str]) -> str:
    """The kind of a line that is the same each time but for names, titles and dates; or "".

    ``words`` are the telling ones.
    """
    candidates = _among(_LINES_BY_WORD, words)
    return min((p.pattern for p in candidates if p.fullmatch(text)), default="")


def is_call(text: str, words: Set[str]) -> bool:
    """Whether a text calls readers to do something, advertises, or speaks of the site itself.

    ``words`` are the telling ones.
    """
    return any(p.search(text) for p in _among(_CALLS_BY_WORD, words))


def _among(table: Mapping[str, frozenset[_Pattern]], words: Set[str]) -> frozenset[_Pattern]:
    none = frozenset[_Pattern]()
    return none.union(*(table.get(word, none) for word in words))
