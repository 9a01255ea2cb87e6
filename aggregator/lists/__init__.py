"""Documents that list others: OPML, sitemaps, pages that name their feeds or their next page."""
