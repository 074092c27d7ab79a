"""Everything Headwater's functions mean: the map of the library.

Three stories, each read top to bottom:

- `collect` — a request: decode → authenticate → decide → validate → enrich → commit → reply
- `stitch`  — a batch of the stream: parse → fold → link → traits → stamp → fan out
- `deliver` — a queued message: age → build → send → classify → retry or give up

What they are told in: `events` (Segment's messages), `record` (the stored event), `columns` (that event
as the lake's table), `ids`, `outcomes` (every ending), `errors` (broken promises), `ports` (what we need
from outside), `workspace` (what a site owner decides), `settings` (what the deployment decides),
`destination` (what a destination is).

What they are told with: `wire/` (Segment's HTTP dialect), `enrichments/`, `privacy/` (the decision, consent,
cookieless ids, redaction), `person` (who a request is about, and what they chose),
`spill` (what the stream does not take waits in the bucket, and how it comes back), `reinvocation` (so do
batches that Lambda gave up on), `guard` (when events cost more than they may), `identity/`, `lake/`, `destinations/`. `adapters/` is the outside world; only the handlers import it.
"""
