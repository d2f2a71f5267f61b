package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.ApiGroup;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.template.BehaviourProjection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks for a run, waits for its end and prints what came of it. */
@Command(
        name = "run",
        description = {
            "Runs a template: creates an Execution, waits for its end and prints what the code printed (or, with -o json,"
                    + " the whole Execution).",
            "The exit code tells the outcome: 0 the code completed, 1 it failed or met a limit, 2 refused, 3 the platform's"
                    + " fault."
        })
final class RunCommand extends ApiCommand {
    private static final Duration LONGEST = Duration.ofDays(1);

    @Parameters(paramLabel = "TEMPLATE", description = "The template's name.")
    private String template = "";

    @Option(names = "--inputs", paramLabel = "JSON|@FILE", description = "The inputs.")
    private @Nullable String inputs;

    @Option(names = "--stdin", description = "Pass this command's standard input to the code.")
    private boolean stdin;

    @Option(
            names = "--file",
            paramLabel = "[NAME=]PATH",
            description = "A file for the code, found below $COUNTERSIGN_FILES. Can be repeated.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--code", paramLabel = "CODE|@FILE", description = "The code, for free-form templates.")
    private @Nullable String code;

    @Option(names = "--reasoning", paramLabel = "TEXT", description = "Why; for whoever approves it, and the record.")
    private @Nullable String reasoning;

    @Option(
            names = "--limit",
            paramLabel = LimitsArgument.FORM,
            description = "A narrower limit: " + LimitsArgument.NAMES + ". Can be repeated.")
    private Map<String, String> limits = new LinkedHashMap<>();

    @Option(names = "--pin", description = "Run only if the template is still what it is at this moment.")
    private boolean pin;

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            description = "End it this long after it was asked for, waiting included.")
    private @Nullable String deadline;

    @Option(names = "--no-wait", description = "Print the Execution's name and do not wait.")
    private boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "Wait at most this long (default: 15m); the run goes on after that.")
    private String timeout = "15m";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (default) or json.")
    private Output output = Output.text;

    @Override
    Exit run(Session session) {
        Duration most = Times.of("--timeout", timeout, Duration.ofSeconds(1), LONGEST);
        String collection = Kind.EXECUTION.in(session.namespace());
        var stored = Stored.of(session, Kind.EXECUTION, execution(session));
        stored.mustBeAsAsked();
        String name = stored.name();
        if (noWait) {
            print(session, stored.object(), name);
            return Exit.DONE;
        }
        session.tell("Execution " + name + " created");
        var waiting = new boolean[1];
        JsonNode over = session.api().await(collection, name, most, each -> {
            boolean awaiting = Decisions.condition(each, "Authorized")
                    .path("reason")
                    .asText()
                    .equals(Reason.AwaitingApproval.name());
            if (awaiting && !waiting[0]) {
                waiting[0] = true;
                session.tell("It waits for a person: kubectl countersign approve execution " + name);
            }
            return Decisions.condition(each, "Finished").path("status").asText().equals("True");
        });
        if (over == null) {
            throw Trouble.platform(
                    name + " is not over after " + timeout + "; it goes on",
                    "look later: kubectl countersign show execution " + name);
        }
        return finish(session, over, name);
    }

    private Exit finish(Session session, JsonNode over, String name) {
        JsonNode succeeded = Decisions.condition(over, "Succeeded");
        String reason = succeeded.path("reason").asText();
        Meaning meaning = Meaning.of(reason);
        if (output == Output.json) {
            session.surroundings().out().println(Json.prettyAscii(over));
        } else {
            new RunOutput(session).print(Json.as(over, Execution.class));
        }
        session.tell(reason + ": " + succeeded.path("message").asText());
        if (meaning.exit() != Exit.DONE) {
            session.tell("Next: " + meaning.next() + " (kubectl countersign why " + name + ")");
        }
        return meaning.exit();
    }

    private void print(Session session, JsonNode created, String name) {
        if (output == Output.json) {
            session.surroundings().out().println(Json.prettyAscii(created));
        } else {
            session.say(name);
        }
    }

    private ObjectNode execution(Session session) {
        Name.check("TEMPLATE", template);
        var self = session.selfSoon();
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", ApiGroup.NAME + "/" + ApiGroup.VERSION);
        object.put("kind", Kind.EXECUTION.title());
        object.putObject("metadata").put("generateName", template + "-").put("namespace", session.namespace());
        ObjectNode spec = object.putObject("spec");
        ObjectNode reference = spec.putObject("templateRef").put("name", template);
        if (pin) {
            reference.put(
                    "digest", BehaviourProjection.of(session.template(template)).digest());
        }
        if (inputs != null) {
            spec.set("inputs", Given.json("--inputs", inputs));
        }
        if (stdin) {
            spec.put("stdin", Given.input(session.surroundings().in()));
        }
        if (!files.isEmpty()) {
            var brought = spec.putArray("files");
            files.forEach(each -> brought.add(Given.file(each)));
        }
        if (code != null) {
            spec.put("code", Given.text("--code", code));
        }
        if (reasoning != null) {
            spec.put("reasoning", reasoning);
        }
        if (!limits.isEmpty()) {
            spec.set("limits", LimitsArgument.of("--limit", limits));
        }
        if (deadline != null) {
            spec.put(
                    "activeDeadlineSeconds",
                    Times.of("--deadline", deadline, Duration.ofSeconds(1), LONGEST)
                            .toSeconds());
        }
        spec.set("requestedBy", Session.subject(Session.self(self)));
        return object;
    }
}
