package dev.countersign.cli.page;

import dev.countersign.api.ConditionType;
import dev.countersign.api.Subject;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.codetemplate.CodeTemplateStatus;
import dev.countersign.api.codetemplate.Finding;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.cli.text.Page;
import dev.countersign.template.BehaviourProjection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A template as a person reviews it. What {@link #show} lays out is read back from {@link #snapshot}, and that text is
 * what {@link #digest} hashes: who approves this digest approves what stood on the page.
 *
 * @param snapshot the canonical projection
 * @param approvals those that name the template; empty: the reader may not read approvals
 */
public record TemplateReview(CodeTemplate template, String snapshot, Optional<List<TemplateApproval>> approvals) {

    public static TemplateReview of(CodeTemplate template, Optional<List<TemplateApproval>> approvals) {
        return new TemplateReview(template, BehaviourProjection.of(template).canonical(), approvals);
    }

    public String digest() {
        return BehaviourProjection.digestOf(snapshot);
    }

    public String name() {
        return template.getMetadata().getName();
    }

    public List<Subject> authors() {
        return template.getSpec().authors();
    }

    public Optional<CodeTemplateStatus> status() {
        return Optional.ofNullable(template.getStatus());
    }

    /** What the operator published; empty: nothing yet. */
    public Optional<String> publishedDigest() {
        return status().flatMap(each -> Optional.ofNullable(each.digest()));
    }

    public void show(Page page) {
        var projection = Projection.of(snapshot);
        page.line("CodeTemplate " + template.getMetadata().getNamespace() + "/" + name())
                .blank();
        var spec = template.getSpec();
        if (spec.description() != null) {
            page.field("Description", spec.description());
        }
        projection.showFields(page);
        page.field("Authors", words(authors()));
        if (authors().isEmpty()) {
            page.field("Authorship", "external: machines write it, so who the authors are is the Git host's to say");
        }
        page.field("Digest", digest());
        if (!publishedDigest().equals(Optional.of(digest()))) {
            page.field(
                    "",
                    "not the operator's: status.digest is " + publishedDigest().orElse("not there yet"));
        }
        showConditions(page);
        projection.showTexts(page);
        showFindings(page);
        showApprovals(page);
        showChange(page, projection);
    }

    private void showConditions(Page page) {
        var conditions = status().map(CodeTemplateStatus::conditions).orElse(List.of());
        for (ConditionType type : List.of(ConditionType.Ready, ConditionType.Approved)) {
            page.field(
                    type.name(),
                    Words.condition(conditions, type)
                            .map(Words::condition)
                            .orElse("Unknown: the operator has not looked at it yet"));
        }
    }

    private void showFindings(Page page) {
        List<Finding> findings = status().map(CodeTemplateStatus::findings).orElse(List.of());
        if (findings.isEmpty()) {
            return;
        }
        page.heading("Findings:");
        page.table(
                List.of("  SEVERITY", "RULE", "LINE", "FINDING"),
                findings.stream()
                        .map(each -> List.of(
                                "  " + each.severity(),
                                each.rule(),
                                each.line() == null ? "-" : each.line().toString(),
                                each.message()))
                        .toList());
    }

    private void showApprovals(Page page) {
        if (approvals.isEmpty()) {
            page.heading("Approvals: you may not read them here");
            return;
        }
        if (approvals.get().isEmpty()) {
            page.heading("Approvals: none yet");
            return;
        }
        page.heading("Approvals:");
        List<List<String>> rows = new ArrayList<>();
        for (ApprovalStanding each : newestFirst(approvals.get())) {
            var grant = each.approval().getSpec().grant();
            rows.add(List.of(
                    "  " + each.name(),
                    grant.decision().name(),
                    grant.approvedBy().username(),
                    Words.time(each.expiresAt()),
                    each.digest().equals(digest()) ? "this" : "another",
                    each.state(),
                    grant.reason() == null ? "" : grant.reason()));
        }
        page.table(List.of("  NAME", "DECISION", "BY", "EXPIRES", "VERSION", "STATE", "REASON"), rows);
    }

    private void showChange(Page page, Projection projection) {
        Optional<ApprovalStanding> last = lastApproved();
        if (last.isEmpty()) {
            return;
        }
        ApprovalStanding approved = last.get();
        String what =
                "what " + approved.approval().getSpec().grant().approvedBy().username() + " approved on "
                        + Words.time(approved.createdAt()) + " (" + approved.name() + ")";
        if (approved.digest().equals(digest())) {
            page.heading("Changed since " + what + ": nothing");
            return;
        }
        page.heading("Changed since " + what + ":");
        projection.showChange(page, Projection.of(java.util.Objects.requireNonNull(approved.snapshot())));
    }

    /** The approvals of exactly this version that the operator counts, newest first. */
    public List<ApprovalStanding> inEffect(Instant now) {
        return newestFirst(approvals.orElse(List.of())).stream()
                .filter(each -> each.digest().equals(digest()) && each.counts(now))
                .toList();
    }

    /** The newest approval whose snapshot is what it says it is. */
    private Optional<ApprovalStanding> lastApproved() {
        return newestFirst(approvals.orElse(List.of())).stream()
                .filter(each -> each.approves() && hasTrueSnapshot(each))
                .findFirst();
    }

    private static boolean hasTrueSnapshot(ApprovalStanding approval) {
        String snapshot = approval.snapshot();
        return snapshot != null && BehaviourProjection.digestOf(snapshot).equals(approval.digest());
    }

    private static List<ApprovalStanding> newestFirst(List<TemplateApproval> approvals) {
        return approvals.stream()
                .map(ApprovalStanding::new)
                .sorted(Comparator.comparing(ApprovalStanding::createdAt)
                        .reversed()
                        .thenComparing(ApprovalStanding::name))
                .toList();
    }

    private static String words(List<Subject> authors) {
        return authors.isEmpty()
                ? "none stated"
                : String.join(", ", authors.stream().map(Words::subject).toList());
    }
}
