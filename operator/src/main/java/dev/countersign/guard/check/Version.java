package dev.countersign.guard.check;

/**
 * One state of an object's spec: the API server counts the generation up with each change of the spec, and gives a
 * re-created object another UID.
 */
public record Version(String uid, long generation) {}
