package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.Node;
import dev.countersign.e2e.cluster.NothingLeft;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.TemplateDraft;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Every limit, passed in every way we could think of: its own reason, long before the wall, and nothing is left. */
@ExtendWith(OnCluster.class)
class LimitsE2E {
    private static final int WALL_SECONDS = 60;

    /** How much later than the wall limit the second wall has ended the run at the latest. */
    private static final Duration SECOND_WALL = Duration.ofSeconds(6);

    private static Arguments passes(
            String name, Language language, UnaryOperator<TemplateDraft> limits, String code, Reason reason) {
        return Arguments.argumentSet(name, language, limits, code, reason);
    }

    private static UnaryOperator<TemplateDraft> limit(String name, Object value) {
        return template -> template.limit(name, value);
    }

    private static final UnaryOperator<TemplateDraft> DEFAULTS = template -> template;

    /** Sleeps in a way that no signal one can ignore ends. */
    private static final String IGNORE_SIGNALS_AND = """
            import os, signal, sys, time
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            """;

    static final List<Arguments> PASSED = List.of(
            passes("CPU, the default of 5 s", Language.Python, DEFAULTS, """
                    while True:
                        pass
                    """, Reason.CpuTimeExceeded),
            passes(
                    "CPU, JavaScript",
                    Language.JavaScript,
                    limit("cpuTimeSeconds", 1),
                    "for (;;) {}",
                    Reason.CpuTimeExceeded),
            passes(
                    "CPU, Bash and signals ignored",
                    Language.Bash,
                    limit("cpuTimeSeconds", 1),
                    """
                    trap '' HUP INT QUIT TERM XCPU
                    while :; do :; done
                    """,
                    Reason.CpuTimeExceeded),
            passes(
                    "CPU, eight forked spinners",
                    Language.Python,
                    limit("cpuTimeSeconds", 2),
                    """
                    import os, time
                    for i in range(8):
                        if os.fork() == 0:
                            while True:
                                pass
                    time.sleep(1000)
                    """,
                    Reason.CpuTimeExceeded),
            passes(
                    "CPU, in many short children",
                    Language.Bash,
                    limit("cpuTimeSeconds", 2),
                    """
                    while :; do (i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done); done
                    """,
                    Reason.CpuTimeExceeded),
            passes(
                    "CPU, a double-forked child in a session of its own",
                    Language.Python,
                    limit("cpuTimeSeconds", 2),
                    """
                    import os, time
                    if os.fork() == 0:
                        os.setsid()
                        if os.fork() == 0:
                            while True:
                                pass
                        os._exit(0)
                    time.sleep(1000)
                    """,
                    Reason.CpuTimeExceeded),
            passes("wall", Language.Bash, limit("wallTimeSeconds", 2), "sleep 1000", Reason.WallTimeExceeded),
            passes(
                    "wall, signals ignored",
                    Language.Python,
                    limit("wallTimeSeconds", 2),
                    IGNORE_SIGNALS_AND + "time.sleep(1000)",
                    Reason.WallTimeExceeded),
            passes(
                    "wall, eight forked children that ignore signals in sessions of their own",
                    Language.Python,
                    limit("wallTimeSeconds", 2),
                    IGNORE_SIGNALS_AND + """
                    for i in range(8):
                        if os.fork() == 0:
                            os.setsid()
                            break
                    while True:
                        time.sleep(1000)
                    """,
                    Reason.WallTimeExceeded),
            passes(
                    "wall, a stopped process",
                    Language.Bash,
                    limit("wallTimeSeconds", 2),
                    "kill -STOP $$",
                    Reason.WallTimeExceeded),
            passes("memory, the default of 128Mi", Language.Python, DEFAULTS, """
                    import time
                    kept = b"x" * (200 << 20)
                    time.sleep(1000)
                    """, Reason.MemoryExceeded),
            passes("memory, bit by bit", Language.Python, limit("memory", "64Mi"), """
                    kept = []
                    while True:
                        kept.append(bytearray(b"x" * (1 << 20)))
                    """, Reason.MemoryExceeded),
            passes(
                    "memory, shared out among children",
                    Language.Python,
                    limit("memory", "64Mi"),
                    """
                    import os, time
                    for i in range(6):
                        if os.fork() == 0:
                            break
                    kept = b"x" * (20 << 20)
                    time.sleep(1000)
                    """,
                    Reason.MemoryExceeded),
            passes("memory, JavaScript", Language.JavaScript, DEFAULTS, """
                    const kept = [];
                    for (;;) kept.push(Buffer.alloc(1 << 20, 1));
                    """, Reason.MemoryExceeded),
            passes("output, the default of 64Ki", Language.Bash, DEFAULTS, "yes", Reason.OutputExceeded),
            passes(
                    "output, on both streams, in small pieces",
                    Language.Python,
                    limit("output", "1Ki"),
                    """
                    import sys, time
                    while True:
                        print("out", flush=True)
                        print("err", file=sys.stderr, flush=True)
                    """,
                    Reason.OutputExceeded),
            passes(
                    "output, one line without an end",
                    Language.JavaScript,
                    limit("output", "10Ki"),
                    """
                    for (;;) process.stdout.write("x".repeat(1000));
                    """,
                    Reason.OutputExceeded),
            passes("disk, the default of 64Mi", Language.Python, DEFAULTS, """
                    import time
                    with open("outputs/big", "wb") as out:
                        for i in range(100):
                            out.write(b"x" * (1 << 20))
                            out.flush()
                    time.sleep(1000)
                    """, Reason.DiskExceeded),
            passes("disk, narrower than the volume", Language.Bash, limit("disk", "1Mi"), """
                    head -c 3000000 /dev/zero > tmp/big
                    sleep 1000
                    """, Reason.DiskExceeded),
            passes(
                    "disk, a file that has no name any more",
                    Language.Python,
                    limit("disk", "1Mi"),
                    """
                    import os, time
                    out = open("gone", "wb")
                    os.unlink("gone")
                    out.write(b"x" * (3 << 20))
                    out.flush()
                    time.sleep(1000)
                    """,
                    Reason.DiskExceeded),
            passes("disk, many small files", Language.Python, limit("disk", "1Mi"), """
                    import time
                    for i in range(1000):
                        open(f"tmp/{i}", "w").write("x" * 4096)
                    time.sleep(1000)
                    """, Reason.DiskExceeded),
            // Not in Python: under gVisor an idle fork of it holds 2 MB of its own, and the memory limit comes first.
            passes("processes, the default of 64", Language.Bash, DEFAULTS, """
                    for i in $(seq 100); do sleep 1000 & done
                    wait
                    """, Reason.ProcessesExceeded),
            passes("processes, a fork bomb", Language.Bash, limit("processes", 16), """
                    bomb() { bomb | bomb & }
                    bomb
                    sleep 1000
                    """, Reason.ProcessesExceeded));

    @ParameterizedTest
    @FieldSource("PASSED")
    void aLimitEndsTheRun(
            Language language,
            UnaryOperator<TemplateDraft> limits,
            String code,
            Reason reason,
            Department finance,
            Node node) {
        var draft = limits.apply(finance.template(language, code).limit("wallTimeSeconds", WALL_SECONDS));
        var template = draft.approved();
        var wall = Duration.ofSeconds(template.now().getSpec().limits().wallTimeSeconds());

        var run = template.run();

        assertThat(run.reason()).isEqualTo(reason);
        assertThat(run.message()).isNotBlank();
        NothingLeft.of(run);
        assertThat(run.took()).isLessThan(reason == Reason.WallTimeExceeded ? wall.plus(SECOND_WALL) : wall);
        System.out.printf("limit %s: ended after %s%n", reason, run.took());
    }

    /** The end of the first process is the end of the run; what it left behind is not waited for, and is not left. */
    @Test
    void whoIsLeftBehindEndsWithTheRun(Department finance, Node node) {
        var run = finance.python("""
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        print("left behind", flush=True)
                        while True:
                            pass
                    os._exit(0)
                os.wait()
                time.sleep(0.5)
                print("first is done")
                """).approved().run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.result().exitCode()).isZero();
        assertThat(run.stdout()).contains("first is done");
        NothingLeft.of(run);
    }

    /** Just below each limit is no reason to be ended. */
    @Test
    void whatIsAllowedIsAllowed(Department finance) {
        var run = finance.python("""
                import os, time
                kept = b"x" * (30 << 20)
                for i in range(5):
                    if os.fork() == 0:
                        time.sleep(1)
                        os._exit(0)
                with open("tmp/big", "wb") as out:
                    out.write(b"x" * (50 << 20))
                os.unlink("tmp/big")
                print("x" * 60_000)
                """).approved().run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.stdout()).hasSize(60_001);
        assertThat(run.result().usage().peakMemoryBytes()).isGreaterThan(30L << 20);
    }
}
