package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.TemplateDraft;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Runs that wait for a person: released by an approval of that very run and of nothing else. */
@ExtendWith(OnCluster.class)
class SupervisedE2E {
    private static Arguments unfit(String name, Consumer<ObjectNode> spec, String... words) {
        return Arguments.argumentSet(name, spec, words);
    }

    static final List<Arguments> THAT_DO_NOT_FIT = List.of(
            unfit(
                    "another run's",
                    spec -> spec.withObjectProperty("executionRef").put("uid", "00000000-0000-4000-8000-000000000000"),
                    "spec.executionRef.uid"),
            unfit(
                    "another request's",
                    spec -> spec.put("requestDigest", "sha256:" + "0".repeat(64)),
                    "spec.requestDigest"),
            unfit(
                    "with another requester",
                    spec -> spec.putObject("requestedBy").put("username", "tom"),
                    "spec.requestedBy"));

    private static TemplateDraft supervised(Department department, String code) {
        return department.bash(code).set("autonomy", "Supervised");
    }

    private static Run held(TemplateDraft template) {
        return template.approved().request().create().awaitHeld(Reason.AwaitingApproval);
    }

    @Test
    void whoWaitsSaysForWhomAndRunsOnceApproved(Department finance, Cluster cluster) {
        var run = held(supervised(finance, "echo released"));
        assertThat(run.seen().getStatus().requestDigest()).matches("sha256:[0-9a-f]{64}");
        assertThat(run.condition(ConditionType.Authorized)).hasValueSatisfying(each -> {
            assertThat(each.status()).isEqualTo(ConditionStatus.Unknown);
            assertThat(each.message())
                    .contains("kubectl countersign", "execution " + run.name() + " -n " + finance.namespace());
        });

        var approval = run.approve();
        run.awaitFinished();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.stdout()).isEqualTo("released\n");
        assertThat(approval.awaitAccepted().message()).contains("alice");
        var log = AuditFile.ofOperator(cluster);
        assertThat(log.entriesOf(approval.uid())).singleElement().satisfies(accepted -> {
            assertThat(accepted.type()).isEqualTo("approval.accepted");
            assertThat(accepted.line())
                    .contains(run.uid(), run.seen().getStatus().requestDigest());
        });
        long authorized = log.entriesOf(run.uid()).getFirst().json().path("seq").asLong();
        assertThat(log.entriesOf(approval.uid()).getFirst().json().path("seq").asLong())
                .as("accepted before anything ran")
                .isLessThan(authorized);
    }

    @Test
    void whoIsDeniedNeverRuns(Department finance) {
        var run = held(supervised(finance, "echo never"));

        run.approve(spec -> spec.put("decision", "Denied").put("reason", "wrong customer"));
        run.awaitFinished();

        assertThat(run.reason()).isEqualTo(Reason.Denied);
        assertThat(run.message()).contains("alice", "wrong customer");
        assertThat(run.seen().getStatus().sandbox()).isNull();
    }

    @ParameterizedTest
    @FieldSource("THAT_DO_NOT_FIT")
    void anApprovalThatDoesNotFitReleasesNothing(Consumer<ObjectNode> spec, String[] words, Department finance) {
        var run = held(supervised(finance, "echo released"));

        var unfit = run.approve(spec);

        assertThat(unfit.awaitRefused(Reason.DigestMismatch).message()).contains(words);
        run.awaitSaying(words);
        assertThat(run.seen().getStatus().completionTime()).isNull();
        assertThat(run.seen().getStatus().sandbox()).isNull();

        unfit.delete();
        run.approve();
        assertThat(run.awaitFinished().stdout()).isEqualTo("released\n");
    }

    @Test
    void anApprovalIsNotForTheNextRunOfThatName(Department finance) {
        var template = supervised(finance, "echo released").approved();
        String name = template.name() + "-again";
        var first = template.request().create(name).awaitHeld(Reason.AwaitingApproval);
        var approval = first.approve();
        first.awaitFinished();
        first.delete();
        first.awaitGone();

        var second = template.request().create(name).awaitHeld(Reason.AwaitingApproval);

        second.awaitSaying("another run of that name");
        assertThat(second.seen().getStatus().sandbox()).isNull();
        approval.delete();
        second.approve();
        assertThat(second.awaitFinished().reason()).isEqualTo(Reason.Completed);
    }

    @Test
    void nobodyReleasesTheirOwnRun(Department finance) {
        var sam = finance.person("sam", "countersign-agent", "countersign-approver");
        var run = supervised(finance, "echo never")
                .approved()
                .request()
                .createAs(sam)
                .awaitHeld(Reason.AwaitingApproval);

        assertThatThrownBy(() -> run.approve(sam, spec -> {}))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("[approver-is-not-requester]");

        // And who says that somebody else asked is found out by the operator.
        var lie = run.approve(sam, spec -> spec.putObject("requestedBy").put("username", "tom"));
        assertThat(lie.awaitRefused(Reason.DigestMismatch).message()).contains("sam");
        assertThat(run.now().getStatus().completionTime()).isNull();
    }

    /** What was reviewed is what runs, or nothing. */
    @Test
    void aWaitingRunEndsWithTheVersionItWaitsFor(Department finance) {
        var template = supervised(finance, "echo reviewed").create();
        template.approve();
        var run = template.request().create().awaitHeld(Reason.AwaitingApproval);

        template.change("{\"spec\": {\"code\": \"echo changed\"}}");

        run.awaitFinished();
        assertThat(run.reason()).isEqualTo(Reason.DigestMismatch);
        assertThat(run.now().getStatus().sandbox()).isNull();
    }
}
