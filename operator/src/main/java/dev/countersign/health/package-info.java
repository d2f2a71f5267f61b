/** The HTTP port: metrics for Prometheus, liveness and readiness for the kubelet. */
@NullMarked
package dev.countersign.health;

import org.jspecify.annotations.NullMarked;
