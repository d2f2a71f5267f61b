package dev.countersign.audit;

import org.jspecify.annotations.Nullable;

/**
 * The rules a decision was made under. Its fields stand in the line itself. Records of older versions have none of
 * them.
 *
 * @param policyDigest of the department's effective policy
 * @param guardDigest of the admission policies that the names in the record rest on; absent where none were demanded
 * @param singleAdmin whether the department let people approve what they wrote or asked for
 * @param authorship absent where no template's authors are concerned
 */
public record Governance(
        @Nullable String policyDigest,
        @Nullable String guardDigest,
        boolean singleAdmin,
        @Nullable Authorship authorship) {

    public Governance {
        Digest.requireIfPresent("policyDigest", policyDigest);
        Digest.requireIfPresent("guardDigest", guardDigest);
    }
}
