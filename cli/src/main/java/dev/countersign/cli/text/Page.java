package dev.countersign.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * What a command shows, built line by line and made visible on the way: a page cannot be given text that escapes
 * unseen. Long lines are wrapped with a mark at each continuation, never cut.
 */
public final class Page {
    private static final int LABEL = 14;
    private static final int GAP = 2;
    private static final String CONTINUED = "> ";

    private final int width;
    private final Visible visible;
    private final List<String> lines = new ArrayList<>();

    /**
     * @param width columns of the terminal
     */
    public Page(int width, boolean asciiOnly) {
        this.width = Math.max(40, width);
        this.visible = new Visible(asciiOnly);
    }

    public Page blank() {
        lines.add("");
        return this;
    }

    /** A line of text; line feeds in it are shown, not obeyed. */
    public Page line(String text) {
        wrapAtWords("", "", visible.line(text));
        return this;
    }

    /** A heading above what follows. */
    public Page heading(String text) {
        return blank().line(text);
    }

    /** {@code label: value}, the value on one line. */
    public Page field(String label, String value) {
        wrapAtWords(
                padded(label.isEmpty() ? "" : label + ":", LABEL) + " ", " ".repeat(LABEL - 1), visible.line(value));
        return this;
    }

    /** Code with its lines numbered. */
    public Page numbered(String text) {
        List<String> shown = visible.code(text);
        int digits = Integer.toString(shown.size()).length();
        for (int i = 0; i < shown.size(); i++) {
            String number = " ".repeat(digits - Integer.toString(i + 1).length()) + (i + 1);
            wrap("  " + number + " | ", " ".repeat(digits + 3), shown.get(i));
        }
        return this;
    }

    /** A text indented, each line behind a bar, so that none of it looks like a line of ours. */
    public Page quoted(String text) {
        visible.lines(text).forEach(each -> wrap("  | ", "  ", each));
        return this;
    }

    /** The difference of two texts, read as code, with a little around each change. */
    public Page difference(String before, String after) {
        var old = visible.code(before);
        var now = visible.code(after);
        for (String each : new LineDifference(old, now).around(3)) {
            wrap("  " + each.charAt(0) + " ", "  ", each.substring(1));
        }
        return this;
    }

    /** Rows under headings, wrapped like any line: a cell that is too long cannot reach the margin by itself. */
    public Page table(List<String> headings, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(headings);
        rows.forEach(row -> all.add(row.stream().map(visible::line).toList()));
        for (List<String> row : all) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append(row.get(column));
                if (column + 1 < row.size()) {
                    int columns = widest(all, column);
                    line.repeat(' ', columns - Columns.of(row.get(column)) + GAP);
                }
            }
            wrapAtWords("", "", line.toString().stripTrailing());
        }
        return this;
    }

    /** The whole page, ready for a terminal, with the warning first where there is something to warn of. */
    public String text() {
        var text = new StringBuilder();
        List<String> warnings = visible.warnings();
        warnings.forEach(each -> text.append("WARNING: ").append(each).append('\n'));
        if (!warnings.isEmpty()) {
            text.append('\n');
        }
        lines.forEach(each -> text.append(each).append('\n'));
        return text.toString();
    }

    // To the column: in code and data every space counts.
    private void wrap(String first, String indent, String shown) {
        int end = Columns.fitting(shown, 0, width - first.length());
        lines.add(shown.isEmpty() ? first.stripTrailing() : first + shown.substring(0, end));
        String next = indent + CONTINUED;
        while (end < shown.length()) {
            int start = end;
            end = Columns.fitting(shown, start, width - next.length());
            lines.add(next + shown.substring(start, end));
        }
    }

    // Between words where there are words; the mark says that the line goes on, whatever it looks like.
    private void wrapAtWords(String first, String indent, String shown) {
        String prefix = first;
        int start = 0;
        do {
            int end = Columns.fitting(shown, start, width - prefix.length());
            int space = shown.lastIndexOf(' ', end);
            int next = end;
            if (end < shown.length() && space > start) {
                end = space;
                next = space + 1;
            }
            lines.add((prefix + shown.substring(start, end)).stripTrailing());
            start = next;
            prefix = indent + CONTINUED;
        } while (start < shown.length());
    }

    private static int widest(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> Columns.of(row.get(column))).max().orElse(0);
    }

    private static String padded(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - text.length()));
    }
}
