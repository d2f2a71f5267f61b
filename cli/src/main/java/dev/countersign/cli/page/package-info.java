/**
 * What is shown of each kind, from the objects themselves. Pure.
 */
@NullMarked
package dev.countersign.cli.page;

import org.jspecify.annotations.NullMarked;
