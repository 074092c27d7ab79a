"""Athena on a laptop: the deployed tables, views and saved queries, over the local bucket."""

from local.athena.lake import Lake, Rows

__all__ = ["Lake", "Rows"]
