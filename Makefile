# `make test` is the one test command. It stops at the first failure.
#
#   make test    everything below except the long runs: minutes on two cores
#   make soak    the long runs: fuzzing and property tests with many cases
#   make bench   all benchmarks
#   make fmt     formats the code
#   make readers what others write is read and the other way round; part of `make test`, installs Python packages
#   make locks   brings the lock files outside the workspace in step with the workspace's

# The crates outside the workspace build into the same folder, so that what they share is built once.
TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
OUTSIDE := tests/plugin/Cargo.toml fuzz/Cargo.toml

# How long `make soak` fuzzes each parser, in seconds, and how many cases it gives each property.
SOAK_SECONDS ?= 180
SOAK_CASES ?= 20000
# How often `make soak` kills a process that writes history.
SOAK_KILLS ?= 200
FUZZ_TARGETS = $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))

.PHONY: test format layers lint docs units examples benches plugin corpus readers soak bench fmt locks
.NOTPARALLEL:

test: format layers lint units examples benches docs plugin corpus readers
	@printf '\n== all passed\n'

format:
	@printf '\n== format\n'
	cargo fmt --all --check
	@for manifest in $(OUTSIDE); do cargo fmt --manifest-path $$manifest --check || exit 1; done

layers:
	@printf '\n== layers: which crate may depend on which\n'
	scripts/check-layers --self-test
	scripts/check-layers

lint:
	@printf '\n== lints\n'
	cargo clippy --locked --workspace --all-targets -- -D warnings
	@for manifest in $(OUTSIDE); do \
		cargo clippy --locked --manifest-path $$manifest --target-dir "$(TARGET_DIR)" --all-targets -- -D warnings || exit 1; \
	done

units:
	@printf '\n== unit, integration and documentation tests\n'
	cargo test --locked --workspace

examples:
	@printf '\n== examples, each up to its asserts\n'
	cargo test --locked --workspace --example '*'

benches:
	@printf '\n== benchmarks, each once\n'
	cargo test --locked --workspace --bench '*'

docs:
	@printf '\n== documentation\n'
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --workspace

plugin:
	@printf '\n== plug-ins from outside the workspace\n'
	cargo test --locked --manifest-path tests/plugin/Cargo.toml --target-dir "$(TARGET_DIR)"

corpus:
	@printf '\n== fuzz targets on their corpora\n'
	cargo test --locked --manifest-path fuzz/Cargo.toml --target-dir "$(TARGET_DIR)"

readers:
	@printf '\n== history files of and for pyarrow, DuckDB and polars\n'
	CARGO_TARGET_DIR="$(TARGET_DIR)" scripts/python
	CARGO_TARGET_DIR="$(TARGET_DIR)" cargo test --locked --workspace --test readers -- --ignored

# Needs `cargo install cargo-fuzz` and a C++ compiler. The sanitizers want unstable options of the compiler.
soak:
	@printf '\n== properties, %s cases each\n' $(SOAK_CASES)
	PROPTEST_CASES=$(SOAK_CASES) AWATCH_KILLS=$(SOAK_KILLS) cargo test --locked --workspace
	@for target in $(FUZZ_TARGETS); do \
		printf '\n== fuzzing %s for %s s\n' $$target $(SOAK_SECONDS); \
		mkdir -p fuzz/grown/$$target; \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --features libfuzzer $$target fuzz/grown/$$target fuzz/corpus/$$target -- \
			-max_total_time=$(SOAK_SECONDS) -timeout=5 -rss_limit_mb=1024 || exit 1; \
	done

bench:
	cargo bench --locked -p awatch-benches

fmt:
	cargo fmt --all
	@for manifest in $(OUTSIDE); do cargo fmt --manifest-path $$manifest; done

locks:
	@for manifest in $(OUTSIDE); do \
		cp Cargo.lock "$$(dirname $$manifest)/Cargo.lock" && \
		cargo metadata --format-version 1 --manifest-path $$manifest > /dev/null || exit 1; \
	done
