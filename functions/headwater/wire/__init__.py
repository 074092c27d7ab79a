"""Segment's HTTP dialect, as real clients speak it: what arrives, and what they expect back.

In the order of a request: `api_gateway` → `request` → `edge` → `routes` → `compression` →
`strict_json` → `keys` → `batches` → `cookies` → `acceptance` → `packing` → `ending` → `replies` →
`cors`. What is no upload: `answers`, with `settings_document`, `source_config` and `site`. An upload
in an image's address: `pixel`, with `query`.
"""
