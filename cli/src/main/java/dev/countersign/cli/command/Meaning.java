package dev.countersign.cli.command;

import dev.countersign.api.Reason;
import dev.countersign.cli.Exit;

/**
 * What a reason means for the one who asked for the run: which check or event decided, what to do next, and the exit
 * code. A new reason does not compile before it has a meaning here.
 */
record Meaning(Exit exit, String decidedBy, String next) {

    static Meaning of(Reason reason) {
        return switch (reason) {
            case Completed -> done("the code itself: it ended with exit code 0", "read the result");
            case ExitNonZero -> failed("the code itself", "read standard error, mend the code or the inputs");
            case CpuTimeExceeded ->
                failed("the limit cpuTimeSeconds", "less work in a run, or have a template with more time approved");
            case WallTimeExceeded -> failed("the limit wallTimeSeconds", "look for a wait or a hang in the code");
            case MemoryExceeded ->
                failed("the limit memory", "smaller inputs, or have a template with more memory approved");
            case OutputExceeded -> failed("the limit output", "write to output files, print less");
            case DiskExceeded -> failed("the limit disk", "write less, or have a template with more disk approved");
            case ProcessesExceeded -> failed("the limit processes", "look for a fork loop in the code");
            case NotApproved ->
                refused(
                        "the check that the template is approved",
                        "an approver reviews it: kubectl countersign approve");
            case ApprovalExpired -> refused("the check that the approval has not expired", "have it approved again");
            case ApprovalRevoked ->
                refused("the check that the approval is not revoked", "ask the person who revoked it");
            case ApprovalSuperseded ->
                refused(
                        "the check that no later decision was made about the same version",
                        "an approver reviews it again: kubectl countersign approve");
            case DigestMismatch ->
                refused(
                        "the check that what is asked for or approved is what is there now",
                        "review the change: kubectl countersign show");
            case SelfApproval ->
                refused("the check that nobody approves what they wrote or asked for", "another approver reviews it");
            case AuthorsChanged ->
                refused("the check that the authors are those whom the approver saw", "review it and approve anew");
            case GuardGap ->
                refused(
                        "the check that the guarding policies were intact when it was approved",
                        "kubectl countersign doctor; then approve again");
            case TemplateNotFound ->
                refused("the check that the template exists", "see kubectl countersign list for the names");
            case TemplateInvalid -> refused("the check that the template is valid", "its author corrects it");
            case InputsInvalid ->
                refused("the check of what came with the run: inputs, code, size", "correct it and run again");
            case LimitsInvalid ->
                refused("the check that limits are only narrowed", "ask for less, or leave the limit out");
            case AwaitingApproval ->
                refused(
                        "the check of autonomy: a person decides about each run",
                        "an approver decides: kubectl countersign approve execution");
            case Denied -> refused("a person, who denied it", "read their reason; do not ask for the same again");
            case PolicyDenied ->
                refused(
                        "a rule of the department or of the template, named in the message",
                        "ask who sets the department's rules");
            case QuotaExceeded -> refused("the department's quota", "try again at the time that the message gives");
            case Cancelled -> refused("whoever cancelled or deleted it", "run it again if that was a mistake");
            case DeadlineExceeded ->
                refused(
                        "the deadline that came with the run (activeDeadlineSeconds)",
                        "ask with a longer deadline, or find out what it waited for");
            case AuditUnavailable ->
                platform("the audit log, which took no records; without one nothing runs", "tell the platform team");
            case SandboxUnavailable ->
                platform(
                        "the platform: no sandbox could be made or reached; nothing ran",
                        "run it again; tell the platform team");
            case SandboxLost ->
                platform(
                        "the platform: the sandbox vanished, and its result with it",
                        "find out whether the code had an effect before running it again");
            case SandboxTampered ->
                platform(
                        "the check of what came from the sandbox: it is damaged or forged",
                        "read the code with distrust; do not simply run it again");
            case Pending -> platform("nothing yet: it has not been looked at, or waits for a sandbox", "wait");
            case Running -> platform("nothing yet: the code is running", "wait");
            case Accepted, Approved, Valid -> done("nothing against it", "wait for its end");
        };
    }

    /** Of a word that an operator newer than this plugin may have written. */
    static Meaning of(String reason) {
        for (Reason each : Reason.values()) {
            if (each.name().equals(reason)) {
                return of(each);
            }
        }
        return platform("something that this plugin does not know", "read the message; use the operator's plugin");
    }

    private static Meaning done(String decidedBy, String next) {
        return new Meaning(Exit.DONE, decidedBy, next);
    }

    private static Meaning failed(String decidedBy, String next) {
        return new Meaning(Exit.FAILED, decidedBy, next);
    }

    private static Meaning refused(String decidedBy, String next) {
        return new Meaning(Exit.REFUSED, decidedBy, next);
    }

    private static Meaning platform(String decidedBy, String next) {
        return new Meaning(Exit.PLATFORM, decidedBy, next);
    }
}
