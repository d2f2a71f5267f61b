package dev.countersign.api;

/**
 * Why something is as it is. The same word stands in conditions, events, metrics, audit records and errors, so the
 * constants are written as they appear there.
 *
 * <p>Each constant says what it means and what to do next. "Nothing ran" means that not one instruction of the code was
 * executed for this Execution.
 */
public enum Reason {
    // How a run ended by itself.

    /** The code ended with exit code 0. Next: read {@code status.result}. */
    Completed,
    /**
     * The code ended with another exit code, or by a signal it raised or met itself. Next: read {@code result.stderr},
     * mend the code or the inputs.
     */
    ExitNonZero,

    // How a run was ended by a limit.

    /**
     * The process tree used up {@code limits.cpuTimeSeconds}. Next: less work per run, or a template with more time.
     */
    CpuTimeExceeded,
    /** The code was still running after {@code limits.wallTimeSeconds}. Next: look for a wait or a hang. */
    WallTimeExceeded,
    /** The process tree used more than {@code limits.memory}. Next: smaller inputs, or a template with more memory. */
    MemoryExceeded,
    /**
     * Standard output and error passed {@code limits.output}; what came before is kept and marked truncated. Next:
     * write to output files, print less.
     */
    OutputExceeded,
    /** The work directory grew past {@code limits.disk}. Next: write less, or a template with more disk. */
    DiskExceeded,
    /** More than {@code limits.processes} processes and threads at once. Next: look for a fork loop. */
    ProcessesExceeded,

    // Why a run was not let in. Nothing ran.

    /** No approval exists for the template as it is now. Next: an approver reads it and creates a TemplateApproval. */
    NotApproved,
    /** The approval's time is over. Next: approve again. */
    ApprovalExpired,
    /** The approval was revoked or deleted. Next: ask the person named in the revocation. */
    ApprovalRevoked,
    /**
     * A later decision about the same digest of the template is on record, and only the last one counts, also once that
     * one is revoked, deleted or expired. Next: review the template, approve it again.
     */
    ApprovalSuperseded,
    /**
     * A digest is not what it should be: the pin of the Execution is not the template's digest, or an approval's
     * snapshot does not hash to the digest it grants. Next: read the template again, pin or approve what is there
     * now.
     */
    DigestMismatch,
    /** An author would approve their own template, or a requester their own run. Next: another person approves. */
    SelfApproval,
    /**
     * The template's authors are not those that the approver saw, though the code may be the same: somebody has changed
     * it in between, or changed it back. Next: review the template again, approve anew.
     */
    AuthorsChanged,
    /**
     * The policies that guard approvals were missing or altered at some moment since the approval was made, so who made
     * it is not certain. Next: restore the policies ({@code kubectl countersign doctor}), then approve again.
     */
    GuardGap,
    /** The namespace has no CodeTemplate of that name. Next: correct {@code spec.templateRef.name}. */
    TemplateNotFound,
    /** The CodeTemplate's spec cannot be used; the message names the field. Next: its author corrects it. */
    TemplateInvalid,
    /**
     * The inputs do not fit the template's JSON Schema, or the whole spec is too large; the message names the field.
     * Next: correct the inputs, create a new Execution.
     */
    InputsInvalid,
    /**
     * A limit is wider than the template, the approval or the department allows. Next: ask for less, or leave it out.
     */
    LimitsInvalid,
    /** The run is supervised and waits for an ExecutionApproval. Next: a person approves or denies it. */
    AwaitingApproval,
    /** A person denied the template or this run. Next: read their reason; do not create the same run again. */
    Denied,
    /** A rule of the department forbids it; the message names the rule. Next: ask who sets the department's caps. */
    PolicyDenied,
    /** The department has no room for another run. Next: try again later, or ask for a larger quota. */
    QuotaExceeded,

    // How a run was ended, or kept from starting, from outside.

    /** {@code spec.cancel} was set, or the Execution was deleted. What had run until then had run. */
    Cancelled,
    /** {@code spec.activeDeadlineSeconds} passed before the run was finished, waiting times included. */
    DeadlineExceeded,
    /** The audit log does not take records, and without a record nothing runs. Next: the platform's operators look. */
    AuditUnavailable,
    /**
     * No sandbox could be made or reached; nothing ran. Next: create the Execution again; tell the platform's
     * operators.
     */
    SandboxUnavailable,
    /**
     * The sandbox vanished and its result with it. Whether the code ran, and how far, is not known. Next: check for the
     * code's effects before creating the run again.
     */
    SandboxLost,
    /**
     * What came from the sandbox is damaged or forged, so nothing of it is believed. Next: read the code with distrust;
     * do not simply create the run again.
     */
    SandboxTampered,

    // Not an end.

    /** Not looked at yet, or waiting for a sandbox. Next: wait. */
    Pending,
    /** The code is running. Next: wait. */
    Running,
    /** The approval is valid and recorded. */
    Accepted,
    /** A person's approval in effect covers this. */
    Approved,
    /** The spec can be used. */
    Valid
}
