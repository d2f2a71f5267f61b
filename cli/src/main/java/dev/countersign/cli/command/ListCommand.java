package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.cli.Exit;
import dev.countersign.cli.command.Rows.Row;
import dev.countersign.cli.kube.Api;
import dev.countersign.cli.kube.ApiError;
import dev.countersign.cli.kube.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The department's templates at a glance. Asks the server for tables, never for the objects: those may be 256 KiB each.
 */
@Command(
        name = "list",
        description = "Templates of the department: which are approved, by whom, until when, and what waits or runs.")
final class ListCommand extends ApiCommand {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (default) or json.")
    private @Nullable Output output;

    @Override
    boolean take(String flag, String value) {
        if (!flag.equals("-o") && !flag.equals("--output")) {
            return super.take(flag, value);
        }
        boolean isFirst = output == null;
        output = value.equals("json") ? Output.json : Output.text;
        return isFirst && (value.equals("json") || value.equals("text"));
    }

    @Override
    Exit run(Session session) {
        // One after the other on one connection: a second TLS handshake takes longer than a second request.
        List<Row> rows =
                new Rows(Api.joined(session.api().tableSoon(Kind.CODE_TEMPLATE.in(session.namespace())))).all();
        @Nullable
        Map<String, Integer> pending = pending(session.api().tableSoon(Kind.EXECUTION.in(session.namespace())));
        if (output == Output.json) {
            session.surroundings().out().println(Json.prettyAscii(json(rows, pending)));
        } else if (rows.isEmpty()) {
            session.say("No templates in namespace " + session.namespace() + ".");
        } else {
            session.print(session.page()
                    .table(
                            List.of("TEMPLATE", "LANGUAGE", "READY", "APPROVED BY", "EXPIRES", "RUNS PENDING"),
                            rows.stream().map(each -> cells(each, pending)).toList()));
        }
        return Exit.DONE;
    }

    private static List<String> cells(Row row, @Nullable Map<String, Integer> pending) {
        return List.of(
                row.name(),
                row.cell("Language"),
                orElse(row.cell("Ready"), "Unknown"),
                approvedBy(row),
                orElse(row.cell("Expires"), "-"),
                pending == null ? "?" : pending.getOrDefault(row.name(), 0).toString());
    }

    private static String approvedBy(Row row) {
        return row.cell("Approved").equals("True") ? orElse(row.cell("Approver"), "?") : "not approved";
    }

    private static JsonNode json(List<Row> rows, @Nullable Map<String, Integer> pending) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Row row : rows) {
            var one = all.addObject();
            one.put("name", row.name());
            one.put("language", row.cell("Language"));
            one.put("ready", row.cell("Ready").equals("True"));
            one.put("approved", row.cell("Approved").equals("True"));
            one.put("approvedBy", row.cell("Approver").isEmpty() ? null : row.cell("Approver"));
            one.put("expiresAt", row.cell("Expires").isEmpty() ? null : row.cell("Expires"));
            one.put("runsPending", pending == null ? null : pending.getOrDefault(row.name(), 0));
            one.put("digest", row.cell("Digest").isEmpty() ? null : row.cell("Digest"));
        }
        return all;
    }

    /** Runs not finished yet by template; null where the caller may not list them. */
    private static @Nullable Map<String, Integer> pending(CompletableFuture<JsonNode> executions) {
        try {
            Map<String, Integer> pending = new HashMap<>();
            List<Row> unfinished = new ArrayList<>(new Rows(Api.joined(executions)).all());
            unfinished.removeIf(each -> !isPending(each));
            unfinished.forEach(each -> pending.merge(each.cell("Template"), 1, Integer::sum));
            return pending;
        } catch (ApiError e) {
            if (e.isForbidden()) {
                return null;
            }
            throw e;
        }
    }

    static boolean isPending(Row execution) {
        return !execution.cell("Succeeded").equals("True")
                && !execution.cell("Succeeded").equals("False");
    }

    private static String orElse(String text, String otherwise) {
        return Optional.of(text).filter(each -> !each.isEmpty()).orElse(otherwise);
    }
}
