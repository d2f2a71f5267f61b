package dev.countersign.execution;

import dev.countersign.api.execution.Execution;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds Executions that nobody does anything about, for longer than any event is under way: the last net for an event that
 * was lost. The way known is {@link dev.countersign.kube.Wake}'s to see to.
 */
final class Overlooked {
    /** From one look to the next: an Execution that two looks find idle was overlooked. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private Map<String, ResourceID> idle = Map.of();

    /**
     * Looks.
     *
     * @param all that are there
     * @param isIdle whether there is something to do about it, and nobody who does
     * @return those that were idle the last time as well
     */
    List<ResourceID> among(Collection<Execution> all, Predicate<Execution> isIdle) {
        var before = idle;
        idle = all.stream()
                .filter(isIdle)
                .collect(Collectors.toMap(each -> each.getMetadata().getUid(), ResourceID::fromResource));
        return idle.entrySet().stream()
                .filter(each -> before.containsKey(each.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
