package dev.countersign.config;

import dev.countersign.api.Autonomy;
import dev.countersign.api.Limits;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@link DepartmentPolicy}: where its defaults and bounds stand. */
final class DepartmentPolicyReader {

    private static final int MAX_IMAGES = 256;
    private static final int MAX_CONCURRENT = 1000;
    private static final int MAX_PER_HOUR = 1_000_000;
    private static final int MAX_CPU_SECONDS_PER_HOUR = 100_000_000;

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private static final Limits NO_LIMITS = new Limits(null, null, null, null, null, null);

    private DepartmentPolicyReader() {}

    static DepartmentPolicy read(Section section) {
        DepartmentPolicy policy = DepartmentPolicy.of(
                section.choice("autonomy", Autonomy.class, Autonomy.Autonomous),
                limits(section),
                Set.copyOf(section.texts("images", MAX_IMAGES, TextRule.IMAGE_BY_DIGEST)),
                section.flag("singleAdmin", false),
                section.flag("externalAuthorship", true),
                quotas(section.section("quotas")),
                section.flag("drain", false));
        section.end();
        return policy;
    }

    /** The bounds are those of spec.limits in the CRDs. */
    private static @Nullable Limits limits(Section policy) {
        Section section = policy.section("limits");
        Limits limits = new Limits(
                section.optionalNumber("cpuTimeSeconds", 1, 3600),
                section.optionalNumber("wallTimeSeconds", 1, 3600),
                section.optionalSize("memory", 16 * MIB, 4 * GIB, "from 16Mi to 4Gi"),
                section.optionalSize("output", 1, 96 * KIB, "from 1 byte to 96Ki"),
                section.optionalSize("disk", KIB, GIB, "from 1Ki to 1Gi"),
                section.optionalNumber("processes", 1, 512));
        section.end();
        return limits.equals(NO_LIMITS) ? null : limits;
    }

    private static Quotas quotas(Section section) {
        Quotas standard = Quotas.DEFAULT;
        int concurrent = section.number("concurrentRuns", standard.concurrentRuns(), 1, MAX_CONCURRENT);
        int runs = section.number("runsPerHour", standard.runsPerHour(), 0, MAX_PER_HOUR);
        int cpu = section.number("cpuSecondsPerHour", 0, 0, MAX_CPU_SECONDS_PER_HOUR);
        Quotas quotas = new Quotas(
                concurrent,
                perAgent(section, "concurrentRuns", concurrent, MAX_CONCURRENT),
                runs,
                perAgent(section, "runsPerHour", runs, MAX_PER_HOUR),
                cpu,
                perAgent(section, "cpuSecondsPerHour", cpu, MAX_CPU_SECONDS_PER_HOUR));
        section.end();
        return quotas;
    }

    /** A bound of one agent above that of all agents is a mistake: it would bound nothing. */
    private static int perAgent(Section section, String key, int ofAll, int max) {
        String ownKey = key + "PerAgent";
        int own = section.number(ownKey, 0, 0, max);
        if (ofAll > 0 && own > ofAll) {
            section.problem(ownKey, "must be at most " + key + ", " + ofAll + ", is " + own);
        }
        return own;
    }
}
