package dev.countersign.api.codetemplate;

/**
 * How much a finding matters.
 */
public enum Severity {
    /** Worth knowing. */
    Info,
    /** Unlikely to matter. */
    Low,
    /** An approver should look. */
    Medium,
    /** An approver should have a reason to accept it. */
    High,
    /** Should not be approved. */
    Critical
}
