package dev.countersign.cli.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What changed from one list of lines to another, by Myers' greedy algorithm.
 *
 * <p>Texts that differ in more than {@link #MOST_CHANGES} lines are shown as replaced altogether: still true, and
 * bounded in time and memory.
 */
final class LineDifference {
    static final int MOST_CHANGES = 1000;

    private final List<String> before;
    private final List<String> after;

    LineDifference(List<String> before, List<String> after) {
        this.before = before;
        this.after = after;
    }

    /** The lines, each with {@code -}, {@code +} or a space in front; unchanged ones only near a change. */
    List<String> around(int context) {
        List<String> all = all();
        List<String> shown = new ArrayList<>();
        int left = 0;
        for (int i = 0; i < all.size(); i++) {
            if (!isNearChange(all, i, context)) {
                left++;
                continue;
            }
            if (left > 0) {
                shown.add(unchanged(left));
                left = 0;
            }
            shown.add(all.get(i));
        }
        if (left > 0) {
            shown.add(unchanged(left));
        }
        return shown;
    }

    private static String unchanged(int lines) {
        return "~(" + lines + (lines == 1 ? " line" : " lines") + " unchanged)";
    }

    private static boolean isNearChange(List<String> all, int at, int context) {
        for (int i = Math.max(0, at - context); i <= Math.min(all.size() - 1, at + context); i++) {
            if (all.get(i).charAt(0) != ' ') {
                return true;
            }
        }
        return false;
    }

    private List<String> all() {
        int start = 0;
        while (start < Math.min(before.size(), after.size())
                && before.get(start).equals(after.get(start))) {
            start++;
        }
        int end = 0;
        while (end < Math.min(before.size(), after.size()) - start
                && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
            end++;
        }
        List<String> all = new ArrayList<>();
        before.subList(0, start).forEach(each -> all.add(" " + each));
        all.addAll(changed(before.subList(start, before.size() - end), after.subList(start, after.size() - end)));
        before.subList(before.size() - end, before.size()).forEach(each -> all.add(" " + each));
        return all;
    }

    private static List<String> changed(List<String> old, List<String> now) {
        List<int[]> reached = new ArrayList<>();
        int most = Math.min(old.size() + now.size(), MOST_CHANGES);
        int[] furthest = new int[2 * most + 3];
        for (int changes = 0; changes <= most; changes++) {
            reached.add(furthest.clone());
            for (int diagonal = -changes; diagonal <= changes; diagonal += 2) {
                int x = isInsertion(furthest, most, diagonal, changes)
                        ? furthest[most + 1 + diagonal + 1]
                        : furthest[most + 1 + diagonal - 1] + 1;
                while (x < old.size()
                        && x - diagonal < now.size()
                        && x - diagonal >= 0
                        && old.get(x).equals(now.get(x - diagonal))) {
                    x++;
                }
                furthest[most + 1 + diagonal] = x;
                if (x >= old.size() && x - diagonal >= now.size()) {
                    return path(reached, most, old, now);
                }
            }
        }
        return replaced(old, now);
    }

    private static boolean isInsertion(int[] furthest, int most, int diagonal, int changes) {
        return diagonal == -changes
                || diagonal != changes && furthest[most + 1 + diagonal - 1] < furthest[most + 1 + diagonal + 1];
    }

    // Walks back from the end through the stations that the search had reached.
    private static List<String> path(List<int[]> reached, int most, List<String> old, List<String> now) {
        Deque<String> lines = new ArrayDeque<>();
        int x = old.size();
        int y = now.size();
        for (int changes = reached.size() - 1; changes >= 0; changes--) {
            int[] furthest = reached.get(changes);
            int diagonal = x - y;
            boolean insertion = isInsertion(furthest, most, diagonal, changes);
            int previousDiagonal = insertion ? diagonal + 1 : diagonal - 1;
            int previousX = changes == 0 ? 0 : furthest[most + 1 + previousDiagonal];
            int previousY = changes == 0 ? 0 : previousX - previousDiagonal;
            while (x > previousX && y > previousY) {
                lines.push(" " + old.get(--x));
                y--;
            }
            if (changes > 0) {
                lines.push(insertion ? "+" + now.get(--y) : "-" + old.get(--x));
            }
        }
        return List.copyOf(lines);
    }

    private static List<String> replaced(List<String> old, List<String> now) {
        List<String> lines = new ArrayList<>();
        old.forEach(each -> lines.add("-" + each));
        now.forEach(each -> lines.add("+" + each));
        return lines;
    }
}
