# What a developer types. Every target works on a fresh clone; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: run test check bench bench-warehouse build coverage torture fuzz help

# Where `make run` listens and keeps its data, and further arguments: make run LISTEN=0.0.0.0:8080 ARGS="--config my.toml"
LISTEN ?= 127.0.0.1:8080
DATA_DIR ?= ./data
ARGS ?=

# rustup puts cargo here; a shell opened before it was installed does not know that yet.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
BARKER := $(or $(CARGO_TARGET_DIR),target)/release/barker

run: build ## Start Barker with a demo market on LISTEN, data in DATA_DIR
	@exec "$(BARKER)" serve --demo --data-dir "$(DATA_DIR)" --listen "$(LISTEN)" $(ARGS)

test: ## Run every test (ARGS go to the test runner)
	@scripts/test $(ARGS)

check: ## Formatting, lints, the rules of the tree, licences
	@scripts/check

bench: ## Measure speed and memory, about an hour (ARGS=quick: minutes; engine, memory, http, projects: a part)
	@scripts/bench $(ARGS)

bench-warehouse: ## Measure the warehouse with 50 million events beside DuckDB and ClickHouse
	@scripts/bench-warehouse 50000000

build: ## Build the release binary, target/release/barker, with the console inside
	@scripts/setup
	@scripts/console build
	@cargo build --release -p barker-server --bin barker --locked

torture: ## Kill the server 1,000 times under load, on every database
	@BARKER_TORTURE_ROUNDS=1000 NEXTEST_PROFILE=torture scripts/test --workspace -E 'test(what_was_answered_survives)'

fuzz: ## Random input for the parsers and for the running API (ARGS: seconds for each parser)
	@scripts/fuzz $(ARGS)
	@scripts/fuzz-api

coverage: ## Report line coverage; fails below 85%
	@scripts/coverage

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
