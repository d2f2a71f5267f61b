/**
 * The only package, besides reconcilers and sandboxes, that talks to the Kubernetes API.
 */
@NullMarked
package dev.countersign.kube;

import org.jspecify.annotations.NullMarked;
