package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.api.Reason;
import dev.countersign.audit.Actor;
import dev.countersign.audit.ApprovalReference;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditReceipt;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.Authorship;
import dev.countersign.audit.Governance;
import dev.countersign.audit.Identity;
import dev.countersign.audit.RunLimits;
import dev.countersign.audit.SandboxReference;
import dev.countersign.canonical.Digest;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.Outcome;
import dev.countersign.sandbox.wire.SandboxResult;
import dev.countersign.sandbox.wire.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditRecordsTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String DIGEST = "sha256:" + "0".repeat(64);

    /** The code chooses it, and must not keep its outcome from being written down by what it chooses. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1}", "[1]", "42", "\"text\"", "true", "null"})
    void aRunsValueMayBeAnyJson(String value) throws JsonProcessingException {
        var finished = AuditRecords.finished(authorization(), outcome(value), NOW, NOW);

        assertThat(finished.outcome()).isEqualTo(Reason.Completed);
        assertThat(finished.valueDigest()).isEqualTo(Digest.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static RunOutcome outcome(String value) throws JsonProcessingException {
        var result = new SandboxResult(
                Outcome.COMPLETED,
                0,
                null,
                new Usage(1, 1, 1, 1),
                false,
                false,
                new ObjectMapper().readTree(value),
                null,
                List.of(),
                "");
        return new RunOutcome(Reason.Completed, "completed", result, Bytes.EMPTY, Bytes.EMPTY);
    }

    private static Authorization authorization() {
        var approval = new ApprovalReference("approval", "approval-uid", new Actor("ann", null));
        var event = new ExecutionAuthorized(
                new AuditSubject("finance", "Execution", "run", "run-uid", 1),
                1,
                new Actor("agent", null),
                Identity.Verified,
                "report",
                DIGEST,
                approval,
                null,
                DIGEST,
                DIGEST,
                DIGEST,
                new RunLimits(5000, 30000, 134217728, 65536, 67108864, 64),
                new SandboxReference("finance-sandboxes", "sandbox", "pod-uid", "node"),
                DIGEST,
                "gvisor-nonet",
                "key",
                new Governance(DIGEST, DIGEST, false, Authorship.internal));
        return new Authorization(event, new AuditReceipt("log", 1, DIGEST), NOW);
    }
}
