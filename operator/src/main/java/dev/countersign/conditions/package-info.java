/**
 * Conditions as every kind's status makes them. Pure.
 */
@NullMarked
package dev.countersign.conditions;

import org.jspecify.annotations.NullMarked;
