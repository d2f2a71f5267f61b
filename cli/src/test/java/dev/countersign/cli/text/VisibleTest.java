package dev.countersign.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTest {
    private static final Pattern ESCAPE = Pattern.compile("<U\\+([0-9A-F]{4,6})>");

    @ParameterizedTest(name = "U+{0}")
    @ValueSource(
            strings = {
                "0000", "0007", "0008", "000B", "000C", "000D", "001B", "007F", "0085", "009B", "00A0", "00AD", "034F",
                "061C", "115F", "1160", "1680", "17B4", "180B", "180E", "2000", "2009", "200B", "200C", "200D", "200E",
                "200F", "2028", "2029", "202A", "202B", "202C", "202D", "202E", "202F", "205F", "2060", "2061", "2066",
                "2067", "2068", "2069", "206F", "2800", "2D7F", "3000", "3164", "D800", "DFFF", "E000", "FE00", "FE0F",
                "FEFF", "FFA0", "FFF9", "FFFF", "1107F", "16FE4", "1D159", "1D173", "E0001", "E0041", "E0100", "E01EF",
                "F0000", "10FFFF"
            })
    void isShownByItsNumberAndCounted(String number) {
        var visible = new Visible(false);

        String shown = visible.line("a" + Character.toString(Integer.parseInt(number, 16)) + "b");

        assertThat(shown).isEqualTo("a<U+" + number + ">b");
        assertThat(visible.hidden()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "print(\"ok\")",
                "Müller, Söhne & Co.",
                "日本語",
                "हिन्दी",
                "ไทย",
                "e\u0301",
                "a < b",
                "→ ␍ ^[",
                "🙂"
            })
    void whatIsSeenAnywayStaysAsItIs(String text) {
        var visible = new Visible(false);

        assertThat(visible.line(text)).isEqualTo(text);
        assertThat(visible.hidden()).isZero();
    }

    @Test
    void whatLooksLikeOurEscapeIsEscapedItselfAndNotCounted() {
        var visible = new Visible(false);

        assertThat(visible.line("<U+202E>")).isEqualTo("<U+003C>U+202E>");
        assertThat(visible.hidden()).isZero();
    }

    @Test
    void whatIsShownHasOneReading() {
        var random = new Random(20261121);
        String alphabet = "<U+>02AFE \t\r\n\u001b\u202e\u2028\u0301\u200b\u00e4\u05d0\u05b0";
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (int length = random.nextInt(12); length >= 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String shown = new Visible(random.nextBoolean()).line(text.toString());
            String line = text.toString().replace("\n", "").replace("\t", "");
            String code = new Visible(random.nextBoolean()).code(line).getFirst();

            assertThat(unescaped(shown)).isEqualTo(text.toString());
            assertThat(unescaped(code)).isEqualTo(line);
        }
    }

    @Test
    void marksWithoutALetterAndTowersOfMarksAreShown() {
        var visible = new Visible(false);

        assertThat(visible.line("\u0336a\u0336\u0336\u0336\u0336")).isEqualTo("<U+0336>a\u0336\u0336\u0336<U+0336>");
        assertThat(visible.hidden()).isEqualTo(2);
    }

    @Test
    void linesEndAtLineFeedsAndNowhereElse() {
        var visible = new Visible(false);

        assertThat(visible.lines("a\rb\u2028c\u0085d\n\te\nx\ty\n"))
                .containsExactly("a<U+000D>b<U+2028>c<U+0085>d", "        e", "x       y");
        assertThat(visible.hidden()).isEqualTo(3);
    }

    @ParameterizedTest(name = "U+{0}")
    @ValueSource(strings = {"05D0", "0627", "0661", "0712", "07C1", "FB1D", "FE8D", "10800", "10D30", "1E900", "1EE00"})
    void rightToLeftLettersStayInNamesAndAreEscapedInCode(String number) {
        String text = "x = " + Character.toString(Integer.parseInt(number, 16)) + " + 1";
        var names = new Visible(false);
        var code = new Visible(false);

        assertThat(names.line(text)).isEqualTo(text);
        assertThat(names.lines(text)).containsExactly(text);
        assertThat(code.code(text)).containsExactly("x = <U+" + number + "> + 1");
        assertThat(names.hidden() + code.hidden()).isZero();
        assertThat(names.warnings())
                .containsExactly("2 right-to-left letters: a terminal may draw such lines in another order; in code"
                        + " they are shown as <U+....>");
        assertThat(code.warnings()).hasSize(1);
    }

    @Test
    void aMarkOfALetterThatIsEscapedIsEscapedToo() {
        assertThat(new Visible(false).code("\u05d0\u05b0\u05d1")).containsExactly("<U+05D0><U+05B0><U+05D1>");
    }

    @Test
    void digitsAndLettersFromLeftToRightAreNotWarnedOf() {
        var visible = new Visible(false);
        visible.lines("1 + \u00e9 - \u0967 \u4e00 (\u20ac)");

        assertThat(visible.warnings()).isEmpty();
    }

    @Test
    void anAsciiTerminalGetsAsciiAndOnlyTheHiddenIsCounted() {
        var visible = new Visible(true);

        assertThat(visible.line("ä\u202e")).isEqualTo("<U+00E4><U+202E>");
        assertThat(visible.hidden()).isEqualTo(1);
    }

    private static String unescaped(String shown) {
        return ESCAPE.matcher(shown)
                .replaceAll(match -> java.util.regex.Matcher.quoteReplacement(
                        Character.toString(Integer.parseInt(match.group(1), 16))));
    }
}
