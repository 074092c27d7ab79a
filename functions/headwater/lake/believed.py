"""The ids that are believed, in the views that say whose an event is: `identity.believed`, in SQL.

The workspace's policy is known when the views are made, as it is when the stitcher starts, so Athena and
the profile agree on what an unproven or a blocked id says of who is who: nothing.
"""

import re

from headwater.workspace import IdentityPolicy

_ID = re.compile(r"\be\.(user_id|anonymous_id|previous_id)\b")
_SAYS = "e.claimed_user_id IS NULL"
_LACKS_PROOF = "e.source_kind = 'browser' AND NOT coalesce(e.proven, false)"


def believing(sql: str, policy: IdentityPolicy) -> str:
    """Return a view's SQL with what the policy does not believe left out.

    The view calls the event `e`. Its ids become NULL where they are not believed; where the view asks that
    no user id was put aside, it asks too that none lacks its proof. The default policy believes all.
    """
    found = _ID.sub(lambda match: _id(match.group(1), policy), sql)
    if policy.require_proof:
        found = found.replace(_SAYS, f"{_SAYS} AND NOT (e.user_id IS NOT NULL AND {_LACKS_PROOF})")
    return found


def _id(column: str, policy: IdentityPolicy) -> str:
    name = f"e.{column}"
    doubts = [_LACKS_PROOF] if policy.require_proof and column == "user_id" else []
    if policy.blocked_ids:
        listed = ", ".join("'" + id_.replace("'", "''") + "'" for id_ in sorted(policy.blocked_ids))
        doubts.append(f"{name} IN ({listed})")
    if not doubts:
        return name
    return f"(CASE WHEN {' OR '.join(f'({doubt})' for doubt in doubts)} THEN NULL ELSE {name} END)"
