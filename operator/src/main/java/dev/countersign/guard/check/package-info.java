/**
 * The decisions of the guard check: what the policies must be, whether they are, since when, and what forgeries they
 * must refuse. Pure.
 */
@NullMarked
package dev.countersign.guard.check;

import org.jspecify.annotations.NullMarked;
