package dev.countersign.template;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.approval.LiveTemplate;
import java.time.Instant;
import java.util.Set;

/**
 * A template as read, with what follows from it: worked out once per version of the object, shared by all checks.
 *
 * @param template the object; never changed
 * @param digest of its behaviour
 */
public record TemplateFacts(CodeTemplate template, String digest, TemplateValidity validity, RunLimits limits) {

    /** The template as approvals see it. */
    public LiveTemplate live(LiveTemplate.Origin origin) {
        return new LiveTemplate(
                digest,
                template.getSpec().authors(),
                Instant.parse(template.getMetadata().getCreationTimestamp()),
                origin);
    }

    public static TemplateFacts of(CodeTemplate template, Set<String> allowedImages) {
        return new TemplateFacts(
                template,
                BehaviourProjection.of(template).digest(),
                TemplateValidity.of(template, allowedImages),
                RunLimits.of(template.getSpec().limits(), RunLimits.DEFAULTS));
    }
}
