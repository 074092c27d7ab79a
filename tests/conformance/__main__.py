"""`make conformance`: print each destination's core and full grade; fail below 100 % of the core."""

import sys

from headwater.destinations import DESTINATIONS

from tests.conformance.grade import CASES, cases, grade


def main() -> int:
    failed = 0
    for slug in sorted(path.stem for path in CASES.glob("*.jsonl") if path.stem in DESTINATIONS):
        grades = [grade(slug, case) for case in cases(slug)]
        passed = sum(not one.missed for one in grades)
        agreeing, paths = sum(one.agreeing for one in grades), sum(one.paths for one in grades)
        print(f"{slug:16} core {passed}/{len(grades)}  full {agreeing}/{paths} paths")
        for one in grades:
            for path in one.missed:
                failed += 1
                print(f"    {one.case}: {path}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
