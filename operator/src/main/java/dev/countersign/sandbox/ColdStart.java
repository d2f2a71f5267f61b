package dev.countersign.sandbox;

/** Why a run had to wait for its sandbox to start. */
public enum ColdStart {
    /** This installation keeps no sandboxes waiting. */
    PoolOff,
    /** Nothing of this shape was asked for lately, so none was made ahead. */
    FirstUse,
    /** All that waited were taken, and those that follow are not there yet. */
    PoolEmpty,
    /** The department's bound for idle sandboxes, or its quota, leaves no room for one. */
    PoolAtBound
}
