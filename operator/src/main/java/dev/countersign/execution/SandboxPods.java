package dev.countersign.execution;

import dev.countersign.audit.SandboxReference;
import dev.countersign.sandbox.PodEnd;
import dev.countersign.sandbox.PodEnds;
import dev.countersign.sandbox.PodLog;
import dev.countersign.sandbox.PodWatch;
import dev.countersign.sandbox.Sandbox;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Pods that run code, as a {@link RunWatch} needs them: with the stream that was handed the job, or without. */
record SandboxPods(KubernetesClient client, PodWatch watch, PodEnds ends) {

    /** A pod whose attach stream is ours. */
    RunWatch.RunningPod attached(SandboxReference pod, Sandbox sandbox) {
        return new Pod(this, pod, sandbox::kill);
    }

    /** A pod of a former operator. It cannot be told anything any more, only deleted. */
    RunWatch.RunningPod detached(SandboxReference pod) {
        return new Pod(this, pod, () -> false);
    }

    private record Pod(SandboxPods pods, SandboxReference reference, BooleanSupplier killing)
            implements RunWatch.RunningPod {
        @Override
        public boolean kill() {
            return killing.getAsBoolean();
        }

        @Override
        public void delete() {
            pods.ends.delete(key(), reference.uid());
        }

        @Override
        public CompletableFuture<PodEnd> ended() {
            // Not there at all, as opposed to not seen yet.
            return isThere() || !pods.watch.isFilled(reference.namespace())
                    ? pods.ends.of(key())
                    : CompletableFuture.completedFuture(new PodEnd.Gone());
        }

        @Override
        public boolean isEnding() {
            return pods.watch
                    .find(key())
                    .map(pod -> pod.getMetadata().getDeletionTimestamp() != null
                            || "Failed".equals(pod.getStatus().getPhase())
                                    && pod.getStatus().getReason() != null)
                    .orElse(true);
        }

        @Override
        public CompletableFuture<Void> followLog(LiveTranscript into) {
            return PodLog.follow(pods.client, reference.namespace(), reference.name(), into::feed)
                    .ended();
        }

        private boolean isThere() {
            return pods.watch
                    .find(key())
                    .filter(pod -> pod.getMetadata().getUid().equals(reference.uid()))
                    .isPresent();
        }

        private PodWatch.PodKey key() {
            return new PodWatch.PodKey(reference.namespace(), reference.name());
        }
    }
}
