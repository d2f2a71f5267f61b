package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.sandbox.PodEnd;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.SandboxResult;
import dev.countersign.sandbox.wire.TranscriptVerdict;
import java.util.Optional;

/**
 * All that is known once a run is over, and what follows from it. Pure.
 *
 * @param transcript what the sealed frames tell
 * @param pod how the pod's container ended; empty where that was not needed or never became known
 * @param asked why the operator ended it, if it did
 * @param podWasEnding whether somebody else had the pod deleted or evicted
 * @param overdue whether the operator's own timer ended it: wall limit and slack had passed without a result
 */
public record RunEnd(
        TranscriptVerdict transcript,
        Optional<PodEnd> pod,
        Optional<Reason> asked,
        boolean podWasEnding,
        boolean overdue) {

    /** Proof that no line of the code ran, so that another sandbox may be tried. */
    boolean neverRan() {
        return transcript instanceof TranscriptVerdict.NeverAccepted
                && pod.filter(PodEnd.NeverRan.class::isInstance).isPresent();
    }

    RunOutcome outcome() {
        return switch (transcript) {
            case TranscriptVerdict.Complete complete -> ofResult(complete);
            // The order matters: what the operator itself did to the pod can look like damage, so it comes first.
            case TranscriptVerdict.Tampered tampered
            when asked.isEmpty() && !overdue ->
                new RunOutcome(
                        Reason.SandboxTampered,
                        "the sandbox's output was tampered with: " + tampered.why(),
                        null,
                        tampered.stdout(),
                        tampered.stderr());
            case TranscriptVerdict.Tampered tampered -> withoutResult(true, tampered.stdout(), tampered.stderr());
            case TranscriptVerdict.Incomplete part -> withoutResult(true, part.stdout(), part.stderr());
            case TranscriptVerdict.NeverAccepted never -> withoutResult(false, Bytes.EMPTY, Bytes.EMPTY);
        };
    }

    private RunOutcome ofResult(TranscriptVerdict.Complete complete) {
        SandboxResult result = complete.result();
        Reason reason =
                switch (result.outcome()) {
                    case COMPLETED -> Reason.Completed;
                    case EXIT_NON_ZERO -> Reason.ExitNonZero;
                    case CPU_TIME_EXCEEDED -> Reason.CpuTimeExceeded;
                    case WALL_TIME_EXCEEDED -> Reason.WallTimeExceeded;
                    case MEMORY_EXCEEDED -> Reason.MemoryExceeded;
                    case OUTPUT_EXCEEDED -> Reason.OutputExceeded;
                    case DISK_EXCEEDED -> Reason.DiskExceeded;
                    case PROCESSES_EXCEEDED -> Reason.ProcessesExceeded;
                    case KILLED -> overdue ? Reason.WallTimeExceeded : asked.orElse(endedFromOutside());
                    case START_FAILED -> Reason.SandboxLost;
                };
        // A value that was left but not taken must not vanish in silence: the code was right to expect it there.
        String message = result.valueError() == null
                ? result.message()
                : result.message() + "; result.json was not taken: " + result.valueError();
        return new RunOutcome(reason, message, result, complete.stdout(), complete.stderr());
    }

    // A supervisor that got SIGTERM unasked: from the platform if it was ending the pod (a drained node, an eviction),
    // else from the code, which may signal it. The code must not be able to pass for a fault of the platform.
    private Reason endedFromOutside() {
        return podWasEnding ? Reason.SandboxLost : Reason.SandboxTampered;
    }

    private RunOutcome withoutResult(boolean accepted, Bytes stdout, Bytes stderr) {
        if (asked.isPresent()) {
            return new RunOutcome(asked.get(), "ended on request; the sandbox gave no result", null, stdout, stderr);
        }
        if (overdue && !accepted) {
            return RunOutcome.without(
                    Reason.SandboxLost,
                    "the sandbox did not accept the run within " + RunWatch.ACCEPTANCE.toSeconds()
                            + " s and was ended");
        }
        if (overdue) {
            return new RunOutcome(
                    Reason.WallTimeExceeded,
                    "the operator ended the sandbox: no result within the wall time limit and 2 s",
                    null,
                    stdout,
                    stderr);
        }
        return switch (pod.orElse(null)) {
            case PodEnd.OutOfMemory end ->
                new RunOutcome(
                        Reason.MemoryExceeded, "the kernel ended the sandbox: out of memory", null, stdout, stderr);
            case PodEnd.Exited end
            when accepted ->
                new RunOutcome(
                        Reason.SandboxTampered,
                        "the supervisor ended with code " + end.code() + " and no sealed result: the code killed it",
                        null,
                        stdout,
                        stderr);
            case PodEnd.Exited end ->
                RunOutcome.without(
                        Reason.SandboxLost,
                        "the sandbox ended with code " + end.code() + " before it accepted the run");
            case PodEnd.Failed end ->
                new RunOutcome(
                        Reason.SandboxLost, "the platform ended the sandbox: " + end.reason(), null, stdout, stderr);
            case PodEnd.NeverRan end -> RunOutcome.without(Reason.SandboxLost, "the sandbox never ran the code");
            case PodEnd.Gone end ->
                new RunOutcome(
                        Reason.SandboxLost,
                        "the sandbox pod vanished; whether the code ran to its end is not known",
                        null,
                        stdout,
                        stderr);
            case null ->
                new RunOutcome(
                        Reason.SandboxLost,
                        "the stream to the sandbox broke and its end never became known",
                        null,
                        stdout,
                        stderr);
        };
    }
}
