/** Words shared by all log lines. */
@NullMarked
package dev.countersign.logging;

import org.jspecify.annotations.NullMarked;
