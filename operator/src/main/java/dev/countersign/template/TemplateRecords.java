package dev.countersign.template;

import dev.countersign.api.Reason;
import dev.countersign.audit.Actor;
import dev.countersign.audit.AuditEvent.TemplateObserved;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.RecordedTemplate;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import java.time.Instant;
import java.util.Optional;

/**
 * What the log is told of a template: each version of it once, and whether its authors are known to be all. Pure.
 *
 * <p>A version is told by {@code metadata.generation}, which the API server raises with every change of the spec and
 * nobody can set. An operator that was away, or a guard that fell in between, so cannot hide a change.
 */
public final class TemplateRecords {
    private static final String KIND = "CodeTemplate";

    private TemplateRecords() {}

    /**
     * What is to be recorded now, if anything.
     *
     * @param facts of the template, read before {@code guard} was
     * @param last what the log says of this very object
     * @return empty too while the guard is broken: it is told when the guard stands again
     */
    public static Optional<TemplateObserved> due(
            TemplateFacts facts, Optional<RecordedTemplate> last, GuardState guard) {
        // What cannot be told yet, whether the guard has stood, must not be told wrong: a taint is for good.
        if (!guard.intact()) {
            return Optional.empty();
        }
        TemplateObserved seen = seen(facts, isGuarded(facts, last, guard));
        boolean known = last.filter(each -> each.event().equals(seen)).isPresent();
        return known && !isOutlived(last, guard) ? Optional.empty() : Optional.of(seen);
    }

    /** Whether something could be due: cheap, and right as long as the guard is as it was. */
    public static boolean mayBeDue(TemplateFacts facts, Optional<RecordedTemplate> last, GuardState guard) {
        return due(facts, last, guard).isPresent();
    }

    // Of the last recorded version it is known; whatever was changed since was changed after that record.
    private static boolean isGuarded(TemplateFacts facts, Optional<RecordedTemplate> last, GuardState guard) {
        if (guard.mode() == Mode.OFF) {
            return false;
        }
        var meta = facts.template().getMetadata();
        if (last.isEmpty()) {
            return guard.covers(Instant.parse(meta.getCreationTimestamp()));
        }
        boolean unchanged = last.get().event().subject().generation() == meta.getGeneration();
        return last.get().event().guarded()
                && (unchanged || guard.covers(last.get().at()));
    }

    // The guard has fallen and stands again, and the template is the same as before: said again, so that its next
    // change is not taken for one that was made in between.
    private static boolean isOutlived(Optional<RecordedTemplate> last, GuardState guard) {
        return last.filter(each -> each.event().guarded() && !guard.covers(each.at()))
                .isPresent();
    }

    private static TemplateObserved seen(TemplateFacts facts, boolean guarded) {
        var meta = facts.template().getMetadata();
        return new TemplateObserved(
                new AuditSubject(meta.getNamespace(), KIND, meta.getName(), meta.getUid(), meta.getGeneration()),
                facts.digest(),
                facts.validity().isValid() ? Reason.Valid : Reason.TemplateInvalid,
                facts.template().getSpec().authors().stream()
                        .map(author -> new Actor(author.username(), author.uid()))
                        .toList(),
                guarded);
    }
}
