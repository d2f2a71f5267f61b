package dev.countersign.sandbox;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a pod's status tells about how its one container ended. Pure. */
public sealed interface PodEnd {
    /** The supervisor's word that it never started the job ({@code EX_USAGE}, 64). */
    record NeverRan() implements PodEnd {}

    /** The kernel ended the sandbox because its memory ran out. */
    record OutOfMemory() implements PodEnd {}

    /** Ended with this code and reason. */
    record Exited(int code, @Nullable String reason) implements PodEnd {}

    /** The pod was evicted or failed as a whole (node pressure, deadline of the pod). */
    record Failed(@Nullable String reason, @Nullable String message) implements PodEnd {}

    /** The object is gone: nothing can be known any more. */
    record Gone() implements PodEnd {}

    int NEVER_RAN_EXIT_CODE = 64;

    /** How the pod ended; empty while its container may still be running. {@code null} stands for a deleted pod. */
    static Optional<PodEnd> of(@Nullable Pod pod) {
        if (pod == null) {
            return Optional.of(new Gone());
        }
        var terminated = terminated(pod);
        if (terminated.isPresent()) {
            return Optional.of(ofContainer(terminated.get()));
        }
        return "Failed".equals(pod.getStatus().getPhase())
                ? Optional.of(
                        new Failed(pod.getStatus().getReason(), pod.getStatus().getMessage()))
                : Optional.empty();
    }

    /** Whether the container runs now (attach is possible). */
    static boolean isRunning(@Nullable Pod pod) {
        return status(pod)
                .map(ContainerStatus::getState)
                .map(state -> state.getRunning() != null)
                .orElse(false);
    }

    private static PodEnd ofContainer(ContainerStateTerminated end) {
        if ("OOMKilled".equals(end.getReason())) {
            return new OutOfMemory();
        }
        return end.getExitCode() == NEVER_RAN_EXIT_CODE
                ? new NeverRan()
                : new Exited(end.getExitCode(), end.getReason());
    }

    private static Optional<ContainerStateTerminated> terminated(Pod pod) {
        return status(pod).map(ContainerStatus::getState).flatMap(state -> Optional.ofNullable(state.getTerminated()));
    }

    private static Optional<ContainerStatus> status(@Nullable Pod pod) {
        if (pod == null || pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getContainerStatuses().stream().findFirst();
    }
}
