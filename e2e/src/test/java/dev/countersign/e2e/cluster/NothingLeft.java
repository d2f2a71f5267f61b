package dev.countersign.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The assertion that a pod's processes are gone from the node, every one that was ever seen of it. */
public final class NothingLeft {
    /** What the kubelet takes to end a pod (grace period 2 s and its removal), on a machine that is busy. */
    private static final Duration KUBELET = Duration.ofSeconds(20);

    private NothingLeft() {}

    /** Fails unless the pod had processes, and none of them is left soon. */
    public static void of(Run run) {
        of(run, 0);
    }

    /** As {@link #of(Run)}, where the run itself may still take some seconds. */
    public static void of(Run run, int seconds) {
        Node node = Node.local();
        String pod = run.podUid();
        assertThat(node.everSeenOf(pod))
                .as("processes of pod %s that were seen on this node", pod)
                .isNotEmpty();
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(KUBELET.plusSeconds(seconds))
                    .until(() -> left(node, pod).isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("left on the node of pod " + pod + ": " + left(node, pod), e);
        }
    }

    private static Set<NodeProcess> left(Node node, String pod) {
        Set<NodeProcess> left =
                node.everSeenOf(pod).stream().filter(NodeProcess::isAlive).collect(Collectors.toSet());
        left.addAll(node.processesOf(pod));
        return left;
    }
}
