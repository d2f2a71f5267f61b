package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Condition;
import dev.countersign.api.ListForm;
import dev.countersign.api.Patterns;
import dev.countersign.api.schema.ListAtomic;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator found.
 *
 * <p>Conditions: {@code Ready} is True with reason Valid once the spec is valid and the digest published, and False
 * with TemplateInvalid otherwise; it never waits for a person, so that a GitOps sync does not hang on one. {@code
 * Approved} is True with reason Approved while an approval in effect matches the digest, and otherwise False with
 * NotApproved, ApprovalExpired, ApprovalRevoked, ApprovalSuperseded, Denied, DigestMismatch, SelfApproval or GuardGap. {@code Stalled} is
 * True with TemplateInvalid when only a change of the spec can help.
 */
@ApiType
public record CodeTemplateStatus(
        @Min(0)
        @Max(9007199254740991d)
        @JsonPropertyDescription("metadata.generation this status was made from.")
        @Nullable
        Long observedGeneration,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of the behaviour: what an approver approves.")
        @Nullable
        String digest,

        @Min(1) @Max(1000) @JsonPropertyDescription("Version of the rules the digest was taken by.") @Nullable
        Integer digestVersion,

        @Size(max = 64)
        @ListAtomic
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("What static analysis found, worst first.")
        List<Finding> findings,

        @JsonPropertyDescription("The approval in effect for this digest, if there is one.") @Nullable
        ApprovalSummary approval,

        @Size(max = 8)
        @ListMap("type")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("The conditions of this object, one of a type.")
        List<Condition> conditions) {

    public CodeTemplateStatus {
        findings = ListForm.of(findings);
        conditions = ListForm.of(conditions);
    }
}
