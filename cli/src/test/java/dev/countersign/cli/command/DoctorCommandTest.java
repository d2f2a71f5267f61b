package dev.countersign.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.cli.TestingApi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    private static final String ADMISSION = "GET /apis/admissionregistration.k8s.io/v1/";
    private static final String OPERATOR =
            "GET /apis/apps/v1/namespaces/countersign-system/deployments/countersign-operator";
    private static final List<String> GUARDS =
            List.of("approvals", "executions", "templates", "status", "namespaces", "sandboxes");

    @TempDir
    Path folder;

    private TestingApi api;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi(folder);
        api.on("GET /version", "gitVersion: v1.36.3");
        api.on(
                "GET /apis/countersign.dev/v1alpha1",
                "resources: [{name: codetemplates}, {name: templateapprovals}, {name: executions}, {name: executionapprovals}]");
        api.on("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "status: {allowed: true}");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void allIsWell() {
        guards("Deny");
        api.on(ADMISSION + "mutatingadmissionpolicies", "items: [{metadata: {name: countersign-identity-templates}}]");
        api.on(OPERATOR, "status: {readyReplicas: 1}");

        var outcome = api.run("doctor");

        assertThat(outcome.out())
                .contains("ok        policy countersign-approvals is there and denies", "ok        the operator runs")
                .doesNotContain("PROBLEM");
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void aBindingThatOnlyWarnsIsAProblem() {
        guards("Warn");
        api.on(OPERATOR, "status: {readyReplicas: 1}");

        var outcome = api.run("doctor");

        assertThat(outcome.out())
                .contains("PROBLEM   policy countersign-status is there, but its binding does not deny");
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void whatMayNotBeReadIsSaidAndNoProblem() {
        for (String each : GUARDS) {
            api.refuse(ADMISSION + "validatingadmissionpolicies/countersign-" + each, 403, "Forbidden", "no");
        }
        api.refuse(OPERATOR, 403, "Forbidden", "no");
        api.refuse(
                "GET /api/v1/namespaces/countersign-system/services/countersign-operator:8080/proxy/metrics",
                403,
                "Forbidden",
                "no");
        api.on("GET " + TestingApi.KINDS + "templateapprovals", "{columnDefinitions: [], rows: []}");

        var outcome = api.run("doctor");

        assertThat(outcome.out())
                .contains(
                        "not known policy countersign-approvals: you may not read it", "you may not read its metrics");
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void aClusterWithoutCountersignIsAProblem() throws IOException {
        try (var bare = new TestingApi(folder)) {
            bare.on("GET /version", "gitVersion: v1.36.3");
            bare.on("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "status: {allowed: false}");

            var outcome = bare.run("doctor");

            assertThat(outcome.out()).contains("PROBLEM   the cluster does not serve CodeTemplate");
            assertThat(outcome.exit()).isEqualTo(1);
        }
    }

    @Test
    void theGuardsMetricIsReadInAllItsForms() {
        assertThat(new GuardMetrics("# HELP x\ncountersign_guard_intact{a=\"b\"} 1.0\ncountersign_guard_enforced 1.0\n")
                        .state())
                .contains(GuardMetrics.State.INTACT);
        assertThat(new GuardMetrics("countersign_guard_intact 0.0\n").state()).contains(GuardMetrics.State.BROKEN);
        assertThat(new GuardMetrics("countersign_guard_intact 0.0\ncountersign_guard_enforced 0.0\n").state())
                .contains(GuardMetrics.State.OFF);
        assertThat(new GuardMetrics("countersign_guard_intact 1.0\ncountersign_guard_untried_departments 2.0\n")
                        .state())
                .contains(GuardMetrics.State.UNTRIED_SOMEWHERE);
        assertThat(new GuardMetrics("countersign_guard_intact 1.0\ncountersign_guard_untried_departments 0.0\n")
                        .state())
                .contains(GuardMetrics.State.INTACT);
        assertThat(new GuardMetrics("other 1\n").state()).isEmpty();
    }

    private void guards(String action) {
        for (String each : GUARDS) {
            api.on(ADMISSION + "validatingadmissionpolicies/countersign-" + each, "spec: {failurePolicy: Fail}");
            api.on(
                    ADMISSION + "validatingadmissionpolicybindings/countersign-" + each,
                    "spec: {validationActions: [" + action + "]}");
        }
    }
}
