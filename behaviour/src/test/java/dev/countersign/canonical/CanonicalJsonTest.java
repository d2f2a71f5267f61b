package dev.countersign.canonical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of RFC 8785, and what this project refuses beyond it (docs/adr/0005). */
class CanonicalJsonTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Section 3.2.2 and 3.2.3. */
    @Test
    void theExampleOfTheRfc() {
        var example = """
                {
                  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                  "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                  "literals": [null, true, false]
                }""";

        assertThat(CanonicalJson.of(json(example)))
                .isEqualTo("{\"literals\":[null,true,false],"
                        + "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    /** Section 3.2.3: an emoji's first unit is D83D, below FB33, although its code point is above. */
    @Test
    void namesAreSortedByUtf16CodeUnits() {
        var example = """
                {
                  "\\u20ac": "Euro Sign",
                  "\\r": "Carriage Return",
                  "\\ufb33": "Hebrew Letter Dalet With Dagesh",
                  "1": "One",
                  "\\ud83d\\ude00": "Emoji: Grinning Face",
                  "\\u0080": "Control",
                  "\\u00f6": "Latin Small Letter O With Diaeresis"
                }""";

        assertThat(CanonicalJson.of(json(example)))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
                        + "\"\ud83d\ude00\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    @Test
    void namesAreSortedAtEachDepthAndListsAreNot() {
        assertThat(CanonicalJson.of(json("{\"b\": [3, {\"d\": 1, \"c\": {}}, 1], \"\": [], \"ab\": 1, \"a\": 2}")))
                .isEqualTo("{\"\":[],\"a\":2,\"ab\":1,\"b\":[3,{\"c\":{},\"d\":1},1]}");
    }

    /** Section 3.2.2.2: seven escapes in their short form, other controls as lower-case hex, all else as it is. */
    @Test
    void stringsAreEscapedWhereTheyMustBe() {
        assertThat(CanonicalJson.of(new TextNode("\b\t\n\f\r\"\\"))).isEqualTo("\"\\b\\t\\n\\f\\r\\\"\\\\\"");
        assertThat(CanonicalJson.of(new TextNode("\0\u0001\u000b\u001f")))
                .isEqualTo("\"\\u0000\\u0001\\u000b\\u001f\"");
        String asIs = " /'<>&\u007f\u0080\u00a0\u2028\u2029\ufeff\ufffd\ud83d\ude00";
        assertThat(CanonicalJson.of(new TextNode(asIs))).isEqualTo("\"" + asIs + "\"");
    }

    /** Section 3.1: what looks alike is not made the same. */
    @Test
    void stringsAreNotNormalized() {
        assertThat(CanonicalJson.of(json("[\"\\u00e9\", \"e\\u0301\"]"))).isEqualTo("[\"\u00e9\",\"e\u0301\"]");
    }

    /** What a run writes as its value may be any of them. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "false", "\"\"", "\"a\"", "0", "[]", "{}"})
    void aScalarIsJsonToo(String text) {
        assertThat(CanonicalJson.of(json(text))).isEqualTo(text);
    }

    /** Appendix B, by the bits of a double. */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2"
    })
    void numbersAreWrittenAsEcmaScriptWritesThem(String bits, String canonical) {
        var number = DoubleNode.valueOf(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16)));

        assertThat(CanonicalJson.blurred(number)).isEmpty();
        assertThat(CanonicalJson.of(number)).isEqualTo(canonical);
    }

    /** One value, one text, however it was written. */
    @ParameterizedTest
    @CsvSource({"1.0, 1", "1e0, 1", "-0, 0", "-0.0, 0", "10E-1, 1", "100, 100", "1e2, 100", "0.10, 0.1"})
    void equalNumbersHaveOneForm(String written, String canonical) {
        assertThat(CanonicalJson.of(json(written))).isEqualTo(canonical);
    }

    /** Integers that a double holds, and fractions, which are the double nearest to them for every reader. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740991",
                "9007199254740992",
                "-9007199254740992",
                "9007199254740994",
                "18446744073709551616",
                "0.1",
                "333333333.33333329",
                "1e30",
                "\"9007199254740993\""
            })
    void whatADoubleHoldsIsLetThrough(String number) {
        assertThat(CanonicalJson.blurred(json(number))).isEmpty();
    }

    /** Two of these and their neighbours would have one text, and so one digest. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "-9007199254740993",
                "9223372036854775807",
                "18446744073709551615",
                "100000000000000000000001",
                "1e309",
                "-1e309"
            })
    void whatADoubleRoundsIsRefused(String number) {
        assertThat(CanonicalJson.blurred(json(number))).contains("");
    }

    @Test
    void anIntegerBeyondAllDoublesIsRefused() {
        assertThat(CanonicalJson.blurred(json("1" + "0".repeat(400)))).contains("");
    }

    /** No JSON text has them, but a node can; written down they would be the strings of that name. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNoNumberIsRefused(double number) {
        assertThat(CanonicalJson.blurred(DoubleNode.valueOf(number))).contains("");
    }

    @Test
    void theFirstPlaceIsToldAsAJsonPointer() {
        assertThat(CanonicalJson.blurred(json("{\"a\": [1, {\"b/c~d\": 9007199254740993}], \"e\": 9007199254740993}")))
                .contains("/a/1/b~1c~0d");
    }

    /** Section 3.2.2.2. In UTF-8 each of them would become the same character. */
    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud83d\"", "\"a\\ude00\"", "\"\\ude00\\ud83d\"", "{\"\\ud83d\": 1}"})
    void halfACharacterIsRefused(String text) {
        assertThatThrownBy(() -> CanonicalJson.of(json(text))).isInstanceOf(IllegalArgumentException.class);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
