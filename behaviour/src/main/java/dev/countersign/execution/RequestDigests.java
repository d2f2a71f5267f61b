package dev.countersign.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.InputFile;
import dev.countersign.canonical.CanonicalJson;
import dev.countersign.canonical.Digest;
import dev.countersign.template.RunLimits;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/**
 * The digests of one request: of all of it, of what came with it, and of the code that it runs. Pure.
 *
 * @param request binds run keys and single-run approvals to exactly this run of exactly this template
 */
@NullMarked
public record RequestDigests(String request, String inputs, String code) {
    private static final String REQUEST_DOMAIN = "execution-request/v2";
    private static final String INPUTS_DOMAIN = "execution-inputs/v1";

    /** The digests of a run of the template with this digest, of this code, within these limits. */
    public static RequestDigests of(Execution execution, String templateDigest, String code, RunLimits limits) {
        var inputs = inputs(execution);
        String inputsDigest = Digest.tagged(INPUTS_DOMAIN, CanonicalJson.of(inputs));
        String codeDigest = Digest.of(code.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("namespace", execution.getMetadata().getNamespace());
        request.put("name", execution.getMetadata().getName());
        request.put("uid", execution.getMetadata().getUid());
        request.putObject("requestedBy")
                .put("username", execution.getSpec().requestedBy().username())
                .put("uid", execution.getSpec().requestedBy().uid());
        // What the agent says it does this for: a person who approves the run approves it for that.
        request.put("reasoning", execution.getSpec().reasoning());
        request.put("templateDigest", templateDigest);
        request.put("inputsDigest", inputsDigest);
        request.put("codeDigest", codeDigest);
        request.putObject("limits")
                .put("cpuMillis", limits.cpuMillis())
                .put("wallMillis", limits.wallMillis())
                .put("memoryBytes", limits.memoryBytes())
                .put("outputBytes", limits.outputBytes())
                .put("diskBytes", limits.diskBytes())
                .put("processes", limits.processes());
        return new RequestDigests(Digest.tagged(REQUEST_DOMAIN, CanonicalJson.of(request)), inputsDigest, codeDigest);
    }

    private static JsonNode inputs(Execution execution) {
        var spec = execution.getSpec();
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.set("inputs", spec.inputs());
        all.put("stdin", spec.stdin());
        var files = all.putArray("files");
        for (InputFile file : spec.files() == null ? List.<InputFile>of() : spec.files()) {
            files.addObject()
                    .put("path", file.path())
                    .put("content", file.content())
                    .put("base64", file.contentBase64());
        }
        return all;
    }
}
