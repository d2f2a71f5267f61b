package dev.countersign.approval;

import dev.countersign.api.Reason;
import dev.countersign.api.templateapproval.TemplateApproval;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All approvals that name one template, judged together. Pure.
 *
 * <p>A live denial of the very digest outweighs any approval of it: of two approvers who disagree, the one who says
 * no is heard until the denial is revoked or runs out.
 */
public record Approvals(List<TemplateApproval> all) {
    public Approvals {
        all = List.copyOf(all);
    }

    /** The judgement: the approval a run may rest on, or why there is none. */
    public record Judgement(Optional<TemplateApproval> approval, Reason reason, String message) {}

    private record Judged(TemplateApproval approval, Standing standing) {}

    public Judgement judge(String liveDigest, Instant now) {
        List<Judged> judged = all.stream()
                .map(each -> new Judged(each, Standing.of(each, liveDigest, now)))
                .toList();
        Optional<Judged> denied = judged.stream()
                .filter(each -> each.standing().reason() == Reason.Denied)
                .findFirst();
        if (denied.isPresent()) {
            return refusal(denied.get());
        }
        return judged.stream()
                .filter(each -> each.standing().counts())
                .max(Comparator.comparing(each -> Standing.expiry(each.approval())))
                .map(each -> new Judgement(
                        Optional.of(each.approval()),
                        Reason.Approved,
                        each.standing().message()))
                .orElseGet(() -> newest(judged).map(Approvals::refusal).orElseGet(Approvals::none));
    }

    private static Optional<Judged> newest(List<Judged> judged) {
        return judged.stream()
                .max(Comparator.comparing(each -> each.approval().getMetadata().getCreationTimestamp()));
    }

    private static Judgement refusal(Judged judged) {
        return new Judgement(
                Optional.empty(),
                judged.standing().reason(),
                "TemplateApproval " + judged.approval().getMetadata().getName() + ": "
                        + judged.standing().message());
    }

    private static Judgement none() {
        return new Judgement(
                Optional.empty(),
                Reason.NotApproved,
                "no TemplateApproval names this template: ask an approver of this department to review and approve it");
    }
}
