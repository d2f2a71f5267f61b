package dev.countersign.policy;

import dev.countersign.api.Reason;
import dev.countersign.template.SpecSize;
import dev.countersign.template.TemplateValidity;
import java.util.Map;

/** The whole spec fits: its free-form {@code inputs} is what admission cannot measure. Comes before any other check. */
final class SpecIsWithinSize implements Check {
    @Override
    public Verdict check(RunRequest request) {
        int bytes = SpecSize.bytes(request.execution().getSpec());
        if (bytes <= TemplateValidity.MOST_SPEC_BYTES) {
            return Verdict.ALLOW;
        }
        var largest = SpecSize.byField(request.execution().getSpec()).entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow();
        return Verdict.deny(
                Reason.InputsInvalid,
                "spec." + largest.getKey() + " is " + largest.getValue()
                        + " bytes and the whole spec " + bytes + ", more than the limit of "
                        + TemplateValidity.MOST_SPEC_BYTES
                        + " bytes: send less, or split the work into several Executions");
    }
}
