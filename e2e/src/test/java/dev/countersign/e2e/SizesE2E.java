package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.RunDraft;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** More than 256 KiB: refused with field and limit, as early as can be. */
@ExtendWith(OnCluster.class)
class SizesE2E {
    private static final int LIMIT = 256 << 10;
    private static final String TOO_LONG = "a".repeat(LIMIT + 1);
    private static final String TOO_LONG_IN_BYTES = "€".repeat(LIMIT / 3 + 1);

    private static Arguments row(String name, UnaryOperator<RunDraft> draft, String field) {
        return Arguments.argumentSet(name, draft, field);
    }

    static final List<Arguments> REFUSED_AT_ADMISSION = List.of(
            row("code", run -> run.code(TOO_LONG), "spec.code"),
            row("code in bytes", run -> run.code(TOO_LONG_IN_BYTES), "spec.code"),
            row("stdin", run -> run.stdin(TOO_LONG), "spec.stdin"),
            row("stdin in bytes", run -> run.stdin(TOO_LONG_IN_BYTES), "spec.stdin"),
            row("a file", run -> run.file("a", TOO_LONG), "spec.files"),
            row("two files", run -> run.file("a", "a".repeat(LIMIT)).file("b", "b"), "spec.files"),
            row("2 MB of code", run -> run.code("a".repeat(2_000_000)), "spec.code"));

    @ParameterizedTest
    @FieldSource("REFUSED_AT_ADMISSION")
    void tooMuchIsRefusedAtAdmission(UnaryOperator<RunDraft> draft, String field, Department finance) {
        var request = draft.apply(finance.request("any"));

        assertThatThrownBy(request::create)
                .isInstanceOfSatisfying(KubernetesClientException.class, refusal -> assertThat(refusal.getCode())
                        .isEqualTo(422))
                .hasMessageContaining(field)
                .hasMessageContaining("262144");
    }

    @Test
    void tooMuchInInputsIsRefusedOnTheObjectBeforeAnythingRuns(Department finance, Cluster cluster) {
        var template = finance.python("print('never')").anyInputs().approved();

        var run = template.request().set("inputs", Map.of("text", TOO_LONG)).run();

        assertThat(run.reason()).isEqualTo(Reason.InputsInvalid);
        assertThat(run.message()).contains("spec.inputs is 262156 bytes", "limit of 262144 bytes");
        assertThat(run.seen().getStatus().sandbox()).isNull();
        assertThat(AuditFile.ofOperator(cluster).entriesOf(run.uid()))
                .as("never authorized, so never given a pod")
                .extracting(AuditFile.Entry::type)
                .containsExactly("execution.denied");
    }

    /** Just what is allowed is allowed: code, stdin and files of 256 KiB together, less what the rest of the spec needs. */
    @Test
    void theLargestThatFitsRuns(Department finance) {
        var template = finance.freeform(Language.Python).approved();
        String code = "import sys; print(len(sys.stdin.read()) + len(open('files/a').read()))\n";
        int left = LIMIT - 1024 - code.length();

        var run = template.request()
                .code(code)
                .stdin("s".repeat(left / 2))
                .file("a", "f".repeat(left / 2))
                .run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.stdout().trim()).isEqualTo(Integer.toString(left / 2 * 2));
    }
}
