# The two commands are `make demo` and `make test`. Everything else is a part of them.
#
#   CLUSTER=existing   uses the cluster of $KUBECONFIG instead of the one-node cluster (then also set REGISTRY, see
#                      build/deploy); a set KUBECONFIG alone means the same
SHELL := /bin/bash
.DEFAULT_GOAL := help

ifdef KUBECONFIG
export CLUSTER ?= existing
endif

.PHONY: help
help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: prepare ## Set everything up on a fresh Debian machine (root) and run the agent's story on a real cluster
	demo/run

.PHONY: test
test: prepare ## Everything that must hold: units, chart, cluster, end to end, examples, documentation
	build/test

.PHONY: test-full
test-full: prepare ## What make test runs and what is too long for it
	FULL=1 build/test

.PHONY: prepare
prepare: ## Install what building needs (Debian, root); says what is missing elsewhere
	build/prepare

.PHONY: up
up: prepare ## Start the one-node cluster
	cluster/cluster up

.PHONY: down
down: ## Stop the one-node cluster and leave nothing behind
	cluster/cluster down
	cluster/cluster leftovers

.PHONY: deploy
deploy: prepare ## Build the images and install the chart on the cluster
	build/deploy

.PHONY: format
format: ## Format the Java code
	build/mvn -q -B spotless:apply

.PHONY: generate
generate: ## Regenerate the CRDs from the Java types and copy them to the chart
	build/mvn -q -B -pl crds test -Dtest=CommittedCrdsTest -Dcrds.refresh=true
	helm/sync-crds
