# ruff: noqa: E501 - markup stands as it is, one element of a list on a line
"""Pages that were written after the rules for finding lists, in the styles of real sites."""

from listing_kit import CHINESE, Page, document, each, menu, stories, truth

JAPANESE = """
駅前の再開発計画、住民説明会に二百人が参加|市は年内に基本計画をまとめる方針を示した。
梅雨入り前に川の点検 消防団が総出で|土のうの置き場所も見直した。
老舗の豆腐店、百年の歴史に幕|常連客が最後の一丁を求めて列を作った。
中学生が作った防災地図が町の公式版に|危険な坂道や古い塀も書き込まれている。
夜行列車が二十年ぶりに復活へ|寝台は予約開始から十分で満席となった。
図書館の閉館時間、来月から一時間延長|利用者の要望に応え、平日は午後八時までとなる。
湖の水質、三十年で最も良い数値に|漁協は稚魚の放流を増やす考えだ。
"""
ARABIC = """
إعادة فتح الجسر القديم أمام المارة بعد عامين من الترميم|عبرت أولى الحافلات في السادسة صباحا وسط ترحيب الأهالي.
المجلس البلدي يصوت على الإبقاء على المسبح القديم|أغلبية ضئيلة تطالب بإصلاح السقف قبل الخريف.
ارتفاع أسعار الزبدة يقلق الخبازين في المدينة|تضاعف السعر خلال عام واحد فقط.
عودة القطارات الليلية إلى الخط الشمالي|تنطلق الرحلات أيام الجمعة فقط حتى نهاية الصيف.
العثور على مذكرات حارس المنارة داخل جدار|تروي المذكرات حكايات العواصف والميناء.
حدائق المدارس تزود المطاعم بالخضروات|تبدأ اثنتا عشرة مدرسة بزراعة البطاطس والكراث.
"""
RUSSIAN = """
Мост через реку открыли после двух лет ремонта|Первые автобусы прошли в шесть утра, паром больше не ходит.
Совет решил сохранить старый бассейн|Крышу починят до осени, и это втрое дешевле нового здания.
Пекари жалуются на цену масла|За год она удвоилась, и круассаны становятся всё меньше.
Ночные поезда возвращаются на северную линию|Спальные вагоны отправляются только по пятницам.
Дневник смотрителя маяка нашли в стене|Он рассказывает о штормах, козе и ценах в гавани.
Хор репетирует на подземной парковке|Хорошая акустика, никакой аренды и случайные слушатели.
Карта всех скамеек города|Их шестьсот двенадцать, и бывший землемер посидел на каждой.
Футбольный клуб продал прожекторы цирку|Матчи переносят на день, к радости родителей.
"""
KOREAN = """
오래된 다리, 이 년간의 보수를 마치고 다시 열려|첫 버스가 아침 여섯 시에 다리를 건넜다.
시의회, 옛 수영장을 보존하기로 의결|지붕은 가을 전에 고칠 예정이다.
버터 값이 두 배로 올라 빵집들이 울상|크루아상이 눈에 띄게 작아졌다.
야간 열차가 북부 노선에 돌아온다|금요일에만 운행하며 봄에 늘어날 수 있다.
등대지기의 일기가 벽 속에서 발견되다|폭풍과 고집 센 염소 이야기가 담겨 있다.
학교 텃밭에서 기른 채소가 급식으로|열두 학교가 감자와 대파부터 시작한다.
"""
GERMAN = """
Brücke nach zwei Jahren wieder für alle offen|Die ersten Busse fuhren um sechs Uhr früh, die Fähre stellt den Betrieb ein.
Stadtrat stimmt für das alte Hallenbad|Das Dach soll noch vor dem Herbst saniert werden.
Wie neunzig Dorfbewohner ihren Laden kauften|Anteile gab es am Tresen, und die Kasse gehört nun allen.
Bäcker klagen über den Preis der Butter|Er hat sich binnen eines Jahres verdoppelt.
Nachtzüge kehren auf die Nordstrecke zurück|Zunächst fahren sie nur freitags.
Tagebuch eines Leuchtturmwärters in der Wand entdeckt|Es erzählt von Stürmen und einer sturen Ziege.
Schulgärten sollen die Kantinen beliefern|Zwölf Schulen beginnen mit Kartoffeln und Lauch.
Chor probt im Parkhaus und findet Publikum|Gute Akustik, keine Miete.
Forscher kartieren die Geräusche des Moors|Vierzig Mikrofone hören die Frösche zuerst.
"""


def docusaurus() -> Page:
    """A documentation tool's blog, with a sidebar of all posts."""
    url = "https://tool.example/blog"
    found = stories(5)
    at = lambda s: f"{url}/{s.on('%Y/%m/%d')}/{s.slug}"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""<article class="margin-bottom--xl" itemprop="blogPost" itemscope itemtype="https://schema.org/BlogPosting"><meta itemprop="description" content="{s.summary}"><header><h2 class="title_f1Hy" itemprop="headline"><a itemprop="url" href="/blog/{s.on("%Y/%m/%d")}/{s.slug}">{s.title}</a></h2><div class="container_mt6G margin-vert--md"><time datetime="{s.day}T00:00:00.000Z">{s.on("%B %d, %Y")}</time> · <!-- -->3 min read</div><div class="avatar"><a href="https://github.com/ida" class="avatar__photo-link"><img class="avatar__photo" src="https://avatars.example/ida.png" alt="Ida Marsh"></a><div class="avatar__name"><a href="https://github.com/ida"><span itemprop="name">Ida Marsh</span></a></div></div></header>
<div class="markdown" itemprop="articleBody"><p>{s.summary} <a href="/docs/install">See the docs</a> for more on that, or ask on <a href="https://chat.example/">chat</a>.</p></div><footer class="row"><div class="col"><b>Tags:</b><ul><li><a href="/blog/tags/release">release</a></li></ul></div><div class="col text--right"><a href="/blog/{s.on("%Y/%m/%d")}/{s.slug}" aria-label="Read more about {s.title}"><b>Read More</b></a></div></footer></article>"""
        ),
    )
    side = each(
        found,
        lambda s: (
            f'<li class="sidebarItem__DBe"><a class="sidebarItemLink_mo7H" href="/blog/{s.on("%Y/%m/%d")}/{s.slug}">{s.title}</a></li>'
        ),
    )
    body = f"""<body class="navigation-with-keyboard"><div id="__docusaurus"><nav class="navbar navbar--fixed-top"><a class="navbar__brand" href="/">Tool</a><a class="navbar__item" href="/docs/intro">Docs</a><a class="navbar__item" href="/blog">Blog</a></nav>
<div class="main-wrapper"><div class="container margin-vert--lg"><div class="row"><aside class="col col--3"><nav class="sidebar_re4s"><div>All posts</div><ul>{side}</ul></nav></aside><main class="col col--7">{posts}<nav class="pagination-nav"><a href="/blog/page/2">Older Entries</a></nav></main></div></div></div><footer class="footer"><a href="/docs/">Docs</a></footer></div></body>"""
    return Page("docusaurus", url, document("", body), truth(found, at))


def old_forum() -> Page:
    """Threads in a table, with authors, counts, and the last post's date."""
    url = "https://forum.example/viewforum.php?f=7"
    found = stories(10)
    at = lambda s: f"https://forum.example/viewtopic.php?f=7&t={s.n + 1200}"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<tr><td class="row1" width="25"><img src="images/topic_read.gif" width="19" height="18" alt="No unread posts"></td><td class="row1"><a href="./viewtopic.php?f=7&amp;t={s.n + 1200}" class="topictitle">{s.title}</a>{'<p class="gensmall">[ <img src="images/icon_pages.gif" alt="Go to page">Go to page: <a href="./viewtopic.php?f=7&amp;t=1203&amp;start=15">2</a> ]</p>' if s.n == 3 else ""}</td><td class="row2"><p class="topicauthor"><a href="./memberlist.php?mode=viewprofile&amp;u={s.n + 50}">user{s.n}</a></p></td><td class="row1"><p class="topicdetails">{s.n * 3}</p></td><td class="row2"><p class="topicdetails">{s.n * 91 + 40}</p></td><td class="row1"><p class="topicdetails">{s.on("%a %b %d, %Y")} 9:05 am</p><p class="topicdetails"><a href="./memberlist.php?mode=viewprofile&amp;u=9">ida</a></p></td></tr>"""
        ),
    )
    body = f"""<body class="ltr"><div id="wrapheader"><table><tr><td><a href="./index.php"><img src="logo.gif" alt=""></a></td></tr></table><div id="menubar"><a href="./ucp.php?mode=login">Login</a> <a href="./faq.php">FAQ</a> <a href="./search.php">Search</a></div></div>
<div id="wrapcentre"><div id="pageheader"><h2><a class="titles" href="./viewforum.php?f=7">General</a></h2></div><table class="tablebg" width="100%"><tr><th colspan="2">Topics</th><th>Author</th><th>Replies</th><th>Views</th><th>Last post</th></tr>{rows}</table><p><a href="./viewforum.php?f=7&amp;start=50">2</a>, <a href="./viewforum.php?f=7&amp;start=100">3</a></p></div></body>"""
    return Page("old forum", url, document("", body), truth(found, at))


def japanese_news() -> Page:
    """``dl`` lists with the date in ``dt``, a ranking beside them."""
    url = "https://www.shimbun.example.jp/chiiki/"
    found = stories(7, JAPANESE)
    at = lambda s: f"https://www.shimbun.example.jp/chiiki/articles/ASS6D{s.n + 310}.html"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f'<dt>{s.on("%Y年%m月%d日")}</dt><dd><a href="articles/ASS6D{s.n + 310}.html">{s.title}</a></dd>'
        ),
    )
    ranking = each(
        stories(5, JAPANESE),
        lambda s: (
            f'<li><span class="num">{s.n + 1}</span><a href="articles/ASS6D{s.n + 310}.html">{s.title}</a></li>'
        ),
    )
    body = f"""<body><div id="header"><ul id="gnavi"><li><a href="/">トップ</a></li><li><a href="/seiji/">政治</a></li><li><a href="/keizai/">経済</a></li><li><a href="/chiiki/">地域</a></li><li><a href="/sports/">スポーツ</a></li></ul></div><div id="contents"><div id="mainCol"><h1>地域ニュース一覧</h1><dl class="newsList">{rows}</dl><p class="pager"><a href="?p=2">次へ</a></p></div><div id="subCol"><h2>アクセスランキング</h2><ol>{ranking}</ol></div></div><div id="footer"><a href="/company/">会社概要</a> <a href="/privacy/">プライバシーポリシー</a></div></body>"""
    return Page("japanese news", url, document("", body, "ja"), truth(found, at))


def arabic_rtl() -> Page:
    """Right to left, dates in Arabic digits and months."""
    url = "https://akhbar.example/mahalliyat"
    found = stories(6, ARABIC)
    at = lambda s: f"https://akhbar.example/mahalliyat/{s.on('%Y/%m/%d')}/khabar-{s.n + 8812}"  # noqa: E731
    months = {4: "أبريل", 5: "مايو", 6: "يونيو"}
    digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    posts = each(
        found,
        lambda s: (
            f"""<div class="views-row"><div class="views-field views-field-field-image"><a href="/mahalliyat/{s.on("%Y/%m/%d")}/khabar-{s.n + 8812}"><img src="/sites/default/files/{s.n}.jpg" width="220" height="140" alt=""></a></div><div class="views-field views-field-title"><span class="field-content"><a href="/mahalliyat/{s.on("%Y/%m/%d")}/khabar-{s.n + 8812}">{s.title}</a></span></div><div class="views-field views-field-created"><span class="field-content">{f"{s.day.day} {months[s.day.month]} {s.day.year}".translate(digits)}</span></div><div class="views-field views-field-body"><p>{s.summary}</p></div></div>"""
        ),
    )
    body = f"""<body class="html not-front page-mahalliyat i18n-ar" dir="rtl"><div id="page"><div id="navigation"><ul class="links"><li><a href="/siyasa">سياسة</a></li><li><a href="/iqtisad">اقتصاد</a></li><li><a href="/riyada">رياضة</a></li><li><a href="/en" lang="en">English</a></li></ul></div><div id="main"><div class="region region-content"><div class="view"><div class="view-content">{posts}</div><ul class="pager"><li><a href="?page=1">التالي</a></li></ul></div></div></div></div></body>"""
    return Page("arabic rtl", url, document("", body, "ar"), truth(found, at))


def russian_news() -> Page:
    """A feed of times and titles, and news of the day beside it."""
    url = "https://vesti.example.ru/news/"
    found = stories(8, RUSSIAN)
    months = {4: "апреля", 5: "мая", 6: "июня"}
    at = lambda s: f"https://vesti.example.ru/news/{s.on('%Y/%m/%d')}/{s.n + 90012}/"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<div class="b-item"><a class="b-item__link" href="/news/{s.on("%Y/%m/%d")}/{s.n + 90012}/"><span class="b-item__date">{s.day.day} {months[s.day.month]} {s.day.year}, 0{s.n}:15</span><span class="b-item__name">{s.title}</span><span class="b-item__anons">{s.summary}</span></a></div>"""
        ),
    )
    top = each(
        stories(3, RUSSIAN, 5),
        lambda s: (
            f'<div class="b-top__item"><a href="/news/{s.on("%Y/%m/%d")}/{s.n + 90012}/">{s.title}</a></div>'
        ),
    )
    body = f"""<body><div class="b-header"><div class="b-header__menu"><a href="/politics/">Политика</a><a href="/economy/">Экономика</a><a href="/society/">Общество</a><a href="/sport/">Спорт</a></div></div><div class="b-page"><div class="b-left"><h1>Новости</h1><div class="b-list">{rows}</div><a class="b-more" href="?page=2">Показать ещё</a></div><div class="b-right"><h3>Самое популярное</h3><div class="b-top">{top}</div></div></div><div class="b-footer"><a href="/about/">О редакции</a></div></body>"""
    return Page("russian news", url, document("", body, "ru"), truth(found, at))


def press_releases() -> Page:
    """Titles without links; each has two buttons."""
    url = "https://corp.example/newsroom/press-releases"
    found = stories(6)
    at = lambda s: f"{url}/{s.slug}"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<div class="row align-items-start pr-item"><div class="col-md-2"><span class="badge">{s.on("%m/%d/%Y")}</span></div><div class="col-md-10"><h4>{s.title}</h4><p>{s.summary}</p><a class="btn btn-primary" href="press-releases/{s.slug}">Read release</a> <a class="btn btn-link" href="/files/{s.slug}.pdf">PDF</a></div></div><hr>"""
        ),
    )
    body = f"""<body><header class="site"><a href="/">Corp</a><div class="nav-wrap">{menu("Products|Solutions|Investors|Newsroom|Careers")}</div></header><div class="container"><ol class="breadcrumb"><li><a href="/">Home</a></li><li>Press releases</li></ol><h1>Press releases</h1><form><select><option>2024</option></select></form>{rows}</div>
<section class="contact"><h2>Media contact</h2><p>Write to press@corp.example; please mind that we cannot answer questions of customers at this address, for which there is a form.</p></section><footer>{menu("Imprint|Privacy", "div")}</footer></body>"""
    return Page("press releases", url, document("", body, "en-US"), truth(found, at))


def video_cards() -> Page:
    """Thumbnails, lengths, views and ages."""
    url = "https://video.example/@ida/videos"
    found = stories(12)
    at = lambda s: f"https://video.example/watch?v=dQw4w9WgX{s.n:02d}"  # noqa: E731
    cards = each(
        found,
        lambda s: (
            f"""<ytd-rich-item-renderer class="style-scope"><div id="dismissible"><a id="thumbnail" href="/watch?v=dQw4w9WgX{s.n:02d}"><img src="https://i.example/{s.n}/hq.jpg" alt=""><span class="time-status">{s.n + 3}:2{s.n % 10}</span></a><div id="details"><h3><a id="video-title-link" title="{s.title}" href="/watch?v=dQw4w9WgX{s.n:02d}"><span id="video-title">{s.title}</span></a></h3><div id="metadata-line"><span>{s.n + 2}K views</span><span>{s.n + 1} days ago</span></div></div></div></ytd-rich-item-renderer>"""
        ),
    )
    guide = each(
        [
            "Home",
            "Shorts",
            "Subscriptions",
            "History",
            "Playlists",
            "Your videos",
            "Trending",
            "Music",
            "Gaming",
        ],
        lambda t: (
            f'<ytd-guide-entry-renderer><a href="/feed/{t.lower()}">{t}</a></ytd-guide-entry-renderer>'
        ),
    )
    body = f"""<body><ytd-app><div id="guide">{guide}</div><div id="page-manager"><div id="channel-header"><h1>Ida</h1><a href="/@ida/featured">Home</a><a href="/@ida/videos">Videos</a><a href="/@ida/playlists">Playlists</a></div><div id="contents">{cards}</div></div></ytd-app></body>"""
    return Page("video cards", url, document("", body), truth(found, at, dated=False))


def pictures_only() -> Page:
    """Nothing but pictures with alternative texts."""
    url = "https://photo.example/stories/"
    found = stories(8)
    at = lambda s: f"{url}{s.slug}"  # noqa: E731
    cards = each(
        found,
        lambda s: (
            f'<div class="tile"><a href="/stories/{s.slug}"><img data-src="/media/{s.n}.jpg" src="data:image/gif;base64,R0lGOD" alt="{s.title}"></a></div>'
        ),
    )
    body = f"""<body><div class="top"><a href="/"><img src="/logo.svg" alt="Photo"></a><a href="/about">About</a><a href="/shop">Prints</a></div><div class="wall">{cards}</div><div class="social-icons"><a href="https://insta.example/p"><img src="/i.svg" alt="Instagram"></a><a href="https://tw.example/p"><img src="/t.svg" alt="Twitter"></a></div></body>"""
    return Page("pictures only", url, document("", body), truth(found, at, dated=False))


def tailwind_archive() -> Page:
    """Page three of an archive, utility classes only."""
    url = "https://studio.example/journal/page/3"
    found = stories(9)
    at = lambda s: f"https://studio.example/journal/{s.slug}"  # noqa: E731
    cards = each(
        found,
        lambda s: (
            f"""<a href="/journal/{s.slug}" class="group flex flex-col gap-4 rounded-xl border p-6 hover:shadow {"md:col-span-2" if s.n == 0 else ""}"><div class="aspect-video overflow-hidden rounded-lg"><img loading="lazy" class="h-full w-full object-cover" src="/_next/image?url=%2F{s.n}.jpg&amp;w=640" alt=""></div><div class="flex items-center gap-2 text-sm text-gray-500"><span class="rounded bg-gray-100 px-2">Craft</span><span>{s.on("%d %b %Y")}</span></div><div class="text-xl font-semibold">{s.title}</div><div class="line-clamp-2 text-gray-600">{s.summary}</div></a>"""
        ),
    )
    pages = each(
        range(1, 9),
        lambda n: f'<a class="flex h-8 w-8 items-center" href="/journal/page/{n}">{n}</a>',
    )
    body = f"""<body class="antialiased"><div class="flex items-center justify-between p-4"><a href="/" class="font-bold">Studio</a><div class="flex gap-4"><a href="/work">Work</a><a href="/journal">Journal</a><a href="/contact">Contact</a></div></div><div class="mx-auto max-w-6xl"><div class="grid grid-cols-3 gap-8">{cards}</div><div class="flex justify-center gap-2">{pages}</div></div><div class="border-t p-8 text-sm"><a href="/imprint">Imprint</a></div></body>"""
    return Page("tailwind archive", url, document("", body), truth(found, at))


def korean_board() -> Page:
    """A notice board: numbers, a pinned row, short dates."""
    url = "https://www.si.example.kr/board/list.do?bbsId=notice"
    found = stories(6, KOREAN)
    at = lambda s: f"https://www.si.example.kr/board/view.do?bbsId=notice&nttId={s.n + 55120}"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<tr{' class="notice"' if s.n == 0 else ""}><td class="num">{"공지" if s.n == 0 else 40 - s.n}</td><td class="subject"><a href="view.do?bbsId=notice&amp;nttId={s.n + 55120}">{s.title}</a>{' <img src="/img/new.gif" alt="새글">' if s.n < 2 else ""}</td><td>총무과</td><td>{s.on("%Y.%m.%d")}</td><td>{s.n * 31}</td></tr>"""
        ),
    )
    body = f"""<body><div id="skip"><a href="#content">본문 바로가기</a></div><div id="gnb"><ul><li><a href="/intro.do">시청소개</a></li><li><a href="/minwon.do">민원</a></li><li><a href="/board/list.do?bbsId=free">자유게시판</a></li></ul></div><div id="content"><h3>공지사항</h3><table class="board_list"><caption>공지사항 목록</caption><thead><tr><th>번호</th><th>제목</th><th>부서</th><th>등록일</th><th>조회</th></tr></thead><tbody>{rows}</tbody></table><div class="paging"><strong>1</strong><a href="?bbsId=notice&amp;pageIndex=2">2</a><a href="?bbsId=notice&amp;pageIndex=3">3</a></div></div></body>"""
    return Page("korean board", url, document("", body, "ko"), truth(found, at))


def german_paper() -> Page:
    """Teasers of three sizes in sections, with opinion and adverts between them."""
    url = "https://www.tagblatt.example.de/"
    found = stories(9, GERMAN)
    slugs = (
        "bruecke",
        "hallenbad",
        "laden",
        "butter",
        "nachtzuege",
        "tagebuch",
        "schulgarten",
        "chor",
        "moor",
    )
    at = lambda s: f"{url}lokales/{slugs[s.n]}-wieder-da-id{s.n + 6512000}.html"  # noqa: E731

    def teaser(s):
        size = "xl" if s.n == 0 else "m" if s.n < 5 else "s"
        return f"""<article class="teaser teaser--{size}"><a class="teaser__link" href="{at(s)}"><figure class="teaser__figure"><img src="/img/{s.n}.jpg" alt=""></figure><div class="teaser__text"><h{2 if size == "xl" else 3} class="teaser__headline"><span class="teaser__kicker">Stadtleben</span> <span class="teaser__title">{s.title}</span></h{2 if size == "xl" else 3}>{"" if size == "s" else f'<p class="teaser__lead">{s.summary}</p>'}</div></a></article>"""

    ad = '<div class="iqadtile"><a href="https://ads.example.de/click?1"><img src="https://ads.example.de/1.gif" alt="Anzeige: Jetzt Strom wechseln und sparen"></a></div>'
    body = f"""<body><header><div class="branding"><a href="/">Tagblatt</a></div>{menu("Lokales|Politik|Sport|Kultur|Wirtschaft|Panorama|Abo|E-Paper")}</header><main><section class="block block--top">{teaser(found[0])}</section>{ad}<section class="block"><h2 class="block__title"><a href="/lokales/">Lokales</a></h2><div class="block__grid">{each(found[1:5], teaser)}</div></section>{ad}<section class="block block--list">{each(found[5:], teaser)}</section></main><footer>{menu("Impressum|Datenschutz|AGB|Kontakt", "div")}</footer></body>"""
    expected = tuple((a, f"Stadtleben {t}", "") for a, t, _ in truth(found, at))
    return Page("german paper", url, document("", body, "de"), expected)


def css_modules() -> Page:
    """Names with hashes, list items in several lists, no ``time``."""
    url = "https://app.example/changelog"
    found = stories(8)
    at = lambda s: f"{url}/{s.slug}"  # noqa: E731
    cards = each(
        found,
        lambda s: (
            f"""<li class="ChangelogList_item__{"x7Yq2"}"><div class="ChangelogList_date__a81Zt">{s.on("%B %d, %Y")}</div><div class="ChangelogList_body__Qq02m"><h2 class="Heading_root__p9Fjk"><a class="Link_root__k2Lm1" href="/changelog/{s.slug}">{s.title}</a></h2><div class="Prose_root__v5b3z"><p>{s.summary}</p><ul><li>{s.title} in <a href="/docs/guides">guides</a></li><li>Fixed <a href="https://issues.example/{s.n}">#{s.n}</a></li></ul></div></div></li>"""
        ),
    )
    body = f"""<body><div class="Layout_root__1"><div class="Header_root__2"><a class="Link_root__k2Lm1" href="/pricing">Pricing</a><a class="Link_root__k2Lm1" href="/docs">Docs</a><a class="Link_root__k2Lm1" href="/changelog">Changelog</a><a class="Link_root__k2Lm1" href="/signin">Sign in</a></div><div class="Page_root__3"><h1>Changelog</h1><ul class="ChangelogList_root__4">{cards}</ul></div></div></body>"""
    return Page("css modules", url, document("", body), truth(found, at))


def year_headings() -> Page:
    """A list for each year; days without a year."""
    url = "https://bo.example/"
    found = stories(15)
    at = lambda s: f"{url}{s.slug}/"  # noqa: E731

    def year(part, title):
        rows = each(
            part,
            lambda s: f'<li><a href="/{s.slug}/">{s.title}</a> <small>{s.on("%b %d")}</small></li>',
        )
        return f"<h2>{title}</h2><ul>{rows}</ul>"

    body = f"""<body><p>Hello! I am Bo, and I write about towns, trains and bread. I used to work for a harbour. You can <a href="mailto:bo@bo.example">write to me</a>, or read <a href="/about/">more about me</a>.</p>{year(found[:7], 2024)}{year(found[7:], 2023)}<p><small>No cookies here.</small></p></body>"""
    return Page("year headings", url, document("", body), truth(found, at, dated=False))


def h_feed() -> Page:
    """Microformats; notes without titles would be no list of articles, these have some."""
    url = "https://indie.example/"
    found = stories(5)
    at = lambda s: f"{url}notes/{s.on('%Y')}/{s.slug}"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""<div class="h-entry"><p class="p-name"><b>{s.title}</b></p><div class="e-content"><p>{s.summary} {s.summary}</p><p>And <a href="https://other.example/thing-of-note">another thing</a>.</p></div><p class="meta"><a class="u-url" href="/notes/{s.on("%Y")}/{s.slug}"><time class="dt-published" datetime="{s.day}T07:30:00-07:00">{s.on("%A")}</time></a> <a class="p-author h-card" href="{url}">Kim</a></p></div>"""
        ),
    )
    body = f"""<body class="h-feed"><h1 class="p-name">Kim</h1><div class="h-card"><img class="u-photo" src="/me.jpg" alt=""><a class="u-url" href="{url}">Kim</a></div>{posts}<p><a rel="prev" href="/before/55">Older</a></p></body>"""
    return Page("h-feed", url, document("", body), truth(found, at))


def nineties_table() -> Page:
    """``font`` and ``center``, news in table cells, bold titles."""
    url = "http://www.oldsite.example.org/news.html"
    found = stories(6)
    at = lambda s: f"http://www.oldsite.example.org/news/{s.on('%y%m%d')}.html"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<tr><td bgcolor="#eeeeee"><font face="Arial" size="2"><b>{s.title}</b></font> <font size="1">{s.on("%d %B %Y")}</font></td></tr><tr><td><font face="Arial" size="2">{s.summary} <a href="news/{s.on("%y%m%d")}.html">More...</a></font><br><br></td></tr>"""
        ),
    )
    body = f"""<body bgcolor="white"><center><table width="760"><tr><td width="150" valign="top"><font size="2"><a href="index.html">Home</a><br><a href="news.html">News</a><br><a href="members.html">Members</a><br><a href="links.html">Links</a><br><a href="guestbook.cgi">Guestbook</a></font></td><td><h2>News</h2><table width="600">{rows}</table></td></tr></table></center></body>"""
    return Page("nineties table", url, document("", body), truth(found, at))


def newsletter_archive() -> Page:
    """Posts of a newsletter host: hashed classes, likes, comments, share."""
    url = "https://ida.letters.example/archive"
    found = stories(8)
    at = lambda s: f"https://ida.letters.example/p/{s.slug}"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<div class="_container_1qkl2_1" tabindex="0"><div class="pencraft pc-display-flex"><div class="pencraft pc-flexDirection-column"><a class="pencraft _reset" data-testid="post-preview-title" href="{at(s)}">{s.title}</a><div class="pencraft _sub"><a href="{at(s)}">{s.summary}</a></div><div class="pencraft _meta"><time datetime="{s.day}T12:00:00.000Z">{s.on("%b")} {s.day.day}</time> • <a href="https://letters.example/@ida">Ida Marsh</a></div><div class="pencraft _bar"><a class="post-ufi-button" href="{at(s)}"><div class="label">{s.n + 12}</div></a><a class="post-ufi-button" href="{at(s)}/comments"><div class="label">{s.n + 3}</div></a><a role="button" class="post-ufi-button" href="javascript:void(0)">Share</a></div></div><a class="_img" href="{at(s)}"><img src="https://cdn.example/{s.n}.png" alt=""></a></div></div>"""
        ),
    )
    body = f"""<body><div id="entry"><div class="main-menu"><a href="/">Letters of Ida</a><a href="/subscribe">Subscribe</a><a href="/account">Sign in</a></div><div class="archive"><div class="tabs"><a href="?sort=new">New</a><a href="?sort=top">Top</a><a href="?sort=community">Discussions</a></div>{rows}</div><div class="footer-wrap"><a href="/privacy">Privacy</a> <a href="/tos">Terms</a></div></div></body>"""
    return Page("newsletter archive", url, document("", body), truth(found, at))


def json_ld_front() -> Page:
    """A page whose list is an ItemList for machines and thin links for people."""
    url = "https://recipes.example/"
    found = stories(6)
    at = lambda s: f"{url}r/{s.n + 71}/{s.slug}"  # noqa: E731
    names = ",".join(
        f'{{"@type":"ListItem","position":{s.n + 1},"item":{{"@type":"BlogPosting","url":"{at(s)}","name":"{s.title}","datePublished":"{s.day}"}}}}'
        for s in found
    )
    head = f'<script type="application/ld+json">{{"@context":"https://schema.org","@type":"CollectionPage","mainEntity":{{"@type":"ItemList","itemListElement":[{names}]}}}}</script>'
    rows = each(
        found,
        lambda s: (
            f'<div><a href="/r/{s.n + 71}/{s.slug}"><img src="/p/{s.n}.jpg" alt=""></a><a href="/r/{s.n + 71}/{s.slug}">{s.title}</a></div>'
        ),
    )
    body = f"""<body>{menu("Home|Soups|Bread|Cakes")}<div class="x">{rows}</div></body>"""
    return Page("json-ld front", url, document(head, body), truth(found, at))


def chinese_blog_cards() -> Page:
    """A portal's feed of cards with sources and relative times, adverts among them."""
    url = "https://www.toutiao.example.cn/ch/news_local/"
    found = stories(9, CHINESE)
    at = lambda s: f"https://www.toutiao.example.cn/article/73{s.n + 10**12}/"  # noqa: E731
    cards = each(
        found,
        lambda s: (
            f"""<div class="feed-card-wrapper"><div class="feed-card-article"><div class="feed-card-article-l"><a href="/article/73{s.n + 10**12}/?log_from=ab_{s.n}" target="_blank" class="title">{s.title}</a><div class="feed-card-footer-cmp-author"><a href="/c/user/token/{s.n}/">本地新闻网</a><span class="feed-card-footer-comment-cmp">{s.n + 4}评论</span><span>{s.n + 1}小时前</span></div></div></div></div>{'<div class="feed-card-wrapper"><a href="https://ad.example.cn/x" class="ad-card">秋季新款上市 限时八折优惠 点击查看</a></div>' if s.n == 3 else ""}"""
        ),
    )
    body = f"""<body><div id="root"><div class="feed-default-nav-wrapper"><ul><li><a href="/ch/news_hot/">热点</a></li><li><a href="/ch/news_tech/">科技</a></li><li><a href="/ch/news_local/">本地</a></li></ul></div><div class="main-content"><div class="left-container">{cards}</div><div class="right-container"><div class="ttp-hot-board"><h2 class="title">头条热榜</h2><ol>{each(stories(8, CHINESE)[::-1], lambda s: f'<li><a href="/trending/{s.n}00/" class="article-item">{s.title}</a></li>')}</ol></div></div></div></div></body>"""
    expected = tuple(
        (f"{a}?log_from=ab_{n}", t, "") for n, (a, t, _) in enumerate(truth(found, at))
    )
    return Page("chinese feed cards", url, document("", body, "zh-CN"), expected)


def manual() -> Page:
    """A chapter of documentation beside its table of contents."""
    topics = "Installing the program|Your first project|Configuration in depth|Working with sources|Writing your own rules|Publishing to a server|Upgrading from version two|Frequently asked questions"
    tree = each(
        topics.split("|"),
        lambda t: (
            f'<li class="toctree-l1"><a class="reference internal" href="{t.lower().replace(" ", "-")}.html">{t}</a></li>'
        ),
    )
    parts = each(
        topics.split("|")[:4],
        lambda t: (
            f'<section id="{t.lower().replace(" ", "-")}"><h2>{t}<a class="headerlink" href="#{t.lower().replace(" ", "-")}">¶</a></h2><p>Before anything else, make sure that the program is there and that it can be run by you. Then read on, since much of what follows depends on it, as <a href="glossary.html">the glossary</a> explains.</p></section>'
        ),
    )
    body = f"""<body class="wy-body-for-nav"><div class="wy-grid-for-nav"><div class="wy-side-scroll"><p class="caption">Guide</p><ul>{tree}</ul></div><section class="wy-nav-content-wrap"><div role="main" class="document"><h1>Guide</h1>{parts}</div></section></div></body>"""
    return Page("no list: manual", "https://docs.example/en/latest/guide.html", document("", body))


def team() -> Page:
    """Cards of people."""
    people = "Ida Marsh|Bo Lund|Kim Berg|Ada Quist|Jon Falk|Eva Strand"
    cards = each(
        people.split("|"),
        lambda t: (
            f'<div class="member"><img src="/img/{t[0]}.jpg" alt="{t}"><h3><a href="/team/{t.lower().replace(" ", "-")}">{t}</a></h3><p>Looks after things that nobody else does, and likes it.</p></div>'
        ),
    )
    body = f"""<body>{menu("Home|Products|Team|Contact")}<main><h1>Our team</h1><div class="members">{cards}</div></main></body>"""
    return Page("no list: team", "https://corp.example/team", document("", body))


def landing() -> Page:
    """Features, prices and promises."""
    cards = each(
        ["Fast", "Safe", "Simple"],
        lambda t: (
            f'<div class="feature"><svg></svg><h3>{t} from the first day</h3><p>It does what you expect, when you expect it, and it never asks twice.</p><a href="/features/{t.lower()}">Learn more</a></div>'
        ),
    )
    plans = each(
        ["Free", "Team", "Enterprise"],
        lambda t: (
            f'<div class="plan"><h3>{t}</h3><p class="price">$12</p><ul><li>Ten projects</li><li>Mail support</li></ul><a class="btn" href="/signup?plan={t.lower()}">Choose {t}</a></div>'
        ),
    )
    body = f"""<body>{menu("Features|Pricing|Docs|Blog")}<section class="hero"><h1>Everything you need to ship your work</h1><a href="/signup">Get started</a></section><section class="features">{cards}</section><section class="plans">{plans}</section><footer><ul><li><a href="/privacy">Privacy</a></li><li><a href="/terms">Terms</a></li></ul></footer></body>"""
    return Page("no list: landing", "https://app.example/", document("", body))


def quiet_article() -> Page:
    """An article that says of itself nothing, at an address that says nothing."""
    own, *others = stories(6, GERMAN)
    text = each(
        stories(18, GERMAN),
        lambda s: (
            f"<p>{s.summary} {s.title}. {s.summary} Das sagte eine Sprecherin am Dienstag, ohne weitere Angaben zu machen.</p>"
        ),
    )
    links = each(
        others,
        lambda s: (
            f'<li><a href="/a?id={s.n + 88}">{s.title}</a> <span>{s.on("%d.%m.%Y")}</span></li>'
        ),
    )
    body = f"""<body><div class="kopf"><a href="/">Bote</a></div><div class="spalte"><h1>{own.title}</h1><div>{own.on("%d.%m.%Y")}, von Bo Lund</div>{text}<div class="kasten"><ul>{links}</ul></div></div></body>"""
    return Page("no list: quiet article", "https://bote.example/a?id=87", document("", body, "de"))


def tag_index() -> Page:
    """All tags of a blog."""
    tags = each(
        [
            "bread",
            "trains",
            "harbours",
            "choirs",
            "lighthouses",
            "football",
            "weather",
            "gardens",
            "bridges",
            "markets",
            "archives",
            "cinemas",
        ],
        lambda t: f'<li><a class="tag" href="/tags/{t}/">{t}</a> <span>({len(t)})</span></li>',
    )
    body = f"""<body><header><a href="/">Bo</a></header><main><h1>All tags</h1><ul>{tags}</ul></main></body>"""
    return Page("no list: tags", "https://bo.example/tags/", document("", body))


PAGES = (
    *(docusaurus, old_forum, japanese_news, arabic_rtl, russian_news, press_releases, video_cards),
    *(pictures_only, tailwind_archive, korean_board, german_paper, css_modules, year_headings),
    *(h_feed, nineties_table, newsletter_archive, json_ld_front, chinese_blog_cards),
    *(manual, team, landing, quiet_article, tag_index),
)
