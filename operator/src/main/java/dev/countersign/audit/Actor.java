package dev.countersign.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who asked or decided.
 *
 * @param uid absent for most users: OIDC and certificate users have none
 */
public record Actor(String username, @Nullable String uid) {}
