package dev.countersign.api.executionapproval;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Decision;
import dev.countersign.api.Patterns;
import dev.countersign.api.Subject;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * What a person decided about which run. Frozen once created. Bound to the run's UID and to the digest of the
 * request, so it fits no other run and no repetition.
 */
@ValidationRule(value = "self == oldSelf", message = "spec cannot change; create a new ExecutionApproval")
@ApiType
public record ExecutionApprovalSpec(
        @Required @JsonPropertyDescription("The run this is about, in the same namespace.")
        ExecutionReference executionRef,

        @Required
        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("The request digest, from the Execution's status, that this is about.")
        String requestDigest,

        @Required @JsonPropertyDescription("Who asked for the run, restated.")
        Subject requestedBy,

        @Required @JsonPropertyDescription("Approved or Denied.")
        Decision decision,

        @Size(max = 1024) @JsonPropertyDescription("Why, in the words of the person who decided.") @Nullable
        String reason,

        @Required
        @JsonPropertyDescription("Who decided. Must be the person who creates this object, and not the requester.")
        Subject approvedBy,

        @Min(1)
        @Max(3600)
        @Default("600")
        @JsonPropertyDescription(
                "How long the decision holds, from creation by the API server's clock; at most an " + "hour.")
        @Nullable
        Integer validForSeconds) {}
