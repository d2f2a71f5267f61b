/**
 * Executions: from the request on the custom resource to its one outcome.
 */
@NullMarked
package dev.countersign.execution;

import org.jspecify.annotations.NullMarked;
