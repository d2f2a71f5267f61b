package dev.countersign.e2e.cluster;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.execution.Execution;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/** Every outcome that a watcher of a department's Executions was ever shown. There is to be one for each. */
public final class Outcomes implements AutoCloseable {
    /** Reason and standard output; two that are equal are one outcome, shown again. */
    public record Outcome(String reason, String stdout) {}

    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(15);

    private final Map<String, Set<Outcome>> shown = new ConcurrentHashMap<>();
    private final Watch watch;

    private Outcomes(Department department) {
        watch = Cluster.get()
                .admin()
                .resources(Execution.class)
                .inNamespace(department.namespace())
                .watch(new Note());
    }

    public static Outcomes of(Department department) {
        return new Outcomes(department);
    }

    /** What was shown of this run until now; the watch may be a moment behind another reader's view. */
    public Set<Outcome> of(Run run) {
        return Set.copyOf(shown.getOrDefault(run.uid(), Set.of()));
    }

    /**
     * What was shown of a run that is known to have finished. The watch is a stream of its own and may be shown later
     * what another reader has read already, so this waits for the first outcome; it fails when none comes.
     */
    public Set<Outcome> ofFinished(Run run) {
        Awaitility.await("an outcome of " + run.uid() + " on the watch")
                .atMost(SHOWN_WITHIN)
                .until(() -> !of(run).isEmpty());
        return of(run);
    }

    @Override
    public void close() {
        watch.close();
    }

    private final class Note implements Watcher<Execution> {
        @Override
        public void eventReceived(Action action, Execution execution) {
            if (execution.getStatus() == null) {
                return;
            }
            execution.getStatus().conditions().stream()
                    .filter(each -> each.hasType(ConditionType.Finished) && each.status() == ConditionStatus.True)
                    .forEach(each -> shown.computeIfAbsent(
                                    execution.getMetadata().getUid(), uid -> ConcurrentHashMap.newKeySet())
                            .add(new Outcome(
                                    each.reason(),
                                    execution.getStatus().result() == null
                                            ? ""
                                            : String.valueOf(execution
                                                    .getStatus()
                                                    .result()
                                                    .stdout()))));
        }

        @Override
        public void onClose(WatcherException cause) {
            // The tests that use this notice an outcome that is missing.
        }
    }
}
