/** What the operator counts and times, in one place, with bounded labels. */
@NullMarked
package dev.countersign.metrics;

import org.jspecify.annotations.NullMarked;
