package dev.countersign.cli.command;

import dev.countersign.cli.kube.Trouble;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people type them: {@code 90s}, {@code 45m}, {@code 12h}, {@code 30d}. */
final class Times {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,6})([smhd])");

    private Times() {}

    /** The duration, or {@link Trouble} when it is none or not between the bounds; {@code option} says whose it is. */
    static Duration of(String option, String text, Duration least, Duration most) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw Trouble.refused(option + ": " + text + " is no duration", "give one like 90s, 45m, 12h or 30d");
        }
        long count = Long.parseLong(form.group(1));
        Duration duration =
                switch (form.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                };
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw Trouble.refused(
                    option + ": " + text + " is not between " + words(least) + " and " + words(most),
                    "give a duration between these");
        }
        return duration;
    }

    private static String words(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 86400 == 0) {
            return seconds / 86400 + "d";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
