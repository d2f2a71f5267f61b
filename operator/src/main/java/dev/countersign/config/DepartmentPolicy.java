package dev.countersign.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Autonomy;
import dev.countersign.api.Limits;
import dev.countersign.canonical.CanonicalJson;
import dev.countersign.canonical.Digest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a department may at most do, whatever its templates and approvals say.
 *
 * @param autonomy the most autonomy a run can have here
 * @param limits caps; one that is absent caps nothing
 * @param images runtime images, by digest, that templates may name here; empty: the operator's own list
 * @param singleAdmin whether a person may approve what they wrote or asked for
 * @param externalAuthorship whether templates that state no author can be approved
 * @param drain whether no new run starts, the first step of removing a department
 * @param digest of all of the above with defaults applied, {@code sha256:<hex>}
 */
public record DepartmentPolicy(
        Autonomy autonomy,
        @Nullable Limits limits,
        Set<String> images,
        boolean singleAdmin,
        boolean externalAuthorship,
        Quotas quotas,
        boolean drain,
        String digest) {

    private static final String DOMAIN = "department-policy/v1";

    /** What a department has that states no policy. */
    public static final DepartmentPolicy DEFAULT =
            of(Autonomy.Autonomous, null, Set.of(), false, true, Quotas.DEFAULT, false);

    public DepartmentPolicy {
        images = Set.copyOf(images);
    }

    /** With its digest. */
    public static DepartmentPolicy of(
            Autonomy autonomy,
            @Nullable Limits limits,
            Set<String> images,
            boolean singleAdmin,
            boolean externalAuthorship,
            Quotas quotas,
            boolean drain) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("autonomy", autonomy.name());
        putLimits(json.putObject("limits"), limits);
        images.stream().sorted().forEach(json.putArray("images")::add);
        json.put("singleAdmin", singleAdmin);
        json.put("externalAuthorship", externalAuthorship);
        putQuotas(json.putObject("quotas"), quotas);
        json.put("drain", drain);
        return new DepartmentPolicy(
                autonomy,
                limits,
                images,
                singleAdmin,
                externalAuthorship,
                quotas,
                drain,
                Digest.tagged(DOMAIN, CanonicalJson.of(json)));
    }

    /** Sizes in bytes, so that {@code 1Gi} and {@code 1024Mi} are one policy. */
    private static void putLimits(ObjectNode json, @Nullable Limits limits) {
        if (limits == null) {
            return;
        }
        putIfThere(json, "cpuTimeSeconds", limits.cpuTimeSeconds());
        putIfThere(json, "wallTimeSeconds", limits.wallTimeSeconds());
        putIfThere(json, "memoryBytes", bytes(limits.memory()));
        putIfThere(json, "outputBytes", bytes(limits.output()));
        putIfThere(json, "diskBytes", bytes(limits.disk()));
        putIfThere(json, "processes", limits.processes());
    }

    private static void putQuotas(ObjectNode json, Quotas quotas) {
        json.put("concurrentRuns", quotas.concurrentRuns());
        json.put("concurrentRunsPerAgent", quotas.concurrentRunsPerAgent());
        json.put("runsPerHour", quotas.runsPerHour());
        json.put("runsPerHourPerAgent", quotas.runsPerHourPerAgent());
        json.put("cpuSecondsPerHour", quotas.cpuSecondsPerHour());
        json.put("cpuSecondsPerHourPerAgent", quotas.cpuSecondsPerHourPerAgent());
    }

    private static void putIfThere(ObjectNode json, String key, @Nullable Number value) {
        if (value != null) {
            json.put(key, value.longValue());
        }
    }

    private static @Nullable Long bytes(@Nullable String quantity) {
        return quantity == null ? null : Long.valueOf(Quantity.bytes(quantity));
    }
}
