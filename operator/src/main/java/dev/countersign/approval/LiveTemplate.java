package dev.countersign.approval;

import dev.countersign.api.Subject;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.template.BehaviourProjection;
import java.util.List;

/**
 * A template as it is now, as far as approvals are concerned.
 *
 * @param digest of its behaviour
 * @param authors all who changed it by hand
 */
public record LiveTemplate(String digest, List<Subject> authors) {
    public LiveTemplate {
        authors = List.copyOf(authors);
    }

    public static LiveTemplate of(CodeTemplate template) {
        return new LiveTemplate(
                BehaviourProjection.of(template).digest(), template.getSpec().authors());
    }
}
