package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job: applied, refused, approved, run, shown. */
@ExtendWith(OnCluster.class)
class StoryE2E {
    private static final String REPORT = """
            import csv, json, os, sys
            inputs = json.load(open(os.environ["COUNTERSIGN_INPUTS"]))
            rows = list(csv.DictReader(open("files/sales.csv")))
            total = sum(float(row["amount"]) for row in rows if row["region"] == inputs["region"])
            print(f"{len(rows)} rows, region {inputs['region']}")
            print("kernel:", open("/proc/version").read().strip())
            print("reading stdin:", sys.stdin.read(), file=sys.stderr)
            json.dump({"total": total, "region": inputs["region"]}, open(os.environ["COUNTERSIGN_RESULT"], "w"))
            with open("outputs/total.txt", "w") as out:
                out.write(f"{total:.2f}\\n")
            """;

    @Test
    void anApprovedTemplateRunsForAnAgentAndNothingRunsBefore(Department finance, Cluster cluster) {
        var template = finance.python(REPORT)
                .schema("{type: object, required: [region], properties: {region: {type: string}},"
                        + " additionalProperties: false}")
                .create();
        template.await(ConditionType.Ready, ready -> ready.status() == ConditionStatus.True);
        var request = template.request()
                .inputs("{region: Süd}")
                .file("sales.csv", "region,amount\nSüd,10.5\nNord,3\nSüd,2\n")
                .stdin("nothing");

        var early = request.create().awaitFinished();

        assertThat(early.reason()).isEqualTo(Reason.NotApproved);
        assertThat(early.message()).contains("no TemplateApproval names this template");
        assertThat(early.seen().getStatus().sandbox())
                .as("a refused run has no pod")
                .isNull();

        var approval = template.approve();
        var approved = template.await(ConditionType.Approved, each -> each.status() == ConditionStatus.True);
        assertThat(approved.message()).contains(approval.name(), "alice");

        var run = request.create().awaitFinished();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.result().exitCode()).isZero();
        assertThat(run.result().signal()).isNull();
        assertThat(run.stdout()).startsWith("3 rows, region Süd\n");
        assertThat(run.result().stderr()).isEqualTo("reading stdin: nothing\n");
        assertThat(run.value().toString()).contains("\"total\":12.5");
        assertThat(run.result().files()).singleElement().satisfies(file -> {
            assertThat(file.path()).isEqualTo("total.txt");
            assertThat(file.contentBase64()).isEqualTo("MTIuNTAK");
        });
        // gVisor always gives this build date, whatever version of Linux it claims to be.
        assertThat(run.stdout()).contains("kernel: Linux version").contains("Sun Jan 10 15:06:54 PST 2016");
        assertThat(run.result().usage()).satisfies(usage -> {
            assertThat(usage.wallMillis()).isPositive().isLessThan(30_000);
            // gVisor counts in ticks of 10 ms, and this takes less.
            assertThat(usage.cpuMillis()).isNotNegative().isLessThan(5_000);
            assertThat(usage.peakMemoryBytes()).isBetween(1L << 20, 128L << 20);
            assertThat(usage.outputBytes())
                    .isEqualTo(bytes(run.stdout()) + bytes(run.result().stderr()));
        });
        assertThat(run.seen().getStatus().sandbox()).satisfies(sandbox -> {
            assertThat(sandbox.namespace()).isEqualTo(finance.sandboxNamespace());
            assertThat(sandbox.runtimeClass()).isEqualTo("gvisor-nonet");
        });
    }

    @Test
    void gVisorAndNotTheNodesKernelAnswersTheCode(Department finance) {
        // klogctl(SYSLOG_ACTION_READ_ALL): what dmesg prints.
        var run = finance.python("""
                import ctypes
                buffer = ctypes.create_string_buffer(65536)
                read = ctypes.CDLL(None).klogctl(3, buffer, len(buffer))
                print(buffer.raw[:read].decode())
                """).approved().run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.stdout()).contains("Starting gVisor...");
    }

    @Test
    void kubectlShowsAtAGlanceWhatIsApprovedAndHowRunsEnded(Department finance, Cluster cluster) {
        var template = finance.bash("echo done; exit 3").create();
        var refused = template.request().run();
        template.approve();
        template.await(ConditionType.Approved, each -> each.status() == ConditionStatus.True);
        var run = template.request().run();

        String table = cluster.kubectl().run("get", "ctpl,tapp,exn", "-n", finance.namespace());

        assertThat(table).doesNotContain("<invalid>");
        assertThat(row(table, "codetemplate.countersign.dev/" + template.name()))
                .containsSubsequence("Bash", "True", "True", "alice");
        assertThat(row(table, "templateapproval.countersign.dev/" + template.name()))
                .containsSubsequence(template.name(), "Approved", "alice", "True", "Accepted");
        assertThat(row(table, "execution.countersign.dev/" + refused.name()))
                .containsSubsequence(template.name(), "False", "NotApproved");
        assertThat(row(table, "execution.countersign.dev/" + run.name()))
                .containsSubsequence(template.name(), "False", "ExitNonZero", "3");
        assertThat(table.lines().filter(line -> line.startsWith("NAME")).map(line -> line.split(" +")))
                .containsExactly(
                        new String[] {"NAME", "LANGUAGE", "READY", "APPROVED", "APPROVER", "AGE"},
                        new String[] {"NAME", "TEMPLATE", "DECISION", "APPROVER", "READY", "REASON", "EXPIRES", "AGE"},
                        new String[] {"NAME", "TEMPLATE", "SUCCEEDED", "REASON", "EXIT", "AGE"});
    }

    private static String[] row(String table, String start) {
        return table.lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError(start + " is not in\n" + table))
                .split(" +");
    }

    private static long bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    }
}
