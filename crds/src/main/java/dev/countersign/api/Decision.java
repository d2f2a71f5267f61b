package dev.countersign.api;

/** What a person decided. */
public enum Decision {
    Approved,
    Denied
}
