/**
 * The operator's configuration: read once at the start, strictly, with every problem reported at once; and the list of
 * departments, which is read again whenever it changes. Nothing in here is secret.
 */
@NullMarked
package dev.countersign.config;

import org.jspecify.annotations.NullMarked;
