"""The canary's source: in every workspace, and in none of its files.

Its key is as public as a browser's. Whoever uses it sends events that views and destinations leave out.
"""

from headwater.record import CANARY_SOURCE
from headwater.workspace.privacy_policy import PrivacyPolicy
from headwater.workspace.source import Source

CANARY_KEY = "headwater-canary"

CANARY = Source(id=CANARY_SOURCE, kind="browser", write_keys=(CANARY_KEY,))
CANARY_PRIVACY = PrivacyPolicy.model_validate({"template": "off"})  # there is nobody to choose
