package dev.countersign.e2e.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Prints, at the end, how long each test class took and the slowest test of it. Classes run side by side. */
public final class ClassTimes implements TestExecutionListener {
    private record Times(int tests, int failed, Duration together, Duration slowest, String name) {
        static final Times NONE = new Times(0, 0, Duration.ZERO, Duration.ZERO, "");

        Times and(Times other) {
            boolean slower = other.slowest.compareTo(slowest) > 0;
            return new Times(
                    tests + other.tests,
                    failed + other.failed,
                    together.plus(other.together),
                    slower ? other.slowest : slowest,
                    slower ? other.name : name);
        }
    }

    private final Map<String, Instant> started = new ConcurrentHashMap<>();
    private final Map<String, Times> classes = new ConcurrentHashMap<>();
    private volatile Instant began = Instant.now();

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        began = Instant.now();
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started.put(test.getUniqueId(), Instant.now());
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (!test.isTest()) {
            return;
        }
        Duration took = Duration.between(started.get(test.getUniqueId()), Instant.now());
        int failed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? 0 : 1;
        classes.merge(className(test), new Times(1, failed, took, took, test.getDisplayName()), Times::and);
    }

    private static String className(TestIdentifier test) {
        return test.getSource()
                .map(source -> switch (source) {
                    case MethodSource method -> method.getClassName();
                    case ClassSource type -> type.getClassName();
                    default -> source.toString();
                })
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .orElse("?");
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (classes.isEmpty()) {
            return;
        }
        System.out.printf("%n%-24s %5s %6s %10s   %s%n", "class", "tests", "failed", "seconds", "slowest");
        classes.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(
                        Comparator.comparing(Times::together).reversed()))
                .forEach(each -> print(each.getKey(), each.getValue()));
        print("together", classes.values().stream().reduce(Times.NONE, Times::and));
        System.out.printf(
                "%-24s %5s %6s %10.1f%n", "by the clock", "", "", seconds(Duration.between(began, Instant.now())));
    }

    private static void print(String name, Times times) {
        System.out.printf(
                "%-24s %5d %6d %10.1f   %.1f s %s%n",
                name, times.tests(), times.failed(), seconds(times.together()), seconds(times.slowest()), times.name());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
