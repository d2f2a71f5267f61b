/**
 * The operator's process: what is put together in which order, and taken apart in reverse.
 */
@NullMarked
package dev.countersign;

import org.jspecify.annotations.NullMarked;
