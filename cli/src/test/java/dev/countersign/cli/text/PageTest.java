package dev.countersign.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    @Test
    void aLineThatWouldRunOutOfTheScreenGoesOnWithAMark() {
        String code = "ok()" + " ".repeat(60) + "; evil()";

        assertThat(new Page(40, false).numbered(code).text().lines())
                .containsExactly("  1 | ok()" + " ".repeat(30), "    > " + " ".repeat(30) + "; ev", "    > il()");
    }

    @Test
    void sentencesBreakBetweenWordsAndValuesKeepTheirMark() {
        String text = new Page(40, false)
                .field("Says", "it was revoked: ask an approver for a new approval")
                .text();

        assertThat(text.lines())
                .containsExactly(
                        "Says:          it was revoked: ask an",
                        "             > approver for a new",
                        "             > approval");
    }

    @Test
    void wideLettersCountTwice() {
        assertThat(new Page(40, false).quoted("日".repeat(20)).text().lines())
                .containsExactly("  | " + "日".repeat(18), "  > 日日");
    }

    @ParameterizedTest(name = "U+{0}")
    @ValueSource(
            strings = {
                "1100", "231A", "23F0", "25FD", "2614", "26A1", "2705", "274C", "2B50", "3042", "4DC0", "A960", "A97C",
                "AC00", "F900", "FF01", "16FE0", "17000", "18B00", "18CFF", "1B000", "1F004", "1F0CF", "1F18E", "1F200",
                "1F680", "1FAF0", "20000", "30000"
            })
    void whatATerminalMayDrawWideCannotOverflow(String number) {
        String wide = Character.toString(Integer.parseInt(number, 16));

        assertThat(new Page(40, false).quoted(wide.repeat(19)).text().lines())
                .containsExactly("  | " + wide.repeat(18), "  > " + wide);
    }

    @Test
    void lettersOfNarrowScriptsAndMarksTakeNoMoreThanTheyNeed() {
        for (String narrow : List.of("a", "\u00e4", "\u0439", "\u0939", "\u2192", "\ua4d0", "\uff71", "a\u0301")) {
            assertThat(Columns.of(narrow)).as(narrow).isEqualTo(1);
        }
    }

    @Test
    void everyPictureAndIdeographIsWide() {
        for (int each = 0; each <= Character.MAX_CODE_POINT; each++) {
            boolean mark = Character.getType(each) == Character.NON_SPACING_MARK;
            if (!mark && (Character.isEmojiPresentation(each) || Character.isIdeographic(each))) {
                assertThat(Columns.of(Character.toString(each))).isEqualTo(2);
            }
        }
    }

    @Test
    void aRowThatWouldRunOutOfTheScreenGoesOnWithAMark() {
        String fake = "x" + " ".repeat(31) + "report    approved by carol";
        String text = new Page(40, false)
                .table(List.of("NAME", "BY"), List.of(List.of("\u2705".repeat(20), "bob"), List.of("sweep", fake)))
                .text();

        assertThat(text.lines()).allSatisfy(each -> {
            assertThat(Columns.of(each)).isLessThanOrEqualTo(40);
            assertThat(each).doesNotStartWith("report");
        });
        assertThat(text.lines())
                .contains(">  bob", "> report    approved by carol")
                .contains("\u2705".repeat(20), "sweep");
    }

    @Test
    void theWarningStandsFirstAndCountsAllOfThePage() {
        var page = new Page(80, false).line("a\u200b").field("B", "\u202e").quoted("x\r\ny");

        assertThat(page.text()).startsWith("WARNING: 3 invisible or control characters are shown as <U+....>\n\n");
        assertThat(new Page(80, false).line("\u200b").text())
                .startsWith("WARNING: 1 invisible or control character is shown as <U+....>\n\n");
        assertThat(new Page(80, false).line("a").text()).isEqualTo("a\n");
    }

    @Test
    void rightToLeftLettersAreWarnedOfAboveAndEscapedInCodeAndChangesOfIt() {
        var page = new Page(100, false)
                .line("a\u200b")
                .field("By", "\u05d3\u05e0")
                .numbered("if \u05d0 > 1:")
                .difference("\u0627 = 1", "\u0628 = 1");

        assertThat(page.text().lines())
                .containsExactly(
                        "WARNING: 1 invisible or control character is shown as <U+....>",
                        "WARNING: 5 right-to-left letters: a terminal may draw such lines in another order; in code they"
                                + " are shown as <U+....>",
                        "",
                        "a<U+200B>",
                        "By:            \u05d3\u05e0",
                        "  1 | if <U+05D0> > 1:",
                        "  - <U+0627> = 1",
                        "  + <U+0628> = 1");
    }

    @Test
    void aCellCannotBreakOutOfItsRow() {
        String text = new Page(80, false)
                .table(List.of("NAME", "BY"), List.of(List.of("a\nb", "\u001b[2Jc"), List.of("d", "e")))
                .text();

        assertThat(text.lines().toList())
                .containsSubsequence("NAME        BY", "a<U+000A>b  <U+001B>[2Jc", "d           e");
    }
}
