"""What a site owner decides: sources and keys, the path prefix, destinations. Config is code.

One TOML file a workspace, `functions/workspace/<name>.toml`, validated when a function starts and
when it is built, and deployed with the code. A destination's own settings stay unparsed here, so
the collector never loads a destination (design 10). One file a part; `document` puts them together.
"""

from headwater.workspace.canary import CANARY_KEY
from headwater.workspace.cookie_policy import CookiePolicy
from headwater.workspace.destination_entry import DestinationEntry
from headwater.workspace.document import Workspace
from headwater.workspace.door import Edge, Limits, Overload
from headwater.workspace.enrichment_policy import EnrichmentPolicy
from headwater.workspace.identity_policy import IdentityPolicy, Signing
from headwater.workspace.loading import DIRECTORY, load
from headwater.workspace.privacy_policy import PrivacyPolicy
from headwater.workspace.source import Source

__all__ = [
    "CANARY_KEY",
    "DIRECTORY",
    "CookiePolicy",
    "DestinationEntry",
    "Edge",
    "EnrichmentPolicy",
    "IdentityPolicy",
    "Limits",
    "Overload",
    "PrivacyPolicy",
    "Signing",
    "Source",
    "Workspace",
    "load",
]
