/**
 * Exact bytes for digests: RFC 8785 JSON and domain-tagged SHA-256. Pure.
 */
@NullMarked
package dev.countersign.canonical;

import org.jspecify.annotations.NullMarked;
