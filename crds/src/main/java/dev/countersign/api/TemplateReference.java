package dev.countersign.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A CodeTemplate of the same namespace. References never cross a namespace. */
@ApiType
public record TemplateReference(
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription("Name of a CodeTemplate in the namespace of this object.")
        String name) {}
