/**
 * Who may run now and how much has run: places shared out fairly, and what was used in the last hour. No clock and no
 * client: times are given, and waiting is a future.
 */
@NullMarked
package dev.countersign.quota;

import org.jspecify.annotations.NullMarked;
