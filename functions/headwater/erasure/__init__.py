"""A person asks: to be suppressed, erased, made nameless, shown what is held, or let back in.

- asked: `kinds` (what may be asked), `intake` (over HTTP), `person` (all ids of whoever it is about)
- whose: `ownership` (whose a stored JSON object is), `namelessness` (what is left of one that only counts),
  `mentions` (ids inside other people's), `lines` (all of that for the lines of an object)
- where: `stores` (every place that may hold a person, in the order they are cleaned), and by kind
  `objects`, `batches`, `files`, `registers`, `queues`; `forwarding` asks the vendors
- how: `job` (the story), `ledger` (how far it is, so that any moment may be its last), `receipt`, `held`
  (the answer to "what do you have of me")
"""
