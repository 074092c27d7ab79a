"""SAM's own transform, as CloudFormation runs it: a template and several sets of parameters in, a template each out.

Run by the Python of `.tools/sam`, which has it: `{"template": …, "parameters": […]}` on stdin, JSON on stdout.
"""

import copy
import json
import sys

from samtranslator.translator.transform import transform  # type: ignore[import-not-found]


class NoManagedPolicies:
    """The template names no managed policy by its short name."""

    def load(self) -> dict[str, str]:
        return {}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    made = [
        transform(copy.deepcopy(asked["template"]), parameters, NoManagedPolicies())
        for parameters in asked["parameters"]
    ]
    json.dump(made, sys.stdout)
