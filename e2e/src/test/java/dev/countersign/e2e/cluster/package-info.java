/**
 * The harness: the cluster, its departments, templates, runs, node and operator, as the tests speak of them.
 */
package dev.countersign.e2e.cluster;
