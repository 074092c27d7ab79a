"""`make doctor URL=https://shop.example`: what a browser would get, and what to mend."""

import argparse

from local.doctor.asking import Site, UnreachableError
from local.doctor.checks import diagnose
from local.doctor.examination import examine
from local.doctor.finding import Finding

_MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


def main() -> int:
    """Print one line a check and its remedy; 1 when something is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="the site, as people type it")
    parser.add_argument("--prefix", default="/ev", help="the collector's path on it")
    parser.add_argument("--origin", help="the origin of the pages, when it is another")
    parser.add_argument("--api", help="the API's own address, to see that it is closed")
    arguments = parser.parse_args()
    site = Site(arguments.url, prefix=arguments.prefix, origin=arguments.origin)
    try:
        found = list(diagnose(examine(site, api=arguments.api)))
    except UnreachableError as error:
        raise SystemExit(f"doctor: nobody answers: {error}") from None
    for finding in found:
        print(line(finding))
    broken = sum(finding.verdict == "fail" for finding in found)
    print(f"\n{broken} to mend" if broken else "\nnothing is broken")
    return 1 if broken else 0


def line(finding: Finding) -> str:
    """Return a finding as it is printed."""
    remedy = f"\n               → {finding.remedy}" if finding.remedy else ""
    return f"{_MARKS[finding.verdict]} {finding.check:13}{finding.what}{remedy}"


if __name__ == "__main__":
    raise SystemExit(main())
