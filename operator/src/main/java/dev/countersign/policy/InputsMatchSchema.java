package dev.countersign.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.Reason;
import dev.countersign.canonical.CanonicalJson;

/** Inputs are what the template's schema says, and a digest of them means one thing. */
final class InputsMatchSchema implements Check {
    @Override
    public Verdict check(RunRequest request) {
        JsonNode given = request.execution().getSpec().inputs();
        JsonNode inputs = given == null ? JsonNodeFactory.instance.objectNode() : given;
        var blurred = CanonicalJson.blurred(inputs);
        if (blurred.isPresent()) {
            return Verdict.deny(
                    Reason.InputsInvalid,
                    "spec.inputs" + blurred.get()
                            + " is a number that JSON readers round: pass integers beyond 2^53 as strings");
        }
        var schema = request.existingTemplate().validity().schema();
        if (schema == null) {
            return inputs.isEmpty()
                    ? Verdict.ALLOW
                    : Verdict.deny(
                            Reason.InputsInvalid,
                            "spec.inputs: the template takes no inputs (it has no inputs.schema)");
        }
        var problems = schema.problems(inputs);
        return problems.isEmpty()
                ? Verdict.ALLOW
                : Verdict.deny(Reason.InputsInvalid, "spec.inputs: " + String.join("; ", problems));
    }
}
