"""The tables, for SQLite and PostgreSQL alike."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.store.glance import EPOCH, MICROSECOND, instant


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC time as microseconds since 1970: sorts and compares alike everywhere."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> int | None:
        """Return the number that is stored."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Any) -> datetime | None:
        """Return the time that a number stands for."""
        return instant(value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Ids sort by their bytes everywhere, whatever language a PostgreSQL database was made for: the same
# articles must give the same feeds.
_Id = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# SQLite gives out row ids only for the type INTEGER; PostgreSQL gets the wide one.
_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", **more)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


# One row for what belongs to the store as a whole, such as the digest of the settings that the
# feeds were last written with.
notes = sa.Table(
    "notes",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("value"),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", _Number, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # kind and target: outlives the name
    _text("name"),
    _text("kind"),
    _text("target"),
    _text("recipe"),  # digest of the settings that its articles were cleaned with
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    _text("status"),
    _text("error"),
    sa.Column("since", Instant),
    sa.Column("last_scan", Instant),
    sa.Column("next_scan", Instant),
    _count("scans"),
    # How it is: ok, or what ails it, since when, and in words what is to be done.
    _text("health"),
    sa.Column("health_since", Instant),
    _text("health_text"),
    # Visits that failed since the last one that did not.
    _count("failures"),
    # Until when the server asked to be left alone.
    sa.Column("wait_until", Instant),
    # Since when a part of it is held back from the feeds, and what was seen.
    sa.Column("held_since", Instant),
    _text("held_text"),
    # A person let through what is to be had at the next visit.
    sa.Column("released", sa.Boolean, nullable=False, server_default=sa.false()),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column(
        "source_id", _Number, sa.ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("name", sa.Text, primary_key=True),
    _text("validators"),
    _text("error"),
)

# What was answered at the addresses of a source: the memory that the next request is made from, and
# the body, compressed, so that an edit of the configuration needs no second request.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column(
        "source_id", _Number, sa.ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("name", sa.Text, primary_key=True),
    _text("memory"),
    sa.Column("body", sa.LargeBinary),
    sa.Column("seen", Instant, nullable=False),
)

# The feeds that an OPML source lists, in its order.
outlines = sa.Table(
    "outlines",
    metadata,
    sa.Column(
        "source_id", _Number, sa.ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    _text("url"),
    _text("title"),
    sa.Column("categories", sa.JSON, nullable=False),
)

# Sources that a hub tells of news (WebSub). callback: our address for it, which ends with token.
# until: when the lease ends, None while it is not verified. due: when the hub is to be asked again;
# tries counts how often it was since it last verified.
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column(
        "source_id", _Number, sa.ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    _text("callback"),
    _text("hub"),
    _text("topic"),
    _text("secret"),
    _text("state"),  # asked | active | denied | leaving
    sa.Column("asked", Instant),
    sa.Column("until", Instant),
    sa.Column("pushed", Instant),
    sa.Column("due", Instant),
    _count("tries"),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", _Number, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("entry_id", _Id, nullable=False, unique=True),
    sa.Column("source_id", _Number, sa.ForeignKey("sources.id"), nullable=False),
    _text("uid"),
    sa.Column("content_hash", sa.Text, nullable=False, unique=True),
    # The content hash as it would be without learned boilerplate taken out.
    _text("plain_hash"),
    _text("title_key"),
    _text("text_key"),
    _count("richness"),
    _text("title"),
    sa.Column("url", sa.Text),
    sa.Column("authors", sa.JSON, nullable=False),
    _text("html"),
    _text("text"),
    _text("summary"),
    sa.Column("image", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("enclosures", sa.JSON, nullable=False),
    sa.Column("origin", sa.JSON),
    sa.Column("problems", sa.JSON, nullable=False),
    sa.Column("published", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False),
    # live | waiting (its date is yet to come) | retracted | merged (shown as part of its lead) |
    # held (until a person lets it through)
    _text("state"),
    # The article of another source that tells the same story and was there first, and what holds
    # the two together: merged | marked | split (a person said that they are two).
    sa.Column("lead_id", _Number),
    _text("bond"),
    # Of a lead: the copy whose text is shown in its place, because there is more of it.
    sa.Column("shown_id", _Number),
    # How often it turned up elsewhere; 0 spares looking where.
    _count("copies"),
    # Counts the reasons to write its own page, or to take it away again; 0 when that is done.
    _count("page_due"),
    sa.Index(None, "state", "published", "entry_id"),
    # Custom feeds by language or change: of 100,000 articles a rare language takes 26 ms and not
    # 500, which it takes to read every text on the way to what stands behind it.
    sa.Index(None, "state", "published", "entry_id", "language", "updated"),
    sa.Index(
        "ix_articles_page_due",
        "id",
        sqlite_where=sa.text("page_due > 0"),
        postgresql_where=sa.text("page_due > 0"),
    ),
    sa.Index(None, "source_id"),
    sa.Index(None, "lead_id"),
    # Whether the archive of everything was told of it as it is.
    sa.Column("filed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(
        "ix_articles_unfiled",
        "id",
        sqlite_where=sa.text("filed = 0"),
        postgresql_where=sa.text("NOT filed"),
    ),
)

# The ledger. kind: identity (scope is the source), hash, address (scope 0). It outlives pruned
# articles: then article_id is NULL, a tombstone, and nothing comes back; the revision of an address
# is then a digest of the story that was told there. here: the source still has the document. lead:
# its changes change the article. url: where this source has the article.
aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("scope", _Number, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("article_id", _Number, sa.ForeignKey("articles.id", ondelete="SET NULL")),
    _text("revision"),
    sa.Column("here", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("lead", sa.Boolean, nullable=False, server_default=sa.false()),
    _count("streak"),
    _count("changed_in"),
    sa.Column("url", sa.Text),
    sa.Index(None, "article_id"),
    sqlite_with_rowid=False,
)

# Every feed that was ever given an address: everything, the categories, the custom ones, those of
# single sources. A slug is given once. wanted > written: the files are to be rewritten.
feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", _Number, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # everything | category | custom | source
    sa.Column("key", sa.Text, nullable=False),  # the name, folded; the number of a source
    _text("name"),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    _text("uri"),
    _count("wanted"),
    _count("written"),
    _count("entries"),
    sa.Column("newest", Instant),
    # The feed that a renamed category's articles are in now: whoever asks here is to go there.
    sa.Column("moved_to", _Number),
    # Of its archive: how many articles it has, how many of them the pages on disk have, and up to
    # where in the archive of everything a custom feed has looked.
    _count("filed"),
    _count("kept"),
    _count("drawn"),
    # Why it could not be written, and since when.
    _text("fault"),
    sa.Column("fault_since", Instant),
    sa.UniqueConstraint("kind", "key"),
)

# published is the article's, kept here so that a feed's newest entries are one index range. via:
# the merged copy that brought the category; it takes it along when the two are split.
article_feeds = sa.Table(
    "article_feeds",
    metadata,
    sa.Column(
        "article_id", _Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("feed_id", _Number, sa.ForeignKey("feeds.id"), primary_key=True),
    _count("position"),
    sa.Column("published", Instant, nullable=False),
    sa.Column("via", _Number),
    # Whether the archive of the feed was told of the article as it is.
    sa.Column("filed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "feed_id", "published", "article_id"),
    sa.Index(
        "ix_article_feeds_unfiled",
        "feed_id",
        sqlite_where=sa.text("filed = 0"),
        postgresql_where=sa.text("NOT filed"),
    ),
    sqlite_with_rowid=False,
)

# The order in which articles changed: whoever follows them remembers how far he came. appeared is
# when an article was first shown, or will be, and never before the end of a period that is closed.
turns = sa.Table(
    "turns",
    metadata,
    sa.Column(
        "article_id", _Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("turn", sa.BigInteger, nullable=False),
    sa.Column("appeared", Instant, nullable=False),
    sa.Index(None, "turn", "article_id"),
    sa.Index(None, "appeared"),
)

# One row. Whoever writes turns changes it first, and so waits for whoever does: none comes late.
clock = sa.Table(
    "clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("turn", sa.BigInteger, nullable=False),
    sa.Column("closed", Instant, nullable=False),  # the latest end of a period that is closed
)

# How far the articles were looked at for a purpose: the index of words, a feed's condition. digest
# is that of what is asked of them.
bookmarks = sa.Table(
    "bookmarks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("digest"),
    sa.Column("turn", sa.BigInteger, nullable=False),
    sa.Column("article_id", _Number, nullable=False),
)

# Articles that fulfil the condition of a custom feed.
members = sa.Table(
    "members",
    metadata,
    sa.Column("feed_id", _Number, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "article_id", _Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Index(None, "article_id"),
    sqlite_with_rowid=False,
)

# The last period of each feed of digests that is over.
periods = sa.Table(
    "periods",
    metadata,
    sa.Column("feed_id", _Number, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    _text("label"),
    sa.Column("ends", Instant, nullable=False),
)

# The headlines of periods that are over, as they were then. total counts also those that are not
# listed.
digests = sa.Table(
    "digests",
    metadata,
    sa.Column("feed_id", _Number, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("ends", Instant, nullable=False),
    _count("total"),
    sa.Column("headlines", sa.JSON, nullable=False),
)

# The archives of feeds: the articles of each in the order in which they came, and again when they
# changed (updated, content_hash: as they were then). A position never changes; article_id is NULL
# when the article is gone.
archive = sa.Table(
    "archive",
    metadata,
    sa.Column("feed_id", _Number, sa.ForeignKey("feeds.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("article_id", _Number, sa.ForeignKey("articles.id", ondelete="SET NULL")),
    sa.Column("updated", Instant, nullable=False),
    _text("content_hash"),
    sa.Index(None, "article_id", "feed_id"),
    sqlite_with_rowid=False,
)

# Pages of archives that are to be written again though they are complete.
archive_due = sa.Table(
    "archive_due",
    metadata,
    sa.Column("feed_id", _Number, sa.ForeignKey("feeds.id"), primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
)

# What the newest articles of a source consist of, block by block: what boilerplate is learned from.
blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column(
        "source_id", _Number, sa.ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column(
        "article_id", _Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("keys", sa.JSON, nullable=False),
    sa.Index(None, "article_id"),
    sqlite_with_rowid=False,
)

# Articles that were seen within the window by the bands of their sketches: those that share one may
# tell the same story. Rows of articles that are gone lead nowhere and leave with the window.
bands = sa.Table(
    "bands",
    metadata,
    sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", _Number, primary_key=True, autoincrement=False),
    sa.Column("seen", Instant, nullable=False),
    sqlite_with_rowid=False,
)

# The life of each article, for those who ask.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", _Number, primary_key=True),
    sa.Column(
        "article_id", _Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("at", Instant, nullable=False),
    sa.Column("source_id", _Number),  # None: the operator
    _text("kind"),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Index(None, "article_id"),
)

# What was left out: drafts, and what a rule dropped.
drops = sa.Table(
    "drops",
    metadata,
    sa.Column(
        "source_id", _Number, sa.ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("uid", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    _text("title"),
    sa.Column("url", sa.Text),
    sa.Column("detail", sa.JSON, nullable=False),
)

# Documents that the hub is to be told of. due: from when on; None while they are being written.
# changes counts how often they were: one that changed while the hub was told is told again.
pings = sa.Table(
    "pings",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("due", Instant),
    _count("changes"),
    _count("tries"),
)
