package dev.countersign.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * Who did something, as the API server knew them at that moment. Groups are left out on purpose: they change, and what
 * they allowed was checked when the object was admitted.
 */
@ApiType
public record Subject(
        @Required
        @Size(min = 1, max = 256)
        @JsonPropertyDescription("Username as the API server's authentication reports it.")
        String username,

        @Size(max = 128)
        @JsonPropertyDescription("UID as the API server's authentication reports it. Absent where the identity provider"
                + " has none, as with most client certificates and OpenID Connect.")
        @Nullable
        String uid) {}
