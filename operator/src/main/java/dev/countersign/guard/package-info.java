/**
 * The guard check: whether the admission policies that bind approvals to people stand as the chart made them, do what
 * they say, and since when without a break. An approval that was made while they did not is worth nothing.
 */
@NullMarked
package dev.countersign.guard;

import org.jspecify.annotations.NullMarked;
