package dev.countersign.api;

/** Every condition of this API. The type of each status says which of them the kind has, and with which reasons. */
public enum ConditionType {
    /** CodeTemplate, TemplateApproval: the object is valid and in effect. Says nothing about approval by a person. */
    Ready,
    /** CodeTemplate: an approval in effect matches the digest in the status. */
    Approved,
    /** CodeTemplate: the spec cannot become ready without a change (abnormal when True, as kstatus reads it). */
    Stalled,
    /** Execution: the check chain let the run pass; ExecutionApproval: accepted for its run. */
    Authorized,
    /** Execution: the outcome. Unknown while the run is not finished. */
    Succeeded,
    /** Execution: nothing more will happen, whatever the outcome. One {@code kubectl wait} fits both outcomes. */
    Finished
}
