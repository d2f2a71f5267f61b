package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The template to run and, optionally, the exact behaviour expected of it.
 */
@ApiType
public record PinnedTemplateReference(
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription("Name of a CodeTemplate in the namespace of this object.")
        String name,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription(
                "Run only if the template's digest is this one. Absent: the approved behaviour of " + "the moment.")
        @Nullable
        String digest) {}
