package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A policy or binding as the API server holds it.
 *
 * @param created by the API server's clock, in whole seconds
 * @param spec as stored
 */
public record ObservedPolicy(PolicyKey key, Version version, Instant created, JsonNode spec) {}
