package dev.countersign.api.executionapproval;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * One Execution, by name and UID.
 */
@ApiType
public record ExecutionReference(
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription("Name of the Execution in the namespace of this object.")
        String name,

        @Required @Size(max = 36) @Pattern(Patterns.UID) @JsonPropertyDescription("UID of the Execution.")
        String uid) {}
