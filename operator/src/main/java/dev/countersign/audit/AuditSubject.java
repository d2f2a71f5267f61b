package dev.countersign.audit;

/** The object a record is about. */
public record AuditSubject(String namespace, String kind, String name, String uid, long generation) {}
