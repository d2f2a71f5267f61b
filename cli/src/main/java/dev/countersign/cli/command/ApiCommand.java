package dev.countersign.cli.command;

import dev.countersign.cli.Exit;
import dev.countersign.cli.Surroundings;
import dev.countersign.cli.kube.Api;
import dev.countersign.cli.kube.ApiError;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.cli.text.Page;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** A command that talks to the API server. Whatever goes wrong ends in two lines: what, and what to do next. */
@Command(
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        descriptionHeading = "%n",
        synopsisHeading = "Usage: ",
        sortOptions = false,
        usageHelpAutoWidth = true)
abstract class ApiCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable CountersignCommand parent;

    @Mixin
    private Connection connection = new Connection();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This help.")
    private boolean help;

    /** Does it. */
    abstract Exit run(Session session);

    /** Takes kubectl's flag; false: there is no such flag, or it has been given before. */
    boolean take(String flag, String value) {
        return connection.take(flag, value);
    }

    @Override
    public Integer call() {
        return call(java.util.Objects.requireNonNull(parent).surroundings());
    }

    int call(Surroundings surroundings) {
        try (Api api = Api.of(connection.choice(surroundings.asks()), surroundings.environment())) {
            return run(new Session(api, surroundings)).code();
        } catch (Trouble e) {
            report(surroundings, e.what(), e.next(), e);
            return (e.kind() == Trouble.Kind.REFUSED ? Exit.REFUSED : Exit.PLATFORM).code();
        } catch (ApiError e) {
            report(surroundings, what(e), next(e), e);
            return (isRefusal(e) ? Exit.REFUSED : Exit.PLATFORM).code();
        } catch (RuntimeException e) {
            report(
                    surroundings,
                    "this is a fault of the plugin: " + e.getClass().getSimpleName() + " " + e.getMessage(),
                    "run it again with --verbose and report what it prints",
                    e);
            return Exit.PLATFORM.code();
        }
    }

    private void report(Surroundings surroundings, String what, String next, Exception cause) {
        var page = new Page(Integer.MAX_VALUE, surroundings.asciiOnly());
        page.line("Error: " + what).line("Next:  " + next);
        surroundings.err().print(page.text());
        if (connection.isVerbose()) {
            cause.printStackTrace(surroundings.err());
        }
    }

    private static boolean isRefusal(ApiError error) {
        return error.code() / 100 == 4 && error.code() != 429 && !isNotInstalled(error);
    }

    private static boolean isNotInstalled(ApiError error) {
        return error.isNotFound() && !error.reason().equals("NotFound")
                || error.said().contains("could not find the requested resource");
    }

    private static String what(ApiError error) {
        if (isNotInstalled(error)) {
            return "the cluster does not serve countersign.dev/v1alpha1: Countersign is not installed";
        }
        return switch (error.code()) {
            case 401 -> "the API server does not accept your credentials";
            case 403 -> "you may not do this: " + error.said();
            case 409, 422 -> "refused: " + error.said();
            default -> "the API server answered " + error.code() + ": " + error.said();
        };
    }

    private static String next(ApiError error) {
        if (isNotInstalled(error)) {
            return "ask the platform team to install it, or choose another --context";
        }
        return switch (error.code()) {
            case 401 -> "log in again, or choose another --context";
            case 403 -> "see what you may do here: kubectl countersign doctor";
            case 409, 422 -> "do what the message says, then try again";
            default -> "try again; if it stays, tell the platform team";
        };
    }
}
