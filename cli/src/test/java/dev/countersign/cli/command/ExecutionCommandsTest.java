package dev.countersign.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.cli.Golden;
import dev.countersign.cli.TestingApi;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.page.ExecutionReview;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutionCommandsTest {
    private static final String EXECUTIONS = TestingApi.KINDS + "executions";
    private static final String RUN = EXECUTIONS + "/report-1";
    private static final String DECISIONS = TestingApi.KINDS + "executionapprovals";

    private static final String SPEC = """
            apiVersion: countersign.dev/v1alpha1
            kind: Execution
            metadata: {name: report-1, namespace: finance, uid: 7b0b3b9e-0000-4000-8000-000000000001, creationTimestamp: '2026-11-20T10:00:00Z', resourceVersion: '9'}
            spec:
              templateRef: {name: report}
              requestedBy: {username: bot}
              reasoning: "Because\\u202e."
              inputs: {n: 1}
              stdin: "a\\rb"
              files: [{path: data.bin, contentBase64: AAH/}, {path: notes.txt, content: hello}]
              limits: {memory: 64Mi}
            """;

    private static final String NAMED = "metadata: {name: report-1}";

    private static final String TEMPLATE = """
            apiVersion: countersign.dev/v1alpha1
            kind: CodeTemplate
            metadata: {name: report, namespace: finance}
            spec: {language: Python, autonomy: Supervised, code: "print(1)\\n"}
            """;

    @TempDir
    Path folder;

    private TestingApi api;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi(folder);
        api.on("GET " + TestingApi.KINDS + "codetemplates/report", TEMPLATE);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void showLaysOutAllThatWouldRun() throws IOException {
        api.on("GET " + RUN, SPEC + holding(digest()));

        Golden.assertSame(
                "show-execution.txt", api.run("show", "execution", "report-1").out());
    }

    @Test
    void approveSendsTheDigestOfWhatItHasShown() {
        api.on("GET " + RUN, SPEC + holding(digest())).stores("POST " + DECISIONS, "{}");
        api.on(
                "GET " + DECISIONS + "/report-1",
                "{status: {conditions: [{type: Authorized, status: 'True', reason: Accepted, message: let in}]}}");

        var outcome = api.types("report-1").run("approve", "execution", "report-1", "--valid-for", "5m");

        assertThat(outcome.err()).contains("Type report-1 to approve it");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).endsWith("Accepted: let in\n");
        JsonNode spec = api.requests("POST", "executionapprovals").getFirst().json();
        assertThat(spec.path("metadata").path("name").asText()).isEqualTo("report-1");
        assertThat(spec.path("spec"))
                .hasToString(
                        "{\"executionRef\":{\"name\":\"report-1\",\"uid\":\"7b0b3b9e-0000-4000-8000-000000000001\"},"
                                + "\"requestDigest\":\"" + digest() + "\",\"requestedBy\":{\"username\":\"bot\"},"
                                + "\"decision\":\"Approved\",\"approvedBy\":{\"username\":\"alice\",\"uid\":\"u-1\"},"
                                + "\"validForSeconds\":300}");
    }

    @Test
    void approveRefusesWhenTheOperatorAsksAboutSomethingElse() {
        api.on("GET " + RUN, SPEC + holding("sha256:" + "0".repeat(64)));

        var outcome = api.run("approve", "execution", "report-1", "--yes");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("but status.requestDigest is sha256:000");
        assertThat(api.requests("POST", "executionapprovals")).isEmpty();
    }

    @Test
    void approveSaysThatACapMayBeWhyTheDigestsDiffer() {
        String template = "sha256:721c1a5e9269796a48fbe8fc5d798008d47d44645a9159e18712d5a075e1849c";
        api.on(
                "GET " + RUN,
                SPEC
                        + holding("sha256:" + "0".repeat(64))
                                .replace("status:\n", "status:\n  templateDigest: " + template + "\n"));

        var outcome = api.run("approve", "execution", "report-1", "--yes");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("although the template is the same", "a cap of the department (policy.limits)");
        assertThat(api.requests("POST", "executionapprovals")).isEmpty();
    }

    @Test
    void approveShowsEveryByteOfAFileThatIsNoTextUpTo16KiB() {
        String spec = withBinary(16 << 10);
        api.on("GET " + RUN, spec + holding(digestOf(spec))).stores("POST " + DECISIONS, "{}");

        var outcome = api.run("approve", "execution", "report-1", "--yes", "--no-wait");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out().lines().filter(each -> each.startsWith("  | ff ff ff")))
                .hasSize(1024);
        assertThat(outcome.out()).doesNotContain("NOT SHOWN");
        assertThat(outcome.out())
                .contains("File data.bin (16384 bytes, sha256:", "File notes.txt (5 bytes, sha256:2cf24dba5fb0");
    }

    @Test
    void approveRefusesBytesThatWereNotShownUnlessToldThatTheyWereSeen() throws IOException {
        String spec = withBinary((16 << 10) + 1);
        api.on("GET " + RUN, spec + holding(digestOf(spec))).stores("POST " + DECISIONS, "{}");

        var refused = api.run("approve", "execution", "report-1", "--yes", "--no-wait");

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.out()).contains("... and 1 byte more, NOT SHOWN");
        assertThat(refused.err()).contains("not all of data.bin is shown", "files report-1 --given -o DIR");
        assertThat(api.requests("POST", "executionapprovals")).isEmpty();

        Path got = folder.resolve("got");
        assertThat(api.run("files", "report-1", "--given", "-o", got.toString()).exit())
                .isZero();
        assertThat(Files.size(got.resolve("data.bin"))).isEqualTo((16 << 10) + 1);
        assertThat(got.resolve("notes.txt")).hasContent("hello");

        assertThat(api.run("approve", "execution", "report-1", "--yes", "--no-wait", "--unseen-files")
                        .exit())
                .isZero();
        assertThat(api.requests("POST", "executionapprovals")).hasSize(1);
    }

    @Test
    void approveRefusesOnesOwnRun() {
        api.on("GET " + RUN, SPEC + holding(digest()));

        var outcome = api.is("bot").run("approve", "execution", "report-1", "--yes");

        assertThat(outcome.err()).contains("nobody approves their own run");
        assertThat(api.requests("POST", "executionapprovals")).isEmpty();
    }

    @Test
    void denyNeedsOnlyWhatTheOperatorAsks() {
        String asked = "sha256:" + "0".repeat(64);
        api.on("GET " + RUN, SPEC + holding(asked)).stores("POST " + DECISIONS, "{}");

        assertThat(api.run("deny", "execution", "report-1", "--reason", "no", "--no-wait")
                        .exit())
                .isZero();

        JsonNode spec =
                api.requests("POST", "executionapprovals").getFirst().json().path("spec");
        assertThat(spec.path("decision").asText()).isEqualTo("Denied");
        assertThat(spec.path("requestDigest").asText()).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{executionRef: {name: report-2}}",
                "{executionRef: {uid: 7b0b3b9e-0000-4000-8000-000000000002}}",
                "{requestDigest: 'sha256:0000000000000000000000000000000000000000000000000000000000000000'}",
                "{requestedBy: {username: tom}}",
                "{requestedBy: {uid: u-7}}",
                "{decision: Denied}",
                "{reason: Good.}",
                "{approvedBy: {username: bob}}",
                "{validForSeconds: 3600}",
                "{validForSeconds: null}",
                "{more: true}"
            })
    void approveNoticesAnApprovalThatWasChangedOnItsWay(String spec) {
        api.on("GET " + RUN, SPEC + holding(digest())).stores("POST " + DECISIONS, "spec: " + spec);

        var outcome = api.run("approve", "execution", "report-1", "--yes", "--no-wait", "--valid-for", "5m");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.out()).doesNotContain("created");
        assertThat(outcome.err())
                .startsWith("spec.")
                .contains(
                        "Error: ExecutionApproval report-1 is not what you decided (see above): something in the"
                                + " cluster changes objects on their way",
                        "kubectl -n finance delete executionapprovals report-1\n",
                        "tell whoever looks after its admission webhooks and mutating policies");
    }

    @Test
    void theDefaultOfAnApprovalIsNoChange() {
        api.on("GET " + RUN, SPEC + holding(digest()));
        api.stores("POST " + DECISIONS, "spec: {validForSeconds: 600}");
        api.stores("POST " + DECISIONS, "spec: {validForSeconds: 601}");

        assertThat(api.run("approve", "execution", "report-1", "--yes", "--no-wait")
                        .exit())
                .isZero();
        assertThat(api.run("approve", "execution", "report-1", "--yes", "--no-wait")
                        .exit())
                .isEqualTo(3);
    }

    @Test
    void denyNoticesADenialThatBecameAnApproval() {
        api.on("GET " + RUN, SPEC + holding(digest())).stores("POST " + DECISIONS, "spec: {decision: Approved}");

        var outcome = api.run("deny", "execution", "report-1", "--no-wait");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.err())
                .contains(
                        "spec.decision: sent \"Denied\", stored \"Approved\"",
                        "take it back at once: kubectl -n finance delete executionapprovals report-1\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{templateRef: {name: other}}",
                "{templateRef: {digest: 'sha256:0'}}",
                "{inputs: {n: 2}}",
                "{inputs: {n: 1, m: 1}}",
                "{inputs: null}",
                "{stdin: x}",
                "{code: x}",
                "{files: [{path: a, content: b}]}",
                "{reasoning: null}",
                "{requestedBy: {username: bob}}",
                "{limits: {memory: 65Mi}}",
                "{limits: {processes: 1}}",
                "{activeDeadlineSeconds: 5}",
                "{ttlSecondsAfterFinished: 0}",
                "{cancel: true}",
                "{more: true}"
            })
    void runNoticesARunThatWasChangedOnItsWayAndLeavesItAlone(String spec) {
        api.stores("POST " + EXECUTIONS, NAMED + "\nspec: " + spec).on("GET " + RUN, SPEC + over("Completed"));

        var outcome = api.run(
                "run", "report", "--inputs", "{\"n\": 1}", "--reasoning", "why", "--limit", "memory=64Mi", "--no-wait");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .startsWith("spec.")
                .contains(
                        "Error: Execution report-1 is not what you asked for (see above), and it goes on: something",
                        "kubectl -n finance patch executions report-1 --type merge -p '{\"spec\":{\"cancel\":true}}'\n",
                        "tell whoever looks after its admission webhooks and mutating policies");
        assertThat(api.requests("PATCH", "")).isEmpty();
        assertThat(api.requests("DELETE", "")).isEmpty();
    }

    @Test
    void theDefaultsOfARunAreNoChangeAndNumbersAreTheSameHoweverTheyAreWritten() {
        api.stores(
                "POST " + EXECUTIONS,
                NAMED + "\nspec: {ttlSecondsAfterFinished: 3600, cancel: false,"
                        + " inputs: {n: 1, id: 12345678901234567000, rate: 0.1}}");

        var outcome = api.run(
                "run",
                "report",
                "--no-wait",
                "--inputs",
                "{\"n\": 1.0, \"id\": 12345678901234567000.5, \"rate\": 0.10}");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEqualTo("report-1\n");
    }

    @Test
    void aWholeNumberIsComparedToItsLastDigit() {
        api.stores("POST " + EXECUTIONS, NAMED + "\nspec: {inputs: {id: 9007199254740992}}");

        assertThat(api.run("run", "report", "--no-wait", "--inputs", "{\"id\": 9007199254740993}")
                        .err())
                .startsWith("spec.inputs.id: sent 9007199254740993, stored 9007199254740992\n");
    }

    @ParameterizedTest
    @CsvSource({
        "Completed, 0",
        "ExitNonZero, 1",
        "MemoryExceeded, 1",
        "NotApproved, 2",
        "Denied, 2",
        "QuotaExceeded, 2",
        "Cancelled, 2",
        "DeadlineExceeded, 2",
        "SandboxLost, 3",
        "AuditUnavailable, 3",
        "SomethingNew, 3"
    })
    void runEndsWithTheOutcomesExitCode(String reason, int exit) {
        api.stores("POST " + EXECUTIONS, NAMED).on("GET " + RUN, SPEC + over(reason));

        assertThat(api.run("run", "report").exit()).isEqualTo(exit);
    }

    @Test
    void runSendsWhatItWasGivenAndPrintsWhatTheCodePrinted() throws IOException {
        api.stores("POST " + EXECUTIONS, NAMED).on("GET " + RUN, SPEC + holding(digest()));
        api.on("WATCH " + EXECUTIONS, "{type: MODIFIED, object: " + TestingApi.tree(SPEC + over("Completed")) + "}");
        Path file = Files.write(folder.resolve("a.bin"), new byte[] {0, 1, (byte) 0xff});
        Path text = Files.writeString(folder.resolve("b.txt"), "hello");

        var outcome = api.pipes("in")
                .run(
                        "run",
                        "report",
                        "--inputs",
                        "{\"n\": 12345678901234567890.5}",
                        "--stdin",
                        "--file",
                        file.toString(),
                        "--file",
                        "x/y=" + text,
                        "--reasoning",
                        "why",
                        "--limit",
                        "memory=64Mi",
                        "--deadline",
                        "90s",
                        "--pin");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).isEqualTo("one\ntwo<U+001B>[2K\n{\n  \"total\": 3\n}\n");
        assertThat(outcome.err())
                .contains("Execution report-1 created")
                .contains("It waits for a person: kubectl countersign approve execution report-1")
                .contains("WARNING: 1 invisible or control character is shown as <U+....>\n")
                .endsWith("Completed: said\n");
        JsonNode spec = api.requests("POST", "executions").getFirst().json().path("spec");
        assertThat(spec.path("templateRef").path("digest").asText()).startsWith("sha256:");
        // As text, since a reader might round it as well.
        assertThat(api.requests("POST", "executions").getFirst().body())
                .contains("\"inputs\":{\"n\":12345678901234567890.5}");
        assertThat(spec.path("stdin").asText()).isEqualTo("in");
        assertThat(spec.path("files"))
                .hasToString(
                        "[{\"path\":\"a.bin\",\"contentBase64\":\"AAH/\"},{\"path\":\"x/y\",\"content\":\"hello\"}]");
        assertThat(spec.path("limits")).hasToString("{\"memory\":\"64Mi\"}");
        assertThat(spec.path("activeDeadlineSeconds").asInt()).isEqualTo(90);
        assertThat(spec.path("requestedBy").path("username").asText()).isEqualTo("alice");
    }

    @Test
    void runAsJsonIsExactAndInAscii() throws IOException {
        api.stores("POST " + EXECUTIONS, NAMED).on("GET " + RUN, SPEC + over("Completed"));

        String out = api.run("run", "report", "-o", "json").out();

        assertThat(out.chars()).allMatch(each -> each == '\n' || each >= ' ' && each < 0x7f);
        assertThat(Json.read(out).path("spec").path("reasoning").asText()).isEqualTo("Because\u202e.");
    }

    @Test
    void runGivesUpWaitingAndSaysThatTheRunGoesOn() {
        api.stores("POST " + EXECUTIONS, NAMED).on("GET " + RUN, SPEC + holding(digest()));
        api.on("WATCH " + EXECUTIONS, "{type: BOOKMARK, object: {}}");

        var outcome = api.run("run", "report", "--timeout", "1s");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.err()).contains("report-1 is not over after 1s; it goes on");
    }

    @Test
    void runSaysWhatIsWrongWithWhatItWasGiven() {
        assertThat(api.run("run", "report", "--inputs", "{").err()).startsWith("Error: --inputs is not JSON: ");
        assertThat(api.run("run", "report", "--limit", "ram=1").err()).contains("there is no limit ram");
        assertThat(api.run("run", "report", "--deadline", "2w").err()).contains("2w is no duration");
        assertThat(api.run("run", "report", "--code", "@" + folder.resolve("none"))
                        .err())
                .contains("cannot be read");
        assertThat(api.run("run", "../x").err()).contains("is not a name of Kubernetes");
        assertThat(api.requests("POST", "executions")).isEmpty();
    }

    @Test
    void whySaysWhichCheckDecided() throws IOException {
        api.on("GET " + RUN, SPEC + """
                status:
                  templateDigest: sha256:1111111111111111111111111111111111111111111111111111111111111111
                  audit: {logId: log-1, seq: 42, leafHash: 'sha256:2', identity: Verified}
                  conditions:
                    - {type: Authorized, status: 'False', reason: NotApproved, message: no TemplateApproval names this template, lastTransitionTime: '2026-11-20T10:00:01Z'}
                    - {type: Succeeded, status: 'False', reason: NotApproved, message: no TemplateApproval names this template, lastTransitionTime: '2026-11-20T10:00:01Z'}
                """);

        Golden.assertSame("why.txt", api.run("why", "report-1").out());
    }

    @Test
    void filesAreListedAndWritten() throws IOException {
        api.on("GET " + RUN, SPEC + """
                status:
                  result:
                    files:
                      - {path: out/a.txt, size: 5, sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824, contentBase64: aGVsbG8=}
                      - {path: big, size: 500000, sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824, truncated: true}
                """);

        assertThat(api.run("files", "report-1").out().replace("\n> ", " "))
                .contains("out/a.txt  5 ", "not whole in the status");
        var outcome = api.run("files", "report-1", "-o", folder.resolve("got").toString());

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.out()).contains("out/a.txt: written", "big: NOT WRITTEN, it does not fit");
        assertThat(folder.resolve("got/out/a.txt")).hasContent("hello");
        assertThat(folder.resolve("got/big")).doesNotExist();
    }

    /** The digest that the operator takes of the run above. */
    private static String digest() {
        return digestOf(SPEC);
    }

    private static String withBinary(int size) {
        byte[] content = new byte[size];
        Arrays.fill(content, (byte) 0xff);
        return SPEC.replace("AAH/", Base64.getEncoder().encodeToString(content));
    }

    private static String digestOf(String spec) {
        return new ExecutionReview(
                        Json.as(TestingApi.tree(spec), Execution.class),
                        Optional.of(Json.as(TestingApi.tree(TEMPLATE), CodeTemplate.class)),
                        Optional.empty())
                .requestDigest()
                .orElseThrow();
    }

    private static String holding(String digest) {
        return """
                status:
                  requestDigest: %s
                  conditions:
                    - {type: Authorized, status: Unknown, reason: AwaitingApproval, message: a person decides, lastTransitionTime: '2026-11-20T10:00:01Z'}
                    - {type: Succeeded, status: Unknown, reason: AwaitingApproval, message: a person decides, lastTransitionTime: '2026-11-20T10:00:01Z'}
                    - {type: Finished, status: 'False', reason: AwaitingApproval, message: a person decides, lastTransitionTime: '2026-11-20T10:00:01Z'}
                """.formatted(digest);
    }

    private static String over(String reason) {
        return """
                status:
                  result: {exitCode: 0, stdout: "one\\ntwo\\e[2K\\n", value: {total: 3}}
                  conditions:
                    - {type: Succeeded, status: 'False', reason: %1$s, message: said, lastTransitionTime: '2026-11-20T10:00:01Z'}
                    - {type: Finished, status: 'True', reason: %1$s, message: said, lastTransitionTime: '2026-11-20T10:00:01Z'}
                """.formatted(reason);
    }
}
