package dev.countersign.policy;

import dev.countersign.api.Autonomy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much a run needs a person: the least autonomy of what the template asks for, what its approval allows, and what
 * the department allows. Pure.
 *
 * <p>ByFindings is in effect only where the approval grants it in so many words. It behaves as Supervised as long as no
 * analyser has given a verdict, and there is none yet.
 *
 * @param source who narrowed it to this, for people
 */
record EffectiveAutonomy(Autonomy autonomy, String source) {
    /** From the least to the most. */
    private static final List<Autonomy> ORDER = List.of(Autonomy.Supervised, Autonomy.ByFindings, Autonomy.Autonomous);

    static EffectiveAutonomy of(Autonomy template, @Nullable Autonomy ceiling, Autonomy cap) {
        var effective = new EffectiveAutonomy(template, "by the template");
        if (ceiling != null) {
            effective = effective.cappedBy(ceiling, "by the approval's ceilings");
        }
        effective = effective.cappedBy(cap, "by the department's policy");
        return effective.autonomy == Autonomy.ByFindings && ceiling != Autonomy.ByFindings
                ? new EffectiveAutonomy(Autonomy.Supervised, "as the approval does not grant ByFindings")
                : effective;
    }

    /** Whether a person must approve each run. */
    boolean needsPerson() {
        return autonomy != Autonomy.Autonomous;
    }

    private EffectiveAutonomy cappedBy(Autonomy bound, String by) {
        return ORDER.indexOf(bound) < ORDER.indexOf(autonomy) ? new EffectiveAutonomy(bound, by) : this;
    }
}
