package dev.countersign.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A condition of the form all of Kubernetes shares (metav1.Condition, its bounds included).
 *
 * <p>Type and reason are text here and not the enums {@link ConditionType} and {@link Reason}, so that an older
 * operator still reads what a newer one wrote.
 */
@ApiType
public record Condition(
        @Required
        @Size(min = 1, max = 316)
        @Pattern(Patterns.CAMEL_CASE)
        @JsonPropertyDescription("Type of the condition. One condition of a type.")
        String type,

        @Required @JsonPropertyDescription("True, False, or Unknown while it is not decided.")
        ConditionStatus status,

        @Required
        @Size(min = 1, max = 1024)
        @Pattern(Patterns.CAMEL_CASE)
        @JsonPropertyDescription("Why, as one word for machines. The words are listed in the documentation of reasons.")
        String reason,

        @Required
        @Size(max = 32768)
        @JsonPropertyDescription("Why, for people: what was expected, what was found, what to do.")
        String message,

        @Required
        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When the status last changed from one value to another.")
        Instant lastTransitionTime,

        @Min(0)
        @Max(9007199254740991d)
        @JsonPropertyDescription("metadata.generation of the object this condition was made from.")
        @Nullable
        Long observedGeneration) {

    /** A condition of this API's own types and reasons. */
    public static Condition of(
            ConditionType type,
            ConditionStatus status,
            Reason reason,
            String message,
            Instant lastTransitionTime,
            @Nullable Long observedGeneration) {
        return new Condition(type.name(), status, reason.name(), message, lastTransitionTime, observedGeneration);
    }

    /** Whether this is the condition of that type. */
    public boolean hasType(ConditionType wanted) {
        return type.equals(wanted.name());
    }
}
