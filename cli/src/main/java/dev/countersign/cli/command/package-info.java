/**
 * The commands, one class each: they read, decide, write and say so. What they show is laid out in pages.
 */
@NullMarked
package dev.countersign.cli.command;

import org.jspecify.annotations.NullMarked;
