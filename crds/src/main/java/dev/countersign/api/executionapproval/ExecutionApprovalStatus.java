package dev.countersign.api.executionapproval;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Condition;
import dev.countersign.api.ListForm;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator made of the decision.
 *
 * <p>Condition {@code Authorized}: True with reason Accepted once the run was let in by it; False with Denied,
 * ApprovalExpired, DigestMismatch, SelfApproval or GuardGap.
 */
@ApiType
public record ExecutionApprovalStatus(
        @Min(0)
        @Max(9007199254740991d)
        @JsonPropertyDescription("metadata.generation this status was made from.")
        @Nullable
        Long observedGeneration,

        @Size(max = 8)
        @ListMap("type")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("The conditions of this object, one of a type.")
        List<Condition> conditions) {

    public ExecutionApprovalStatus {
        conditions = ListForm.of(conditions);
    }
}
