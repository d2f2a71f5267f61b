package dev.countersign.guard.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Autonomy;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Quotas;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No rule of the chart's policies is forgotten: a forgery tries it, or it is on the list of those that none can try, with
 * the reason. The list is printed in the documentation.
 */
class EveryRuleIsTriedTest {

    private static final Path CHART = Path.of("../helm/countersign/files/admission");
    private static final Path LIST = Path.of("src/test/resources/dev/countersign/guard/check/untried-rules.md");
    private static final Path PAGE = Path.of("../docs/concepts/governance.md");

    /** What a rule's message begins with. */
    private static final Pattern ID = Pattern.compile("^\\[([a-z-]+)] ");

    private static final Pattern ROW = Pattern.compile("^\\| `([a-z-]+)` \\| \\S.{10,} \\|$");

    @Test
    void aForgeryTriesItOrTheListSaysWhyNoneCan() throws IOException {
        SortedSet<String> tried = tried();
        SortedSet<String> untried = untried();

        assertThat(tried)
                .as("rules that are tried and on the list of those that cannot be")
                .doesNotContainAnyElementsOf(untried);
        var known = new TreeSet<>(tried);
        known.addAll(untried);
        assertThat(known).as("rules tried, or on the list").isEqualTo(ofTheChart());
    }

    @Test
    void everyRuleOfTheEnumIsTriedSomewhere() {
        assertThat(tried()).isEqualTo(ids(Stream.of(Rule.values())));
    }

    @Test
    void theDocumentationPrintsTheList() throws IOException {
        assertThat(Files.readString(PAGE))
                .as("%s holds %s, between the lines that say so", PAGE, LIST)
                .contains("<!-- untried: begin, compared with the operator's tests by EveryRuleIsTriedTest -->\n"
                        + Files.readString(LIST) + "<!-- untried: end -->");
    }

    /** In a department that waives nothing. */
    private static SortedSet<String> tried() {
        var policy = DepartmentPolicy.of(Autonomy.Autonomous, null, Set.of(), false, false, Quotas.DEFAULT, false);
        var department = new Department("finance", "finance", "finance-sandboxes", policy);
        return ids(new Forgeries(department, "probe").all().stream().map(Forgery::rule));
    }

    private static SortedSet<String> ids(Stream<Rule> rules) {
        var ids = new TreeSet<String>();
        rules.map(Rule::id).forEach(ids::add);
        return ids;
    }

    /** The rows below the table's head, each with a reason. */
    private static SortedSet<String> untried() throws IOException {
        var rules = new TreeSet<String>();
        List<String> lines = Files.readAllLines(LIST);
        for (String line : lines.subList(2, lines.size())) {
            Matcher row = ROW.matcher(line);
            assertThat(row.matches()).as("a rule and a reason: %s", line).isTrue();
            assertThat(rules.add(row.group(1))).as("named once: %s", line).isTrue();
        }
        return rules;
    }

    private static SortedSet<String> ofTheChart() throws IOException {
        var rules = new TreeSet<String>();
        try (Stream<Path> files = Files.list(CHART)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".policy.yaml"))
                    .toList()) {
                for (JsonNode validation : spec(file).path("validations")) {
                    Matcher message = ID.matcher(validation.path("message").asText());
                    assertThat(message.find())
                            .as("%s: its message begins with an id: %s", file, validation)
                            .isTrue();
                    rules.add(message.group(1));
                }
            }
        }
        assertThat(rules).as("rules in %s", CHART).isNotEmpty();
        return rules;
    }

    private static JsonNode spec(Path file) throws IOException {
        return Serialization.unmarshal(Files.readString(file), JsonNode.class).path("spec");
    }
}
