package dev.countersign.cli.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Condition;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Subject;
import dev.countersign.template.RunLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values in words. */
final class Words {
    private Words() {}

    static String limits(RunLimits limits) {
        return "CPU " + seconds(limits.cpuMillis()) + ", wall " + seconds(limits.wallMillis()) + ", memory "
                + bytes(limits.memoryBytes()) + ", output " + bytes(limits.outputBytes()) + ", disk "
                + bytes(limits.diskBytes()) + ", " + limits.processes() + " processes";
    }

    /** The same from a projection's {@code limits}. */
    static String limits(JsonNode limits) {
        return limits(new RunLimits(
                limits.path("cpuMillis").asLong(),
                limits.path("wallMillis").asLong(),
                limits.path("memoryBytes").asLong(),
                limits.path("outputBytes").asLong(),
                limits.path("diskBytes").asLong(),
                limits.path("processes").asInt()));
    }

    static String bytes(long bytes) {
        if (bytes >= 1 << 30 && bytes % (1 << 30) == 0) {
            return (bytes >> 30) + " GiB";
        }
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) {
            return (bytes >> 10) + " KiB";
        }
        return bytes == 1 ? "1 byte" : bytes + " bytes";
    }

    static String seconds(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    static String subject(@Nullable Subject subject) {
        if (subject == null) {
            return "not known";
        }
        return subject.username() + (subject.uid() == null ? "" : " (uid " + subject.uid() + ")");
    }

    /** An instant to the second. */
    static String time(@Nullable Instant instant) {
        return instant == null ? "-" : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static Optional<Condition> condition(@Nullable List<Condition> conditions, ConditionType type) {
        return (conditions == null ? List.<Condition>of() : conditions)
                .stream().filter(each -> each.hasType(type)).findFirst();
    }

    /** {@code True (Valid): valid; digest published}. */
    static String condition(Condition condition) {
        return condition.status() + " (" + condition.reason() + ")"
                + (condition.message().isEmpty() ? "" : ": " + condition.message());
    }
}
