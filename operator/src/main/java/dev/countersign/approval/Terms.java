package dev.countersign.approval;

import dev.countersign.api.Subject;
import dev.countersign.audit.Authorship;
import dev.countersign.audit.Governance;
import dev.countersign.audit.Identity;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What every approval of a department is judged under. Pure.
 *
 * @param guard the admission policies that vouch for names there
 * @param policy of the department
 * @param now the operator's clock
 */
public record Terms(GuardState guard, DepartmentPolicy policy, Instant now) {

    /** How far a name can be trusted that was admitted at that instant of the API server's clock. */
    public Identity identity(Instant admitted) {
        return guard.mode() == Mode.ENFORCE && guard.covers(admitted) ? Identity.Verified : Identity.Unverified;
    }

    /** These terms as the log names them. */
    public Governance governance(@Nullable Authorship authorship) {
        return new Governance(
                policy.digest(), guard.digest().isEmpty() ? null : guard.digest(), policy.singleAdmin(), authorship);
    }

    /** Whether a person may decide about what this other person wrote or asked for. */
    boolean forbidsSelfApproval(Subject approver, Subject other) {
        return !policy.singleAdmin() && Subjects.same(approver, other);
    }

    /** What is wrong with the guard, for people. */
    String guardProblem() {
        return "the admission policies that guard approvals are not intact"
                + (guard.problems().isEmpty() ? "" : " (" + guard.problems().getFirst() + ")")
                + ", and nothing counts until they are: see kubectl countersign doctor";
    }

    /** What is wrong with something that was admitted when the guard is not known to have stood. */
    String gap(String what, Instant admitted, String next) {
        return what + " was created at " + admitted + ", but the admission policies are known intact only since "
                + guard.since() + ", so who created it is not certain: " + next;
    }
}
