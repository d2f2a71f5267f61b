package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Autonomy;
import dev.countersign.api.Limits;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.page.ApprovalStanding;
import dev.countersign.cli.page.TemplateReview;
import dev.countersign.template.BehaviourProjection;
import dev.countersign.template.RunLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which approvals of the version under review count already and allow more than the one that is about to be given. That
 * one takes their place for good, so whoever gives it should know what it takes away.
 *
 * @param ceilings those of the new approval, as they are sent
 * @param expiresAt when the new approval would end
 */
record WiderApprovals(
        TemplateReview review,
        ObjectNode ceilings,
        @Nullable Autonomy autonomy,
        Instant expiresAt) {
    /** From the least to the most. */
    private static final List<Autonomy> ORDER = List.of(Autonomy.Supervised, Autonomy.ByFindings, Autonomy.Autonomous);

    /** A line of warning for each. */
    List<String> warnings(Instant now) {
        List<String> warnings = new ArrayList<>();
        for (ApprovalStanding each : review.inEffect(now)) {
            List<String> more = more(each);
            if (!more.isEmpty()) {
                warnings.add("WARNING: another approval of this version counts and is wider than yours will be: "
                        + each.name() + " by "
                        + each.approval().getSpec().grant().approvedBy().username() + " (" + String.join(", ", more)
                        + "). Yours takes its place for good: it does not count again when yours has run out or is"
                        + " revoked.");
            }
        }
        return warnings;
    }

    private List<String> more(ApprovalStanding other) {
        List<String> more = new ArrayList<>();
        if (other.expiresAt().isAfter(expiresAt)) {
            more.add("holds until " + other.expiresAt().truncatedTo(ChronoUnit.SECONDS));
        }
        var its = other.approval().getSpec().grant().ceilings();
        Autonomy itsAutonomy = its == null ? null : its.autonomy();
        if (effective(itsAutonomy) > effective(autonomy)) {
            more.add("autonomy " + ORDER.get(effective(itsAutonomy)));
        }
        List<String> limits = widerLimits(its == null ? null : its.limits());
        if (!limits.isEmpty()) {
            more.add("more " + String.join(" and ", limits));
        }
        return more;
    }

    /** Place in the order of what runs would have; ByFindings holds only where the approval grants it. */
    private int effective(@Nullable Autonomy ceiling) {
        int template =
                ORDER.indexOf(BehaviourProjection.autonomy(review.template().getSpec()));
        int least = ceiling == null ? template : Math.min(template, ORDER.indexOf(ceiling));
        return ORDER.get(least) == Autonomy.ByFindings && ceiling != Autonomy.ByFindings ? 0 : least;
    }

    private List<String> widerLimits(@Nullable Limits others) {
        JsonNode stated = ceilings.path("limits");
        try {
            return under(others)
                    .widerThan(under(Optional.of(stated)
                            .filter(JsonNode::isObject)
                            .map(each -> Json.as(each, Limits.class))
                            .orElse(null)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            // Not a quantity: the server will say so, better than this could.
            return List.of();
        }
    }

    private RunLimits under(@Nullable Limits ceiling) {
        RunLimits widest = RunLimits.of(review.template().getSpec().limits(), RunLimits.DEFAULTS);
        return widest.cappedBy(RunLimits.of(ceiling, widest));
    }
}
