"""`make conformance`: print each destination's core and full grade.

Fails below 100 % of the core, and at a difference beyond it that is not on purpose.
"""

import sys

from headwater.destinations import DESTINATIONS

from tests.conformance.deliberate import on_purpose
from tests.conformance.grade import CASES, cases, grade


def main() -> int:
    failed = 0
    for slug in sorted(path.stem for path in CASES.glob("*.jsonl") if path.stem in DESTINATIONS):
        grades = [grade(slug, case) for case in cases(slug)]
        passed = sum(not one.missed for one in grades)
        paths, differing = (
            sum(one.paths for one in grades),
            sum(len(one.differing) for one in grades),
        )
        full = f"full {paths - differing}/{paths} paths"
        print(
            f"{slug:21} core {passed}/{len(grades)}  {full}"
            + (f", {differing} differ on purpose" if differing else "")
        )
        for one in grades:
            wrong = [path for path in one.differing if not on_purpose(slug, path)]
            for path in dict.fromkeys((*one.missed, *wrong)):
                failed += 1
                print(f"    {one.case}: {path}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
