package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Subject;
import dev.countersign.cli.kube.ApiError;
import dev.countersign.cli.kube.Trouble;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What approving and denying have in common: of what, why, for how long, and whether the caller means it. */
final class Decisions {
    /** How long an operator that works takes to judge an approval, many times over. */
    private static final Duration JUDGED_WITHIN = Duration.ofSeconds(15);

    @Parameters(arity = "1..2", paramLabel = "NAME", description = "TEMPLATE, or: execution NAME")
    private List<String> target = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the decision.")
    private @Nullable String reason;

    @Option(
            names = "--valid-for",
            paramLabel = "DURATION",
            description =
                    "How long the decision holds, such as 30d (templates: 1m to 365d, default 90d) or 10m (runs: 1s"
                            + " to 1h, default 10m).")
    private @Nullable String validFor;

    @Option(
            names = "--digest",
            paramLabel = "sha256:...",
            description = "Decide only if what is shown has this digest; does not ask.")
    private @Nullable String digest;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(names = "--no-wait", description = "Do not wait until the operator has taken note.")
    private boolean noWait;

    Target target() {
        return Target.of(target);
    }

    @Nullable
    String reason() {
        return reason;
    }

    boolean waits() {
        return !noWait;
    }

    @Nullable
    Integer validForSeconds(Duration least, Duration most) {
        return validFor == null
                ? null
                : Math.toIntExact(Times.of("--valid-for", validFor, least, most).toSeconds());
    }

    /** Refuses unless {@code --digest}, where it is given, is that of what was shown. */
    void checkDigest(String shown) {
        if (digest != null && !digest.equals(shown)) {
            throw Trouble.refused(
                    "what is shown has the digest " + shown + ", not the one of --digest",
                    "review what is there now; then give its digest");
        }
    }

    /** Goes on only if the caller means it: by typing {@code word}, by {@code --yes}, or by the digest. */
    void confirm(Session session, String verb, String word) {
        if (yes || digest != null) {
            return;
        }
        if (!session.surroundings().asks()) {
            throw Trouble.refused(
                    "nobody is at a terminal to confirm this",
                    "give --digest with the digest that was reviewed, or --yes");
        }
        session.surroundings().err().print("Type " + word + " to " + verb + " it, anything else to leave it: ");
        session.surroundings().err().flush();
        if (!word.equals(typed(session))) {
            throw Trouble.refused("not confirmed: nothing was changed", "type " + word + " when asked, if you mean it");
        }
    }

    /** Refuses machines here rather than at the server, which would refuse them too. */
    static void mustBePerson(Subject caller, String verb) {
        if (caller.username().startsWith("system:serviceaccount:")
                || caller.username().startsWith("system:node:")) {
            throw Trouble.refused(
                    "you are the machine " + caller.username() + ", and machines never " + verb,
                    "a person does this, with their own login");
        }
    }

    static boolean isSame(Subject one, Subject other) {
        return one.username().equals(other.username())
                || one.uid() != null && one.uid().equals(other.uid());
    }

    /** The condition of that type in an object; a missing node where there is none yet. */
    static JsonNode condition(JsonNode object, String type) {
        for (JsonNode each : object.path("status").path("conditions")) {
            if (each.path("type").asText().equals(type)) {
                return each;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    /**
     * How the operator judges an approval that was just made: its condition of that type, once it is there. Null where
     * the caller may not read approvals, which is told.
     */
    static @Nullable JsonNode judged(Session session, Kind kind, String plural, String name, String type) {
        JsonNode judged;
        try {
            judged = session.api()
                    .await(kind.in(session.namespace()), name, JUDGED_WITHIN, each -> !condition(each, type)
                            .isMissingNode());
        } catch (ApiError e) {
            if (e.isForbidden()) {
                session.tell("Whether it counts is not known: you may not read " + plural + " here.");
                return null;
            }
            throw e;
        }
        if (judged == null) {
            throw Trouble.platform(
                    "the operator has not taken note of it within " + JUDGED_WITHIN.toSeconds() + " s",
                    "kubectl countersign doctor");
        }
        return condition(judged, type);
    }

    private static @Nullable String typed(Session session) {
        try {
            String line = new BufferedReader(
                            new InputStreamReader(session.surroundings().in(), StandardCharsets.UTF_8))
                    .readLine();
            return line == null ? null : line.strip();
        } catch (IOException e) {
            return null;
        }
    }
}
