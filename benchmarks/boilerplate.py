"""Measure learned boilerplate: python benchmarks/boilerplate.py FOLDER.

FOLDER holds ``feeds/captured`` and ``posts`` (see docs/boilerplate.md). Real articles, source by
source, get furniture that is to go and honest recurring content that is to stay, both drawn from
the lists below with a fixed seed. Then each source is learned and stripped, and what went is
compared with what should have gone. Unmodified sources are stripped too: every kind of removal is
printed for a person to judge.
"""

# ruff: noqa: E501 - a kind on one line can be read and compared

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.article import Article, Document
from aggregator.boilerplate import blocks, learn, strip
from aggregator.boilerplate.page import read
from aggregator.clean import Recipe, clean
from aggregator.errors import ParseError
from aggregator.parse import parse

SEED = 20_240_503
ARTICLES = 40
"""Articles of a source; a feed has about as many."""
SHARES = (1.0, 0.9, 0.6, 0.3)
"""In which share of a source's articles a kind of furniture stands."""

Kind = tuple[str, str, str]  # name, place, HTML with {placeholders}

FURNITURE: tuple[Kind, ...] = (
    # English
    ("en newsletter box", "tail", '<div class="nl"><h3>Stay in the loop</h3><p>Every Friday, the best of the week. Sign up for our free newsletter.</p><p><a href="https://example.org/nl?src={slug}">Sign up</a></p></div>'),
    ("en newsletter line", "mid", "<p><em>Enjoying this? Subscribe to our weekly newsletter and never miss a story.</em></p>"),
    ("en share line", "tail", '<p>Share this: <a href="https://twitter.com/intent/tweet?url=x/{slug}">Twitter</a> | <a href="https://www.facebook.com/sharer.php?u=x/{slug}">Facebook</a> | <a href="mailto:?body={slug}">Email</a></p>'),
    ("en share list", "tail", '<ul><li><a href="https://twitter.com/intent/tweet?url={slug}">Tweet</a></li><li><a href="https://www.facebook.com/sharer/{slug}">Share on Facebook</a></li><li><a href="https://www.linkedin.com/shareArticle?u={slug}">LinkedIn</a></li></ul>'),
    ("en app", "tail", "<p>Read more in our app, free for iOS and Android.</p>"),
    ("en follow author", "tail", '<p>Follow {name} on <a href="https://twitter.com/{slug}">Twitter</a>.</p>'),
    ("en copyright", "tail", "<p>© {year} Example Media Ltd. All rights reserved.</p>"),
    ("en legal", "tail", "<p><small>This material may not be published, broadcast, rewritten or redistributed without permission.</small></p>"),
    ("en wordpress", "tail", '<p>The post <a href="https://example.org/{slug}">{title}</a> appeared first on <a href="https://example.org">Example</a>.</p>'),
    ("en dateline", "head", "<p>Published {date} · {n} comments</p>"),
    ("en reading time", "head", "<p>{n} min read</p>"),
    ("en editor", "tail", "<p>Editor: {name}</p>"),
    ("en advert label", "mid", "<p>Advertisement</p>"),
    ("en linked banner", "tail", '<p><a href="https://shop.example.org/offer"><img src="https://cdn.example.org/banner.jpg?c={n}" alt=""></a></p>'),
    ("en donate", "tail", '<p>If you find this useful, you can <a href="https://www.buymeacoffee.com/example">buy me a coffee</a> or support my work on Patreon.</p>'),
    ("en affiliate", "head", "<p>Disclosure: this post contains affiliate links. We may earn a commission if you buy through them.</p>"),
    ("en listen", "head", "<p>Listen to this article ({n} minutes)</p>"),
    ("en comments", "tail", '<p><a href="https://example.org/{slug}#c">{n} comments</a></p>'),
    ("en continue", "tail", '<p><a href="https://example.org/{slug}">Continue reading</a> →</p>'),
    ("en menu", "tail", '<p><a href="https://example.org/">Home</a> · <a href="https://example.org/archive">Archive</a> · <a href="https://example.org/about">About</a> · <a href="https://example.org/feed">RSS</a></p>'),
    ("en social icons", "tail", '<div><a href="https://x.com/example"><img src="https://cdn.example.org/x.svg" alt="Follow us on X"></a></div>'),
    ("en browser note", "head", '<p>Having trouble? <a href="https://example.org/{slug}">View this post in your browser</a>.</p>'),
    ("en feedback", "tail", "<div><p>Was this article helpful?</p><p>Report an error in this page.</p></div>"),
    # Chinese
    ("zh QR box", "tail", '<div class="appendQr_wrap"><div><img src="https://n.example.cn/qr.png" referrerpolicy="no-referrer"></div><div>海量资讯、精准解读，尽在示例财经APP</div></div>'),
    ("zh editor", "tail", '<p class="article-editor">责任编辑：{zh} </p>'),
    ("zh editor code", "tail", "<p>（编辑：{zh} SF{n}）</p>"),
    ("zh follow", "tail", "<p>欢迎关注我们的微信公众号：示例科技（ID：example-tech）</p>"),
    ("zh head follow", "head", "<p>点击上方蓝字关注我们，每天更新</p>"),
    ("zh QR pair", "tail", '<p>扫码关注，获取更多资讯</p><p><img src="https://cdn.example.cn/gzh.jpg"></p>'),
    ("zh copyright", "tail", "<p>版权所有，未经授权不得转载。联系电话：010-{n}{n}</p>"),
    ("zh disclaimer", "tail", "<p>本文仅代表作者个人观点，不代表本平台立场，不构成投资建议。</p>"),
    ("zh share", "tail", "<p>点赞、转发、在看，一键三连支持我们</p>"),
    ("zh app", "mid", "<p>下载示例新闻客户端，阅读体验更佳</p>"),
    ("zh date", "head", "<p>发布时间：{year}-05-{day} 08:{day}</p>"),
    # German
    ("de newsletter", "tail", "<p>Ihnen gefällt dieser Text? Abonnieren Sie unseren kostenlosen Newsletter.</p>"),
    ("de share", "tail", '<p><a href="https://t.me/share?u={slug}">Artikel teilen</a></p>'),
    ("de copyright", "tail", "<p>© {year} Beispiel Verlag GmbH. Alle Rechte vorbehalten.</p>"),
    ("de advert", "mid", "<p>Anzeige</p>"),
    ("de app", "mid", "<p>Mehr lesen in unserer App: jetzt kostenlos die App herunterladen.</p>"),
    ("de editor", "tail", "<p>Redaktion: {name}</p>"),
    # French
    ("fr follow", "tail", "<p>Suivez-nous sur les réseaux sociaux et abonnez-vous à notre lettre du {day}.</p>"),
    ("fr copyright", "tail", "<p>Tous droits réservés. Reproduction interdite.</p>"),
    ("fr reading time", "head", "<p>Temps de lecture : {n} min</p>"),
    ("fr wordpress", "tail", '<p>L’article <a href="https://exemple.fr/{slug}">{title}</a> est apparu en premier sur <a href="https://exemple.fr">Exemple</a>.</p>'),
    # Spanish
    ("es newsletter", "tail", "<div><p>¿Te ha gustado?</p><p>Suscríbete a nuestro boletín</p></div>"),
    ("es social", "tail", '<ul><li><a href="https://facebook.com/ejemplo">Síguenos en Facebook</a></li><li><a href="https://t.me/ejemplo">Únete a nuestro canal</a></li></ul>'),
    ("es updated", "head", "<p>Publicado el {day} mayo {year}</p>"),
    # Russian
    ("ru telegram", "tail", '<p>Подписывайтесь на <a href="https://t.me/primer">наш Telegram</a>, чтобы ничего не пропустить.</p>'),
    ("ru copyright", "tail", "<p>Все права защищены. Перепечатка материалов только с разрешения редакции.</p>"),
    ("ru typo", "tail", "<p>Нашли ошибку? Выделите её и нажмите Ctrl+Enter.</p>"),
)  # fmt: skip

# What other sites say: written after the wording, to which nothing was added for it, so that its
# recall is what a site unknown so far may expect. Two of the honest kinds below went at first and
# made the wording narrower.
OTHER_FURNITURE: tuple[Kind, ...] = (
    ("en substack", "mid", "<p>Thanks for reading Example! Subscribe for free to receive new posts and support my work.</p>"),
    ("en wire editing", "tail", "<p>(Reporting by {name} in London; Editing by {name})</p>"),
    ("en more stories", "tail", '<p>Sign up here to get the day\'s top stories delivered straight to your inbox.</p>'),
    ("en discord", "tail", '<p>Come and chat with us on <a href="https://discord.gg/example">Discord</a>!</p>'),
    ("en patron list", "tail", "<p>Our work is made possible by readers like you. Please consider a donation.</p>"),
    ("en tip line", "tail", "<p>Got a tip? Email us at tips@example.org or message us on Signal.</p>"),
    ("en podcast", "tail", '<p>Find the show on <a href="https://podcasts.apple.com/x">Apple Podcasts</a>, <a href="https://open.spotify.com/x">Spotify</a> or wherever you get your podcasts.</p>'),
    ("en filed under", "tail", '<p>Filed under: <a href="https://example.org/tag/a">News</a>, <a href="https://example.org/tag/b">Policy</a></p>'),
    ("en print pdf", "head", '<p><a href="https://example.org/{slug}/print">Print-friendly version</a></p>'),
    ("en top banner", "head", '<p><a href="https://example.org/sale"><img src="https://example.org/sale.gif"></a></p>'),
    ("zh reward", "tail", "<p>如果觉得文章对你有帮助，欢迎打赏支持作者。</p>"),
    ("zh original", "tail", '<p><a href="https://example.cn/{slug}">阅读原文</a></p>'),
    ("zh group", "tail", "<p>添加小编微信 example{n}，拉你进读者交流群。</p>"),
    ("zh proof", "tail", "<p>校对：{zh}　审核：{zh}</p>"),
    ("zh report", "tail", "<p>举报/反馈</p>"),
    ("zh source statement", "tail", "<p>声明：转载此文是出于传递更多信息之目的。若有来源标注错误或侵犯了您的合法权益，请与本网联系。</p>"),
    ("de google", "tail", "<p>Folgen Sie uns auch bei Google News und WhatsApp.</p>"),
    ("de more", "tail", "<p>Lesen Sie auch unsere weiteren Beiträge in der App.</p>"),
    ("fr podcast", "tail", "<p>Retrouvez tous nos articles dans l’application, à télécharger gratuitement.</p>"),
    ("es whatsapp", "tail", '<p>Recibe las noticias en tu móvil: únete al canal de <a href="https://whatsapp.com/channel/x">WhatsApp</a>.</p>'),
    ("ru dzen", "tail", "<p>Читайте нас в Дзене и ВКонтакте.</p>"),
    ("it share", "tail", "<p>Condividi questo articolo sui social.</p>"),
    ("ja follow", "tail", "<p>この記事が気に入ったらフォローしてください。</p>"),
    ("ko rights", "tail", "<p>ⓒ 예시일보, 무단 전재 및 재배포 금지</p>"),
    ("nl newsletter", "tail", "<p>Schrijf je in voor onze nieuwsbrief en ontvang elke week het beste.</p>"),
)  # fmt: skip

HONEST: tuple[Kind, ...] = (
    ("column greeting", "head", '<p>Dear readers, welcome to another issue of <a href="https://example.org/twir">This Week in Rust</a>! Tag us or send us a pull request.</p>'),
    ("plain greeting", "head", "<p>Hi there, and a happy Friday to all of you!</p>"),
    ("sign-off", "tail", "<p>Until next week, stay curious and keep the kettle on.</p>"),
    ("thanks", "tail", "<p>Thanks for reading, and see you next Thursday.</p>"),
    ("cheers", "tail", "<p>Cheers,<br>{name}</p>"),
    ("heading introduction", "head", "<h2>Introduction</h2>"),
    ("heading references", "tail", '<h2>References</h2><ul><li><a href="https://example.net/{slug}">{title}</a></li></ul>'),
    ("heading comments", "mid", "<h3>Subscribe</h3><p>The client sends {n} messages of kind {slug}.</p>"),
    ("stars", "mid", "<p>* * *</p>"),
    ("question", "mid", "<p>Q:</p><p>What about {title}?</p>"),
    ("yes", "mid", "<p>Yes.</p>"),
    ("legend", "tail", '<p><img src="https://charts.example.org/legend.png" alt="Legend"></p>'),
    ("bare legend", "tail", '<p><img src="https://charts.example.org/key.png" alt=""></p>'),
    ("chart", "mid", '<figure><img src="https://charts.example.org/co2.png?d={n}" alt=""><figcaption>CO2 at Mauna Loa, in ppm</figcaption></figure>'),
    ("full-size picture", "tail", '<p><a href="https://pics.example.org/map.png"><img src="https://pics.example.org/map-small.png" alt="Map"></a></p>'),
    ("series intro", "head", '<p>This is part {n} of a series on compilers. <a href="https://example.org/series">All parts are here.</a></p>'),
    ("series link", "tail", '<p><a href="https://example.org/series">All episodes of this series</a></p>'),
    ("licence", "tail", '<p>This text is licensed under <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>, © {year} {name}.</p>'),
    ("zh licence", "tail", "<p>本文采用知识共享署名 4.0 许可协议进行许可，转载请注明出处。</p>"),
    ("methodology", "tail", "<p>All prices include tax and were collected on the last Friday of the month in twelve cities.</p>"),
    ("methodology link", "tail", '<p>Our figures come from the monthly survey of <a href="https://example.org/stat">the statistics office</a> and are seasonally adjusted.</p>'),
    ("verdict", "tail", "<p>Verdict: {n}/10</p>"),
    ("tool list", "mid", "<ul><li>Editor: {name}</li><li>Shell: fish</li></ul>"),
    ("book data", "head", "<p>Published 1926 by Scribner, {n} pages</p>"),
    ("byline", "head", "<p>By {name}</p>"),
    ("zh source", "head", "<p>来源：{zh}日报</p>"),
    ("zh greeting", "head", "<p>大家好，欢迎阅读本周的科技周刊，这里记录值得分享的内容。</p>"),
    ("zh heading", "mid", "<h2>关注</h2><p>本周的重点是第{n}号提案。</p>"),
    ("zh sign-off", "tail", "<p>我们下周五再见。</p>"),
    ("code", "mid", "<pre><code>npm install --save subscribe\nshare this story on x</code></pre>"),
    ("table", "mid", "<table><tr><th>Share</th><th>Follow us on X</th></tr><tr><td>{n}</td><td>Subscribe now</td></tr></table>"),
    ("release note", "tail", "<p>Many people came together to create this release. We couldn't have done it without all of you.</p>"),
    ("install note", "head", '<p>If you have a previous version installed, you can get {n}.0 with the usual command, or from <a href="https://example.org/install">the page on our website</a>.</p>'),
    ("how-to step", "mid", "<p>Open the app settings and share the folder with your colleagues.</p>"),
    ("follow me through", "head", "<p>Follow me through the kitchen of a different cook each month.</p>"),
    ("like us", "mid", "<p>Like us, many teams write their tests first.</p>"),
    ("share price", "mid", "<p>Share price: {n} euros</p>"),
    ("recipe", "head", "<ul><li>Prep time: {n} minutes</li><li>Serves four people</li></ul>"),
    ("motto", "tail", "<blockquote><p>Simplicity is prerequisite for reliability.</p></blockquote>"),
    ("footnote", "tail", '<p>See<a href="#fn1">1</a>.</p><p id="fn1">As ever, subscribe to nothing you have not read.</p>'),
    ("job list", "tail", '<p>Who is hiring: <a href="https://example.net/{slug}">{title}</a> in {name}</p>'),
    ("de greeting", "head", "<p>Liebe Leserinnen und Leser, willkommen zu einer neuen Ausgabe.</p>"),
    ("fr sign-off", "tail", "<p>À la semaine prochaine, et bonne lecture à tous.</p>"),
    ("es heading", "mid", "<h2>Resumen</h2><p>La cifra fue de {n} mil, según {name}.</p>"),
    ("ru heading", "mid", "<h3>Выводы</h3><p>Число выросло до {n}.</p>"),
    ("correction", "tail", "<p>Correction, {date}: an earlier version named the wrong city, {name}.</p>"),
    ("transcript note", "tail", "<p>The conversation has been edited for clarity and length.</p>"),
)  # fmt: skip

OTHER_HONEST: tuple[Kind, ...] = (
    ("app column", "head", "<p>Every week we try an app on our phones and tell you what we liked.</p>"),
    ("newsletter column", "head", "<p>The newsletter of the parish used to print such letters in full, as here.</p>"),
    ("shares", "tail", "<p>The author holds shares in companies that are named here.</p>"),
    ("market line", "head", "<p>Shares on the exchange, in euros, at the close of {date}:</p>"),
    ("next time", "tail", "<p>Next week: how {name} learned to fly.</p>"),
    ("previous part", "tail", '<p><a href="https://example.org/{slug}">Previously: {title}</a></p>'),
    ("quiz", "mid", "<p>Read the full sentence aloud, then post your answer on the wall.</p>"),
    ("exercise", "tail", "<p>Exercise {n}: sign up a second user and read the log on the server.</p>"),
    ("interview first question", "head", "<p><strong>Who are you, and what do you do?</strong></p>"),
    ("help line", "tail", "<p>If you are in distress, call the Samaritans on 116 123. You are not alone.</p>"),
    ("poem refrain", "mid", "<p>Follow, follow, follow me, said the river to the sea.</p>"),
    ("prayer", "head", "<p>Give us this day our daily bread.</p>"),
    ("weather", "tail", "<p>Tomorrow: {n} degrees, wind from the west, rain on the coast.</p>"),
    ("byline box", "head", "<div><p>By {name}</p><p>Photographs: {name}</p></div>"),
    ("translation note", "head", "<p>Translated from the Polish by {name}.</p>"),
    ("author bio", "tail", "<p>{name} teaches physics and writes about the sea.</p>"),
    ("changelog link", "tail", '<p>The full list of changes is in <a href="https://example.org/changes">the changelog</a>.</p>'),
    ("download link", "head", '<p><a href="https://example.org/files/{n}.pdf">The report as a PDF</a></p>'),
    ("source code", "tail", '<p><a href="https://github.com/example/book">The code of this chapter</a></p>'),
    ("copyright question", "mid", "<h3>Copyright</h3><p>The heirs of {name} still hold it.</p>"),
    ("comment section", "mid", "<h2>Comments</h2><p>A comment starts with a hash and ends with line {n}.</p>"),
    ("zh law", "mid", "<h2>版权</h2><p>第{n}条规定，作品完成时即受保护。</p>"),
    ("zh attention", "mid", "<p>值得关注的是，第{n}季度的数据有所回升。</p>"),
    ("zh column", "head", "<p>每周一图，看懂世界。</p>"),
    ("zh author", "head", "<p>文 / {zh}</p>"),
    ("de column", "head", "<p>Kolumne: Was die Woche bewegt, von {name}.</p>"),
    ("de law", "mid", "<p>Wer folgt, der findet, und wer teilt, der gewinnt.</p>"),
    ("fr recipe", "head", "<p>Pour {n} personnes. Préparation : 20 minutes. Cuisson : une heure.</p>"),
    ("es section", "mid", "<h3>Cómo compartir</h3><p>Elige {n} carpetas y pulsa el botón.</p>"),
    ("ru column", "head", "<p>Каждую пятницу мы рассказываем об одной книге.</p>"),
)  # fmt: skip

# Written together with the last tightening of the wording, many of them as examples of what it was
# tightened for: a guard against going back, and no independent judgement.
GUARD_FURNITURE: tuple[Kind, ...] = (
    ("en forward", "head", "<p>Was this email forwarded to you? Sign up here.</p>"),
    ("en follow", "tail", "<p>Follow us on Instagram, TikTok and Facebook for more.</p>"),
    ("en podcast subscribe", "tail", "<p>Subscribe to the show wherever you listen.</p>"),
    ("en sponsor", "mid", "<p>Sponsored content</p>"),
    ("en rights", "tail", "<p>Copyright {year} The Example Company. All rights reserved.</p>"),
    ("en first appeared", "tail", "<p>This article first appeared on the Example blog.</p>"),
    ("en comments", "tail", "<p>Comments are closed.</p>"),
    ("en time", "head", "<p>Estimated reading time: {n} minutes</p>"),
    ("en date", "head", "<p>Posted on {date}</p>"),
    ("en donate", "tail", "<p>Like what you read? Donate today.</p>"),
    ("zh code", "tail", "<p>长按识别二维码关注公众号</p>"),
    ("zh editor", "tail", "<p>【责任编辑：{zh}】</p>"),
    ("zh original", "tail", "<p>转载请注明来源：示例网</p>"),
    ("zh review", "tail", "<p>审核：{zh}</p>"),
    ("zh investment", "tail", "<p>风险提示：以上内容不构成投资建议，据此操作风险自担。</p>"),
    ("de follow", "tail", "<p>Folgen Sie uns auf Mastodon.</p>"),
    ("de rights", "tail", "<p>Alle Rechte vorbehalten, {year}</p>"),
    ("fr newsletter", "tail", "<p>Abonnez-vous à notre newsletter du matin.</p>"),
    ("fr share", "tail", "<p>Partager sur Facebook</p>"),
    ("es app", "tail", "<p>Descarga nuestra aplicación gratis.</p>"),
    ("es rights", "tail", "<p>Todos los derechos reservados {year}.</p>"),
    ("ru share", "tail", "<p>Поделиться:</p>"),
    ("ru support", "tail", "<p>Поддержите нас, если вам нравятся наши тексты.</p>"),
)  # fmt: skip

GUARD_HONEST: tuple[Kind, ...] = (
    ("observer", "mid", "<p>Subscribe to the observable, and unsubscribe when the view is closed.</p>"),
    ("join tables", "mid", "<p>Join the rows of the list with those of the other.</p>"),
    ("discussion", "tail", "<p>We discuss this on page {n} of the report.</p>"),
    ("app review", "head", "<p>Price: {n} euros, in the App Store and on Google Play.</p>"),
    ("video", "tail", '<p>The talk is available on <a href="https://www.youtube.com/watch/{slug}">YouTube</a>.</p>'),
    ("law", "mid", "<p>Copyright ends seventy years after the death of the author.</p>"),
    ("option", "mid", "<p>(c) none of the above</p>"),
    ("cookies", "mid", "<p>We use cookies for breakfast and {n} eggs for lunch.</p>"),
    ("signal", "mid", "<p>If you see an error, report it with its number, {n}.</p>"),
    ("member", "mid", "<p>Anybody who pays can become a member of the guild.</p>"),
    ("read aloud", "head", "<p>Read the original first, then the translation below.</p>"),
    ("rating", "tail", "<p>Rating: four of five stars</p>"),
    ("time", "head", "<p>{n} minutes, a pan and patience are all it takes.</p>"),
    ("email column", "tail", "<p>Send your own questions to the gardener and she may answer here.</p>"),
    ("comment", "mid", "<p>Add a comment above each function that may fail.</p>"),
    ("zh share", "tail", "<p>今天就把这个方法分享给大家。</p>"),
    ("zh scan", "mid", "<p>CT扫描结果显示，第{n}例患者好转。</p>"),
    ("zh permission", "mid", "<p>未经许可的采伐在第{n}区时有发生。</p>"),
    ("zh praise", "mid", "<p>专家们对此表示赞赏。</p>"),
    ("zh edit", "mid", "<p>编辑器：第{n}版</p>"),
    ("ru sharing", "head", "<p>Сегодня хочу поделиться мыслями о прочитанном.</p>"),
    ("ru quote", "tail", "<p>Об этом губернатор сообщил в Telegram.</p>"),
    ("de share", "mid", "<p>Wir teilen den Kuchen in {n} Stücke.</p>"),
    ("fr share", "mid", "<p>Il faut partager la pâte en {n} parts égales.</p>"),
    ("es share", "mid", "<p>Comparte el archivo con la otra máquina.</p>"),
)  # fmt: skip

NAMES = ("Ada Byron", "J. Ng", "Marie-Luise Kaschnitz", "Tom Brown", "Łucja Nowak", "Omar Sy")
ZH_NAMES = ("王磊", "陈志杰", "李思阳", "张玉洁 ", "欧阳修", "何俊熹")


@dataclass(frozen=True)
class Piece:
    """An inserted block: its kind, and the texts (or pictures) by which it is found again."""

    kind: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """A cleaned article with what was inserted into it."""

    html: str
    furniture: tuple[Piece, ...] = ()
    honest: tuple[Piece, ...] = ()


@dataclass
class Score:
    """Blocks that should go and went, should go, and should have stayed and went; per kind."""

    went: Counter[str] = field(default_factory=Counter)
    should: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        right = self.went.total()
        return right / max(1, right + self.wrong.total())

    @property
    def recall(self) -> float:
        return self.went.total() / max(1, self.should.total())


# Sources


def captured_feeds(folder: Path, most: int = 100) -> dict[str, list[Article]]:
    """Articles as parsed, oldest first, by feed; of so many feeds."""
    return {
        path.stem: _parsed(path, "application/xml")[::-1]
        for path in sorted((folder / "feeds" / "captured").glob("*.xml"))[:most]
    }


def collections(folder: Path) -> dict[str, list[Article]]:
    """Posts as parsed, oldest first, by collection."""
    found = {}
    for name in ("rust-blog", "yihui", "hexo-site", "derived"):
        root = folder / "posts" / name
        posts = [
            article
            for path in sorted(root.rglob("*"))
            if path.suffix.lower() in {".md", ".rmd", ".html", ".markdown"}
            for article in _parsed(path, "text/markdown")
        ]
        found[name] = sorted(posts, key=lambda a: (str(a.published), a.uid))
    return found


def _parsed(path: Path, media_type: str) -> list[Article]:
    document = Document(name=str(path), body=path.read_bytes(), media_type=media_type)
    try:
        return list(parse(document, ZoneInfo("UTC")).articles)
    except ParseError:
        return []


def cleaned(article: Article) -> str:
    return clean(article, Recipe()).html


# Insertion


def samples(
    sources: dict[str, list[Article]], kinds: Sequence[Kind], honest: Sequence[Kind]
) -> Iterator[list[Sample]]:
    """Sources with furniture and honest content inserted: each kind of both in several of them."""
    rng = random.Random(SEED)
    usable = [articles for articles in map(_texts, sources.values()) if len(articles) >= 10]
    deals = _dealt(kinds, 4, rng), _dealt(honest, 4, rng)
    while True:
        for articles in usable:
            yield list(_inserted(articles, next(deals[0]), next(deals[1]), rng))


def _texts(articles: Sequence[Article]) -> list[Article]:
    return [a for a in articles if len(a.html) > 1_500][-ARTICLES:]


def _dealt(kinds: Sequence[Kind], size: int, rng: random.Random) -> Iterator[list[Kind]]:
    """Hands of so many different kinds, so that each kind comes about equally often."""
    deck: list[Kind] = []
    while True:
        if len(deck) < size:
            deck = [*rng.sample(kinds, len(kinds)), *deck]
        yield list({kind[0]: kind for kind in (deck.pop() for _ in range(size))}.values())


def _inserted(
    articles: Sequence[Article], goes: list[Kind], stays: list[Kind], rng: random.Random
) -> Iterator[Sample]:
    shares = {kind[0]: rng.choice(SHARES) for kind in (*goes, *stays)}
    for article in articles:
        present = [kind for kind in (*stays, *goes) if rng.random() < shares[kind[0]]]
        html = article.html
        furniture, honest = [], []
        for kind in present:
            piece = _filled(kind[2], rng)
            html = _placed(html, piece, kind[1], rng)
            (furniture if kind in goes else honest).append(Piece(kind[0], _marks(piece)))
        html = cleaned(replace(article, html=html))
        yield Sample(html, tuple(furniture), tuple(honest))


def _filled(template: str, rng: random.Random) -> str:
    return template.format(
        name=rng.choice(NAMES),
        zh=rng.choice(ZH_NAMES),
        n=rng.randint(2, 99),
        day=rng.randint(10, 28),
        year=rng.randint(2019, 2026),
        date=f"{rng.randint(1, 28)} {rng.choice(('May', 'June', 'October'))} 2024",
        slug=f"a{rng.randrange(10**9)}",
        title=f"The story of number {rng.randrange(10**9)}",
    )


def _placed(html: str, piece: str, place: str, rng: random.Random) -> str:
    if place == "head":
        return piece + html
    ends = [m.end() for m in re.finditer(r"</p>(?=\s*<p)", html)] if place == "mid" else []
    if not ends:
        return html + piece
    at = rng.choice(ends)
    return html[:at] + piece + html[at:]


def _marks(piece: str) -> tuple[str, ...]:
    return marks(cleaned(Article(uid="piece", html=piece)))


def marks(html: str) -> tuple[str, ...]:
    """What tells the blocks of an article apart: their text, or the picture's address."""
    page = read(html)
    leaves = page.leaves if page else []
    return tuple(leaf.text or " ".join(re.findall(r'src="([^"]*)', leaf.raw)) for leaf in leaves)


# Judgement


def judge(source: Sequence[Sample], known: frozenset[str], score: Score) -> None:
    """Learn and strip a source; count. ``known``: what the source's own furniture looks like."""
    learned = learn([blocks(sample.html) for sample in source])
    for sample in source:
        gone = Counter(marks(sample.html)) - Counter(marks(strip(sample.html, learned)[0]))
        for piece in sample.furniture:
            _count(piece, gone, score)
        for piece in sample.honest:
            lost = sum(gone[mark] > 0 for mark in piece.marks)
            score.wrong[piece.kind] += lost
            score.stayed[piece.kind] += len(piece.marks) - lost
            gone -= Counter(piece.marks)
        score.wrong["the article's own"] += sum(n for mark, n in gone.items() if mark not in known)


def _count(piece: Piece, gone: Counter[str], score: Score) -> None:
    for mark in piece.marks:
        score.should[piece.kind] += 1
        if gone[mark] > 0:
            score.went[piece.kind] += 1
            gone[mark] -= 1


def own_furniture(sources: dict[str, list[Article]]) -> frozenset[str]:
    """What goes from the unmodified sources, and is judged by eye instead."""
    found: set[str] = set()
    for articles in sources.values():
        pages = [cleaned(a) for a in articles]
        learned = learn([blocks(page) for page in pages])
        for page in pages:
            found |= set(marks(page)) - set(marks(strip(page, learned)[0]))
    return frozenset(found)


def measure(
    sources: dict[str, list[Article]],
    furniture: Sequence[Kind],
    honest: Sequence[Kind],
    rounds: int,
) -> Score:
    """The score of so many generated sources."""
    score, known = Score(), own_furniture({n: _texts(a) for n, a in sources.items()})
    made = samples(sources, furniture, honest)
    for _ in range(rounds):
        judge(next(made), known, score)
    return score


# Report


def report_kinds(title: str, score: Score) -> None:
    print(f"\n## {title}\n\nprecision {score.precision:.4f}, recall {score.recall:.4f}", end=" ")
    print(f"({score.went.total()} of {score.should.total()} blocks, {score.wrong.total()} wrong)\n")
    print("| furniture | blocks | recall |\n|---|---:|---:|")
    for kind, should in sorted(score.should.items()):
        print(f"| {kind} | {should} | {score.went[kind] / should:.2f} |")
    print("\n| honest content | blocks | wrongly taken |\n|---|---:|---:|")
    for kind in sorted(score.stayed | score.wrong):
        print(f"| {kind} | {score.stayed[kind] + score.wrong[kind]} | {score.wrong[kind]} |")


def report_real(sources: dict[str, list[Article]]) -> None:
    print("\n## What goes from the unmodified sources\n")
    for name, articles in sources.items():
        pages = [cleaned(a) for a in articles]
        learned = learn([blocks(page) for page in pages])
        gone = Counter(step.detail for page in pages for step in strip(page, learned)[1])
        if gone:
            print(f"{name}, {len(pages)} articles: {gone.total()} blocks")
            for detail, count in gone.most_common():
                print(f"  {count:4} {detail}")


def report_speed(sources: dict[str, list[Article]]) -> None:
    pages = [cleaned(a) for a in sources["rust-blog"]]
    size = sum(map(len, pages)) / 8_192
    for name, work in (("blocks", blocks), ("strip", lambda page: strip(page, {"none"}))):
        began = time.process_time()
        for page in pages:
            work(page)
        print(f"{name}: {(time.process_time() - began) / size * 1e3:.2f} ms for 8 kB")


def main(folder: Path) -> None:
    sources = captured_feeds(folder) | collections(folder)
    lists = {
        "Kinds that the wording was worked out with": (FURNITURE, HONEST),
        "Kinds of other sites": (OTHER_FURNITURE, OTHER_HONEST),
        "Kinds that guard the wording": (GUARD_FURNITURE, GUARD_HONEST),
    }
    for title, (furniture, honest) in lists.items():
        report_kinds(title, measure(sources, furniture, honest, 180))
    report_real(sources)
    report_speed(sources)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
