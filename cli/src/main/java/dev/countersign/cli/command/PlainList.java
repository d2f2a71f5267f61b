package dev.countersign.cli.command;

import java.util.Optional;

/**
 * Reads a plain {@code list}, flags each followed by its value, without the option parser: that takes longer to start
 * than the rest of the command. Whatever is not plain, wrong use and {@code --help} included, is left to the parser.
 */
final class PlainList {
    private PlainList() {}

    /** The command; empty: not a {@code list}, or not a plain one. */
    static Optional<ListCommand> of(String... args) {
        // Each flag takes a value, so their number is even.
        if (args.length % 2 == 0 || !args[0].equals("list")) {
            return Optional.empty();
        }
        var command = new ListCommand();
        for (int i = 1; i < args.length; i += 2) {
            String value = args[i + 1];
            // The parser may take these for a flag or for a file of arguments.
            boolean isPlain = !value.isEmpty() && !value.startsWith("-") && !value.startsWith("@");
            if (!isPlain || !command.take(args[i], value)) {
                return Optional.empty();
            }
        }
        return Optional.of(command);
    }
}
