/**
 * The API server as the caller's kubeconfig reaches it. Small on purpose: the general client takes longer to start than
 * a command may take altogether.
 */
@NullMarked
package dev.countersign.cli.kube;

import org.jspecify.annotations.NullMarked;
