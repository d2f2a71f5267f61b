package dev.countersign.pool;

import dev.countersign.sandbox.ColdStart;

/** Is told what happens to pools. */
public interface PoolObserver {
    /** A run found one waiting. */
    void warm();

    /** A run found none. */
    void cold(ColdStart why);

    /** A start ahead failed. */
    void startFailed();

    /** One that waited is spent: its stream broke, or its pod ended. */
    void lost();

    /** One that waited went to make room for a run of another shape. */
    void displaced();
}
