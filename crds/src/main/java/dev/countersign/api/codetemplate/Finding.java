package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * One thing static analysis points an approver at.
 */
@ApiType
public record Finding(
        @Required @Size(min = 1, max = 128) @JsonPropertyDescription("Name of the rule that fired.")
        String rule,

        @Required @JsonPropertyDescription("How much it matters.")
        Severity severity,

        @Required @Size(max = 1024) @JsonPropertyDescription("What was found.")
        String message,

        @Min(1)
        @Max(262144)
        @JsonPropertyDescription("Line of the code, from 1. Absent when it concerns the whole.")
        @Nullable
        Integer line) {}
