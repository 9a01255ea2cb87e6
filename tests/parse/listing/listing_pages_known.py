# ruff: noqa: E501 - markup stands as it is, one element of a list on a line
"""Pages that the rules for finding lists were made with, in the styles of real sites."""

from listing_kit import CHINESE, Page, document, each, menu, stories, truth

SECTIONS = "Home|World|Politics|Business|Culture|Science|Sport|Opinion|Travel"


def wordpress_classic() -> Page:
    """Posts in full, a sidebar of widgets, classes of each post's own."""
    url = "https://harbour.example/"
    found = stories(8)
    at = lambda s: f"{url}{s.on('%Y/%m')}/{s.slug}/"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""
<article id="post-{s.n + 40}" class="post-{s.n + 40} post type-post status-publish format-standard hentry category-news tag-t{s.n}">
 <header class="entry-header"><h1 class="entry-title"><a href="{at(s)}" rel="bookmark">{s.title}</a></h1>
 <div class="comments-link"><a href="{at(s)}#respond">Leave a reply</a></div></header>
 <div class="entry-content"><p>{s.summary} {s.summary}</p><p><a href="{at(s)}" class="more-link">Continue reading <span class="meta-nav">&rarr;</span></a></p></div>
 <footer class="entry-meta">This entry was posted in <a href="{url}category/news/" rel="category tag">News</a> on
 <a href="{at(s)}" title="9:14 am" rel="bookmark"><time class="entry-date" datetime="{s.on("%Y-%m-%d")}T09:14:00+00:00">{s.on("%B %d, %Y")}</time></a>
 <span class="by-author">by <a class="url fn n" href="{url}author/mary/">Mary</a></span>.</footer></article>"""
        ),
    )
    recent = each(stories(5), lambda s: f'<li><a href="{at(s)}">{s.title}</a></li>')
    months = each(
        stories(9), lambda s: f'<li><a href="{url}{s.on("%Y/%m")}/">{s.on("%B %Y")}</a></li>'
    )
    body = f"""<body class="home blog custom-font has-sidebar"><div id="page" class="hfeed site">
<header id="masthead"><h1 class="site-title"><a href="{url}">The Harbour</a></h1>{menu("Home|About|Contact")}</header>
<div id="main"><div id="primary" class="site-content"><div id="content" role="main">{posts}
<nav id="nav-below"><a href="{url}page/2/">Older posts</a></nav></div></div>
<div id="secondary" class="widget-area" role="complementary"><aside class="widget"><h3 class="widget-title">Recent Posts</h3><ul>{recent}</ul></aside>
<aside class="widget"><h3>Archives</h3><ul>{months}</ul></aside></div></div>
<footer id="colophon"><a href="https://wordpress.org/">Proudly powered by WordPress</a></footer></div></body>"""
    return Page(
        "wordpress classic", url, document("<title>The Harbour</title>", body), truth(found, at)
    )


def wordpress_blocks() -> Page:
    """A query loop of the block editor."""
    url = "https://blocks.example/blog/"
    found = stories(6)
    at = lambda s: f"https://blocks.example/{s.slug}/"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""
<li class="wp-block-post post-{s.n + 7} post type-post status-publish has-post-thumbnail hentry category-uncategorized">
<div class="wp-block-group is-layout-flow"><figure class="wp-block-post-featured-image"><a href="{at(s)}" target="_self"><img src="/wp-content/uploads/{s.n}.jpg" alt=""></a></figure>
<h2 class="wp-block-post-title has-large-font-size"><a href="{at(s)}" target="_self">{s.title}</a></h2>
<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{s.summary}</p></div>
<div class="wp-block-post-date"><time datetime="{s.on("%Y-%m-%d")}T10:00:00+02:00">{s.on("%b %d, %Y")}</time></div></div></li>"""
        ),
    )
    body = f"""<body class="blog wp-embed-responsive"><div class="wp-site-blocks"><header class="wp-block-template-part">{menu("Blog|Recipes|Shop|About us")}</header>
<main class="wp-block-group"><h1>Blog</h1><div class="wp-block-query alignwide"><ul class="columns-3 wp-block-post-template">{posts}</ul>
<nav class="wp-block-query-pagination"><div class="wp-block-query-pagination-numbers"><span>1</span><a class="page-numbers" href="?query-page=2">2</a><a class="page-numbers" href="?query-page=3">3</a></div></nav></div></main>
<footer><p>Designed with <a href="https://wordpress.org">WordPress</a></p></footer></div></body>"""
    return Page("wordpress blocks", url, document("", body), truth(found, at))


def hugo_papermod() -> Page:
    """Cards with an overlay link that says nothing, and a heading without a link."""
    url = "https://notes.example/"
    found = stories(7)
    at = lambda s: f"{url}posts/{s.slug}/"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""
<article class="{"first-entry" if s.n == 0 else "post-entry"}"><header class="entry-header"><h2 class="entry-hint-parent">{s.title}</h2></header>
<div class="entry-content"><p>{s.summary}...</p></div><footer class="entry-footer"><span title='{s.day} 00:00:00 +0000 UTC'>{s.on("%B %d, %Y").replace(" 0", " ")}</span>&nbsp;·&nbsp;3 min&nbsp;·&nbsp;Ida</footer>
<a class="entry-link" aria-label="post link to {s.title}" href="{at(s)}"></a></article>"""
        ),
    )
    body = f"""<body class="list" id="top"><header class="header"><nav class="nav"><div class="logo"><a href="{url}">Notes</a></div>
<ul id="menu"><li><a href="{url}archives/"><span>Archive</span></a></li><li><a href="{url}tags/"><span>Tags</span></a></li></ul></nav></header>
<main class="main">{posts}<footer class="page-footer"><nav class="pagination"><a class="next" href="{url}page/2/">Next</a></nav></footer></main>
<footer class="footer"><span>Powered by <a href="https://gohugo.io/">Hugo</a></span></footer></body>"""
    return Page("hugo papermod", url, document("", body), truth(found, at))


def hexo_archive() -> Page:
    """An archive by years, whose days are in ``time``."""
    url = "https://blog.example.cn/archives/"
    found = stories(9, CHINESE)
    at = lambda s: f"https://blog.example.cn/{s.on('%Y/%m/%d')}/post-{s.n}/"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""
<article itemscope itemtype="http://schema.org/Article"><header class="post-header"><div class="post-meta-container"><time itemprop="dateCreated" datetime="{s.day}T20:10:00+08:00" content="{s.day}">{s.on("%m-%d")}</time></div>
<div class="post-title"><a class="post-title-link" href="/{s.on("%Y/%m/%d")}/post-{s.n}/" itemprop="url"><span itemprop="name">{s.title}</span></a></div></header></article>"""
        ),
    )
    tags = each(
        range(20), lambda n: f'<a href="/tags/t{n}/" style="font-size: {n + 10}px">标签{n}</a>'
    )
    body = f"""<body><div class="headband"></div><main class="main"><div class="column"><header class="header"><div class="site-brand-container"><a href="/" class="brand"><h1 class="site-title">日志</h1></a></div>
<nav class="site-nav"><ul class="main-menu menu"><li class="menu-item"><a href="/">首页</a></li><li class="menu-item"><a href="/tags/">标签</a></li><li class="menu-item"><a href="/archives/">归档</a></li></ul></nav></header>
<aside class="sidebar"><div class="tag-cloud">{tags}</div></aside></div>
<div class="main-inner archive posts-collapse"><div class="post-block"><div class="post-content"><div class="collection-title"><span class="collection-header">目前共计 31 篇日志。 继续努力。</span></div>
<div class="collection-year"><span class="collection-header">2024</span></div>{posts}</div></div></div></main></body>"""
    return Page("hexo archive", url, document("", body, "zh-CN"), truth(found, at))


def jekyll_minima() -> Page:
    """A plain list with a date before each heading."""
    url = "https://someone.github.example/"
    found = stories(12)
    at = lambda s: f"{url}{s.on('%Y/%m/%d')}/{s.slug}.html"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""<li><span class="post-meta">{s.on("%b %d, %Y")}</span><h3><a class="post-link" href="/{s.on("%Y/%m/%d")}/{s.slug}.html">{s.title}</a></h3></li>"""
        ),
    )
    body = f"""<body><header class="site-header"><div class="wrapper"><a class="site-title" rel="author" href="/">Someone</a><nav class="site-nav"><div class="trigger"><a class="page-link" href="/about/">About</a></div></nav></div></header>
<main class="page-content" aria-label="Content"><div class="wrapper"><div class="home"><h2 class="post-list-heading">Posts</h2><ul class="post-list">{posts}</ul><p class="rss-subscribe">subscribe <a href="/feed.xml">via RSS</a></p></div></div></main>
<footer class="site-footer"><ul class="social-media-list"><li><a href="https://github.com/someone">someone</a></li></ul></footer></body>"""
    return Page("jekyll minima", url, document("", body), truth(found, at))


def ghost_casper() -> Page:
    """Cards that are links as a whole; the first is large."""
    url = "https://magazine.ghost.example/"
    found = stories(10)
    at = lambda s: f"{url}{s.slug}/"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""
<article class="post-card post {"post-card-large" if s.n == 0 else ""} {"no-image" if s.n == 3 else ""}">{"" if s.n == 3 else f'<a class="post-card-image-link" href="/{s.slug}/"><img class="post-card-image" srcset="/content/images/size/w300/{s.n}.jpg 300w, /content/images/size/w600/{s.n}.jpg 600w" src="/content/images/size/w600/{s.n}.jpg" alt="" loading="lazy"></a>'}
<div class="post-card-content"><a class="post-card-content-link" href="/{s.slug}/"><header class="post-card-header"><div class="post-card-tags"><span class="post-card-primary-tag">Town</span></div><h2 class="post-card-title">{s.title}</h2></header>
<div class="post-card-excerpt">{s.summary}</div></a><footer class="post-card-meta"><time class="post-card-meta-date" datetime="{s.day}">{s.on("%b %d, %Y")}</time><span class="post-card-meta-length">4 min read</span></footer></div></article>"""
        ),
    )
    body = f"""<body class="home-template"><div class="viewport"><header id="gh-head" class="gh-head outer"><nav class="gh-head-menu"><ul class="nav"><li class="nav-home"><a href="{url}">Home</a></li><li><a href="{url}about/">About</a></li></ul></nav><a class="gh-head-button" href="#/portal/signup">Subscribe</a></header>
<main id="site-main" class="site-main outer"><div class="inner posts"><div class="post-feed">{posts}</div></div></main><footer class="site-footer outer"><a href="https://ghost.org/">Powered by Ghost</a></footer></div></body>"""
    return Page("ghost casper", url, document("", body), truth(found, at))


def hashed_divs() -> Page:
    """No heading, no list, no word in any class."""
    url = "https://medium.example/tag-of-towns"
    found = stories(9)
    at = lambda s: f"https://medium.example/@ida/{s.slug}-{s.n:04d}f3a9c1d2"  # noqa: E731
    posts = each(
        found,
        lambda s: (
            f"""
<div class="ab q ae"><div class="l em en"><div class="ab ca"><div class="l eo"><a class="af ag" href="/@ida?source=x"><div class="bm b bn">Ida Marsh</div></a></div><div class="l ep"><span class="bm b bo">{s.on("%b %d, %Y").replace(" 0", " ")}</span></div></div>
<div class="l er es"><a class="af ag ah" href="/@ida/{s.slug}-{s.n:04d}f3a9c1d2?source=home---{s.n}"><div class="bm fx fy"><div class="l dd">{s.title}</div></div><div class="hz ia"><div class="bm b dn">{s.summary}</div></div></a></div></div>
<div class="l ic"><a href="/@ida/{s.slug}-{s.n:04d}f3a9c1d2?source=home---{s.n}"><img alt="" class="bw" src="https://miro.example/v2/resize:fill:200/{s.n}.png" width="200" height="134"></a></div></div>"""
        ),
    )
    topics = each(
        ["Cities", "Programming", "Writing", "Money", "Health", "Travel", "Design", "Music"],
        lambda t: (
            f'<div class="l cv"><a class="af ag" href="/tag/{t.lower()}"><div class="bm b dp">{t}</div></a></div>'
        ),
    )
    body = f"""<body><div id="root"><div class="a b c"><div class="d e"><div class="ab cd"><a class="af" href="/">M</a><a class="af ag" href="/m/signin">Sign in</a><a class="af ag" href="/m/write">Write</a></div></div>
<div class="l m"><div class="l n">{posts}</div><div class="l o"><div class="l dj"><div class="bm b dl">Discover more of what matters to you</div>{topics}</div><div class="ab cg"><a class="af ah" href="/help">Help</a><a class="af ah" href="/status">Status</a><a class="af ah" href="/privacy">Privacy</a></div></div></div></div></div></body>"""
    return Page(
        "hashed divs",
        url,
        document("", body),
        tuple((f"{a}?source=home---{n}", t, d) for n, (a, t, d) in enumerate(truth(found, at))),
    )


def table_of_links() -> Page:
    """Rows in threes, links to other sites, ages instead of dates."""
    url = "https://orange.example/news"
    found = stories(15)
    at = lambda s: f"https://{'abcdefgh'[s.n % 8]}-site.example/{s.slug}"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<tr class='athing submission' id='4062{s.n:03d}'><td align="right" valign="top" class="title"><span class="rank">{s.n + 1}.</span></td><td valign="top" class="votelinks"><center><a id='up_{s.n}' href='vote?id=4062{s.n:03d}&amp;how=up&amp;goto=news'><div class='votearrow' title='upvote'></div></a></center></td>
<td class="title"><span class="titleline"><a href="{at(s)}">{s.title}</a><span class="sitebit comhead"> (<a href="from?site={"abcdefgh"[s.n % 8]}-site.example"><span class="sitestr">{"abcdefgh"[s.n % 8]}-site.example</span></a>)</span></span></td></tr>
<tr><td colspan="2"></td><td class="subtext"><span class="subline"><span class="score">{s.n * 7 + 3} points</span> by <a href="user?id=u{s.n}" class="hnuser">u{s.n}</a> <span class="age" title="{s.day}T08:00:00"><a href="item?id=4062{s.n:03d}">{s.n + 2} hours ago</a></span> | <a href="hide?id=4062{s.n:03d}&amp;goto=news">hide</a> | <a href="item?id=4062{s.n:03d}">{s.n * 4}&nbsp;comments</a></span></td></tr>
<tr class="spacer" style="height:5px"></tr>"""
        ),
    )
    body = f"""<body><center><table id="hnmain" width="85%"><tr><td bgcolor="#ff6600"><table><tr><td><a href="news">Orange News</a></td><td><span class="pagetop"><a href="newest">new</a> | <a href="front">past</a> | <a href="newcomments">comments</a> | <a href="ask">ask</a> | <a href="show">show</a> | <a href="jobs">jobs</a> | <a href="submit">submit</a></span></td></tr></table></td></tr>
<tr style='height:10px'></tr><tr><td><table border="0">{rows}<tr class="morespace"></tr><tr><td colspan="2"></td><td class='title'><a href='?p=2' class='morelink' rel='next'>More</a></td></tr></table></td></tr>
<tr><td><center><span class="yclinks"><a href="guidelines.html">Guidelines</a> | <a href="faq.html">FAQ</a> | <a href="lists">Lists</a> | <a href="security.html">Security</a></span></center></td></tr></table></center></body>"""
    return Page("table of links", url, document("", body), truth(found, at, dated=False))


def preprints() -> Page:
    """``dt`` with numbers and links, ``dd`` with the title."""
    url = "https://papers.example/list/cs.TO/recent"
    found = stories(8)
    at = lambda s: f"https://papers.example/abs/2406.{s.n + 10001}"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f"""<dt><a name='item{s.n + 1}'>[{s.n + 1}]</a> <a href="/abs/2406.{s.n + 10001}" title="Abstract" id="2406.{s.n + 10001}">arXiv:2406.{s.n + 10001}</a> [<a href="/pdf/2406.{s.n + 10001}" title="Download PDF">pdf</a>, <a href="/html/2406.{s.n + 10001}v1">html</a>, <a href="/format/2406.{s.n + 10001}">other</a>]</dt>
<dd><div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span> {s.title}</div><div class='list-authors'><a href="/search/cs?query=Marsh,+I">Ida Marsh</a>, <a href="/search/cs?query=Lund,+B">Bo Lund</a></div><div class='list-subjects'><span class='descriptor'>Subjects:</span> <span class="primary-subject">Towns (cs.TO)</span></div></div></dd>"""
        ),
    )
    body = f"""<body><header><div id="header"><a href="/">papers</a> <form><input name="q"></form></div></header><main><div id="content"><div id='dlpage'><h1>Towns</h1><ul><li><a href="/list/cs.TO/recent?skip=0">Fri, 14 Jun 2024</a></li><li><a href="/list/cs.TO/recent?skip=8">Thu, 13 Jun 2024</a></li></ul>
<div class='paging'>Total of 31 entries</div><dl id='articles'><h3>Fri, 14 Jun 2024 (showing 8 of 8 entries)</h3>{rows}</dl></div></div></main><footer><a href="/help">Help</a></footer></body>"""
    expected = tuple((a, f"Title: {t}", "") for a, t, _ in truth(found, at))
    return Page("preprints", url, document("", body), expected)


def plain_list() -> Page:
    """A homepage of one's own: no class, no heading but the page's."""
    url = "https://ida.example/~ida/writing.html"
    found = stories(11)
    at = lambda s: f"https://ida.example/~ida/essays/{s.slug}.html"  # noqa: E731
    rows = each(
        found, lambda s: f'<li>{s.on("%Y-%m-%d")} <a href="essays/{s.slug}.html">{s.title}</a>'
    )
    body = f"""<body><h1>Ida's writing</h1><p><a href="index.html">home</a> | <a href="photos.html">photos</a> | <a href="cv.pdf">cv</a></p><p>Some things that I wrote, newest first. Comments by mail, please.</p><ul>{rows}</ul><hr><address>ida@ida.example</address></body>"""
    return Page("plain list", url, document("", body), truth(found, at))


def chinese_column() -> Page:
    """A column of a news agency: ``<li><span>date</span><a>``, in GBK days' markup."""
    url = "https://news.example.cn/fortune/index.htm"
    found = stories(10, CHINESE)
    at = lambda s: f"https://news.example.cn/fortune/{s.on('%Y-%m/%d')}/c_11304{s.n:05d}.htm"  # noqa: E731
    rows = each(
        found,
        lambda s: (
            f'<li class="clearfix"><span class="time">{s.on("%Y-%m-%d")}</span><h3><a href="{s.on("%Y-%m/%d")}/c_11304{s.n:05d}.htm" target="_blank">{s.title}</a></h3></li>'
        ),
    )
    hot = each(
        stories(10, CHINESE)[::-1],
        lambda s: (
            f'<li><em>{s.n}</em><a href="../politics/{s.on("%Y-%m/%d")}/c_12{s.n:05d}.htm">{s.title[:14]}</a></li>'
        ),
    )
    body = f"""<body><div class="topbar"><a href="/">首页</a><a href="/politics/">时政</a><a href="/world/">国际</a><a href="/fortune/">财经</a><a href="/sports/">体育</a></div>
<div class="domPC wrap"><div class="left"><div class="columnTitle">财经要闻</div><ul class="dataList" id="showData0">{rows}</ul><div id="pages"><a href="index_2.htm">下一页</a></div></div>
<div class="right"><div class="hotTit"><h2>热门排行</h2></div><ul class="hotList">{hot}</ul></div></div>
<div class="foot"><p>Copyright © 2000 - 2024 版权所有</p><a href="/about.htm">关于我们</a> <a href="/contact.htm">联系我们</a></div></body>"""
    return Page("chinese column", url, document("", body, "zh"), truth(found, at))


def chinese_portal() -> Page:
    """A rolling list of a portal in pieces of five, days without a year."""
    url = "https://finance.example.com/roll/index.shtml"
    found = stories(15, CHINESE)
    at = lambda s: f"https://finance.example.com/roll/{s.day}/doc-inazk{s.n:06d}.shtml"  # noqa: E731

    def piece(part):
        rows = each(
            part,
            lambda s: (
                f'<li><a href="{at(s)}" target="_blank">{s.title}</a><span>({s.on("%m月%d日")} 10:{s.n + 10})</span></li>'
            ),
        )
        return f'<ul class="list_009">{rows}</ul>'

    pieces = each([found[:5], found[5:10], found[10:]], piece)
    navigation = each(
        [
            "新闻",
            "财经",
            "股票",
            "科技",
            "体育",
            "娱乐",
            "汽车",
            "房产",
            "教育",
            "健康",
            "军事",
            "图片",
            "视频",
            "博客",
            "微博",
            "论坛",
            "女性",
            "旅游",
            "城市",
            "收藏",
        ],
        lambda t: f'<li><a href="//{len(t)}.example.com/{ord(t[0])}/">{t}</a></li>',
    )
    body = f"""<body><div class="tn-bar"><ul class="tn-nav">{navigation}</ul></div><div class="wrap"><div class="path"><a href="/">财经首页</a> &gt; 滚动新闻</div><div class="listBlk">{pieces}</div>
<div class="pagebox"><span class="pagebox_num_nonce">1</span><span class="pagebox_num"><a href="./index_2.shtml">2</a></span><span class="pagebox_num"><a href="./index_3.shtml">3</a></span></div>
<div class="sideR"><div class="adBox"><a href="https://ad.example.com/c?x=1">理财产品 年化收益百分之五限时抢购</a></div></div></div><div class="footer"><a href="/intro.html">简介</a><a href="/lawyer.html">律师</a></div></body>"""
    return Page("chinese portal", url, document("", body, "zh-CN"), truth(found, at))


def magazine_front() -> Page:
    """A lead story, a grid, a list, and what is most read beside them."""
    url = "https://www.gazette.example/"
    found = stories(14)
    at = lambda s: f"{url}{('town', 'arts', 'sport')[s.n % 3]}/{s.on('%Y/%m/%d')}/{s.slug}"  # noqa: E731
    lead = found[0]
    grid = each(
        found[1:7],
        lambda s: (
            f"""<div class="card card--story"><a class="card__media" href="{at(s)}"><picture><source srcset="/i/{s.n}.webp"><img data-src="/i/{s.n}.jpg" src="/static/placeholder.gif" alt=""></picture></a><div class="card__body"><span class="kicker"><a href="/arts">Arts</a></span><h3 class="card__title"><a href="{at(s)}">{s.title}</a></h3><p class="card__text">{s.summary}</p></div></div>"""
        ),
    )
    rows = each(
        found[7:],
        lambda s: (
            f"""<li class="river__item"><h4><a href="{at(s)}">{s.title}</a></h4><span class="byline">By Bo Lund</span> <time datetime="{s.day}T06:00Z">{s.on("%d %B")}</time></li>"""
        ),
    )
    read = each(stories(5, skip=3), lambda s: f'<li><a href="{at(s)}">{s.title}</a></li>')
    body = f"""<body class="front"><div class="ad ad--leaderboard"><a href="https://ads.example/x">Buy a boat today and pay next year</a></div><header class="mast"><a href="/">Gazette</a>{menu(SECTIONS)}</header>
<main><section class="lead"><article class="lead-story"><a href="{at(lead)}"><img src="/i/0.jpg" alt="" width="900"></a><h1><a href="{at(lead)}">{lead.title}</a></h1><p class="standfirst">{lead.summary}</p></article></section>
<section class="grid"><div class="row">{grid}</div></section><section class="river"><h2>Latest</h2><ul>{rows}</ul></section></main>
<aside class="rail"><h2>Most read</h2><ol class="mostread">{read}</ol></aside><footer class="bottom">{menu("Contact|Privacy|Terms|Jobs", "div")}</footer></body>"""
    return Page("magazine front", url, document("", body), truth(found, at))


def changelog() -> Page:
    """One document whose headings are the articles."""
    url = "https://tool.example/docs/changelog/"
    found = stories(8)
    at = lambda s: f"{url}#v3-{9 - s.n}-0"  # noqa: E731
    parts = each(
        found,
        lambda s: (
            f"""<h2 id="v3-{9 - s.n}-0">3.{9 - s.n}.0 ({s.day})<a class="headerlink" href="#v3-{9 - s.n}-0" title="Permanent link">&para;</a></h2><h3>Fixed</h3><ul><li>{s.summary} (<a href="https://code.example/tool/pull/{s.n + 900}">#{s.n + 900}</a>)</li><li>{s.title}.</li></ul><h3>Added</h3><ul><li>{s.title}, by default.</li></ul>"""
        ),
    )
    body = f"""<body><nav class="md-nav"><ul><li><a href="../">Home</a></li><li><a href="../install/">Install</a></li><li><a href="../usage/">Usage</a></li><li><a href="../api/">API</a></li></ul></nav><main><article class="md-content"><h1 id="changelog">Changelog</h1><p>All notable changes.</p>{parts}</article></main></body>"""
    expected = tuple((a, f"3.{9 - n}.0 ({d})", d) for n, (a, _, d) in enumerate(truth(found, at)))
    return Page("changelog", url, document("", body), expected)


def government_table() -> Page:
    """Notices in a table: number, title, date of issue."""
    url = "http://www.gov.example.cn/zwgk/tzgg/"
    found = stories(9, CHINESE)
    at = lambda s: (  # noqa: E731
        f"http://www.gov.example.cn/zwgk/tzgg/{s.on('%Y%m')}/t{s.on('%Y%m%d')}_{s.n + 4000}.html"
    )
    rows = each(
        found,
        lambda s: (
            f"""<tr class="{("odd", "even")[s.n % 2]}"><td>{s.n + 1}</td><td><a href="./{s.on("%Y%m")}/t{s.on("%Y%m%d")}_{s.n + 4000}.html" title="{s.title}">{s.title}</a></td><td>厅发〔2024〕{s.n + 11}号</td><td>{s.on("%Y-%m-%d")}</td></tr>"""
        ),
    )
    left = each(
        [
            "机构职能",
            "领导信息",
            "政策文件",
            "通知公告",
            "规划计划",
            "财政预算",
            "人事信息",
            "统计数据",
        ],
        lambda t: f'<li><a href="../{ord(t[0])}/">{t}</a></li>',
    )
    body = f"""<body><div class="header"><h1>某某省办公厅</h1></div><div class="w1200"><div class="leftmenu"><ul>{left}</ul></div><div class="rightbox"><div class="weizhi">当前位置：<a href="/">首页</a> &gt; <a href="../">政务公开</a></div>
<table class="tb" width="100%"><thead><tr><th>序号</th><th>标题</th><th>文号</th><th>发布日期</th></tr></thead><tbody>{rows}</tbody></table><div class="page">共 12 页 <a href="index_1.html">下一页</a></div></div></div><div class="footer">主办单位：办公厅</div></body>"""
    return Page("government table", url, document("", body, "zh-CN"), truth(found, at))


def much_navigation() -> Page:
    """A shop's wall of menus, five news below, addresses relative to ``base``."""
    url = "https://shop.example/company/press/"
    found = stories(5)
    at = lambda s: f"https://shop.example/company/press/releases/{s.slug}"  # noqa: E731
    names = "Shoes for walking in rain|Shoes for running on sand|Boots for long winters|Hats that stay on|Gloves for cold hands|Coats and jackets for all|Bags for every day|Socks of finest wool"
    mega = "".join(
        f'<div class="col"><h4><a href="/c/{n}">{t}</a></h4><ul>{"".join(f"<li><a href=/c/{n}/{m}-{t.replace(chr(32), chr(45)).lower()}>{t} size {m}</a></li>" for m in range(9))}</ul></div>'
        for n, t in enumerate(names.split("|"))
    )
    rows = each(
        found,
        lambda s: (
            f"""<div class="press-row"><p class="press-date">{s.on("%d.%m.%Y")}</p><p class="press-head"><a href="releases/{s.slug}">{s.title}</a></p></div>"""
        ),
    )
    body = f"""<body><div class="hd"><div class="mega">{mega}</div></div><div class="bd"><h1>Press releases</h1><div class="press">{rows}</div></div><div class="ft"><div class="mega2">{mega}</div></div></body>"""
    return Page(
        "much navigation", url, document('<base href="/company/press/">', body), truth(found, at)
    )


def script_front() -> Page:
    """A page that scripts fill: its list is there for machines alone."""
    url = "https://spa.example/stories"
    found = stories(4)
    at = lambda s: f"{url}/{s.slug}"  # noqa: E731
    names = ",".join(
        f'{{"@type":"ListItem","position":{s.n},"url":"{at(s)}","item":{{"@type":"Article","@id":"{at(s)}","headline":"{s.title}","datePublished":"{s.day}","description":"{s.summary}","image":["/{s.n}.jpg"]}}}}'
        for s in found
    )
    crumbs = '{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"name":"Home","item":"https://spa.example/"}]}'
    head = f'<script type="application/ld+json">[{{"@type":"ItemList","itemListElement":[{names}]}},{crumbs}]</script>'
    body = """<body><div id="app"></div><noscript>Please enable JavaScript.</noscript></body>"""
    return Page("script front", url, document(head, body), truth(found, at))


def contact() -> Page:
    """No list at all."""
    body = f"""<body>{menu(SECTIONS)}<main><h1>Contact</h1><p>Write to us, or come by: we are at the old customs house, second floor, on working days from nine to five.</p><form><input name="mail"><textarea></textarea><button>Send</button></form>
<ul><li><a href="tel:+100">+100</a></li><li><a href="mailto:a@b.example">a@b.example</a></li><li><a href="/directions">Directions</a></li></ul></main><footer>{menu("Imprint|Privacy policy|Terms of use", "div")}</footer></body>"""
    return Page("no list: contact", "https://www.gazette.example/contact", document("", body))


def single_article() -> Page:
    """An article with others beneath it."""
    own, *others = stories(7)
    at = lambda s: f"https://www.gazette.example/town/{s.on('%Y/%m/%d')}/{s.slug}"  # noqa: E731
    text = each(stories(16), lambda s: f"<p>{s.summary} {s.title}, they say. {s.summary}</p>")
    more = each(
        others,
        lambda s: (
            f'<div class="teaser"><img src="/i/{s.n}.jpg" alt=""><h3><a href="{at(s)}">{s.title}</a></h3><time datetime="{s.day}">{s.on("%d %B %Y")}</time></div>'
        ),
    )
    body = f"""<body>{menu(SECTIONS)}<main><article><h1>{own.title}</h1><p class="byline">By <a href="/people/bo-lund">Bo Lund</a>, <time datetime="{own.day}">{own.on("%d %B %Y")}</time></p>{text}</article><section class="next"><h2>More stories</h2>{more}</section></main></body>"""
    return Page(
        "no list: article", at(own), document('<meta property="og:type" content="article">', body)
    )


def login() -> Page:
    """A form."""
    body = f"""<body>{menu(SECTIONS)}<div class="box"><h1>Sign in</h1><form action="/login" method="post"><label>Mail<input name="m"></label><label>Password<input type="password"></label><button>Sign in</button></form><p><a href="/register">Create an account</a> <a href="/forgot">Forgot your password?</a></p></div><footer><ul><li><a href="/terms">Terms of service</a></li><li><a href="/privacy">Privacy policy</a></li><li><a href="/imprint">Imprint and contact</a></li></ul></footer></body>"""
    return Page("no list: login", "https://www.gazette.example/login", document("", body))


def nothing_yet() -> Page:
    """A blog before its first post."""
    links = each(
        range(8),
        lambda n: f'<li><a href="https://friend{n}.example/">Weblog of friend number {n}</a></li>',
    )
    body = f"""<body class="blog"><div id="page"><header><h1><a href="/">New blog</a></h1>{menu("Home|About|Contact")}</header><div id="content"><h2>Nothing found</h2><p>It seems there are no posts yet. Perhaps searching can help.</p></div><div id="sidebar"><h3>Blogroll</h3><ul>{links}</ul><h3>Meta</h3><ul><li><a href="/wp-login.php">Log in</a></li><li><a href="/feed/">Entries feed</a></li><li><a href="/comments/feed/">Comments feed</a></li></ul></div></div></body>"""
    return Page("no list: nothing yet", "https://new.example/", document("", body))


PAGES = (
    *(wordpress_classic, wordpress_blocks, hugo_papermod, hexo_archive, jekyll_minima),
    *(ghost_casper, hashed_divs, table_of_links, preprints, plain_list, chinese_column),
    *(chinese_portal, magazine_front, changelog, government_table, much_navigation, script_front),
    *(contact, single_article, login, nothing_yet),
)
