package dev.countersign.sandbox;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the API server says when a ResourceQuota refuses a pod. There is no code for it, only words (resourcequota
 * admission plugin): {@code exceeded quota: NAME, requested: A=1,B=2, used: A=3,B=4, limited: A=3,B=5}.
 */
final class QuotaRefusal {
    private static final String OVER_QUOTA = "exceeded quota";
    private static final Pattern AMOUNTS =
            Pattern.compile("requested: (?<requested>\\S+), used: \\S+, limited: (?<limited>\\S+)");

    private static final Pattern AMOUNT = Pattern.compile("([^=]+)=([0-9.]+[a-zA-Z]*)");

    private QuotaRefusal() {}

    /** Whether a quota refused it that has room for it once other pods are gone. */
    static boolean mayPass(String words) {
        return words.contains(OVER_QUOTA) && AMOUNTS.matcher(words).results().allMatch(QuotaRefusal::fits);
    }

    private static boolean fits(MatchResult quota) {
        var limited = amounts(quota.group("limited"));
        return amounts(quota.group("requested")).entrySet().stream()
                .allMatch(each -> !limited.containsKey(each.getKey())
                        || each.getValue().compareTo(limited.get(each.getKey())) <= 0);
    }

    private static Map<String, BigDecimal> amounts(String list) {
        var amounts = new HashMap<String, BigDecimal>();
        for (String each : list.split(",", -1)) {
            Matcher amount = AMOUNT.matcher(each);
            if (amount.matches()) {
                amounts.put(amount.group(1), Quantity.getAmountInBytes(new Quantity(amount.group(2))));
            }
        }
        return amounts;
    }
}
