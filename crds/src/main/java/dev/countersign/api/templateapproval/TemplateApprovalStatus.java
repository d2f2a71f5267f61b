package dev.countersign.api.templateapproval;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Condition;
import dev.countersign.api.ListForm;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator made of the approval.
 *
 * <p>Condition {@code Ready}: True with reason Accepted while the grant is in effect; False with ApprovalExpired,
 * ApprovalRevoked, ApprovalSuperseded, DigestMismatch, SelfApproval, GuardGap or TemplateNotFound when it is not; a grant that denies is
 * True with reason Denied.
 */
@ApiType
public record TemplateApprovalStatus(
        @Min(0)
        @Max(9007199254740991d)
        @JsonPropertyDescription("metadata.generation this status was made from.")
        @Nullable
        Long observedGeneration,

        @JsonFormat(shape = JsonFormat.Shape.STRING) @JsonPropertyDescription("When the grant ends by time.") @Nullable
        Instant expiresAt,

        @Size(max = 8)
        @ListMap("type")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("The conditions of this object, one of a type.")
        List<Condition> conditions) {

    public TemplateApprovalStatus {
        conditions = ListForm.of(conditions);
    }
}
