# `make up` and `make test` are all that a newcomer needs; `make help` lists the rest.
.POSIX:
.PHONY: help up down test faults bench bench-json lint fmt generate ci

# dev builds in minutes, release takes longer and is optimised.
PROFILE = dev

help:
	@echo "make up     build, then run everything on engines of its own (Ctrl-C or make down ends it)"
	@echo "            PROFILE=release make up takes longer to build and is optimised"
	@echo "            ARGS='--reset' make up starts afresh"
	@echo "make down   end a running make up"
	@echo "make test   all tests, on engines of their own; scripts/test -p relay runs one crate's"
	@echo "make faults  the fault campaign, an hour; FAULTS_MINUTES and SEED (scripts/faults has more)"
	@echo "make bench  measure everything and write docs/performance.md, most of an hour; ARGS=--help has more"
	@echo "make bench-json  the same as JSON lines on standard output"
	@echo "make lint   what CI checks besides the tests: format, clippy, dependencies"
	@echo "make fmt    format the code"
	@echo "make generate  write the files that are generated from the code"
	@echo "make ci     everything that CI runs"

up:
	@./bootstrap up
	@echo "Building with the $(PROFILE) profile (the first time takes minutes), then starting."
	@cargo run --profile $(PROFILE) --bin stagedoor -- up $(ARGS)

down:
	@cargo run --quiet --profile $(PROFILE) --bin stagedoor -- down

test:
	@./bootstrap
	@scripts/test $(ARGS)

faults:
	@./bootstrap
	@scripts/faults

# The results are written also where a target is missed; then it fails.
bench:
	@./bootstrap
	@cargo build --release --bin stagedoor --bin bench
	@target/release/bench --json docs/performance/figures.jsonl --docs docs $(ARGS)

bench-json:
	@./bootstrap >&2
	@cargo build --release --bin stagedoor --bin bench
	@target/release/bench --json - $(ARGS)

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	scripts/lint-dependencies

fmt:
	cargo fmt --all

generate:
	@cargo run --quiet --bin stagedoor -- generate

ci:
	.ci/run
