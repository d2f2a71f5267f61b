/**
 * The kind Execution: one run of an approved CodeTemplate.
 */
@NullMarked
package dev.countersign.api.execution;

import org.jspecify.annotations.NullMarked;
