package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Reason;
import dev.countersign.approval.TestingRules;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What the end-to-end tests' table of governance leaves to the operator. Policies and rights can be taken away on a
 * cluster, a rule of the operator cannot. So each such row names the rule or check that refuses it, and here an example
 * must be there that gets the row's reason and would be decided otherwise without that very rule.
 */
class GovernanceTableTest {
    private static final Path TABLE = Path.of("../e2e/src/test/resources/governance/table.yaml");
    private static final String OPERATOR = "operator/";

    @TestFactory
    Stream<DynamicTest> whatIsLeftToTheOperatorHasARuleThatIsNeeded() throws IOException {
        JsonNode table = Serialization.unmarshal(Files.readString(TABLE), JsonNode.class);
        List<JsonNode> left = StreamSupport.stream(table.path("rows").spliterator(), false)
                .filter(row -> row.path("answer").asText().startsWith(OPERATOR))
                .toList();
        assertThat(left).isNotEmpty();
        return left.stream()
                .map(row -> dynamicTest(
                        row.path("who").asText() + " " + row.path("does").asText(), () -> {
                            String rule = row.path("rule").asText();
                            assertThat(rule)
                                    .as("the rule or check that the row names")
                                    .isNotEmpty();
                            var reason =
                                    Reason.valueOf(row.path("answer").asText().substring(OPERATOR.length()));
                            assertThat(proofs(kind(table, row), rule, reason))
                                    .as("examples that are %s by %s and by nothing else", reason, rule)
                                    .isNotEmpty();
                        }));
    }

    private static String kind(JsonNode table, JsonNode row) {
        return table.path("objects")
                .path(row.path("create").asText())
                .at("/body/kind")
                .asText();
    }

    private static List<String> proofs(String kind, String rule, Reason reason) {
        Stream<RunChecksTest.Case> examples =
                switch (kind) {
                    case "TemplateApproval" ->
                        RunChecksTest.cases().stream()
                                .filter(each -> TestingRules.refuses(
                                        rule,
                                        reason,
                                        each.approvals(),
                                        each.live(),
                                        each.request().terms()));
                    case "ExecutionApproval" ->
                        RunChecksTest.cases().stream()
                                .filter(each -> each.request().runApproval().isPresent())
                                .filter(each -> TestingRules.refuses(
                                        rule,
                                        reason,
                                        each.request().runApproval().orElseThrow(),
                                        each.request().run(),
                                        each.request().terms()));
                    case "Execution" ->
                        RunChecksTest.neededFor(rule).stream()
                                .filter(each ->
                                        each.expected().path("reason").asText().equals(reason.name()));
                    default -> throw new IllegalArgumentException("the operator judges no " + kind);
                };
        return examples.map(RunChecksTest.Case::name).toList();
    }
}
