package dev.countersign.approval;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.executionapproval.ExecutionApprovalSpec;
import dev.countersign.api.templateapproval.Grant;
import dev.countersign.canonical.CanonicalJson;
import dev.countersign.canonical.Digest;

/**
 * The digest of what a person decided, as the log keeps it: the API server freezes these fields, and this shows if that
 * was got round.
 */
final class DecisionDigest {
    private static final String GRANT_DOMAIN = "templateapproval-grant/v1";
    private static final String RUN_DOMAIN = "executionapproval-spec/v1";

    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private DecisionDigest() {}

    /** Without the snapshot, which is large and has a digest of its own in the grant. */
    static String of(Grant grant) {
        ObjectNode json = JSON.valueToTree(grant);
        json.remove("snapshot");
        return Digest.tagged(GRANT_DOMAIN, CanonicalJson.of(json));
    }

    static String of(ExecutionApprovalSpec spec) {
        return Digest.tagged(RUN_DOMAIN, CanonicalJson.of(JSON.<ObjectNode>valueToTree(spec)));
    }
}
