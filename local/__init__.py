"""The whole stack on a laptop: what `make demo`, `make up`, `make query` and their like run.

- the stack      `up` `down` `emulator` `deploy` `endpoints`, on `places` `ports` `processes` `progress`
- the door       `edge` (in `edge_process`): one origin for the `shop/` and the path, by `gateway` and
                 `serving`; `sink` receives what destinations are sent
- the journey    `demo` watches (`watch`) a `journey` being `played_in_chromium` or `played_over_http`,
                 gathers `evidence` and prints a `report`, with the SQL of `questions/`
- the lake       `athena/`: Athena's SQL on DuckDB, over the local bucket; `generate/` makes data up
- the operator   `person` `rejected` `replay_rejected` `replay_undeliverable` on a `deployment`;
                 `release` deploys to AWS; `blocklists` says which addresses are blocked
- for tests      `poller`: Lambda's pollers of streams, faithful where the emulator's are not
"""
