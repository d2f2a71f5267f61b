package dev.countersign.audit;

/** The approval a run stands on. */
public record ApprovalReference(String name, String uid, Actor approvedBy) {}
