"""The canary of `respect_blockers`: an image that says nothing and means that nothing was blocked.

Lists block its name on purpose (`/px.gif?`: EasyPrivacy, AdGuard Tracking Protection). A page that asked
for it and did not get it is the page of somebody who blocks measurement, and its tag then keeps and
sends nothing. Here the asking leaves no trace: nothing is stored, no cookie is read or set.
"""

from headwater.wire.pixel import GIF
from headwater.wire.replies import Reply

# A blocker stops the request before a browser looks into its cache, so a cached answer hides nobody.
REPLY: Reply = GIF.with_headers({"cache-control": "public, max-age=86400"})
