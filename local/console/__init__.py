"""The console: one page on loopback where events, people and deliveries are watched. It only reads.

`application` is the page's server; `safety` says whom it answers. `stream` reads Kinesis, `told` reads
its lines, `live` keeps the last of them. `person` and `journey` say who somebody is and where an event
went, `questions` asks the saved queries, `reach` builds what all of these read. `page/` is the page.
"""
