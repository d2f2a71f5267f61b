package dev.countersign.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.stream.Stream;

/** What the scheduler says of a pod that fits on no node. */
final class NodeRoom {
    private NodeRoom() {}

    /**
     * Whether there would be a node for it if other pods went. The scheduler tells only in words: taints, selectors and
     * volumes have others.
     */
    static boolean isMissing(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .filter(each -> each.getType().equals("PodScheduled")
                                && each.getStatus().equals("False")
                                && "Unschedulable".equals(each.getReason())
                                && each.getMessage() != null)
                        .anyMatch(each ->
                                Stream.of("Insufficient ", "Too many pods").anyMatch(each.getMessage()::contains));
    }
}
