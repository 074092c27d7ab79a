"""History into the pipeline: files of Segment calls, or of users, through `/v1/import`: `make load`.

`files` reads lines, `history` and `users` make calls of them, `batches` packs, `sending` delivers and
waits when told to, `ledger` remembers what was taken, so that a stopped load goes on where it was.
"""
