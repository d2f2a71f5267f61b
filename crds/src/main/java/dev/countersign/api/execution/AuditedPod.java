package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The pod as the audit log names it.
 */
@ApiType
public record AuditedPod(
        @Size(max = 63) @Pattern(Patterns.OBJECT_NAME) @JsonPropertyDescription("Namespace of the pod.") @Nullable
        String namespace,

        @Size(max = 253) @Pattern(Patterns.OBJECT_NAME) @JsonPropertyDescription("Name of the pod.") @Nullable
        String name,

        @Size(max = 36) @Pattern(Patterns.UID) @JsonPropertyDescription("UID of the pod.") @Nullable
        String uid) {}
