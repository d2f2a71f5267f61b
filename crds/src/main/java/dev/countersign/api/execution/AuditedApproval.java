package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import dev.countersign.api.Subject;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The approval a run was let in by.
 */
@ApiType
public record AuditedApproval(
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription("Name of the TemplateApproval.")
        String name,

        @Size(max = 36) @Pattern(Patterns.UID) @JsonPropertyDescription("UID of the TemplateApproval.") @Nullable
        String uid,

        @JsonPropertyDescription("Who approved.") @Nullable Subject approvedBy) {}
