package dev.countersign.cli.command;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionResult;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.text.Visible;
import java.io.PrintStream;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the code printed, on the stream it printed to, with nothing around it and nothing in it that is not seen. */
record RunOutput(Session session) {

    void print(Execution execution) {
        ExecutionResult result =
                execution.getStatus() == null ? null : execution.getStatus().result();
        if (result == null) {
            return;
        }
        var surroundings = session.surroundings();
        stream(surroundings.out(), result.stdout(), result.stdoutBase64(), result.stdoutTruncated());
        stream(surroundings.err(), result.stderr(), result.stderrBase64(), result.stderrTruncated());
        if (result.value() != null) {
            stream(surroundings.out(), Json.pretty(result.value()), null, null);
        }
        if (!result.files().isEmpty()) {
            session.tell(result.files().size() + (result.files().size() == 1 ? " file" : " files")
                    + ": kubectl countersign files " + execution.getMetadata().getName());
        }
    }

    private void stream(PrintStream to, @Nullable String text, @Nullable String base64, @Nullable Boolean truncated) {
        if (base64 != null) {
            int bytes = Base64.getDecoder().decode(base64).length;
            session.tell("The output is not UTF-8 (" + bytes + " bytes): with -o json it is there as base64");
        } else if (text != null && !text.isEmpty()) {
            var visible = new Visible(session.surroundings().asciiOnly());
            List<String> lines = visible.lines(text);
            visible.warnings().forEach(each -> session.surroundings().err().println("WARNING: " + each));
            lines.forEach(to::println);
            to.flush();
        }
        if (Boolean.TRUE.equals(truncated)) {
            session.tell("The output is cut off here: there was more");
        }
    }
}
