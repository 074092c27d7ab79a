"""Segment's HTTP dialect, as real clients speak it: what arrives, and what they expect back.

In the order of a request: `api_gateway` → `request` → `routes` → `compression` → `strict_json` →
`keys` → `batches` → `visitor` → `acceptance` → `packing` → `replies`, with `cors`, `pixel`,
`settings_document` and `source_config` for what is not an upload.
"""
