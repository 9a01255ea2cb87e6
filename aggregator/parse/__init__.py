"""From a document to articles, by its media type."""
