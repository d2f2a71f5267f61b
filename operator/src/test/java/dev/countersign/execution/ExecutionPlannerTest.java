package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.execution.Execution;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionPlannerTest {
    private static final String FINISHED_AT = "2026-11-21T12:00:00Z";

    /** What there is of an Execution made at 11:00, and what is planned for it. */
    @ParameterizedTest(name = "{0}, {2} at {3}: {4}")
    @CsvSource(delimiter = '|', textBlock = """
      new, unclaimed          | spec: {}                                       | IDLE | 11:00:01 | Begin[deadline=null]
      unclaimed, run begun    | spec: {}                                       | RUNNING | 11:00:01 | Nothing[]
      unclaimed and cancelled | spec: {cancel: true}                           | IDLE | 11:00:01 | Claim[]
      that, and its run begun | spec: {cancel: true}                           | RUNNING | 11:00:01 | End[reason=Cancelled]
      unclaimed, too late     | spec: {activeDeadlineSeconds: 60}              | IDLE | 11:01:00 | Claim[]
      claimed                 | FIN                                            | IDLE | 11:00:01 | Begin[deadline=null]
      claimed with deadline   | FIN spec: {activeDeadlineSeconds: 60}          | IDLE | 11:00:01 | Begin[deadline=2026-11-21T11:01:00Z]
      running                 | FIN                                            | RUNNING | 11:00:01 | Nothing[]
      running with deadline   | FIN spec: {activeDeadlineSeconds: 60}          | RUNNING | 11:00:01 | Wait[until=2026-11-21T11:01:00Z]
      held                    | FIN                                            | HELD | 11:00:01 | Nothing[]
      held with deadline      | FIN spec: {activeDeadlineSeconds: 60}          | HELD | 11:00:01 | Wait[until=2026-11-21T11:01:00Z]
      held past its deadline  | FIN spec: {activeDeadlineSeconds: 60}          | HELD | 11:01:00 | Refuse[reason=DeadlineExceeded, message=spec.activeDeadlineSeconds passed before it ran]
      held and cancelled      | FIN spec: {cancel: true}                       | HELD | 11:00:01 | Refuse[reason=Cancelled, message=cancelled before it ran]
      deadline passed         | FIN spec: {activeDeadlineSeconds: 60}          | RUNNING | 11:01:00 | End[reason=DeadlineExceeded]
      deadline before it ran  | FIN spec: {activeDeadlineSeconds: 60}          | IDLE | 11:01:00 | Refuse[reason=DeadlineExceeded, message=spec.activeDeadlineSeconds passed before it ran]
      cancelled while running | FIN spec: {cancel: true}                       | RUNNING | 11:00:01 | End[reason=Cancelled]
      cancelled before        | FIN spec: {cancel: true}                       | IDLE | 11:00:01 | Refuse[reason=Cancelled, message=cancelled before it ran]
      finished                | FIN DONE spec: {}                              | IDLE | 12:00:00 | Wait[until=2026-11-21T13:00:00Z]
      finished, own ttl       | FIN DONE spec: {ttlSecondsAfterFinished: 5}    | IDLE | 12:00:04 | Wait[until=2026-11-21T12:00:05Z]
      ttl over                | FIN DONE spec: {ttlSecondsAfterFinished: 5}    | IDLE | 12:00:05 | Delete[]
      finished and cancelled  | FIN DONE spec: {cancel: true}                  | IDLE | 12:00:00 | Wait[until=2026-11-21T13:00:00Z]
      cancelled as it ended   | FIN DONE STALE spec: {cancel: true}            | IDLE | 12:00:00 | Acknowledge[]
      that was seen           | FIN DONE SEEN spec: {cancel: true}             | IDLE | 12:00:00 | Wait[until=2026-11-21T13:00:00Z]
      that, and its ttl over  | FIN DONE STALE spec: {ttlSecondsAfterFinished: 5, cancel: true} | IDLE | 12:00:05 | Delete[]
      deleted while running   | FIN DELETED                                    | RUNNING | 11:00:01 | End[reason=Cancelled]
      deleted                 | FIN DELETED                                    | IDLE | 11:00:01 | Release[]
      deleted, not ours       | DELETED                                        | IDLE | 11:00:01 | Nothing[]
      deleted while claimed   | DELETED                                        | RUNNING | 11:00:01 | End[reason=Cancelled]
      """)
    void plans(String name, String what, ObservedExecution.Standing standing, String time, String plan) {
        // Given
        var observed = new ObservedExecution(execution(what), standing, Instant.parse("2026-11-21T" + time + "Z"));

        // When
        ExecutionPlan planned = ExecutionPlanner.plan(observed);

        // Then
        assertThat(planned).hasToString(plan);
    }

    private static Execution execution(String what) {
        String meta = "name: e, namespace: finance, uid: u, creationTimestamp: \"2026-11-21T11:00:00Z\""
                + ", generation: 2"
                + (what.contains("FIN") ? ", finalizers: [" + Execution.FINALIZER + "]" : "")
                + (what.contains("DELETED") ? ", deletionTimestamp: \"2026-11-21T11:00:00Z\"" : "");
        String spec = what.contains("spec:") ? what.substring(what.indexOf("spec:")) : "spec: {}";
        String status = what.contains("DONE")
                ? "status: {" + (what.contains("STALE") ? "observedGeneration: 1, " : "")
                        + (what.contains("SEEN") ? "observedGeneration: 2, " : "") + "completionTime: \"" + FINISHED_AT
                        + "\", conditions: [{type: Finished, status: \"True\", reason:"
                        + " Completed, message: m, lastTransitionTime: \"" + FINISHED_AT + "\"}]}"
                : "";
        return Serialization.unmarshal(
                "apiVersion: countersign.dev/v1alpha1\nkind: Execution\nmetadata: {" + meta + "}\n" + spec + "\n"
                        + status + "\n",
                Execution.class);
    }
}
