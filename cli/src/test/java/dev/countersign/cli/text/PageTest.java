package dev.countersign.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

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

    @Test
    void theWarningStandsFirstAndCountsAllOfThePage() {
        var page = new Page(80, false).line("a\u200b").field("B", "\u202e").quoted("x\r\ny");

        assertThat(page.text()).startsWith("WARNING: 3 invisible or control characters are shown as <U+....>\n\n");
        assertThat(new Page(80, false).line("\u200b").text())
                .startsWith("WARNING: 1 invisible or control character is shown as <U+....>\n\n");
        assertThat(new Page(80, false).line("a").text()).isEqualTo("a\n");
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
