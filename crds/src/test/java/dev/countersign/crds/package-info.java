/** Makes the CRDs out of the API types, and holds them against the conventions and against a real API server. */
@NullMarked
package dev.countersign.crds;

import org.jspecify.annotations.NullMarked;
