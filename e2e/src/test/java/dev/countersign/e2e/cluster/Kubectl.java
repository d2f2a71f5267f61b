package dev.countersign.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command a person would type, run as a process. */
public final class Kubectl {
    private static final long TIMEOUT_SECONDS = 60;

    private final Path kubeconfig;
    private final List<String> always;

    Kubectl(Path kubeconfig) {
        this(kubeconfig, List.of());
    }

    private Kubectl(Path kubeconfig, List<String> always) {
        this.kubeconfig = kubeconfig;
        this.always = always;
    }

    /** The same with options that every command gets, such as {@code --as=alice}. */
    public Kubectl with(String... options) {
        var all = new ArrayList<>(always);
        all.addAll(List.of(options));
        return new Kubectl(kubeconfig, all);
    }

    /** Runs it and returns what it printed; anything but exit code 0 is a failure with what it said. */
    public String run(String... arguments) {
        return runWith("", arguments);
    }

    /** As {@link #run}, with this text on its standard input. */
    public String runWith(String stdin, String... arguments) {
        Result result = attempt(stdin, arguments);
        if (result.exitCode() != 0) {
            throw new AssertionError("kubectl " + String.join(" ", arguments) + " ended with " + result.exitCode()
                    + ": " + result.stderr());
        }
        return result.stdout();
    }

    /** What became of one command. */
    public record Result(int exitCode, String stdout, String stderr) {}

    /** Runs it whatever its exit code is. */
    public Result attempt(String stdin, String... arguments) {
        var command = new ArrayList<>(List.of("kubectl", "--kubeconfig=" + kubeconfig));
        command.addAll(always);
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).start();
            var stderr = Thread.ofVirtual();
            var said = new StringBuilder();
            Thread reader = stderr.start(() -> said.append(read(process.getErrorStream())));
            try (var input = process.getOutputStream()) {
                input.write(stdin.getBytes(StandardCharsets.UTF_8));
            }
            String stdout = read(process.getInputStream());
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end within " + TIMEOUT_SECONDS + " s");
            }
            reader.join();
            return new Result(process.exitValue(), stdout, said.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("kubectl must be on the PATH: eval \"$(cluster/cluster env)\"", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static String read(java.io.InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
