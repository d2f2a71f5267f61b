package dev.countersign.cli.page;

import dev.countersign.api.ConditionType;
import dev.countersign.api.Limits;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionAudit;
import dev.countersign.api.execution.ExecutionResult;
import dev.countersign.api.execution.ExecutionStatus;
import dev.countersign.api.execution.InputFile;
import dev.countersign.api.execution.OutputFile;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.canonical.Digest;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.text.Page;
import dev.countersign.execution.RequestDigests;
import dev.countersign.template.BehaviourProjection;
import dev.countersign.template.RunLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as a person looks at it: what would run or ran, with what, why, for whom, and what came of it.
 *
 * @param template the one it names as it is now; empty: gone, or not readable
 * @param approval the approval in effect for the template; empty: none, or not readable
 */
public record ExecutionReview(
        Execution execution, Optional<CodeTemplate> template, Optional<TemplateApproval> approval) {
    private static final int HEX_BYTES_IN_A_LINE = 16;
    private static final int MOST_HEX_BYTES = 16 << 10;

    public Optional<ExecutionStatus> status() {
        return Optional.ofNullable(execution.getStatus());
    }

    public String name() {
        return execution.getMetadata().getName();
    }

    /** The code that this run has or would have; empty: the template's, which is not readable. */
    public Optional<String> code() {
        String own = execution.getSpec().code();
        return own != null
                ? Optional.of(own)
                : template.map(each -> each.getSpec().code());
    }

    /** Digest of the template as it is now. */
    public Optional<String> templateDigest() {
        return template.map(each -> BehaviourProjection.of(each).digest());
    }

    /**
     * What it may use: as the operator says, who also knows the department's caps; where it says nothing, what the run
     * asks for, and for the rest what template and approval allow.
     */
    public Optional<RunLimits> limits() {
        Limits inEffect =
                status().map(ExecutionStatus::audit).map(ExecutionAudit::limits).orElse(null);
        return allowedLimits().map(each -> RunLimits.of(inEffect, each));
    }

    private Optional<RunLimits> allowedLimits() {
        return template.map(each -> {
            RunLimits widest = RunLimits.of(each.getSpec().limits(), RunLimits.DEFAULTS);
            var ceilings = approval.map(one -> one.getSpec().grant().ceilings()).orElse(null);
            RunLimits allowed = ceilings == null ? widest : widest.cappedBy(RunLimits.of(ceilings.limits(), widest));
            return RunLimits.of(execution.getSpec().limits(), allowed);
        });
    }

    /** The digest of all that is shown of the request; empty where the template is not readable. */
    public Optional<String> requestDigest() {
        return templateDigest().flatMap(digest -> code().flatMap(code -> limits().map(limits ->
                RequestDigests.of(execution, digest, code, limits).request())));
    }

    /** Paths of the files that go into the run and are too large to be shown byte by byte. */
    public List<String> filesNotShownWhole() {
        return execution.getSpec().files().stream()
                .filter(each -> {
                    byte[] content = content(each);
                    return content.length > MOST_HEX_BYTES && textOf(content) == null;
                })
                .map(InputFile::path)
                .toList();
    }

    /** What the run finds in the file. */
    public static byte[] content(InputFile file) {
        return file.content() != null
                ? file.content().getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(file.contentBase64() == null ? "" : file.contentBase64());
    }

    public void show(Page page) {
        var spec = execution.getSpec();
        page.line("Execution " + execution.getMetadata().getNamespace() + "/" + name())
                .blank();
        String pin = spec.templateRef().digest();
        page.field("Template", spec.templateRef().name() + (pin == null ? "" : ", pinned to " + pin));
        templateDigest().ifPresent(digest -> page.field("Its digest", digest + " now"));
        page.field("Asked by", Words.subject(spec.requestedBy()));
        page.field("Asked at", execution.getMetadata().getCreationTimestamp());
        page.field("UID", execution.getMetadata().getUid());
        if (spec.activeDeadlineSeconds() != null) {
            page.field("Deadline", Words.seconds(spec.activeDeadlineSeconds() * 1000L) + " after it was asked");
        }
        page.field("Limits", limits().map(Words::limits).orElse("not known: the template is not readable"));
        status().flatMap(each -> Optional.ofNullable(each.requestDigest()))
                .ifPresent(digest -> page.field("Request", digest));
        showConditions(page);
        showReasoning(page, spec.reasoning());
        showCode(page);
        page.heading("Inputs:").quoted(spec.inputs() == null ? "{}" : Json.pretty(spec.inputs()));
        if (spec.stdin() != null) {
            page.heading("Standard input:").quoted(spec.stdin());
        }
        for (InputFile file : spec.files()) {
            showFile(page, file);
        }
        status().map(ExecutionStatus::result).ifPresent(result -> showResult(page, result));
    }

    /** What is on record about it: who, which versions, which approval, when, and where the audit log has it. */
    public void showFacts(Page page) {
        var spec = execution.getSpec();
        page.field("Asked by", Words.subject(spec.requestedBy()));
        page.field("Asked at", execution.getMetadata().getCreationTimestamp());
        page.field("Template", spec.templateRef().name());
        if (spec.templateRef().digest() != null) {
            page.field("Pinned", spec.templateRef().digest());
        }
        status().map(ExecutionStatus::templateDigest).ifPresent(digest -> page.field("Judged", digest));
        page.field("Now", templateDigest().orElse("not known: the template is gone or you may not read it"));
        page.field("Limits", limits().map(Words::limits).orElse("not known"));
        status().map(ExecutionStatus::requestDigest).ifPresent(digest -> page.field("Request", digest));
        status().map(ExecutionStatus::sandbox)
                .ifPresent(pod -> page.field("Sandbox", pod.namespace() + "/" + pod.podName() + " on " + pod.node()));
        status().map(ExecutionStatus::audit)
                .ifPresentOrElse(audit -> showAudit(page, audit), () -> page.field("Audit", "no record yet"));
    }

    private static void showAudit(Page page, ExecutionAudit audit) {
        var approval = audit.approval();
        if (approval != null) {
            page.field("Approval", approval.name() + " by " + Words.subject(approval.approvedBy()));
        }
        page.field(
                "Names",
                audit.identity() == null ? "not known" : audit.identity().name());
        page.field("Authorized", Words.time(audit.authorizedAt()));
        page.field("Started", Words.time(audit.startedAt()));
        page.field("Finished", Words.time(audit.finishedAt()));
        page.field("Audit", "record " + audit.seq() + " of log " + audit.logId() + ", leaf " + audit.leafHash());
    }

    private void showConditions(Page page) {
        var conditions = status().map(ExecutionStatus::conditions).orElse(List.of());
        for (ConditionType type : List.of(ConditionType.Authorized, ConditionType.Succeeded)) {
            page.field(
                    type.name(),
                    Words.condition(conditions, type)
                            .map(Words::condition)
                            .orElse("Unknown: the operator has not looked at it yet"));
        }
    }

    private static void showReasoning(Page page, @Nullable String reasoning) {
        if (reasoning == null) {
            page.heading("Reasoning: none given");
        } else {
            page.heading("Reasoning:").quoted(reasoning);
        }
    }

    private void showCode(Page page) {
        boolean own = execution.getSpec().code() != null;
        code().ifPresentOrElse(
                        code -> page.heading(
                                        own ? "Code (comes with this run):" : "Code (the template's, as it is now):")
                                .numbered(code),
                        () -> page.heading("Code: not known, the template is gone or you may not read it"));
    }

    private static void showFile(Page page, InputFile file) {
        byte[] content = content(file);
        String text = textOf(content);
        page.heading("File " + file.path() + " (" + content.length + (content.length == 1 ? " byte, " : " bytes, ")
                + Digest.of(content) + (text == null ? ", not UTF-8" : "") + "):");
        page.quoted(text == null ? hex(content) : text);
    }

    /** The result in full, as {@code run} prints it too. */
    public static void showResult(Page page, ExecutionResult result) {
        page.heading("Result:");
        page.field(
                "Exit code",
                result.exitCode() == null ? "none" : result.exitCode().toString());
        if (result.signal() != null) {
            page.field("Signal", result.signal());
        }
        var usage = result.usage();
        if (usage != null && usage.wallMillis() != null) {
            page.field(
                    "Used",
                    "wall " + usage.wallMillis() + " ms, CPU " + usage.cpuMillis() + " ms, memory "
                            + usage.peakMemoryBytes() + " bytes");
        }
        showOutput(page, "Standard output", result.stdout(), result.stdoutBase64(), result.stdoutTruncated());
        showOutput(page, "Standard error", result.stderr(), result.stderrBase64(), result.stderrTruncated());
        if (result.value() != null) {
            page.heading("Value:").quoted(Json.pretty(result.value()));
        }
        if (!result.files().isEmpty()) {
            page.heading("Files (kubectl countersign files writes them):");
            page.table(
                    List.of("  PATH", "SIZE", "SHA-256", ""),
                    result.files().stream().map(ExecutionReview::row).toList());
        }
    }

    private static List<String> row(OutputFile file) {
        String state = file.refused() != null
                ? "refused: " + file.refused()
                : Boolean.TRUE.equals(file.truncated()) ? "not whole in the status" : "";
        return List.of(
                "  " + file.path(),
                file.size() == null ? "-" : file.size().toString(),
                file.sha256() == null ? "-" : file.sha256(),
                state);
    }

    private static void showOutput(
            Page page, String title, @Nullable String text, @Nullable String base64, @Nullable Boolean truncated) {
        String note = Boolean.TRUE.equals(truncated) ? " (cut off: there was more)" : "";
        if (base64 != null) {
            page.heading(title + ", not UTF-8" + note + ":")
                    .quoted(hex(Base64.getDecoder().decode(base64)));
        } else if (text != null && !text.isEmpty()) {
            page.heading(title + note + ":").quoted(text);
        }
    }

    private static @Nullable String textOf(byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String hex(byte[] content) {
        var lines = new StringBuilder();
        var hex = HexFormat.ofDelimiter(" ");
        int shown = Math.min(content.length, MOST_HEX_BYTES);
        for (int i = 0; i < shown; i += HEX_BYTES_IN_A_LINE) {
            lines.append(hex.formatHex(content, i, Math.min(i + HEX_BYTES_IN_A_LINE, shown)))
                    .append('\n');
        }
        if (shown < content.length) {
            lines.append("... and ").append(Words.bytes(content.length - shown)).append(" more, NOT SHOWN\n");
        }
        return lines.toString();
    }
}
