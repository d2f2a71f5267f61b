package dev.countersign.cli;

import dev.countersign.cli.command.CountersignCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** Starts the plugin. The launcher beside it says, as system properties, which of the streams are a terminal. */
public final class Main {
    private static final int DEFAULT_WIDTH = 120;

    private Main() {}

    public static void main(String[] args) {
        Map<String, String> environment = System.getenv();
        var surroundings = new Surroundings(
                environment,
                System.in,
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                Clock.systemUTC(),
                Boolean.getBoolean("countersign.in.terminal"),
                Boolean.getBoolean("countersign.out.terminal") && !readsUtf8(environment),
                width(environment));
        int code = Boolean.getBoolean("countersign.training")
                ? train(surroundings)
                : CountersignCommand.run(surroundings, args);
        surroundings.out().flush();
        surroundings.err().flush();
        // The HTTP client's threads end on their own, but not at once.
        Runtime.getRuntime().halt(code);
    }

    // The build of the bundle records what these load and run, so that later starts find it ready.
    private static int train(Surroundings surroundings) {
        String[][] commands = {{"list"}, {"list", "--context", "training-rsa"}, {"show", "report"}};
        int worst = 0;
        for (String[] each : commands) {
            worst = Math.max(worst, CountersignCommand.run(surroundings, each));
        }
        return worst;
    }

    // Whatever the locale: a character that became "?" is one that the approver did not see.
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    private static boolean readsUtf8(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                String lower = value.toLowerCase(java.util.Locale.ROOT);
                return lower.endsWith("utf-8") || lower.endsWith("utf8");
            }
        }
        return false;
    }

    private static int width(Map<String, String> environment) {
        return Optional.ofNullable(System.getProperty("countersign.columns"))
                .or(() -> Optional.ofNullable(environment.get("COLUMNS")))
                .filter(text -> text.matches("[1-9][0-9]{1,4}"))
                .map(Integer::parseInt)
                .orElse(DEFAULT_WIDTH);
    }
}
