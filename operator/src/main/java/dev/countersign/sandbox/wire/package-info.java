/**
 * Sandbox wire protocol v1, the operator's end: job frames and control lines out, sealed frames in. Pure: bytes in,
 * values out; no client, clock, random source or logger.
 *
 * <p>The protocol's reference is the table in {@code sandbox-runtime/supervisor/README.md}; both ends are tested
 * against the vectors that lie beside it.
 */
@NullMarked
package dev.countersign.sandbox.wire;

import org.jspecify.annotations.NullMarked;
