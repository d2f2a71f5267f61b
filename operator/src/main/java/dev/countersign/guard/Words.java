package dev.countersign.guard;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** What went wrong with a request, in the API server's words where it said anything. */
final class Words {

    private Words() {}

    static String of(Throwable e) {
        if (e instanceof KubernetesClientException refusal
                && refusal.getStatus() != null
                && refusal.getStatus().getMessage() != null) {
            return refusal.getStatus().getMessage();
        }
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
