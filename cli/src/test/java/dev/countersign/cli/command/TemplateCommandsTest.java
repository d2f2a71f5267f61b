package dev.countersign.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.cli.Golden;
import dev.countersign.cli.TestingApi;
import dev.countersign.cli.kube.Json;
import dev.countersign.template.BehaviourProjection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateCommandsTest {
    private static final String TEMPLATE = TestingApi.KINDS + "codetemplates/report";
    private static final String APPROVALS = TestingApi.KINDS + "templateapprovals";

    /** What BehaviourProjection makes of the template below; a change of either is a change of every approval. */
    private static final String DIGEST = "sha256:81fedc27fee0292b89f5a6db1a63c0667c629b2f0e8b961cc04982450f86459e";

    private static final String SPEC = """
            apiVersion: countersign.dev/v1alpha1
            kind: CodeTemplate
            metadata: {name: report, namespace: finance, generation: 3, uid: t-1}
            spec:
              description: Adds things up.
              language: Python
              code: |
                import json
                total = sum([1, 2])
                print(total)
              inputs: {schema: {type: object, properties: {n: {type: integer}}}}
              limits: {cpuTimeSeconds: 5, wallTimeSeconds: 30, memory: 128Mi, output: 64Ki, disk: 64Mi, processes: 64}
              authors: [{username: tom, uid: u-9}]
            """;

    @TempDir
    Path folder;

    private TestingApi api;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi(folder);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void showLaysOutAllThatIsApprovedAndWhatChanged() throws IOException {
        api.on("GET " + TEMPLATE, template(digest()));
        api.on("GET " + APPROVALS, "items: [" + approvalOf("print(total + 0)") + "]");

        var outcome = api.run("show", "report");

        assertThat(outcome.exit()).isZero();
        Golden.assertSame("show-template.txt", outcome.out());
    }

    @Test
    void showSaysWhatATerminalWouldHide() throws IOException {
        String hiding = SPEC.replaceAll(
                "(?s)code: \\|.*processes: 64}\\n",
                """
                code: "print('start')\\\\nsend(secrets)\\\\e[1A\\\\e[2K\\\\nremove(all)\\\\rprint('safe')   \\\\n\\
                if user == 'root\\\\u202e' #admin\\\\u2066:\\\\n# comment\\\\u2028import os\\\\n\\
                x = 1%s; steal()\\\\nspace\\\\u200b = '\\\\u3164'\\\\n"
                """.formatted(" ".repeat(120)).indent(2).stripLeading());
        api.on("GET " + TEMPLATE, hiding);
        api.refuse("GET " + APPROVALS, 403, "Forbidden", "no");

        var outcome = api.run("show", "report");

        assertThat(outcome.out()).doesNotContain("\u001b", "\r", "\u202e", "\u2066", "\u2028", "\u200b", "\u3164");
        assertThat(outcome.out()).startsWith("WARNING: 8 invisible or control characters are shown as <U+....>");
        Golden.assertSame("show-hiding.txt", outcome.out());
    }

    @Test
    void approveSendsTheBytesThatItHasShown() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "metadata: {name: report-x, resourceVersion: '5'}");
        api.on("GET " + APPROVALS + "/report-x", ready("True", "Accepted", "approved by alice"));

        var outcome = api.types("report")
                .run(
                        "approve",
                        "report",
                        "--valid-for",
                        "30d",
                        "--reason",
                        "Adds.",
                        "--max-autonomy",
                        "Supervised",
                        "--max",
                        "memory=64Mi",
                        "--max",
                        "cpu=2");

        assertThat(outcome.err()).isEqualTo("Type report to approve it, anything else to leave it: ");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out())
                .contains("  3 | print(total)", "Accepted: approved by alice")
                .contains("TemplateApproval report-x created: report Approved, digest\n> " + digest());
        JsonNode grant = api.requests("POST", "templateapprovals")
                .getFirst()
                .json()
                .path("spec")
                .path("grant");
        assertThat(grant.path("templateDigest").asText()).isEqualTo(digest());
        assertThat(BehaviourProjection.digestOf(grant.path("snapshot").asText()))
                .isEqualTo(digest());
        assertThat(grant.path("approvedBy")).hasToString("{\"username\":\"alice\",\"uid\":\"u-1\"}");
        assertThat(grant.path("authors")).hasToString("[{\"username\":\"tom\",\"uid\":\"u-9\"}]");
        assertThat(grant.path("validForSeconds").asInt()).isEqualTo(30 * 86_400);
        assertThat(grant.path("ceilings"))
                .hasToString("{\"limits\":{\"memory\":\"64Mi\",\"cpuTimeSeconds\":2},\"autonomy\":\"Supervised\"}");
        assertThat(grant.path("decision").asText()).isEqualTo("Approved");
    }

    @Test
    void whoMayNotReadApprovalsIsToldThatItsWorthIsNotKnown() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "metadata: {name: report-x, resourceVersion: '5'}");
        api.refuse("GET " + APPROVALS + "/report-x", 403, "Forbidden", "no");

        var outcome = api.types("report").run("approve", "report");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).contains("Whether it counts is not known: you may not read TemplateApprovals here.");
    }

    @Test
    void approveRefusesWhenTheOperatorHasSeenAnotherVersion() {
        api.on("GET " + TEMPLATE, template("sha256:" + "0".repeat(64))).on("GET " + APPROVALS, "items: []");

        var outcome = api.types("report").run("approve", "report");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("what is shown has the digest " + digest() + ", but status.digest is sha256:000");
        assertNothingSent();
    }

    @Test
    void approveRefusesADigestThatWasNotShown() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");

        var outcome = api.run("approve", "report", "--digest", "sha256:" + "1".repeat(64));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("not the one of --digest");
        assertNothingSent();
    }

    @Test
    void approveRefusesAuthorsUnlessTheDepartmentHasOnePersonOnly() {
        api.on("GET " + TEMPLATE, template(digest()).replace("username: tom", "username: alice"));
        api.on("GET " + APPROVALS, "items: []").stores("POST " + APPROVALS, "metadata: {name: report-x}");

        assertThat(api.types("report").run("approve", "report").err()).contains("you are an author of report");
        assertNothingSent();
        assertThat(api.types("report")
                        .run("approve", "report", "--single-admin", "--no-wait")
                        .exit())
                .isZero();
        assertThat(api.requests("POST", "templateapprovals")).hasSize(1);
    }

    @Test
    void approveAsksAndTakesAnythingElseForNo() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");

        assertThat(api.types("yes").run("approve", "report").err()).contains("not confirmed: nothing was changed");
        assertThat(api.types("").run("approve", "report").exit()).isEqualTo(2);
        assertNothingSent();
    }

    @Test
    void approveWithoutATerminalNeedsToBeToldSo() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "metadata: {name: report-x}");

        assertThat(api.run("approve", "report").err()).contains("nobody is at a terminal");
        assertNothingSent();
        assertThat(api.run("approve", "report", "--digest", digest(), "--no-wait")
                        .exit())
                .isZero();
        assertThat(api.run("approve", "report", "--yes", "--no-wait").exit()).isZero();
        assertThat(api.requests("POST", "templateapprovals")).hasSize(2);
    }

    @Test
    void approveRefusesAnInvalidTemplate() {
        String invalid = template(digest()).replace("status: 'True'", "status: 'False'");
        api.on("GET " + TEMPLATE, invalid).on("GET " + APPROVALS, "items: []");

        assertThat(api.run("approve", "report", "--yes").err()).contains("the template is not valid: valid; digest");
        assertNothingSent();
    }

    @Test
    void approveRefusesMachines() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");

        var outcome = api.is("system:serviceaccount:finance:bot").run("approve", "report", "--yes");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("machines never approve");
        assertNothingSent();
    }

    @Test
    void approveSaysWhenTheApprovalDoesNotCount() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "metadata: {name: report-x}");
        api.on("GET " + APPROVALS + "/report-x", "metadata: {name: report-x, resourceVersion: '5'}");
        api.on(
                "WATCH " + APPROVALS,
                "{type: MODIFIED, object: {" + "metadata: {name: report-x}, "
                        + "status: {conditions: [{type: Ready, status: 'False', reason: GuardGap, message: policies changed}]}}}");

        var outcome = api.run("approve", "report", "--yes");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("it does not count: GuardGap: policies changed");
    }

    @Test
    void approveWarnsWhereItTakesThePlaceOfAWiderOne() {
        String digest = BehaviourProjection.of(Json.as(
                        TestingApi.tree(SPEC.replace("spec:\n", "spec:\n  autonomy: Autonomous\n")),
                        CodeTemplate.class))
                .digest();
        api.on("GET " + TEMPLATE, template(digest).replace("spec:\n", "spec:\n  autonomy: Autonomous\n"));
        String soon = Instant.now().minusSeconds(60).toString();
        api.on(
                "GET " + APPROVALS,
                "items: ["
                        + counting("wide", digest, soon, 31_536_000, "")
                        + ", "
                        + counting("free", digest, soon, 120, ", ceilings: {limits: {memory: 32Mi, processes: 8}}")
                        + ", "
                        + counting(
                                "equal",
                                digest,
                                soon,
                                120,
                                ", ceilings: {autonomy: Supervised, limits: {memory: 32Mi}}")
                        + ", "
                        + counting("over", digest, "2026-01-01T00:00:00Z", 120, "")
                        + ", "
                        + counting("other", "sha256:" + "2".repeat(64), soon, 31_536_000, "")
                        + "]");
        api.stores("POST " + APPROVALS, "metadata: {name: report-x}");

        var outcome = api.run(
                "approve", "report", "--yes", "--no-wait", "--max-autonomy", "Supervised", "--max", "memory=64Mi");

        assertThat(outcome.exit()).isZero();
        String told = outcome.err().replace("\n> ", " ");
        assertThat(told.lines().filter(each -> each.startsWith("WARNING"))).hasSize(2);
        assertThat(told)
                .contains("wide by bob (holds until ", ", autonomy Autonomous, more memory)")
                .contains("free by bob (autonomy Autonomous)")
                .contains(
                        "Yours takes its place for good: it does not count again when yours has run out or is revoked.");
    }

    @Test
    void approveHandsOnWhatAPolicySays() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.refuse("POST " + APPROVALS, 422, "Invalid", "[approve-authority] you need the verb approve");

        var outcome = api.run("approve", "report", "--yes");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .isEqualTo("Error: refused: [approve-authority] you need the verb approve\n"
                        + "Next:  do what the message says, then try again\n");
    }

    @Test
    void denyNamesTheVersionThatItDenies() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "metadata: {name: report-x}");

        assertThat(api.run("deny", "report", "--reason", "no", "--no-wait").exit())
                .isZero();

        JsonNode grant = api.requests("POST", "templateapprovals")
                .getFirst()
                .json()
                .path("spec")
                .path("grant");
        assertThat(grant.path("decision").asText()).isEqualTo("Denied");
        assertThat(grant.path("templateDigest").asText()).isEqualTo(digest());
    }

    @Test
    void revokeTakesBackEachLiveApprovalOfTheTemplate() {
        String live = approvalOf("print(total)");
        String revoked = live.replace("name: report-1", "name: report-2")
                .replace("spec: {", "spec: {revocation: {revokedBy: {username: bob}}, ");
        api.on("GET " + APPROVALS, "items: [" + live + ", " + revoked + "]");
        api.stores("PATCH " + APPROVALS + "/report-1", "{}");

        var outcome = api.run("revoke", "report", "--reason", "leaked");

        assertThat(outcome.out()).isEqualTo("TemplateApproval report-1 revoked (report, by alice)\n");
        assertThat(api.requests("PATCH", "")).hasSize(1);
        assertThat(api.requests("PATCH", "").getFirst().body())
                .isEqualTo("{\"spec\":{\"revocation\":{\"revokedBy\":{\"username\":\"alice\",\"uid\":\"u-1\"},"
                        + "\"reason\":\"leaked\"}}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{templateRef: {name: other}}",
                "{templateDigest: 'sha256:0000000000000000000000000000000000000000000000000000000000000000'}",
                "{decision: Denied}",
                "{reason: Good.}",
                "{reason: null}",
                "{validForSeconds: 31536000}",
                "{validForSeconds: null}",
                "{ceilings: null}",
                "{ceilings: {limits: {memory: 128Mi}}}",
                "{ceilings: {limits: {disk: 1Gi}}}",
                "{ceilings: {autonomy: Autonomous}}",
                "{approvedBy: {username: bob}}",
                "{approvedBy: {uid: u-2}}",
                "{authors: []}",
                "{authors: [{username: tom}]}",
                "{authors: [{username: tom, uid: u-9}, {username: tim}]}",
                "{snapshot: null}",
                "{snapshot: '{}'}",
                "{more: true}"
            })
    void approveNoticesAnApprovalThatWasChangedOnItsWay(String grant) {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "{metadata: {name: report-x}, spec: {grant: " + grant + "}}");

        var outcome = api.run(
                "approve",
                "report",
                "--yes",
                "--no-wait",
                "--valid-for",
                "30d",
                "--reason",
                "Adds.",
                "--max-autonomy",
                "Supervised",
                "--max",
                "memory=64Mi");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.out()).doesNotContain("created");
        assertThat(outcome.err())
                .startsWith("spec.grant.")
                .contains(
                        "Error: TemplateApproval report-x is not what you decided (see above): something in the"
                                + " cluster changes objects on their way",
                        "kubectl countersign revoke approval report-x -n finance\n",
                        "tell whoever looks after its admission webhooks and mutating policies");
    }

    @Test
    void whatIsAddedToAnApprovalIsNoticedUnlessTheClusterFillsItIn() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "{metadata: {name: report-x}, spec: {grant: {validForSeconds: 7776000}}}");
        api.stores("POST " + APPROVALS, "{metadata: {name: report-x}, spec: {grant: {validForSeconds: 7776001}}}");
        api.stores("POST " + APPROVALS, "{metadata: {name: report-x}, spec: {grant: {ceilings: {}}}}");
        api.stores("POST " + APPROVALS, "{metadata: {name: report-x}, spec: {revocation: {revokedBy: {}}}}");

        assertThat(api.run("approve", "report", "--yes", "--no-wait").exit()).isZero();
        assertThat(api.run("approve", "report", "--yes", "--no-wait").err())
                .startsWith("spec.grant.validForSeconds: sent nothing, stored 7776001\nError: ");
        assertThat(api.run("approve", "report", "--yes", "--no-wait").exit()).isEqualTo(3);
        assertThat(api.run("approve", "report", "--yes", "--no-wait").exit()).isEqualTo(3);
    }

    @Test
    void whatWasChangedOnItsWayIsMadeVisibleAndItsPlaceIsShown() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores(
                "POST " + APPROVALS,
                "{metadata: {name: report-x}, spec: {grant: {reason: \"" + "a".repeat(200) + "\\u202eb\"}}}");

        var outcome = api.run("approve", "report", "--yes", "--no-wait", "--reason", "a".repeat(200));

        assertThat(outcome.err())
                .startsWith("WARNING: 1 invisible or control character is shown as <U+....>\n\n"
                        + "spec.grant.reason: sent ..." + "a".repeat(24) + "\",")
                .contains(", stored ..." + "a".repeat(24) + "<U+202E>b\"\n")
                .doesNotContain("\u202e");
    }

    @Test
    void denyNoticesADenialThatWasChangedOnItsWay() {
        api.on("GET " + TEMPLATE, template(digest())).on("GET " + APPROVALS, "items: []");
        api.stores("POST " + APPROVALS, "{metadata: {name: report-x}, spec: {grant: {decision: Approved}}}");
        api.stores("POST " + APPROVALS, "{metadata: {name: report-x}, spec: {grant: {templateRef: {name: other}}}}");

        var approved = api.run("deny", "report", "--no-wait");
        var other = api.run("deny", "report", "--no-wait");

        assertThat(approved.exit()).isEqualTo(3);
        assertThat(approved.err())
                .contains(
                        "spec.grant.decision: sent \"Denied\", stored \"Approved\"",
                        "take it back at once: kubectl countersign revoke approval report-x -n finance");
        assertThat(other.exit()).isEqualTo(3);
        assertThat(other.err())
                .contains(
                        "look at it first: kubectl -n finance get templateapprovals report-x -o yaml",
                        "to take it back: kubectl countersign revoke approval report-x -n finance");
    }

    @Test
    void revokeNoticesARevocationThatWasChangedOnItsWayAndGoesOn() {
        String live = approvalOf("print(total)");
        api.on("GET " + APPROVALS, "items: [" + live + ", " + live.replace("name: report-1", "name: report-2") + "]");
        api.stores("PATCH " + APPROVALS + "/report-1", "{spec: {revocation: {reason: fine}}}");
        api.stores("PATCH " + APPROVALS + "/report-2", "{}");

        var outcome = api.run("revoke", "report", "--reason", "leaked");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.out()).contains("report-1 revoked", "report-2 revoked");
        assertThat(outcome.err())
                .contains(
                        "spec.revocation.reason: sent \"leaked\", stored \"fine\"",
                        "Error: revoked, but not in the words that were sent (see above): report-1\n");
    }

    @Test
    void revokeNoticesARevocationThatWasTakenOutAndGoesOn() {
        String live = approvalOf("print(total)");
        api.on("GET " + APPROVALS, "items: [" + live + ", " + live.replace("name: report-1", "name: report-2") + "]");
        api.stores("PATCH " + APPROVALS + "/report-1", "{spec: {revocation: null}}");
        api.stores("PATCH " + APPROVALS + "/report-2", "{}");

        var outcome = api.run("revoke", "report");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.out()).isEqualTo("TemplateApproval report-2 revoked (report, by alice)\n");
        assertThat(outcome.err())
                .contains(
                        "Error: NOT revoked, since the revocation was taken out before it was stored: report-1; something",
                        "kubectl -n finance delete templateapprovals report-1\n");
    }

    @Test
    void revokeAsksWhichWhenANameIsBoth() {
        api.on("GET " + APPROVALS, "items: [" + approvalOf("print(total)") + "]");
        api.on("GET " + APPROVALS + "/report", approvalOf("print(total)").replace("name: report-1", "name: report"));

        assertThat(api.run("revoke", "report").err()).contains("the name of a template and of an approval");
        assertThat(api.requests("PATCH", "")).isEmpty();
    }

    @Test
    void aTemplateThatIsNotThereIsMissedInTwoLines() {
        var outcome = api.run("show", "nothing");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .isEqualTo("Error: there is no CodeTemplate nothing in namespace finance\n"
                        + "Next:  see kubectl -n finance get codetemplates, or give another -n NAMESPACE\n");
    }

    private void assertNothingSent() {
        assertThat(api.requests("POST", "templateapprovals")).isEmpty();
    }

    private static String digest() {
        return DIGEST;
    }

    private static String template(String digest) {
        return SPEC + """
                status:
                  digest: %s
                  digestVersion: 1
                  observedGeneration: 3
                  findings: [{rule: dynamic-code, severity: High, message: "eval of input", line: 2}]
                  conditions:
                    - {type: Ready, status: 'True', reason: Valid, message: valid; digest published, lastTransitionTime: "2026-11-01T00:00:00Z"}
                    - {type: Approved, status: 'False', reason: DigestMismatch, message: it approves another, lastTransitionTime: "2026-11-01T00:00:00Z"}
                """.formatted(digest);
    }

    /** An approval of a version of the template whose code ended with this line, and that had less CPU time. */
    private static String approvalOf(String lastLine) {
        String snapshot = """
                {"allowedAgents":[],"autonomy":"Supervised","code":"import json\\ntotal = sum([1, 2])\\n%s\\n","egress":[],\
                "freeform":false,"inputsSchema":{"properties":{"n":{"type":"integer"}},"type":"object"},"language":"Python",\
                "limits":{"cpuMillis":4000,"diskBytes":67108864,"memoryBytes":134217728,"outputBytes":65536,"processes":64,\
                "wallMillis":30000},"name":"report","namespace":"finance","retries":0}""".formatted(lastLine);
        return """
                {metadata: {name: report-1, creationTimestamp: '2026-10-01T08:00:00Z'}, spec: {grant: {templateRef:\
                 {name: report}, templateDigest: '%s', decision: Approved, reason: Fine., validForSeconds: 86400,\
                 approvedBy: {username: alice}, snapshot: '%s'}}, status: {conditions: [{type: Ready, status: 'False',\
                 reason: DigestMismatch, message: m, lastTransitionTime: '2026-11-01T00:00:00Z'}]}}""".formatted(BehaviourProjection.digestOf(snapshot), snapshot);
    }

    private static String counting(String name, String digest, String created, int seconds, String ceilings) {
        return "{metadata: {name: " + name + ", creationTimestamp: '" + created + "'}, spec: {grant: {templateRef:"
                + " {name: report}, templateDigest: '" + digest + "', decision: Approved, validForSeconds: " + seconds
                + ", approvedBy: {username: bob}" + ceilings + "}}, status: {conditions: [{type: Ready, status: 'True',"
                + " reason: Accepted, message: m, lastTransitionTime: '2026-11-01T00:00:00Z'}]}}";
    }

    private static String ready(String status, String reason, String message) {
        return "{metadata: {name: report-x, resourceVersion: '5'}, status: {conditions: [{type: Ready, status: '"
                + status + "', reason: " + reason + ", message: " + message + "}]}}";
    }
}
