package dev.countersign.api;

/** Status of a condition. Unknown means: not decided yet, and not: an error. */
public enum ConditionStatus {
    True,
    False,
    Unknown
}
