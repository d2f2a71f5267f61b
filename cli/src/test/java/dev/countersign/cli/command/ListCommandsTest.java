package dev.countersign.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.cli.Golden;
import dev.countersign.cli.TestingApi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListCommandsTest {
    private static final String TEMPLATES = TestingApi.KINDS + "codetemplates";
    private static final String EXECUTIONS = TestingApi.KINDS + "executions";

    @TempDir
    Path folder;

    private TestingApi api;

    @BeforeEach
    void start() throws IOException {
        api = new TestingApi(folder);
        api.on("GET " + TEMPLATES, """
                columnDefinitions: [{name: Name}, {name: Language}, {name: Ready}, {name: Approved}, {name: Approver}, {name: Digest}, {name: Expires}]
                rows:
                  - {cells: [report, Python, 'True', 'True', alice, 'sha256:1', '2027-01-01T00:00:00Z'], object: {metadata: {name: report, creationTimestamp: '2026-11-01T00:00:00Z'}}}
                  - {cells: [sweep, Bash, 'True', 'False', null, 'sha256:2', null], object: {metadata: {name: sweep, creationTimestamp: '2026-11-02T00:00:00Z'}}}
                  - {cells: [new, JavaScript, null, null, null, null, null], object: {metadata: {name: new, creationTimestamp: '2026-11-03T00:00:00Z'}}}
                """);
        api.on("GET " + EXECUTIONS, """
                columnDefinitions: [{name: Name}, {name: Template}, {name: Succeeded}, {name: Reason}, {name: Exit}, {name: Requester}]
                rows:
                  - {cells: [report-1, report, 'True', Completed, 0, bot], object: {metadata: {name: report-1, creationTimestamp: '2026-11-04T00:00:00Z'}}}
                  - {cells: [report-2, report, Unknown, Running, null, bot], object: {metadata: {name: report-2, creationTimestamp: '2026-11-05T00:00:00Z'}}}
                  - {cells: [report-3, report, Unknown, AwaitingApproval, null, "bot\\e[8m"], object: {metadata: {name: report-3, creationTimestamp: '2026-11-06T00:00:00Z'}}}
                  - {cells: [sweep-1, sweep, null, null, null, bot], object: {metadata: {name: sweep-1, creationTimestamp: '2026-11-07T00:00:00Z'}}}
                """);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void listShowsTemplatesAtAGlance() throws IOException {
        var outcome = api.run("list");

        assertThat(outcome.exit()).isZero();
        Golden.assertSame("list.txt", outcome.out());
        assertThat(api.requests("GET", "codetemplates").getFirst().headers().get("Accept"))
                .containsExactly("application/json;as=Table;v=v1;g=meta.k8s.io");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list",
                "list -n finance",
                "list --namespace finance -o json",
                "list -o text --as bob --as-group one --as-group two",
                "list --context it",
                "list --context nowhere",
                "list -n Not_a_name",
                "list --kubeconfig /nowhere/at/all"
            })
    void aPlainListIsReadAsTheParserReadsIt(String line) {
        String[] args = line.split(" ");

        var plain = api.run(args);
        var parsed = api.runParsed(args);

        assertThat(PlainList.of(args)).isPresent();
        assertThat(plain).isEqualTo(parsed);
        var templates = api.requests("GET", "codetemplates");
        assertThat(impersonation(templates.stream().limit(templates.size() / 2)))
                .isEqualTo(impersonation(templates.stream().skip(templates.size() / 2)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "show report",
                "list --help",
                "list -n",
                "list report",
                "list -nfinance",
                "list --namespace=finance",
                "list -n finance -n finance",
                "list -o yaml",
                "list -o json -o json",
                "list -n --help",
                "list -n @file",
                "list --verbose",
                "list --unknown flag"
            })
    void whateverIsNotPlainIsLeftToTheParser(String line) {
        assertThat(PlainList.of(line.split(" "))).isEmpty();
    }

    @Test
    void noArgumentsAreNoList() {
        assertThat(PlainList.of()).isEmpty();
    }

    private static List<List<List<String>>> impersonation(Stream<TestingApi.Request> requests) {
        return requests.map(each -> List.of(
                        each.headers().getOrDefault("Impersonate-user", List.of()),
                        each.headers().getOrDefault("Impersonate-group", List.of())))
                .toList();
    }

    @Test
    void listIsJsonForMachines() throws IOException {
        Golden.assertSame("list.json", api.run("list", "-o", "json").out());
    }

    @Test
    void listDoesNotNeedTheRightToListRuns() throws IOException {
        try (var other = new TestingApi(folder)) {
            other.on(
                    "GET " + TEMPLATES,
                    "{columnDefinitions: [{name: Name}], rows: [{cells: [a], object: {metadata: {name: a}}}]}");
            other.refuse("GET " + EXECUTIONS, 403, "Forbidden", "no");

            assertThat(other.run("list").out().lines().toList().getLast())
                    .isEqualTo("a                   Unknown  not approved  -        ?");
        }
    }

    @Test
    void pendingShowsWhatWaitsForAPerson() throws IOException {
        Golden.assertSame("pending.txt", api.run("pending").out());
    }

    @Test
    void whatIsNotInstalledIsSaid() throws IOException {
        try (var empty = new TestingApi(folder)) {
            empty.on("GET " + TEMPLATES, 404, "page not found");

            var outcome = empty.run("list");

            assertThat(outcome.exit()).isEqualTo(3);
            assertThat(outcome.err()).startsWith("Error: the cluster does not serve countersign.dev/v1alpha1");
        }
    }

    @Test
    void aServerThatIsNotThereIsThePlatformsFault() throws IOException {
        api.close();

        var outcome = api.run("list");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.err())
                .contains("cannot be reached: nothing answers there")
                .doesNotContain("\tat ");
        assertThat(api.run("list", "--verbose").err()).contains("\tat ");
    }

    @Test
    void misuseEndsInTwoLines() {
        var outcome = api.run("list", "--nonsense");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .isEqualTo("Error: Unknown option: '--nonsense'\nNext:  see kubectl countersign list --help\n");
    }
}
