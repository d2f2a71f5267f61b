/**
 * Annotations for what CRD schemas can say and the generator's own annotations cannot. The build reads them when it
 * generates the CRDs; they have no effect at run time.
 */
@NullMarked
package dev.countersign.api.schema;

import org.jspecify.annotations.NullMarked;
