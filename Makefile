# Every verb sets up what it needs. On a machine with Python 3.13, Node 20 and make: `make demo`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
UV := .tools/uv/bin/uv
RUN := $(UV) run --frozen --no-sync
PYTHON := $(RUN) python

export SAM_CLI_TELEMETRY := 0
export UV_PYTHON := 3.13
export UV_PYTHON_DOWNLOADS := never
# Images of Python like to set it: each of a run's dozens of processes would then compile all it imports.
unexport PYTHONDONTWRITEBYTECODE
PORT ?= 8787
say = @printf '\033[1m▸ %s\033[0m\n'
# A verb that cannot do without a variable says so before it does anything.
need = $(if $(strip $($(1))),,$(error say $(1), as in: make $(2)))

.PHONY: help setup setup-local setup-clients analytics-js tag fmt check test test-long conformance destination docs test-e2e demo up down query person data rejected replay-rejected replay-undeliverable rebuild-identity unmerge rebuild-changes bench bench-lake bench-identity deploy first-party doctor logs lock build clean

help: ## list the verbs
	@awk '/^# --- /{ gsub(/^# --- | -+$$/, ""); sub(/:.*/, ""); printf "\n%s\n", $$0; next } \
		/^[a-z0-9-]+:.*## /{ split($$0, part, /:.*## /); printf "  make %-22s %s\n", part[1], part[2] }' $(MAKEFILE_LIST)

# --- setting up: each stamp is remade when what it is made from changes -------------------------

$(UV):
	$(say) "uv $(UV_VERSION), into .tools/uv"
	@python3.13 -m venv .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.stamp: pyproject.toml uv.lock | $(UV)
	$(say) "Python packages, into .venv"
	@$(UV) sync --frozen --quiet
	@touch $@

.tools/%/.stamp: local/tools/%/pyproject.toml local/tools/%/uv.lock | $(UV)
	$(say) "$*, into .tools/$*"
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.tools/$* $(UV) sync --frozen --quiet --project local/tools/$*
	@touch $@

local/shop/node_modules/.stamp: local/shop/package.json local/shop/package-lock.json
	$(say) "analytics-next and the browser driver, into local/shop/node_modules"
	@cd local/shop && npm ci --silent --no-audit --no-fund
	@touch $@

tag/node_modules/.stamp: tag/package.json tag/package-lock.json
	$(say) "what builds the browser tag, into tag/node_modules"
	@cd tag && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# The clients that the end-to-end tests run, each kind in an environment of its own.
.tools/%/.stamp: tests/e2e/clients/%/pyproject.toml tests/e2e/clients/%/uv.lock | $(UV)
	$(say) "$*, into .tools/$*"
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.tools/$* $(UV) sync --frozen --quiet --project tests/e2e/clients/$*
	@touch $@

tests/e2e/clients/node_modules/.stamp: tests/e2e/clients/package.json tests/e2e/clients/package-lock.json
	$(say) "real clients, into tests/e2e/clients/node_modules"
	@cd tests/e2e/clients && npm ci --silent --no-audit --no-fund
	@touch $@

tests/e2e/dynamodb/node_modules/.stamp: tests/e2e/dynamodb/package.json tests/e2e/dynamodb/package-lock.json
	$(say) "DynamoDB Local, into tests/e2e/dynamodb/node_modules"
	@cd tests/e2e/dynamodb && npm ci --silent --no-audit --no-fund
	@touch $@

GRAMMAR := tests/unit/lake/grammar
$(GRAMMAR)/node_modules/.stamp: $(GRAMMAR)/package.json $(GRAMMAR)/package-lock.json $(GRAMMAR)/parse.mjs
	$(say) "Trino's grammar, into $(GRAMMAR)/node_modules"
	@cd $(GRAMMAR) && npm ci --silent --no-audit --no-fund && npm run --silent build -- --log-level=error
	@touch $@

TYPED := tests/local/plan/typescript
$(TYPED)/node_modules/.stamp: $(TYPED)/package.json $(TYPED)/package-lock.json
	$(say) "TypeScript, into $(TYPED)/node_modules"
	@cd $(TYPED) && npm ci --silent --no-audit --no-fund
	@touch $@

setup: .venv/.stamp .tools/sam/.stamp .tools/ministack/.stamp local/shop/node_modules/.stamp tag/node_modules/.stamp $(GRAMMAR)/node_modules/.stamp $(TYPED)/node_modules/.stamp ## make the environments

setup-local: .venv/.stamp .tools/sam/.stamp .tools/ministack/.stamp

# --- checking ----------------------------------------------------------------------------------

fmt: .venv/.stamp ## format the code
	@$(RUN) ruff check --quiet --fix-only functions tests local benchmarks
	@$(RUN) ruff format --quiet functions tests local benchmarks

check: .venv/.stamp .tools/sam/.stamp ## lint, types, architecture, template
	$(say) "format and lint"
	@$(RUN) ruff format --check --quiet functions tests local benchmarks
	@$(RUN) ruff check --quiet functions tests local benchmarks
	@$(MAKE) -j2 --output-sync=target check-types check-template

.PHONY: check-types check-template
check-types:
	$(say) "types"
	@$(RUN) mypy

check-template:
	$(say) "architecture"
	@$(RUN) lint-imports --no-logo
	$(say) "workspaces"
	@$(PYTHON) -m local.workspace_check
	$(say) "template"
	@AWS_DEFAULT_REGION=us-east-1 .tools/sam/bin/sam validate --lint
	@.tools/sam/bin/cfn-lint first-party.yaml

test: check $(GRAMMAR)/node_modules/.stamp tag/node_modules/.stamp $(TYPED)/node_modules/.stamp .tools/blocklists/.stamp ## lint, types, architecture, template, then every test that needs no stack
	$(say) "tests"
	@$(RUN) pytest -n auto --dist worksteal

test-long: .venv/.stamp ## the seeded tests in large numbers (SCHEDULES=20000, FUZZ=50 times as many examples, EVENTS=1000000 in the lake, SEED=17 one schedule)
	$(say) "faults, fuzz, erasure and identity, at length"
	@SCHEDULES=$(or $(SCHEDULES),20000) FUZZ=$(or $(FUZZ),50) $(RUN) pytest -n auto --dist worksteal \
		tests/faults tests/fuzz tests/erasure tests/identity/test_anything.py tests/identity/test_convergence.py
	$(say) "the saved queries over a large lake"
	@EVENTS=$(or $(EVENTS),1000000) $(RUN) pytest tests/unit/lake/queries

destination: .venv/.stamp ## begin a new destination: make destination NAME=acme
	@$(PYTHON) -m local.new_destination '$(NAME)'

docs: .venv/.stamp ## write what the data sheets say into docs/destinations.md
	@$(PYTHON) -m local.catalogue

conformance: .venv/.stamp ## grade the destinations against recorded requests
	@$(PYTHON) -m tests.conformance

setup-clients: tests/e2e/clients/node_modules/.stamp tests/e2e/dynamodb/node_modules/.stamp .tools/python-clients/.stamp

test-e2e: setup setup-clients ## real clients against the local stack
	$(say) "end-to-end tests on the local stack"
	@$(RUN) pytest tests/e2e --force-enable-socket -p no:randomly -v

# --- the local stack ---------------------------------------------------------------------------

demo: setup ## the whole pipeline on this machine, with a shop to click through (ONCE=1 exits after the report)
	@$(PYTHON) -m local.demo --port $(PORT) $(if $(ONCE),--once)

up: setup ## start the local stack and write .local/endpoints.json
	@$(PYTHON) -m local.up --port $(PORT)

down: .venv/.stamp ## stop the local stack
	@$(PYTHON) -m local.down

query: export QUESTION := $(value Q)
query: .venv/.stamp ## ask the local lake: make query Q='SELECT ...', Q=file.sql or Q=funnel CHART=out.html (DATA=1: the made-up events)
	@$(PYTHON) -m local.athena $(if $(DATA),--data) $(if $(CHART),--chart '$(CHART)') "$$QUESTION"

person: .venv/.stamp ## who somebody is on the local stack: make person ID=user-1, or an anonymous id
	$(call need,ID,person ID=user-1)
	@$(PYTHON) -m local.person '$(ID)'

.PHONY: console
console: .venv/.stamp ## watch a deployment in your browser, with your AWS credentials: make console STAGE=production
	@$(PYTHON) -m local.console $(if $(STAGE),--stage '$(STAGE)') $(if $(filter command line,$(origin PORT)),--port '$(PORT)')

data: .venv/.stamp ## make up events to ask: make data N=100000, then make query DATA=1 Q=funnel
	@$(PYTHON) -m local.generate --events $(or $(N),100000)

# --- the tracking plan --------------------------------------------------------------------------

.PHONY: plan-check plan-infer plan-types
PLAN = $(if $(WORKSPACE),--workspace '$(WORKSPACE)')

plan-check: .venv/.stamp ## check the tracking plan, and what its change would have refused (WORKSPACE=… DAYS=7 AGAINST=HEAD DATA=1)
	@$(PYTHON) -m local.plan.check $(PLAN) $(if $(DAYS),--days '$(DAYS)') $(if $(AGAINST),--against '$(AGAINST)') $(if $(DATA),--data)

plan-infer: .venv/.stamp ## propose a file for each event that was seen and is not planned (WORKSPACE=… DAYS=30 DATA=1 WRITE=1)
	@$(PYTHON) -m local.plan.infer $(PLAN) $(if $(DAYS),--days '$(DAYS)') $(if $(DATA),--data) $(if $(WRITE),--write)

plan-types: .venv/.stamp ## write the plan as TypeScript and Python, a function an event (WORKSPACE=… TO=folder)
	@$(PYTHON) -m local.plan.types $(PLAN) --to '$(or $(TO),.local/plan-types)'

# --- people: who is who, and who asked to be forgotten (STAGE=…, or here) -----------------------

CHOICE = $(if $(STAGE),--stage '$(STAGE)') $(if $(HOURS),--hours '$(HOURS)') $(if $(CODE),--code '$(CODE)') $(if $(SOURCE),--source '$(SOURCE)')

RELINK = $(PYTHON) -m local.identity_commands $(if $(STAGE),--stage '$(STAGE)') $(if $(APPLY),--apply)

rebuild-identity: .venv/.stamp ## link every event of the lake again and switch to the answer; APPLY=1 does it
	@$(RELINK) rebuild

unmerge: .venv/.stamp ## take back what the workspace's blocked ids have linked; APPLY=1 does it
	@$(RELINK) unmerge

rebuild-changes: .venv/.stamp ## tell identity_changes/ anew from the identity table; APPLY=1 does it
	@$(RELINK) changes

.PHONY: privacy privacy-receipt restore-suppressions
restore-suppressions: .venv/.stamp ## bring back who was suppressed, from a restored table: STAGE=… FROM=<table> (docs/safekeeping.md)
	$(call need,FROM,restore-suppressions STAGE=production FROM=<restored table>)
	@$(PYTHON) -m local.restore_suppressions --stage '$(or $(STAGE),staging)' --from '$(FROM)'

# The shell has a USER of its own: only what is written on the command line counts.
privacy: export PRIVACY_USER := $(if $(findstring command,$(origin USER)),$(value USER))
privacy: export PRIVACY_DEVICE := $(value DEVICE)
privacy: .venv/.stamp ## suppress, erase or export a person: make privacy KIND=delete USER=user-7 (or DEVICE=…; APPLY=1; REQUEST=… follows one)
	@$(PYTHON) -m local.privacy_command $(if $(REQUEST),follow --request '$(REQUEST)' $(if $(CONFIRM),--confirm),ask --kind '$(KIND)' $(if $(APPLY),--apply)) $(if $(STAGE),--stage '$(STAGE)')

privacy-receipt: .venv/.stamp ## is a receipt genuine: make privacy-receipt FILE=receipt.json STAGE=…
	$(call need,FILE,privacy-receipt FILE=receipt.json STAGE=production)
	@$(PYTHON) -m local.privacy_command receipt --file '$(FILE)' $(if $(STAGE),--stage '$(STAGE)')

# --- what did not arrive, and how it still does (STAGE=…, or here) ------------------------------

rejected: .venv/.stamp ## what was not taken, by code: make rejected CODE=… STAGE=… HOURS=24 (ORIGINALS=1 shows the events)
	@$(PYTHON) -m local.rejected $(CHOICE) $(if $(ORIGINALS),--originals)

replay-rejected: .venv/.stamp ## after a fix, say what would be taken now; SEND=1 sends it (FILE=… a corrected file)
	@$(PYTHON) -m local.replay_rejected $(CHOICE) $(if $(FILE),--file '$(FILE)') $(if $(SEND),--send)

replay-undeliverable: .venv/.stamp ## after a fix, count what was given up: DESTINATION=… REASON=… SINCE=… UNTIL=…; SEND=1 sends it (DEAD_LETTERS=1)
	@$(PYTHON) -m local.replay_undeliverable $(if $(STAGE),--stage '$(STAGE)') $(if $(DESTINATION),--destination '$(DESTINATION)') \
		$(if $(SOURCE),--source '$(SOURCE)') $(if $(REASON),--reason '$(REASON)') $(if $(SINCE),--since '$(SINCE)') \
		$(if $(UNTIL),--until '$(UNTIL)') $(if $(DEAD_LETTERS),--dead-letters) $(if $(SEND),--send)

# --- measuring ----------------------------------------------------------------------------------

bench: .venv/.stamp ## measure, with each floor beside its figure, and the lake on a small day
	@$(PYTHON) -m benchmarks

bench-lake: .venv/.stamp ## the compactor's speed and memory, and what a question reads (SLICE=1: the largest slice there is)
	@$(PYTHON) -m $(if $(SLICE),benchmarks.whole_slice,benchmarks.lake)

bench-identity: .venv/.stamp ## what identity costs at ten million persons: operations, item sizes, dollars
	@$(PYTHON) -m benchmarks.identity_at_scale

.PHONY: cost
cost: .venv/.stamp ## what a month costs, part by part (EVENTS=250M BATCH=10 DESTINATIONS=2; KEPT=1 measures nothing; WRITE=1 writes the docs)
	@$(PYTHON) -m benchmarks.cost $(if $(EVENTS),--events '$(EVENTS)') $(if $(BATCH),--batch '$(BATCH)') \
		$(if $(DESTINATIONS),--destinations '$(DESTINATIONS)') $(if $(KEPT),--kept) $(if $(WRITE),--write)

# --- bringing history along ---------------------------------------------------------------------

.PHONY: load load-users
LOAD = KEY='$(KEY)' $(PYTHON) -m local.load $(FILES) --url '$(URL)' $(if $(RATE),--rate '$(RATE)') $(if $(DELIVER),--deliver)

load: .venv/.stamp ## history into the pipeline: make load FILES='dir/*.ndjson.gz' KEY=<server key> URL=https://shop.example/ev (RATE=200 DELIVER=1)
	$(call need,FILES,load FILES='dir/*.ndjson.gz' KEY=<server key> URL=https://shop.example/ev)
	$(call need,KEY,load FILES=… KEY=<server key> URL=…)
	$(call need,URL,load FILES=… KEY=… URL=https://shop.example/ev)
	@$(LOAD)

load-users: .venv/.stamp ## users of another tool, as CSV or NDJSON: make load-users FILES=users.csv KEY=… URL=… (AT=2026-01-31)
	$(call need,FILES,load FILES='dir/*.ndjson.gz' KEY=<server key> URL=https://shop.example/ev)
	$(call need,KEY,load FILES=… KEY=<server key> URL=…)
	$(call need,URL,load FILES=… KEY=… URL=https://shop.example/ev)
	@$(LOAD) --users $(if $(AT),--at '$(AT)')

# --- making what is checked in ------------------------------------------------------------------

.PHONY: known
known: .venv/.stamp ## renew the lists of known crawlers and referrers
	@$(PYTHON) -m local.known_lists

lock: $(UV) ## re-lock, and export the layers' requirements
	@$(UV) lock --quiet
	@$(UV) export --frozen --quiet --no-dev --no-emit-project --no-hashes --no-header --no-annotate -o layers/dependencies/requirements.txt
	@$(UV) export --frozen --quiet --only-group duckdb --no-hashes --no-header --no-annotate -o layers/duckdb/requirements.txt
	@sha256sum uv.lock | cut -d' ' -f1 > functions/dependencies.sha256

ANALYTICS_JS := tests/e2e/clients/node_modules/@segment/analytics-next
analytics-js: tests/e2e/clients/node_modules/.stamp ## take over the analytics.js that the tests lock
	@rm -rf functions/collector/analytics.js && mkdir functions/collector/analytics.js
	@cp $(ANALYTICS_JS)/LICENSE.MD $(ANALYTICS_JS)/dist/umd/standalone.js $(ANALYTICS_JS)/dist/umd/*.bundle.*.js \
		functions/collector/analytics.js/

tag: tag/node_modules/.stamp ## build the browser tag into functions/collector/tag, within its budget
	@cd tag && node build.mjs

.PHONY: blocklists
blocklists: .tools/blocklists/.stamp ## which of our addresses are blocked: LISTS='easylist.txt easyprivacy.txt' make blocklists (PREFIX=/ev)
	@.tools/blocklists/bin/python -m local.blocklists $(LISTS) $(if $(PREFIX),--prefix '$(PREFIX)')

# --- AWS: deploy, go back, your own domain ------------------------------------------------------

.PHONY: workspace-check workspace-schema
workspace-check: .venv/.stamp ## is a workspace as it must be: make workspace-check WORKSPACE=shop, or all of them
	@$(PYTHON) -m local.workspace_check '$(WORKSPACE)'

workspace-schema: .venv/.stamp ## write the workspace's JSON Schema, for editors
	@$(PYTHON) -m local.workspace_schema

build: setup-local workspace-check ## sam build, of workspaces that are as they must be, with its bytecode
	@.tools/sam/bin/sam build --cached --parallel
	@$(PYTHON) -m local.bytecode

deploy: setup-local ## deploy to AWS: make deploy WORKSPACE=shop STAGE=production
	@$(PYTHON) -m local.release --workspace '$(WORKSPACE)' --stage '$(or $(STAGE),staging)'

.PHONY: rollback throttle sbom audit
rollback: .venv/.stamp ## every function back to the version before: make rollback STAGE=production; APPLY=1 does it
	@$(PYTHON) -m local.rollback --stage '$(or $(STAGE),staging)' $(if $(APPLY),--apply)

throttle: .venv/.stamp ## how many requests a second a stage takes, at once: make throttle STAGE=production RATE=50 (no RATE: its own)
	@$(PYTHON) -m local.throttle --stage '$(or $(STAGE),staging)' $(if $(RATE),--rate '$(RATE)')

sbom: $(UV) ## what runs in Lambda, as CycloneDX, into .local/sbom.json
	@mkdir -p .local
	@$(UV) export --frozen --quiet --no-dev --group duckdb --no-emit-project --format cyclonedx1.5 -o .local/sbom.json >/dev/null
	@printf '%s components in .local/sbom.json\n' "$$(grep -c '"bom-ref"' .local/sbom.json)"

audit: $(UV) ## known vulnerabilities of what is locked; says so loudly where nobody can be asked
	@mkdir -p .local
	@$(UV) audit --frozen 2>.local/audit.txt || { cat .local/audit.txt; if grep -qiE 'error (sending|trying)|failed to (fetch|send|connect)|dns|timed out|connection' .local/audit.txt; then \
		printf '\033[1m!! NOT AUDITED: the vulnerability service cannot be reached from here\033[0m\n'; rm -f .local/audit.txt; else rm -f .local/audit.txt; exit 1; fi; }
	@rm -f .local/audit.txt

FIRST_PARTY = --stage '$(or $(STAGE),staging)' --site '$(SITE)' $(if $(DOMAIN),--domain '$(DOMAIN)') $(if $(CERTIFICATE),--certificate '$(CERTIFICATE)') $(if $(WEB_ACL),--web-acl '$(WEB_ACL)') $(if $(ROTATE),--rotate)

first-party: setup-local ## put CloudFront before site and collector: make first-party STAGE=production SITE=origin.shop.example
	$(call need,SITE,first-party STAGE=production SITE=origin.shop.example)
	@$(PYTHON) -m local.first_party $(FIRST_PARTY)

doctor: .venv/.stamp ## what a browser would get on your site, and what to mend: make doctor URL=https://shop.example
	$(call need,URL,doctor URL=https://shop.example)
	@$(PYTHON) -m local.doctor '$(URL)' $(if $(PREFIX),--prefix '$(PREFIX)') $(if $(ORIGIN),--origin '$(ORIGIN)') $(if $(API),--api '$(API)')

# --- watching (STAGE=…, or here) ----------------------------------------------------------------

.PHONY: tail why status
tail: .venv/.stamp ## watch events arrive, with their violations, and those not taken (STAGE=… FROM_START=1)
	@$(PYTHON) -m local.tail $(if $(STAGE),--stage '$(STAGE)') $(if $(FROM_START),--from-start)

why: .venv/.stamp ## where an event is, and what happened to it: make why ID=<messageId> (STAGE=… DAYS=2)
	$(call need,ID,why ID=<messageId>)
	@$(PYTHON) -m local.why '$(ID)' $(if $(STAGE),--stage '$(STAGE)') $(if $(DAYS),--days '$(DAYS)')

status: .venv/.stamp ## is each part well, on one screen (STAGE=…); fails when one is not
	@$(PYTHON) -m local.status $(if $(STAGE),--stage '$(STAGE)')

logs: setup-local ## follow the functions' logs: make logs STAGE=production
	@.tools/sam/bin/sam logs --tail --cw-log-group /headwater/headwater-$(or $(STAGE),staging)

clean: down ## remove everything that was made
	@rm -rf .aws-sam .local .venv .tools .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache local/shop/node_modules tag/node_modules tests/e2e/clients/node_modules tests/e2e/dynamodb/node_modules $(GRAMMAR)/node_modules $(TYPED)/node_modules
