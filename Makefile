# Everything a clone needs, in two commands: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build demo test test-long ecosystem-test bench hammer image lint format docs clean

CONFIGURATION := Release
LEDGER := artifacts/bin/Ledger.Cli/release/ledger
HAMMER := artifacts/bin/Ledger.Hammer/release/Ledger.Hammer
BENCHMARKS := artifacts/bin/Ledger.Benchmarks/release/Ledger.Benchmarks

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-14s %s\n", $$1, $$2 }'

build: ## Build everything
	dotnet build Ledger.sln -c $(CONFIGURATION) -v quiet -nologo

demo: ## Run the main job: a node, its clients, proofs, a crash and an audit
	dotnet build src/Ledger.Cli -c $(CONFIGURATION) -v quiet -nologo
	$(LEDGER) demo

test: build ## Run all tests
	bash tests/run

test-long: build ## Run all tests, the curve against libsecp256k1 on a million inputs
	LEDGER_DIFFERENTIAL_COUNT=1000000 bash tests/run

ecosystem-test: ## Let libraries of others, on Node.js, work with the node's DIDs; npm fetches them
	dotnet build src/Ledger.Cli -c $(CONFIGURATION) -v quiet -nologo
	bash tests/ecosystem/run

bench: ## Run the benchmarks of the core, rivals beside ours, and write to bench/results
	dotnet build bench/Ledger.Benchmarks -c $(CONFIGURATION) -v quiet -nologo
	$(BENCHMARKS) --short

hammer: ## Load a node over gRPC and verify what it answered
	dotnet build src/Ledger.Cli -c $(CONFIGURATION) -v quiet -nologo
	dotnet build bench/Ledger.Hammer -c $(CONFIGURATION) -v quiet -nologo
	$(HAMMER) --serve $(LEDGER)

image: ## Publish the program and build the container image
	dotnet publish src/Ledger.Cli -c $(CONFIGURATION) -r linux-x64 --self-contained true -o artifacts/image -v quiet -nologo
	docker build -t ledger:latest .

lint: ## Check formatting, and the contract by buf, which npx fetches where it is not installed
	dotnet tool restore > /dev/null
	dotnet csharpier check src bench tests
	@if command -v buf > /dev/null; then buf lint proto; \
	elif npx --yes @bufbuild/buf --version > /dev/null 2>&1; then npx --yes @bufbuild/buf lint proto; \
	else echo "buf is not installed: proto/ was not linted."; fi

format: ## Format the sources
	dotnet tool restore > /dev/null
	dotnet csharpier format src bench tests

docs: build ## Regenerate the pages that code writes, by the tests that compare them
	LEDGER_UPDATE_DOCS=1 bash tests/run $$(grep -rl --include='*.cs' LEDGER_UPDATE_DOCS tests | cut -d/ -f1,2 | sort -u)

clean: ## Remove everything that was built
	rm -rf artifacts
