/**
 * Single-use sandbox pods: made, attached, handed one job, ended.
 */
@NullMarked
package dev.countersign.sandbox;

import org.jspecify.annotations.NullMarked;
