package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The pod a run was given.
 */
@ApiType
public record SandboxReference(
        @Size(max = 63) @Pattern(Patterns.OBJECT_NAME) @JsonPropertyDescription("Namespace of the pod.") @Nullable
        String namespace,

        @Size(max = 253) @Pattern(Patterns.OBJECT_NAME) @JsonPropertyDescription("Name of the pod.") @Nullable
        String podName,

        @Size(max = 36) @Pattern(Patterns.UID) @JsonPropertyDescription("UID of the pod.") @Nullable
        String podUid,

        @Size(max = 253) @Pattern(Patterns.OBJECT_NAME) @JsonPropertyDescription("Node it ran on.") @Nullable
        String node,

        @Size(max = 512) @JsonPropertyDescription("Image it ran.") @Nullable
        String image,

        @Size(max = 253) @Pattern(Patterns.OBJECT_NAME) @JsonPropertyDescription("RuntimeClass it ran under.") @Nullable
        String runtimeClass) {}
