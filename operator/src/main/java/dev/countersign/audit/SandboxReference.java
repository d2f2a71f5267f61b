package dev.countersign.audit;

import org.jspecify.annotations.Nullable;

/** The pod code was, or was to be, handed to. */
public record SandboxReference(
        String namespace, String name, String uid, @Nullable String node) {}
