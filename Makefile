# Every target is one call of the lab's command line; variables given to make, or set in the environment, are its defaults:
# make up POSTS=50 PORT_OFFSET=100
LAB := lab/bin/lab
RUN := lab/bin/run
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.NOTPARALLEL:

.PHONY: help setup up down clean status verify logs emulate query urls doctor bench \
	test test-unit test-integration test-e2e check typecheck lint format-check knip python

help: ## this list
	@echo 'make TARGET [POSTS=500] [PATHS=batch,stream] [SEED=] [RATE=] [USER_ID=] [PORT_OFFSET=] [LAB_HOME=] [ENGINE=native]'
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r target text; do \
		printf '  %-18s %s\n' "$$target" "$$text"; done

setup: ## download and check everything the lab runs; nothing is started
	@$(LAB) setup $(if $(DEEP),--deep)

up: ## set up, start, seed, post, land, query and verify
	@$(LAB) up

down: ## stop everything; data stay
	@$(LAB) down

clean: ## stop everything and remove data, logs and credentials; downloads stay
	@$(LAB) clean

status: ## services with pid, state, port, memory
	@$(LAB) status

verify: ## follow every acknowledged record and compare the answers
	@$(LAB) verify

logs: ## what the services logged (SERVICE=s3-sink for one)
	@$(LAB) logs $(SERVICE)

emulate: ## post more rows into the running lab (POSTS=5000 RATE=200)
	@$(LAB) emulate

query: ## the eight queries (QUERY=4 for one)
	@$(LAB) query $(or $(QUERY),all)

urls: ## the addresses of the running lab
	@$(LAB) urls

doctor: ## what this machine has and what it lacks
	@$(LAB) doctor

bench: ## the benchmarks, printed as ratios
	@$(LAB) bench

test: setup check ## set up, then every check and every test
	@$(RUN) node --run test

test-unit: ## pure code: nothing is started
	@$(RUN) node --run test -- unit

test-integration: setup ## each service against real servers
	@$(RUN) node --run test -- integration

test-e2e: setup ## whole labs, faults and kills
	@$(RUN) node --run test -- e2e

check: typecheck lint format-check knip python ## static checks only

typecheck:
	@$(RUN) node --run typecheck

lint:
	@$(RUN) node --run lint

format-check:
	@$(RUN) node --run format:check

knip:
	@$(RUN) node --run knip

python: setup
	@$(RUN) node --run python
