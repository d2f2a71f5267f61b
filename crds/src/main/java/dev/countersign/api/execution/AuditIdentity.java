package dev.countersign.api.execution;

/**
 * How sure the record is of who asked and who approved.
 */
public enum AuditIdentity {
    /** Names stand as the objects state them; no admission policy has checked them. */
    Unverified,
    /** Admission policies, watched intact, have checked the names against the API server's authentication. */
    Verified
}
