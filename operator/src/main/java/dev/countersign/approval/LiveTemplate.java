package dev.countersign.approval;

import dev.countersign.api.Subject;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.audit.ApprovalLedger;
import dev.countersign.audit.RecordedTemplate;
import dev.countersign.template.BehaviourProjection;
import java.time.Instant;
import java.util.List;

/**
 * A template as it is now, as far as approvals are concerned.
 *
 * @param digest of its behaviour
 * @param authors all who changed it by hand
 * @param created when this very object was admitted, by the API server's clock
 * @param origin whether those are known to be all
 */
public record LiveTemplate(String digest, List<Subject> authors, Instant created, Origin origin) {

    /** What the log says of how the template came to be what it is. */
    public enum Origin {
        /** The admission policies have stood whenever it was changed. */
        GUARDED,
        /** They have not: somebody may have changed it without being noted as an author. */
        UNGUARDED,
        /** This version of it is not on record yet. */
        UNRECORDED
    }

    public LiveTemplate {
        authors = List.copyOf(authors);
    }

    public static LiveTemplate of(CodeTemplate template, ApprovalLedger ledger) {
        return new LiveTemplate(
                BehaviourProjection.of(template).digest(),
                template.getSpec().authors(),
                Instant.parse(template.getMetadata().getCreationTimestamp()),
                origin(template, ledger));
    }

    /** What the log says of this very version of the template. */
    public static Origin origin(CodeTemplate template, ApprovalLedger ledger) {
        var meta = template.getMetadata();
        return ledger.observed(meta.getUid())
                .map(RecordedTemplate::event)
                .filter(seen -> seen.subject().generation() == meta.getGeneration())
                .map(seen -> seen.guarded() ? Origin.GUARDED : Origin.UNGUARDED)
                .orElse(Origin.UNRECORDED);
    }
}
