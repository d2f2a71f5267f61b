package dev.countersign.api.templateapproval;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * The grant, which never changes, and its revocation, which is written at most once.
 */
@ValidationRule(
        value = "self.grant == oldSelf.grant",
        message = "spec.grant cannot change; create a new TemplateApproval",
        fieldPath = ".grant")
@ValidationRule(
        value = "!has(oldSelf.revocation) || (has(self.revocation) && self.revocation == oldSelf.revocation)",
        message = "spec.revocation cannot change or be removed once it is set",
        fieldPath = ".revocation")
@ApiType
public record TemplateApprovalSpec(
        @Required @JsonPropertyDescription("What was decided. Never changes.")
        Grant grant,

        @JsonPropertyDescription("Ends the grant. Written at most once, never changed or removed.") @Nullable
        Revocation revocation) {}
