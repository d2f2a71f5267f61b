package dev.countersign.api.execution;

/**
 * Whether a run found its sandbox waiting; if not, why it had to wait for one to start.
 */
public enum SandboxStart {
    /** One waited, its interpreter started. */
    Warm,
    /** This installation keeps no sandboxes waiting. */
    PoolOff,
    /** Nothing of this shape was asked for lately, so none was made ahead. */
    FirstUse,
    /** All that waited were taken, and those that follow were not there yet. */
    PoolEmpty,
    /** The department's bound for waiting sandboxes, or its quota, left no room for one. */
    PoolAtBound
}
