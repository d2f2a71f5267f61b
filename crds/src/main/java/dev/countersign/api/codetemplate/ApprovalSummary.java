package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import dev.countersign.api.Subject;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The approval that applies, in short.
 */
@ApiType
public record ApprovalSummary(
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Patterns.OBJECT_NAME)
        @JsonPropertyDescription("Name of the TemplateApproval.")
        String name,

        @Required @JsonPropertyDescription("Who approved.") Subject approvedBy,

        @JsonFormat(shape = JsonFormat.Shape.STRING) @JsonPropertyDescription("When the approval ends.") @Nullable
        Instant expiresAt) {}
