/**
 * Sandboxes that wait for work: how many, of what, started ahead, lent, renewed and given up.
 *
 * <p>{@link dev.countersign.pool.PoolPlanner} decides over what {@link dev.countersign.pool.WarmPools} observes and does.
 */
@NullMarked
package dev.countersign.pool;

import org.jspecify.annotations.NullMarked;
