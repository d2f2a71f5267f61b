package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;

/**
 * A pool, for people.
 *
 * @param taken in the last ten minutes
 * @param lastFailure empty if the last start went well
 */
public record PoolRow(Key key, int waiting, int starting, Target target, int taken, String lastFailure) {}
