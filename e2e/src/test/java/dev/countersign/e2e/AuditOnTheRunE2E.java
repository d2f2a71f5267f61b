package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Limits;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.AuditIdentity;
import dev.countersign.api.execution.Execution;
import dev.countersign.canonical.CanonicalJson;
import dev.countersign.canonical.Digest;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.template.BehaviourProjection;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The audit fields on an Execution: each is there, and each digest is of what it says it is of. */
@ExtendWith(OnCluster.class)
class AuditOnTheRunE2E {
    private static final String CODE = """
            import json, os, sys
            sys.stdout.write("out: äöü €\\n")
            sys.stderr.write("err\\n")
            json.dump({"b": [1, 2.5], "a": "x"}, open(os.environ["COUNTERSIGN_RESULT"], "w"))
            open("outputs/one.bin", "wb").write(bytes(range(256)))
            open("outputs/two.txt", "w").write("two")
            """;

    @Test
    void everyFieldIsFilledAndEveryDigestIsRight(Department finance, Cluster cluster) {
        var template = finance.python(CODE).anyInputs().create();
        var approval = template.approve();
        var run = template.request()
                .inputs("{n: [1, 2, {deep: äöü}], a: null}")
                .stdin("in")
                .file("data/in.csv", "a,b\n")
                .limit("cpuTimeSeconds", 3)
                .limit("memory", "100Mi")
                .run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        var audit = run.audit();
        assertThat(audit.identity()).isEqualTo(AuditIdentity.Verified);
        assertThat(audit.requestedBy().username()).isEqualTo("system:serviceaccount:finance:reporting-agent");
        assertThat(audit.approval().name()).isEqualTo(approval.name());
        assertThat(audit.approval().uid()).isEqualTo(approval.uid());
        assertThat(audit.approval().approvedBy().username()).isEqualTo("alice");
        assertThat(audit.templateDigest())
                .isEqualTo(template.digest())
                .isEqualTo(BehaviourProjection.of(template.now()).digest())
                .isEqualTo(run.seen().getStatus().templateDigest());
        assertThat(audit.codeDigest()).isEqualTo(Digest.of(CODE.getBytes(StandardCharsets.UTF_8)));
        assertThat(audit.inputsDigest())
                .isEqualTo(Digest.tagged("execution-inputs/v1", CanonicalJson.of(inputs(run.seen()))));
        assertThat(audit.requestDigest())
                .isEqualTo(Digest.tagged("execution-request/v2", CanonicalJson.of(request(run))))
                .isEqualTo(run.seen().getStatus().requestDigest());
        assertThat(audit.stdoutDigest()).isEqualTo(Digest.of(run.stdout().getBytes(StandardCharsets.UTF_8)));
        assertThat(audit.stderrDigest()).isEqualTo(Digest.of("err\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(audit.valueDigest())
                .isEqualTo(Digest.of(CanonicalJson.of(run.value()).getBytes(StandardCharsets.UTF_8)));
        assertThat(audit.filesDigest()).isEqualTo(Digest.tagged("execution-files/v1", CanonicalJson.of(files(run))));
        assertThat(audit.limits()).isEqualTo(new Limits(3, 30, "104857600", "65536", "67108864", 64));
        var sandbox = run.seen().getStatus().sandbox();
        assertThat(audit.pod().namespace()).isEqualTo("finance-sandboxes").isEqualTo(sandbox.namespace());
        assertThat(audit.pod().name()).startsWith("sbx-").isEqualTo(sandbox.podName());
        assertThat(audit.pod().uid()).isNotBlank().isEqualTo(sandbox.podUid());
        assertThat(audit.imageDigest()).matches("sha256:[0-9a-f]{64}");
        assertThat(audit.authorizedAt()).isNotNull().isBeforeOrEqualTo(audit.startedAt());
        assertThat(audit.startedAt()).isBeforeOrEqualTo(audit.finishedAt());
        assertThat(audit.finishedAt()).isBeforeOrEqualTo(run.completed());
        assertThat(audit.outcome()).isEqualTo("Completed");
        // Until there is a notary, there are no signed states of the log.
        assertThat(audit.checkpoint()).isNull();
        assertThat(audit.proof()).isNull();
    }

    @Test
    void theStatusPointsAtTheRecordInTheLog(Department finance, Cluster cluster) {
        var run = finance.bash("echo for the record").approved().run();

        var records = AuditFile.ofOperator(cluster).entriesOf(run.uid());

        assertThat(records)
                .extracting(AuditFile.Entry::type)
                .containsExactly("execution.authorized", "execution.finished");
        var finished = records.getLast();
        assertThat(finished.json().path("logId").asText()).isEqualTo(run.audit().logId());
        assertThat(finished.json().path("seq").asLong()).isEqualTo(run.audit().seq());
        assertThat(finished.leafHash()).isEqualTo(run.audit().leafHash());
        assertThat(finished.json().path("outcome").asText()).isEqualTo("Completed");
        assertThat(finished.json().path("stdoutDigest").asText())
                .isEqualTo(run.audit().stdoutDigest());
        assertThat(records.getFirst().json().path("pod").path("uid").asText()).isEqualTo(run.podUid());
        assertThat(finished.line()).as("no output in the log").doesNotContain("for the record");
    }

    @Test
    void aRefusalIsOnRecordToo(Department finance, Cluster cluster) {
        var run = finance.bash("echo never").create().request().run();

        var records = AuditFile.ofOperator(cluster).entriesOf(run.uid());

        assertThat(records).extracting(AuditFile.Entry::type).containsExactly("execution.denied");
        assertThat(records.getFirst().json().path("reasonCode").asText()).isEqualTo("NotApproved");
        assertThat(records.getFirst().leafHash()).isEqualTo(run.audit().leafHash());
        assertThat(run.audit().outcome()).isEqualTo("NotApproved");
        assertThat(run.audit().finishedAt()).isNotNull();
    }

    private static JsonNode inputs(Execution execution) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.set("inputs", execution.getSpec().inputs());
        all.put("stdin", execution.getSpec().stdin());
        var files = all.putArray("files");
        execution.getSpec().files().forEach(file -> files.addObject()
                .put("path", file.path())
                .put("content", file.content())
                .put("base64", file.contentBase64()));
        return all;
    }

    private static JsonNode request(Run run) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.put("namespace", run.seen().getMetadata().getNamespace());
        all.put("name", run.name());
        all.put("uid", run.uid());
        var agent = run.seen().getSpec().requestedBy();
        all.putObject("requestedBy").put("username", agent.username()).put("uid", agent.uid());
        all.put("reasoning", run.seen().getSpec().reasoning());
        all.put("templateDigest", run.audit().templateDigest());
        all.put("inputsDigest", run.audit().inputsDigest());
        all.put("codeDigest", run.audit().codeDigest());
        all.putObject("limits")
                .put("cpuMillis", 3_000)
                .put("wallMillis", 30_000)
                .put("memoryBytes", 100L << 20)
                .put("outputBytes", 64 << 10)
                .put("diskBytes", 64L << 20)
                .put("processes", 64);
        return all;
    }

    private static JsonNode files(Run run) {
        var files = JsonNodeFactory.instance.arrayNode();
        run.result().files().forEach(file -> files.addObject()
                .put("path", file.path())
                .put("size", file.size())
                .put("sha256", file.sha256())
                .put("refused", file.refused()));
        return files;
    }
}
