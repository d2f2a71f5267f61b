/**
 * The checks that stand between an Execution and a sandbox, each {@code Input -> Verdict}. Pure.
 */
@NullMarked
package dev.countersign.policy;

import org.jspecify.annotations.NullMarked;
