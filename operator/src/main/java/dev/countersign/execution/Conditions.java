package dev.countersign.execution;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.execution.Execution;
import java.util.Optional;

/** Reads conditions off an Execution. */
final class Conditions {
    private Conditions() {}

    static Optional<Condition> of(Execution execution, ConditionType type) {
        var status = execution.getStatus();
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(each -> each.hasType(type))
                        .findFirst();
    }

    /** Whether the Execution has its outcome. */
    static boolean isFinished(Execution execution) {
        return of(execution, ConditionType.Finished)
                .filter(each -> each.status() == ConditionStatus.True)
                .isPresent();
    }
}
