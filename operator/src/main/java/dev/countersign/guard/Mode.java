package dev.countersign.guard;

/** Whether the guard check decides anything. */
public enum Mode {
    /** Approvals count only while the admission policies are intact. */
    ENFORCE,
    /** Nothing is checked and every approval counts. For development only; shown wherever the guard is. */
    OFF
}
