package dev.countersign.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineDifferenceTest {

    @Test
    void showsChangesWithALittleAround() {
        var before = List.of("a", "b", "c", "d", "e", "f", "g");
        var after = List.of("a", "b", "c", "x", "e", "f", "g");

        assertThat(new LineDifference(before, after).around(1))
                .containsExactly("~(2 lines unchanged)", " c", "-d", "+x", " e", "~(2 lines unchanged)");
    }

    @Test
    void equalTextsHaveNone() {
        assertThat(new LineDifference(List.of("a", "b"), List.of("a", "b")).around(3))
                .containsExactly("~(2 lines unchanged)");
    }

    @Test
    void bothTextsCanBeReadBackFromIt() {
        var random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            List<String> before = lines(random);
            List<String> after = lines(random);
            if (after.equals(before)) {
                continue;
            }

            List<String> shown = new LineDifference(before, after).around(1000);

            assertThat(side(shown, '-')).isEqualTo(before);
            assertThat(side(shown, '+')).isEqualTo(after);
        }
    }

    @Test
    void tooManyChangesAreShownAsReplacedAltogether() {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (int i = 0; i < LineDifference.MOST_CHANGES; i++) {
            before.add("a" + i);
            after.add("b" + i);
        }

        List<String> shown = new LineDifference(before, after).around(3);

        assertThat(side(shown, '-')).isEqualTo(before);
        assertThat(side(shown, '+')).isEqualTo(after);
    }

    private static List<String> lines(Random random) {
        List<String> lines = new ArrayList<>();
        for (int i = random.nextInt(9); i > 0; i--) {
            lines.add(Integer.toString(random.nextInt(4)));
        }
        return lines;
    }

    private static List<String> side(List<String> shown, char mark) {
        return shown.stream()
                .filter(each -> each.charAt(0) == mark || each.charAt(0) == ' ')
                .map(each -> each.substring(1))
                .toList();
    }
}
