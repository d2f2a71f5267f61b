package dev.countersign.quota;

/**
 * One attempt of one run.
 *
 * @param attempt counted from 1
 */
public record RunId(String executionUid, int attempt) {}
