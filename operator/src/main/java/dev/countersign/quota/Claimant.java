package dev.countersign.quota;

/**
 * For whom something is counted.
 *
 * @param department its namespace
 * @param agent the username that asks
 */
public record Claimant(String department, String agent) {}
