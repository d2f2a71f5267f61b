/**
 * The kubectl plugin {@code kubectl countersign}.
 */
@NullMarked
package dev.countersign.cli;

import org.jspecify.annotations.NullMarked;
