package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.RunDraft;
import dev.countersign.e2e.cluster.TemplateDraft;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Wrong requests: each is refused with a word on the field, at admission where the schema can, else on the object. */
@ExtendWith(OnCluster.class)
class BadInputE2E {
    private static final String ZEROS = "sha256:" + "0".repeat(64);

    private static Arguments run(String name, UnaryOperator<RunDraft> draft, Reason reason, String... words) {
        return Arguments.argumentSet(name, draft, reason, words);
    }

    private static Arguments refusedRun(String name, UnaryOperator<RunDraft> draft, String... words) {
        return Arguments.argumentSet(name, draft, words);
    }

    private static Arguments template(String name, UnaryOperator<TemplateDraft> draft, String... words) {
        return Arguments.argumentSet(name, draft, words);
    }

    static final List<Arguments> RUNS_REFUSED_ON_THE_OBJECT = List.of(
            run("wrong type", r -> r.inputs("{n: text}"), Reason.InputsInvalid, "spec.inputs", "/n", "integer"),
            run("missing property", r -> r.inputs("{}"), Reason.InputsInvalid, "spec.inputs", "n"),
            run("no inputs at all", r -> r, Reason.InputsInvalid, "spec.inputs", "n"),
            run("unknown property", r -> r.inputs("{n: 1, x: 2}"), Reason.InputsInvalid, "spec.inputs", "x"),
            run("pattern", r -> r.inputs("{n: 1, id: '12'}"), Reason.InputsInvalid, "spec.inputs", "/id"),
            run("too large a number", r -> r.inputs("{n: 9007199254740993}"), Reason.InputsInvalid, "spec.inputs/n"),
            run("code where there is code", r -> r.inputs("{n: 1}").code("1"), Reason.InputsInvalid, "spec.code"),
            run(
                    "wider CPU time",
                    r -> r.inputs("{n: 1}").limit("cpuTimeSeconds", 6),
                    Reason.LimitsInvalid,
                    "spec.limits.cpuTimeSeconds"),
            run(
                    "wider memory",
                    r -> r.inputs("{n: 1}").limit("memory", "129Mi"),
                    Reason.LimitsInvalid,
                    "spec.limits.memory"),
            run(
                    "wider in all",
                    r -> r.inputs("{n: 1}")
                            .limit("wallTimeSeconds", 31)
                            .limit("output", "65Ki")
                            .limit("disk", "65Mi")
                            .limit("processes", 65),
                    Reason.LimitsInvalid,
                    "spec.limits.wallTimeSeconds",
                    "spec.limits.output",
                    "spec.limits.disk",
                    "spec.limits.processes"),
            run(
                    "another digest pinned",
                    r -> r.inputs("{n: 1}").pin(ZEROS),
                    Reason.DigestMismatch,
                    "spec.templateRef.digest",
                    ZEROS));

    @ParameterizedTest
    @FieldSource("RUNS_REFUSED_ON_THE_OBJECT")
    void aRunIsRefusedOnTheObject(UnaryOperator<RunDraft> draft, Reason reason, String[] words, Department finance) {
        var template = finance.python("print('never')")
                .schema("{type: object, required: [n], additionalProperties: false, properties:"
                        + " {n: {type: integer}, id: {type: string, pattern: '^[a-z]+$'}}}")
                .approved();

        var run = draft.apply(template.request()).run();

        assertThat(run.reason()).isEqualTo(reason);
        assertThat(run.message()).contains(words);
        assertThat(run.condition(ConditionType.Authorized))
                .hasValueSatisfying(each -> assertThat(each.status()).isEqualTo(ConditionStatus.False));
        assertThat(run.seen().getStatus().sandbox()).isNull();
        assertThat(run.seen().getStatus().result()).isNull();
    }

    static final List<Arguments> RUNS_REFUSED_AT_ADMISSION = List.of(
            refusedRun("limit of zero", r -> r.limit("cpuTimeSeconds", 0), "spec.limits.cpuTimeSeconds"),
            refusedRun("negative limit", r -> r.limit("wallTimeSeconds", -1), "spec.limits.wallTimeSeconds"),
            refusedRun("memory of zero", r -> r.limit("memory", "0"), "spec.limits.memory"),
            refusedRun("negative memory", r -> r.limit("memory", "-1Mi"), "spec.limits.memory"),
            refusedRun("no processes", r -> r.limit("processes", 0), "spec.limits.processes"),
            refusedRun("limit that is no number", r -> r.limit("cpuTimeSeconds", "5"), "spec.limits.cpuTimeSeconds"),
            refusedRun("inputs that are a list", r -> r.inputs("[1]"), "spec.inputs"),
            refusedRun("no template", r -> r.set("templateRef", Map.of()), "spec.templateRef.name"),
            refusedRun("path that climbs out", r -> r.file("../x", "x"), "spec.files"),
            refusedRun("deadline of zero", r -> r.set("activeDeadlineSeconds", 0), "spec.activeDeadlineSeconds"));

    @ParameterizedTest
    @FieldSource("RUNS_REFUSED_AT_ADMISSION")
    void aRunIsRefusedAtAdmission(UnaryOperator<RunDraft> draft, String[] words, Department finance) {
        var request = draft.apply(finance.request("any"));

        assertRefused(request::create, words);
    }

    static final List<Arguments> TEMPLATES_REFUSED_AT_ADMISSION = List.of(
            template("no code", t -> t, "spec.code", "spec.freeform"),
            template("code and freeform", t -> t.set("code", "1").set("freeform", true), "spec.code", "spec.freeform"),
            template("unknown language", t -> t.set("code", "1").set("language", "COBOL"), "spec.language"),
            template("2 MB of code", t -> t.set("code", "a".repeat(2_000_000)), "spec.code", "262144"),
            template("limit of zero", t -> t.set("code", "1").limit("processes", 0), "spec.limits.processes"),
            template(
                    "negative limit",
                    t -> t.set("code", "1").limit("cpuTimeSeconds", -5),
                    "spec.limits.cpuTimeSeconds"),
            template("too much memory", t -> t.set("code", "1").limit("memory", "5Gi"), "spec.limits.memory"),
            template(
                    "schema that is text",
                    t -> t.set("code", "1").set("inputs", Map.of("schema", "x")),
                    "spec.inputs.schema"),
            template("image by tag", t -> t.set("code", "1").set("runtimeImage", "python:3"), "spec.runtimeImage"));

    @ParameterizedTest
    @FieldSource("TEMPLATES_REFUSED_AT_ADMISSION")
    void aTemplateIsRefusedAtAdmission(UnaryOperator<TemplateDraft> draft, String[] words, Department finance) {
        var template = draft.apply(finance.freeform(Language.Python).set("freeform", false));

        assertRefused(template::create, words);
    }

    static final List<Arguments> INVALID_TEMPLATES = List.of(
            template("schema of an unknown type", t -> t.schema("{type: objekt}"), "inputs.schema", "/type"),
            template("schema with a bad pattern", t -> t.schema("{properties: {a: {pattern: '('}}}"), "inputs.schema"),
            template(
                    "schema that points elsewhere",
                    t -> t.schema("{$ref: 'http://example.com/s'}"),
                    "inputs.schema",
                    "http://example.com/s"),
            template("reference to nowhere", t -> t.schema("{$ref: '#/$defs/x'}"), "inputs.schema"),
            template(
                    "image that nobody allowed",
                    t -> t.set("runtimeImage", "registry.example/x@" + ZEROS),
                    "runtimeImage"),
            template(
                    "egress",
                    t -> t.set("egress", Map.of("allow", List.of(Map.of("host", "example.com", "port", 443)))),
                    "egress"));

    @ParameterizedTest
    @FieldSource("INVALID_TEMPLATES")
    void aTemplateThatCannotBeRunSaysSoAndItsRunsAreRefused(
            UnaryOperator<TemplateDraft> draft, String[] words, Department finance) {
        var template = draft.apply(finance.python("print('never')")).create();

        var ready = template.await(ConditionType.Ready, each -> each.status() == ConditionStatus.False);
        template.approve();
        var run = template.run();

        assertThat(ready.reason()).isEqualTo(Reason.TemplateInvalid.name());
        assertThat(ready.message()).contains(words);
        assertThat(run.reason()).isEqualTo(Reason.TemplateInvalid);
        assertThat(run.message()).contains(words);
    }

    @Test
    void anUnknownTemplateIsNamed(Department finance) {
        var run = finance.request("no-such-template").run();

        assertThat(run.reason()).isEqualTo(Reason.TemplateNotFound);
        assertThat(run.message()).contains("spec.templateRef.name", "no-such-template", "finance");
    }

    @Test
    void aTemplateOfAnotherDepartmentIsNotThere(Department finance, Department research) {
        var template = research.python("print('never')").approved();

        var run = finance.request(template.name()).run();

        assertThat(run.reason()).isEqualTo(Reason.TemplateNotFound);
    }

    @Test
    void freeformWithoutCodeIsRefused(Department finance) {
        var run = finance.freeform(Language.Bash).approved().run();

        assertThat(run.reason()).isEqualTo(Reason.InputsInvalid);
        assertThat(run.message()).contains("spec.code is missing");
    }

    @Test
    void anAgentThatTheTemplateDoesNotNameIsRefused(Department finance) {
        var run = finance.python("print('never')")
                .set("allowedAgents", List.of("system:serviceaccount:finance:other"))
                .approved()
                .run();

        assertThat(run.reason()).isEqualTo(Reason.PolicyDenied);
        assertThat(run.message()).contains("spec.requestedBy.username", "reporting-agent", "allowedAgents");
    }

    @Test
    void nothingRunsInANamespaceThatIsNoDepartment(Cluster cluster) {
        var namespace = cluster.admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("e2e-no-department-")
                        .endMetadata()
                        .build())
                .create();
        String name = namespace.getMetadata().getName();
        try (var nowhere = Department.outsideTheChart(cluster, name, name)) {
            var template = nowhere.python("print('never')").approved();

            var run = template.run();

            assertThat(run.reason()).isEqualTo(Reason.PolicyDenied);
            assertThat(run.message()).contains(name, "is not a department");
        } finally {
            cluster.admin().resource(namespace).delete();
        }
    }

    @Test
    void anAgentCannotApproveNorWriteTemplates(Department finance, Cluster cluster) {
        var rights = cluster.kubectl().with("--as=" + finance.agent().username(), "-n", finance.namespace());

        assertThat(rights.attempt("", "auth", "can-i", "create", "templateapprovals")
                        .stdout())
                .startsWith("no");
        assertThat(rights.attempt("", "auth", "can-i", "create", "codetemplates")
                        .stdout())
                .startsWith("no");
        assertThat(rights.attempt("", "auth", "can-i", "create", "executions").stdout())
                .startsWith("yes");
        assertThat(rights.attempt("", "auth", "can-i", "list", "codetemplates").stdout())
                .startsWith("yes");
    }

    private static void assertRefused(Runnable create, String... words) {
        assertThatThrownBy(create::run)
                .isInstanceOfSatisfying(KubernetesClientException.class, refusal -> assertThat(refusal.getCode())
                        .isEqualTo(422))
                .hasMessageContainingAll(words);
    }
}
