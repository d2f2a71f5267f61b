/**
 * The kind ExecutionApproval: a person's decision about one run of a supervised template.
 */
@NullMarked
package dev.countersign.api.executionapproval;

import org.jspecify.annotations.NullMarked;
