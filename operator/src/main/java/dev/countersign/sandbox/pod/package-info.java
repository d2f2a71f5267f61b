/**
 * Sandbox pods and the walls around them, as objects to be applied. Pure: values in, Kubernetes objects out.
 */
@NullMarked
package dev.countersign.sandbox.pod;

import org.jspecify.annotations.NullMarked;
