package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The API server's table of a kind: cells by the name of their column. A column that an older CRD lacks reads as empty.
 */
final class Rows {
    private final List<String> columns = new ArrayList<>();
    private final JsonNode rows;

    Rows(JsonNode table) {
        table.path("columnDefinitions")
                .forEach(each -> columns.add(each.path("name").asText()));
        rows = table.path("rows");
    }

    /** One object of the table. */
    record Row(List<String> columns, JsonNode row) {
        String cell(String column) {
            int index = columns.indexOf(column);
            JsonNode cell = row.path("cells").path(index);
            return index < 0 || cell.isNull() ? "" : cell.asText();
        }

        String name() {
            return row.path("object").path("metadata").path("name").asText();
        }

        String createdAt() {
            return row.path("object").path("metadata").path("creationTimestamp").asText();
        }
    }

    List<Row> all() {
        List<Row> all = new ArrayList<>();
        rows.forEach(each -> all.add(new Row(columns, each)));
        return all;
    }
}
