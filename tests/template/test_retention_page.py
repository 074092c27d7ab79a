"""docs/safekeeping.md says for how long each prefix is kept; the template decides."""

import re

from tests.template.document import ROOT, properties

PAGE = (ROOT / "docs" / "safekeeping.md").read_text(encoding="utf-8")


def test_the_page_and_the_template_keep_each_prefix_as_long() -> None:
    rows = re.findall(r"^\| `([\w/-]+/)` \| (\d+|–) \|", PAGE, re.MULTILINE)
    rules = properties("Bucket")["LifecycleConfiguration"]["Rules"]
    expiring = {
        rule["Prefix"]: str(rule["ExpirationInDays"])
        for rule in rules
        if "ExpirationInDays" in rule
    }

    assert {prefix: days for prefix, days in rows if days != "–"} == expiring
    assert {prefix for prefix, days in rows if days == "–"} == {
        "raw/",
        "identity_changes/",
        "parked/",
        "spill/",
    }
