"""The words that pairs of articles are made with: {is Chinese: phrases}."""

# Templates stand on one line each, lists of words in rows.
# ruff: noqa: E501, SIM905

FOOTERS = {
    False: (
        "Follow us on Twitter and Facebook for more stories like this.",
        "Reporting by our correspondents; editing by the news desk. Our standards: the Trust "
        "Principles.",
        "Copyright 2022 The Associated Press. All rights reserved. This material may not be "
        "published, broadcast, rewritten or redistributed.",
        "Sign up for our newsletter: the 5 stories you need to know, every morning at 7.",
        "The post appeared first on the Daily Gazette.",
        "If you enjoyed this article, consider supporting the author on Patreon from $3 a month.",
        "Related: Ten things we learned this week. Also read: What comes next?",
        "Last updated: 6 April 2022, 10:42 GMT. Share this article. 14 comments.",
    ),
    True: (
        "责任编辑：陈志杰",
        "海量资讯、精准解读，尽在新浪财经APP",
        "免责声明：本文仅代表作者个人观点，与本网站无关。其原创性以及文中陈述文字和内容未经本站证实。",
        "关注我们的微信公众号，每天早上7点获取5条最重要的新闻。",
        "（本文来源：中国新闻网，记者 李明）",
        "版权声明：未经授权不得转载。转载请注明出处及作者。",
        "相关阅读：本周十大新闻回顾 | 更多精彩内容请点击阅读原文",
        "更新时间：2022年4月6日 10:42 阅读 1.2万 评论 36",
    ),
}

HEADERS = {
    False: (
        "LONDON, April 5 (Reuters) -",
        "By Jane Miller, Staff Writer",
        "Posted on Tuesday by admin | 5 min read",
        "This article originally appeared elsewhere and is republished with permission.",
    ),
    True: (
        "来源：彩练新闻",
        "新华社北京4月5日电（记者王磊）",
        "本报记者 刘洋 报道",
        "原标题：今日要闻。文章转载自合作媒体，已获授权。",
    ),
}

ADVERTS = {
    False: (
        "Advertisement",
        "Story continues below advertisement",
        "SPONSORED: Save 40% on your first order with code SPRING22. Shop now and get free "
        "delivery on everything over $50.",
        "Looking for a faster VPN? Try SpeedTunnel free for 30 days, no credit card needed.",
        "Download our app to read offline. Available for iPhone and Android.",
        "More from our partners: this one trick doubles your battery life, experts say.",
    ),
    True: (
        "广告",
        "扫描二维码下载APP，新用户立减20元，全场满199元包邮。",
        "【推广】炒股就看金麒麟分析师研报，权威，专业，及时，全面，助您挖掘潜力主题机会！",
        "点击进入专题：今年春天最值得入手的十款手机",
        "24小时滚动播报最新的财经资讯和视频，更多粉丝福利扫描二维码关注。",
    ),
}

ENDINGS = {
    False: ("…", "...", " […]", " [...]", "… Read more", "", " Continue reading", ""),
    True: ("…", "……", "...", "…阅读全文", "", "[…]", "……查看更多", ""),
}

SITES = {
    False: (" - The Daily Gazette", " | Reuters", " – BBC News", " :: Tech Planet"),
    True: ("_新浪财经", " - 中国新闻网", "｜财经早知道", "-手机网易网"),
}

PLACES = {
    False: (
        "Berlin Paris London Madrid Tokyo Chicago Boston Toronto Sydney Dublin Oslo Vienna "
        "Google Microsoft Amazon Apple Facebook Oracle America Europe China Japan Germany France "
        "Canada Australia Linux Windows Python Java Ruby Trump Biden Smith Jones Miller"
    ).split(),
    True: (
        "北京 上海 广州 深圳 成都 武汉 南京 杭州 中国 美国 日本 英国 德国 法国 台湾 香港 谷歌 微软 "
        "苹果 清华 北大 人大 张三 李四 王五 老张 老李 小王 爸爸 妈妈 老师 学生 统计 数学 中文 英文"
    ).split(),
}

MONTHS = (
    "January February March April June July August September October November December"
).split()

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

CORRECTIONS = {
    False: (
        "Correction: an earlier version of this article misstated what was agreed.",
        "Corrected on Wednesday: the previous version named the wrong person.",
        "Clarification: the company denies that it took part.",
    ),
    True: (
        "更正：此前报道有误，特此说明并致歉。",
        "勘误：本文早先版本写错了当事人的姓名。",
        "【澄清】公司回应称并未参与此事。",
    ),
}

# Templates of bulletins: every {name} is filled from the row of that name, or by a number.
BULLETINS = {
    False: (
        ("Weather for {place}", "Today in {place} it will be {sky} with a high of {n} degrees and a low of {n} degrees. Winds from the {wind} at {n} km/h. The chance of rain is {n} percent. Tomorrow expect {sky} skies."),
        ("Magnitude {d} earthquake near {place}", "A magnitude {d} earthquake struck {n} km from {place} on {day}, the geological survey said. The quake hit at a depth of {n} km at {n}:{n} local time. There were no immediate reports of damage or casualties. Residents felt the shaking for several seconds, and some left their homes."),
        ("{place} stocks close at {n},{n}", "The {place} stock index closed at {n},{n} points on {day}, a change of {d} percent from the previous session. Turnover was {n} billion. Among the gainers was {firm}, which added {d} percent, while {firm} lost {d} percent."),
        ("{place} beat {place} {n}-{n}", "{place} beat {place} {n}-{n} on {day} in front of a crowd of {n},{n}. The winning goal came in minute {n} after a corner. The coach praised the team and said that the next match will be harder. {place} are now {n} points ahead in the table."),
        ("{tool} {n}.{n}.{n} released", "{tool} {n}.{n}.{n} is available now. This release fixes {n} bugs and improves performance by {n} percent. Upgrade with the package manager of your system. We thank all contributors who reported problems and sent patches for this version."),
    ),
    True: (
        ("{place}今日天气", "今天{place}{sky}，最高气温{n}℃，最低气温{n}℃，{wind}风{n}级，降水概率百分之{n}。气象部门提醒市民出行注意安全，及时增减衣物，预计明天{sky}，空气质量指数{n}，适宜户外活动。"),
        ("{place}发生{d}级地震", "中国地震台网正式测定：{n}月{n}日{n}时{n}分在{place}附近发生{d}级地震，震源深度{n}千米。截至目前，暂未收到人员伤亡和财产损失的报告，当地部门已派出工作组赶赴震中了解情况，后续将及时通报。"),
        ("{place}股市收报{n}点", "{place}股市{day}收盘，主要股指报{n}{n}点，涨跌幅为{d}%，成交额{n}亿元。个股方面，{firm}涨{d}%，{firm}跌{d}%。分析人士认为，短期市场仍将维持震荡，投资者应当注意控制仓位。"),
        ("{place}队{n}比{n}战胜{place}队", "{day}晚进行的一场比赛中，{place}队主场以{n}比{n}战胜{place}队，第{n}分钟的进球决定了比赛的胜负。赛后主教练表示，球员们的表现令人满意，下一场比赛将更加困难。目前{place}队以{n}分排名积分榜首位。"),
        ("{place}新增确诊病例{n}例", "{place}卫健委通报：{n}月{n}日0时至24时，全市新增本土确诊病例{n}例，新增无症状感染者{n}例，均已转运至定点医院隔离治疗。请广大市民继续做好个人防护，非必要不离开本市，配合社区做好核酸检测工作。"),
    ),
}  # fmt: skip

ROWS = {
    False: {
        "place": PLACES[False][:12],
        "sky": ["sunny", "cloudy", "rainy", "foggy"],
        "wind": ["north", "south", "east", "west"],
        "day": WEEKDAYS,
        "firm": PLACES[False][12:18],
        "tool": ["Frobnicator", "LibQuux", "Sprocket", "Gizmo"],
    },
    True: {
        "place": PLACES[True][:8],
        "sky": ["晴", "多云", "小雨", "大雾"],
        "wind": ["东", "南", "西", "北"],
        "day": [f"周{day}" for day in "一二三四五六日"],
        "firm": ["贵州茅台", "中国平安", "招商银行", "宁德时代"],
    },
}
