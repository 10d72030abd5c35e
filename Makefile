# SPDX-License-Identifier: GPL-3.0-or-later
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help deps build test test-fast test-page test-sites test-frameworks lint chaos sweep simulate simulate-replay mutations fuzz demo bench choosing worker-startup dist test-dist install clean

PREFIX ?= /usr/local
DESTDIR ?=
# make simulate SEEDS=10000 FROM=0 [PAIRS=1]; make simulate-replay SEED=42 [PAIRS=1] [MUTATION=neverAdopts]
SEEDS ?= 300
FROM ?= 0
LIMIT ?= 2000
PAIRS ?=
# make test-frameworks TORCH=no
TORCH ?= yes
FRAMEWORKS ?= .build/frameworks
# make sweep STEP=10 FROM=3000
STEP ?= 1
# make fuzz INPUTS=1000000 SEED=1 FROM=0
INPUTS ?= 100000
# How many end-to-end tests run at once: each has a study of its own, and many together keep two cores from answering in time.
WIDTH ?= 12
# make bench ONLY=plain,latency REPEATS=1 SMALL=1; Benchmarks/compare --list names the parts
REPEATS ?= 3
ONLY ?=
SMALL ?=

help:
	@echo "make demo            a study on real data through Slurm (a throwaway one if none answers here)"
	@echo "make build           builds stune and stune-worker, optimised, into .build/release"
	@echo "make test            what must pass before a merge: build, lint, unit tests, simulation, end to end on a throwaway Slurm"
	@echo "make test-fast       the everyday tests: no Slurm, a minute once built"
	@echo "make test-page       stune report, serve and top on real studies, and the page in Chromium, up to 100,000 trials"
	@echo "make test-sites      tests on a throwaway Slurm with slurmdbd, limits, GPUs, a submit plugin and preemption"
	@echo "make test-frameworks tests exports and callbacks in the real tools, 8 GB from PyPI; TORCH=no for 1.6 GB"
	@echo "make chaos           kills everything of a throwaway Slurm under two studies, again and again"
	@echo "make sweep           makes each call of the file system fail once; STEP=10 takes every tenth, FROM=n leaves the first n out"
	@echo "make simulate        runs SEEDS=n studies on a simulated cluster where everything fails; 300 by default"
	@echo "make mutations       takes out one rule at a time, and counts the seeds until a check fails"
	@echo "make fuzz            gives all parsers INPUTS=n hostile inputs; 100000 by default"
	@echo "make bench           measures stune beside its peers and alone, about an hour; ONLY=plain,latency for parts"
	@echo "make choosing        writes the tables of docs/choosing.md, a quarter of an hour"
	@echo "make lint            checks the formatter's rules"
	@echo "make worker-startup  measures start-up time, memory and libraries of stune-worker"
	@echo "make deps            installs what these need (apt-get)"
	@echo "make dist            builds wheel, tarball and sdist into dist/, for glibc 2.28 and later"
	@echo "make test-dist       installs that wheel on an older Debian and on a throwaway Slurm (root)"
	@echo "make install         builds and installs into PREFIX ($(PREFIX))"
	@echo "make clean           removes everything built"

deps:
	@.ci/deps test

build:
	@.ci/deps build
	swift build -c release --static-swift-stdlib --product stune
	swift build -c release --static-swift-stdlib --product stune-worker

# A warning is an error in tests; the same for each of them, or SwiftPM would build all anew.
test test-fast test-page test-sites chaos sweep: export STUNE_STRICT := 1

test: deps
	swift build --build-tests
	@$(MAKE) --no-print-directory lint
	@if [ -d python/tests ]; then .ci/with-sklearn python3 -m unittest discover -s python/tests; fi
	@python3 -m unittest discover -s Tests/page -p test_document.py
	swift test --skip-build --disable-xctest --skip EndToEndTests --skip ClustersTests
	@simulate="$$(swift build --show-bin-path)/simulate" && export simulate && .ci/beside \
	    '"$$simulate" run --seeds 200 && "$$simulate" run --pairs --seeds 94 --from 94' \
	    '.ci/test-slurm swift test --skip-build --disable-xctest --filter ClustersTests --no-parallel'
	@.ci/test-slurm swift test --skip-build --disable-xctest --filter EndToEndTests \
	    --experimental-maximum-parallelization-width $(WIDTH)

test-fast:
	@.ci/deps build
	swift test --disable-xctest --skip EndToEndTests --skip PageExampleTests

test-page:
	@.ci/deps page
	swift build --product stune
	swift build --product stune-worker
	@STUNE_PRODUCTS="$$(swift build --show-bin-path)" python3 -m unittest discover -v -s Tests/page

# What sites add to a plain Slurm. The database has its own directory, and listens on loopback only.
test-sites:
	@.ci/deps sites
	swift build --build-tests
	@.ci/test-slurm --sites swift test --skip-build --disable-xctest --no-parallel \
	    --filter 'SiteTests|SbatchAgreement'

# The tools that studies are exported to and the frameworks that train, into a virtual environment; Python 3.11 or later
# and pip. Pages' programs also need a stune: make build.
test-frameworks:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "test-frameworks: the frameworks need Python 3.11 or later")'
	@[ -x $(FRAMEWORKS)/bin/python ] || python3 -m venv $(FRAMEWORKS)
	$(FRAMEWORKS)/bin/pip install --quiet -r python/tests/frameworks.txt $(if $(filter no,$(TORCH)),,-r python/tests/frameworks-torch.txt)
	$(FRAMEWORKS)/bin/python -m unittest discover -s python/tests

# Nodes are given up after seconds, not minutes, and jobs that are over are forgotten soon.
chaos: deps
	swift build --build-tests
	@STUNE_CHAOS=1 .ci/test-slurm --set SlurmdTimeout=8 --set MinJobAge=20 \
	    swift test --skip-build --disable-xctest --filter ChaosTests

# Debug executables, as the tests have them.
sweep: deps
	swift build --build-tests
	@STUNE_SWEEP=1 STUNE_SWEEP_STEP=$(STEP) STUNE_SWEEP_FROM=$(FROM) swift test --skip-build --disable-xctest --filter SweepTests

simulate simulate-replay mutations:
	@.ci/deps build
	@swift build -c release --product simulate
	@case $@ in \
	simulate) exec .build/release/simulate run --seeds $(SEEDS) --from $(FROM) $(if $(PAIRS),--pairs) ;; \
	simulate-replay) exec .build/release/simulate replay $(SEED) $(if $(PAIRS),--pairs) $(if $(MUTATION),--mutation $(MUTATION)) ;; \
	mutations) exec .build/release/simulate mutations --limit $(LIMIT) $(if $(MUTATION),--only $(MUTATION)) ;; \
	esac

fuzz:
	@.ci/deps build
	@swift build -c release --product fuzz
	@.build/release/fuzz --inputs $(INPUTS) --from $(FROM) --seed $(or $(SEED),1)

lint:
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift

demo:
	@.ci/deps demo
	@$(MAKE) --no-print-directory build
	@sbatch/demo

bench:
	@.ci/deps bench
	@$(MAKE) --no-print-directory build
	swift build -c release --static-swift-stdlib --product bench-controller
	@Benchmarks/compare --repeats $(REPEATS) $(if $(ONLY),--only $(ONLY)) $(if $(SMALL),--small)

choosing:
	@.ci/deps choosing
	@$(MAKE) --no-print-directory build
	@.ci/with-sklearn Benchmarks/choosing

worker-startup: build
	@Benchmarks/worker-startup .build/release/stune-worker

install: build
	@packaging/stage .build/release "$(DESTDIR)$(PREFIX)"

dist:
	@.ci/deps dist
	@packaging/dist

test-dist:
	@.ci/test-dist

clean:
	rm -rf .build dist
