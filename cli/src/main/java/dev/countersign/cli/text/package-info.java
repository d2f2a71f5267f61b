/**
 * Text for terminals, that shows what is there: nothing that others wrote can move the cursor, hide or reorder. Pure.
 */
@NullMarked
package dev.countersign.cli.text;

import org.jspecify.annotations.NullMarked;
