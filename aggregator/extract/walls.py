"""What may stand in an article's place on its page, and how such pages are worded.

English, Chinese, and the most that the others say: German, French, Spanish, Portuguese, Italian,
Russian, Japanese, Korean. The wordings are regular expressions on text in lower case with single
spaces; each is bounded, so that none takes long on any text.
"""

import re

ROBOT = (
    r"are you (?:a |not a )?(?:robot|human)\b",
    r"verify (?:that )?you(?:'re|’re| are) (?:not a |a )?(?:robot|human)",
    r"checking (?:your browser|if the site connection is secure)",
    r"captcha|ddos protection by|(?:ray|incident) id\s*:",
    r"unusual (?:traffic|activity) from your",
    r"enable javascript and cookies to",
    r"just a moment\b|pardon our interruption",
    r"access (?:to this page )?(?:has been )?denied|request (?:unsuccessful|blocked)",
    r"sind sie ein roboter|kein roboter|n['’]êtes pas un robot|no (?:eres|soy) un robot",
    r"não (?:é|sou) um robô|вы не робот|ロボットではありません|로봇이 아닙니다",
    r"(?:人机|人機|安全)(?:验证|驗證)|(?:验证|驗證)码|滑动(?:滑块|验证)|请完成验证|請完成驗證",
    r"访问过于频繁|您的访问出错|不是(?:机器人|機器人)",
)
COOKIES = (
    r"(?:\bwe|our partners|this (?:web)?site) (?:and our (?:\d+ )?partners )?(?:use|store)s?\b"
    r"[^.]{0,40}\bcookies",
    r"accept (?:all )?(?:the )?cookies",
    r"cookie (?:policy|settings|preferences|consent|notice|wall)",
    r"(?:manage|your) (?:privacy|consent) (?:settings|choices|preferences)",
    r"consent to (?:the|our) use of|your privacy (?:choices|matters)|before you continue to",
    r"personal data[^.]{0,60}(?:legitimate interest|our partners)",
    r"cookies (?:akzeptieren|zulassen)|verwenden[^.]{0,20}cookies|mit werbung (?:weiterlesen|und)",
    r"(?:accepter|utilisons) (?:les |des )?cookies|accett\w{1,4} (?:i |tutti i )?cookie",
    r"(?:aceptar|utilizamos|usamos|aceitar)[^.]{0,20} cookies",
    r"(?:принять|использу\w{1,4})[^.]{0,20} (?:cookie|куки)",
    r"(?:クッキー|cookie)(?:を|の)使用|쿠키(?:를|의)? ?(?:사용|동의)",
    r"(?:接受|使用|同意)[^。]{0,12}cookie|cookie ?(?:政策|设置|設定)",
)
PAYWALL = (
    r"subscri(?:be|bers?|ption)\b[^.]{0,40}(?:to (?:continue|read|unlock|access|keep)|required)",
    r"(?:exclusive|only)(?: available)? (?:to|for) (?:our )?(?:subscribers|members)",
    r"(?:members?|subscribers?)[ -]only",
    r"(?:article|story|content) is (?:reserved |available |exclusive |exclusively )?(?:for|to) "
    r"(?:our |paying |premium )?(?:subscribers|members)",
    r"(?:continue|keep) reading[^.]{0,60}(?:subscri|trial|sign ?up|plan|account)",
    r"unlock (?:this|the full|full)[^.]{0,20}(?:article|story|access)|to read the full story",
    r"(?:read|see) the full (?:story|article)[^.]{0,30}(?:subscri|sign|trial)",
    r"(?:reached|used)[^.]{0,20}(?:your|free)[^.]{0,20}(?:article limit|free articles)",
    r"free articles? (?:left|remaining|this month)|already a subscriber|start your (?:free )?trial",
    r"(?:jetzt|nur für) abonnent|weiterlesen mit|mit .{0,20}plus weiterlesen",
    r"réservé aux abonnés|abonnez-vous pour (?:lire|continuer)|riservato agli abbonati",
    r"(?:exclusiv[oa]|s[oó]lo|apenas) para (?:suscriptores|assinantes|socios)",
    r"suscríbete para (?:seguir|leer|continuar)|assine para (?:ler|continuar)",
    r"для подписчиков|оформите подписку",
    r"(?:有料)?会員(?:限定|の方)|続きを読むには|구독자 전용|유료 ?회원",
    r"(?:付费|付費|订阅|訂閱|会员|會員|vip)(?:后|後|用户|用戶|专享|專享|可|才能|即可|方可)"
    r"(?:继续|繼續|阅读|閱讀|查看|观看|解锁|解鎖|可见)?",
    r"(?:解锁|解鎖|购买)(?:后|本文|全文)|剩余\s?\d{1,3}\s?%|(?:试读|試讀)(?:已)?(?:结束|結束)",
    r"(?:本文|此文|全文)(?:为|為|仅限|僅限|需要?)(?:付费|付費|会员|會員|订阅|訂閱)",
)
LOGIN = (
    r"(?:please|you (?:must|need to|have to)(?: be)?) (?:log|sign)(?:ged)?[ -]?(?:in|on|up)\b"
    r"(?! to (?:add|comment|leave|like|post|rate|reply|save|vote|write))",
    r"(?:log|sign) ?in (?:to (?:continue|read|view|your|access|see)|or (?:register|create|sign))",
    r"(?:forgot|reset) (?:your )?password|create (?:an?|your)(?: free)? account",
    r"register (?:for free |now )?to (?:continue|read|access)|don['’]t have an account",
    r"melden sie sich an|passwort vergessen|connectez-vous pour|mot de passe oublié",
    r"inici(?:a|e) sesión|olvidaste tu contraseña|esqueceu (?:a|sua) senha|faça login",
    r"password dimenticata|войдите(?: в|,)|забыли пароль",
    r"ログイン(?:して|が必要)|로그인(?:이 필요|하세요|해 주세요)",
    r"(?:请|請)(?:先)?(?:登录|登錄|登入)",
    r"(?:登录|登錄|登入|注册|註冊)(?:后|後|才能|以后|即可)(?!.{0,4}(?:评论|評論|发表|發表|回复|回覆|点赞))",
    r"(?:忘记|忘記)(?:密码|密碼)|没有账号|還沒有帳號",
)
MISSING = (
    r"\b404\b[^.]{0,30}(?:not found|error|page)|(?:error|http) 404",
    r"page (?:not found|can(?:not|['’]t) be found|does(?:n['’]t| not) exist|no longer exists)",
    r"(?:couldn['’]t|could not|can['’]t|cannot) (?:find|be found)[^.]{0,40}"
    r"(?:page|looking for|article|story)",
    r"page you(?:['’]re| are| were| requested| tried)[^.]{0,60}(?:not|n['’]t|moved|removed)\b",
    r"(?:article|story|content|post|page) (?:has been|was|is) (?:removed|deleted|expired|"
    r"no longer available|unpublished|not available)|no longer available",
    r"nicht (?:gefunden|mehr verfügbar)|page (?:introuvable|non trouvée)|n['’]existe (?:pas|plus)",
    r"página no (?:encontrada|existe)|página não encontrada|pagina non trovata",
    r"страница не найдена|ページが?見つかりません|페이지를 찾을 수 없",
    r"(?:页面|頁面|网页|網頁|文章|内容|內容)(?:已|不)(?:被)?(?:删除|刪除|下线|下架|存在|失效)",
    r"找不到(?:该|您|此|这个)?(?:页面|頁面|网页|網頁|文章)|您(?:访问|要找)的(?:页面|内容|网页)",
)

_ROBOT, _COOKIES, _PAYWALL, _LOGIN, _MISSING = (
    re.compile("|".join(wordings)) for wordings in (ROBOT, COOKIES, PAYWALL, LOGIN, MISSING)
)
_WALLS = (
    ("a check for robots", _ROBOT),
    ("a cookie wall", _COOKIES),
    ("a paywall", _PAYWALL),
    ("a login page", _LOGIN),
    ("a notice that there is nothing any more", _MISSING),
)


def wall(text: str) -> str | None:
    """What a text is by its wording, if it is a wall and not an article."""
    plain = " ".join(text.lower().split())
    return next((name for name, wording in _WALLS if wording.search(plain)), None)


def asks_to_pay(text: str) -> bool:
    """Whether a text asks for a subscription or an account before one can read on."""
    plain = " ".join(text.lower().split())
    return bool(_PAYWALL.search(plain) or _LOGIN.search(plain))
