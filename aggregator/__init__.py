"""Folders of articles and feeds in; clean, deduplicated feeds per category out."""

__version__ = "0.1.0"
