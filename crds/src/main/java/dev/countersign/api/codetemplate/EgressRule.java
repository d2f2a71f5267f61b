package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * One host and port. A host is an exact DNS name: no wildcards, no address ranges.
 */
@ApiType
public record EgressRule(
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription("Exact DNS name in lower case.")
        String host,

        @Required @Min(1) @Max(65535) @JsonPropertyDescription("TCP port.")
        Integer port) {}
