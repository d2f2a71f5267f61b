/**
 * What the kinds of the API group {@code countersign.dev} share: who, what, how much, and why.
 *
 * <p>The Java types and the committed CRDs are one thing: the CRDs are generated from the annotations here. Bounds,
 * defaults and rules live in the schema, where the API server holds them, and not in Java: reading an object applies
 * no default and refuses no value. Three rules of the JSON form, the same for every type ({@link
 * dev.countersign.api.ApiType}): what is absent is written as absent and never as null; an empty list and an absent
 * list are the same; a field this version does not know is ignored.
 */
@NullMarked
package dev.countersign.api;

import org.jspecify.annotations.NullMarked;
