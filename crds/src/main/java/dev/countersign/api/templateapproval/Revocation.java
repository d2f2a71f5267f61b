package dev.countersign.api.templateapproval;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Subject;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The end of a grant before its time. Running Executions under it are ended.
 */
@ApiType
public record Revocation(
        @Required @JsonPropertyDescription("Who revoked. Must be the user who writes this.")
        Subject revokedBy,

        @Size(max = 1024) @JsonPropertyDescription("Why, in the words of the person who decided.") @Nullable
        String reason) {}
