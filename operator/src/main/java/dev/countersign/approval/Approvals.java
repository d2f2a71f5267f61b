package dev.countersign.approval;

import dev.countersign.api.Reason;
import dev.countersign.approval.Standing.Worth;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All approvals that name one template, judged together. Pure.
 *
 * <p>A live denial of the very digest outweighs any approval of it: of two approvers who disagree, the one who says
 * no is heard until the denial is revoked or runs out. Of what is on record, only the last word counts, and whatever
 * becomes of that, no earlier one does again.
 */
public record Approvals(List<ObservedApproval> all) {
    public Approvals {
        all = List.copyOf(all);
    }

    /**
     * The judgement.
     *
     * @param approval the one a run may rest on, if there is one
     * @param passing whether what is in the way goes away by itself, so that it is worth waiting
     */
    public record Judgement(Optional<ObservedApproval> approval, boolean passing, Reason reason, String message) {}

    private record Judged(ObservedApproval observed, Standing standing) {
        boolean is(Worth worth) {
            return standing.worth() == worth;
        }
    }

    /** What all of them together are worth for the template as it is now; empty: there is none of that name. */
    public Judgement judge(Optional<LiveTemplate> live, Terms terms) {
        return judge(live, terms, EnumSet.allOf(ApprovalRule.class));
    }

    /** As if there were these rules only: what shows that none of them is idle. */
    Judgement judge(Optional<LiveTemplate> live, Terms terms, Set<ApprovalRule> rules) {
        List<Judged> judged = all.stream()
                .map(each -> new Judged(each, Standing.of(each, live, terms, rules)))
                .toList();
        return first(judged, Worth.DENIES)
                .map(Approvals::refusal)
                .or(() -> latest(judged))
                .or(() -> first(judged, Worth.ACCEPTABLE).map(Approvals::refusal))
                .or(() -> first(judged, Worth.WAITING).map(Approvals::refusal))
                .or(() -> first(judged, Worth.SUSPENDED).map(Approvals::refusal))
                .or(() -> newest(judged).map(Approvals::refusal))
                .orElseGet(Approvals::none);
    }

    private static Optional<Judged> first(List<Judged> judged, Worth worth) {
        return judged.stream().filter(each -> each.is(worth)).findFirst();
    }

    // More than one counts only where the last came on record while these were read, or where some were made with the
    // guard
    // off. The later one then, so that a narrower approval narrows; of two in one second, the one that ends first.
    private static Optional<Judgement> latest(List<Judged> judged) {
        return judged.stream()
                .filter(each -> each.is(Worth.COUNTS))
                .max(Comparator.<Judged, Instant>comparing(
                                each -> each.observed().created())
                        .thenComparing(each -> each.observed().expiry(), Comparator.reverseOrder()))
                .map(each -> new Judgement(
                        Optional.of(each.observed()),
                        false,
                        Reason.Approved,
                        each.standing().message()));
    }

    private static Optional<Judged> newest(List<Judged> judged) {
        // Of one second: what became of the last word says more than that an earlier one is not it.
        return judged.stream()
                .max(Comparator.<Judged, Instant>comparing(
                                each -> each.observed().created())
                        .thenComparing(each -> each.standing().reason() != Reason.ApprovalSuperseded));
    }

    private static Judgement refusal(Judged judged) {
        return new Judgement(
                Optional.empty(),
                judged.is(Worth.ACCEPTABLE) || judged.is(Worth.WAITING) || judged.is(Worth.SUSPENDED),
                judged.standing().reason(),
                "TemplateApproval " + judged.observed().approval().getMetadata().getName() + ": "
                        + judged.standing().message());
    }

    private static Judgement none() {
        return new Judgement(
                Optional.empty(),
                false,
                Reason.NotApproved,
                "no TemplateApproval names this template: ask an approver of this department to review and approve it");
    }
}
