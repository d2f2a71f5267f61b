package dev.countersign.execution;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.config.Department;
import dev.countersign.config.Departments;
import dev.countersign.sandbox.SandboxSupply.Key;
import dev.countersign.sandbox.SandboxUnavailable;
import dev.countersign.template.RunLimits;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many sandboxes templates want to wait ({@code spec.warm.min}), for those that may run: valid and approved by their
 * own status. That decides nothing but what is prepared; whether a run may be handed over is decided when it comes. Pure.
 */
record PreparedTemplates(Shapes shapes) {
    Map<Key, Integer> minimums(Collection<CodeTemplate> templates, Departments departments) {
        var minimums = new HashMap<Key, Integer>();
        for (CodeTemplate each : templates) {
            int minimum = minimum(each);
            if (minimum > 0 && is(each, ConditionType.Ready) && is(each, ConditionType.Approved)) {
                departments
                        .ofNamespace(each.getMetadata().getNamespace())
                        .flatMap(department -> key(each, department))
                        // Templates of one shape share its pool: each wants to find that many.
                        .ifPresent(key -> minimums.merge(key, minimum, Math::max));
            }
        }
        return minimums;
    }

    private static int minimum(CodeTemplate template) {
        var warm = template.getSpec().warm();
        return warm == null || warm.min() == null ? 0 : warm.min();
    }

    private Optional<Key> key(CodeTemplate template, Department department) {
        var limits = RunLimits.of(template.getSpec().limits(), RunLimits.DEFAULTS);
        var capped = limits.cappedBy(RunLimits.of(department.policy().limits(), limits));
        try {
            return Optional.of(new Key(
                    shapes.of(template.getSpec(), capped), department.namespace(), department.sandboxNamespace()));
        } catch (SandboxUnavailable e) {
            return Optional.empty();
        }
    }

    // Said of the spec as it is now: a changed template waits for its next judgement.
    private static boolean is(CodeTemplate template, ConditionType type) {
        var status = template.getStatus();
        return status != null
                && status.conditions().stream()
                        .filter(each -> each.hasType(type) && isCurrent(each, template))
                        .anyMatch(each -> each.status() == ConditionStatus.True);
    }

    private static boolean isCurrent(Condition condition, CodeTemplate template) {
        return condition.observedGeneration() == null
                || condition.observedGeneration().equals(template.getMetadata().getGeneration());
    }
}
