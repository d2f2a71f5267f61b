package dev.countersign.conditions;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Conditions that keep their transition time while their status stays. Pure.
 *
 * @param before the conditions on the object now
 * @param generation of the spec that the new ones speak of
 */
public record StatusConditions(List<Condition> before, long generation, Instant now) {
    /** The longest message that this operator writes; the schema takes 32,768, but messages are for reading. */
    private static final int MOST_MESSAGE_CHARS = 4096;

    public Condition of(ConditionType type, ConditionStatus status, Reason reason, String message) {
        Instant since = before.stream()
                .filter(each -> each.hasType(type) && each.status() == status)
                .map(Condition::lastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS));
        return Condition.of(type, status, reason, clip(message), since, generation);
    }

    private static String clip(String message) {
        return message.length() <= MOST_MESSAGE_CHARS ? message : message.substring(0, MOST_MESSAGE_CHARS - 3) + "...";
    }
}
