"""The tracking plan: which events are agreed on, and what is done with one that is not as agreed.

A folder `functions/workspace/<name>.plan/` beside the workspace: one TOML file an event, or Segment's
exported JSON as it is. Both become `Rule`s, so both enforce the same (docs/tracking-plan.md).

    loading          the folder → a `Plan`, or an error with file and line of each fault
    own_form         a TOML file → a rule            segment_export   exported JSON → rules
    dialect          a rule's JSON Schema, compiled: which keywords, which limits
    judgement        an event against the plan, by the modes of its source
"""

from headwater.tracking_plan.judgement import judge
from headwater.tracking_plan.loading import SUFFIX, check, load
from headwater.tracking_plan.modes import Modes
from headwater.tracking_plan.plan import Plan, SourcePlan
from headwater.tracking_plan.rule import Fault, Rule

__all__ = ["SUFFIX", "Fault", "Modes", "Plan", "Rule", "SourcePlan", "check", "judge", "load"]
