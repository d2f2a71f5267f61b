package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultReaderTest {
    private static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String RESULT = new TestingSupervisor(TestingSupervisor.key()).fittingResult("");

    @Test
    void readsEveryField() throws Exception {
        var parsed = read("""
        {"version":1,"outcome":"ExitNonZero","exitCode":null,"signal":"SIGSEGV","usage":{"wallMillis":1,"cpuMillis":2,
        "peakMemoryBytes":3,"outputBytes":4},"stdoutBytes":5,"stderrBytes":6,"stdoutSha256":"%s","stderrSha256":"%s",
        "stdoutTruncated":true,"stderrTruncated":false,"value":null,"valueError":"not JSON","message":"ended",
        "files":[{"path":"a/b","size":2,"sha256":"%s","content":"aGk=","truncated":false},
                 {"path":"big","size":99,"sha256":"%s","truncated":true},
                 {"path":"link","size":0,"truncated":false,"refused":"a symbolic link"}]}
        """.formatted("a".repeat(64), "b".repeat(64), "c".repeat(64), "d".repeat(64)));

        var result = parsed.result();
        assertThat(parsed.stdoutBytes()).isEqualTo(5);
        assertThat(parsed.stderrBytes()).isEqualTo(6);
        assertThat(parsed.stdoutSha256()).isEqualTo("a".repeat(64));
        assertThat(parsed.stderrSha256()).isEqualTo("b".repeat(64));
        assertThat(result.outcome()).isEqualTo(Outcome.EXIT_NON_ZERO);
        assertThat(result.exitCode()).isNull();
        assertThat(result.signal()).isEqualTo("SIGSEGV");
        assertThat(result.usage()).isEqualTo(new Usage(1, 2, 3, 4));
        assertThat(result.stdoutTruncated()).isTrue();
        assertThat(result.stderrTruncated()).isFalse();
        assertThat(result.value()).isEqualTo(JsonNodeFactory.instance.nullNode());
        assertThat(result.valueError()).isEqualTo("not JSON");
        assertThat(result.message()).isEqualTo("ended");
        assertThat(result.files())
                .containsExactly(
                        new OutputFile("a/b", 2, "c".repeat(64), Bytes.ofUtf8("hi"), false, null),
                        new OutputFile("big", 99, "d".repeat(64), null, true, null),
                        new OutputFile("link", 0, null, null, false, "a symbolic link"));
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void knowsEveryOutcome(Outcome outcome) throws Exception {
        assertThat(read(RESULT.replace("\"Completed\"", "\"" + outcome.wireName() + "\""))
                        .result()
                        .outcome())
                .isEqualTo(outcome);
    }

    @ParameterizedTest
    @ValueSource(strings = {"value", "valueError", "files", "message", "signal", "exitCode"})
    void someFieldsMayBeLeftOut(String field) throws Exception {
        assertThat(read(without(field)).result().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version",
                "outcome",
                "usage",
                "stdoutBytes",
                "stderrBytes",
                "stdoutSha256",
                "stderrSha256",
                "stdoutTruncated",
                "stderrTruncated"
            })
    void theOthersMayNot(String field) {
        assertThatThrownBy(() -> read(without(field)))
                .isInstanceOf(MalformedPayload.class)
                .hasMessage("result." + field + " is missing");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"version\":1`, `\"version\":2`, `version is not within 1 and 1`",
                "`\"version\":1`, `\"version\":\"1\"`, `version is not a whole number`",
                "`\"version\":1`, `\"version\":1.0`, `version is not a whole number`",
                "`\"Completed\"`, `\"completed\"`, `outcome is not known to v1`",
                "`\"Completed\"`, `7`, `outcome is not Unicode text of at most 64`",
                "`\"exitCode\":0`, `\"exitCode\":256`, `exitCode is not within 0 and 255`",
                "`\"exitCode\":0`, `\"exitCode\":-1`, `exitCode is not within 0 and 255`",
                "`\"exitCode\":0`, `\"exitCode\":4294967296`, `exitCode is not within 0 and 255`",
                "`\"exitCode\":0`, `\"exitCode\":99999999999999999999`, `exitCode is not a whole number`",
                "`\"exitCode\":0`, `\"exitCode\":false`, `exitCode is not a whole number`",
                "`\"exitCode\":0`, `\"exitCode\":0,\"exitCode\":0`, `result has a field twice`",
                "`\"exitCode\":0`, `\"exitCode\":0,\"surprise\":0`, `result has a field that v1 does not know`",
                "`\"signal\":null`, `\"signal\":9`, `signal is not Unicode text of at most 32`",
                "`\"signal\":null`, `\"signal\":\"SIGTOOLONGTOOLONGTOOLONGTOOLONGTO\"`, "
                        + "`signal is not Unicode text of at most 32`",
                "`\"signal\":null`, `\"value\":1,\"value\":1`, `result has a field twice`",
                "`\"wallMillis\":12`, `\"wallMillis\":-1`, `usage.wallMillis is not within`",
                "`\"wallMillis\":12`, `\"wallMillis\":12,\"wallMillis\":13`, `result is not JSON`",
                "`\"wallMillis\":12`, `\"wallMillis\":12,\"naps\":13`, `result.usage has a field that v1`",
                "`\"stdoutBytes\":0`, `\"stdoutBytes\":8388609`, `stdoutBytes is not within 0 and 8388608`",
                "`\"stdoutSha256\":\"e3`, `\"stdoutSha256\":\"E3`, `stdoutSha256 is not a SHA-256 in hex`",
                "`\"stdoutSha256\":\"e3`, `\"stdoutSha256\":\"`, `stdoutSha256 is not a SHA-256 in hex`",
                "`\"stdoutTruncated\":false`, `\"stdoutTruncated\":\"false\"`, `stdoutTruncated is not a boolean`",
                "`\"files\":[]`, `\"files\":{}`, `files is not an array of at most 32`",
                "`\"files\":[]`, `\"files\":[7]`, `files[0] is not an object`",
                "`\"files\":[]`, `\"files\":[{\"path\":\"a\",\"size\":-1}]`, `files[0].size is not`",
                "`\"files\":[]`, `\"files\":[{\"path\":\"a\",\"size\":1,\"truncated\":false,\"mode\":1}]`, "
                        + "`files[0] has a field that v1 does not know`",
                "`\"files\":[]`, `\"files\":[{\"path\":\"a\",\"size\":1,\"truncated\":false,\"content\":\"%\"}]`, "
                        + "`files[0].content is not base64`",
                "`\"files\":[]`, `\"files\":[{\"path\":\"\\ud800\",\"size\":1,\"truncated\":false}]`, "
                        + "`files[0].path is not Unicode text of at most 255`",
                "`\"done\"`, `\"half a pair \\udc00\"`, `message is not Unicode text of at most 4096`",
                "`\"done\"}`, `\"done\"`, `result is not JSON`",
                "`\"done\"}`, `\"done\"},`, `result is not JSON`",
                "`\"done\"}`, `\"done\"} {}`, `result has something behind its end`",
                "`{\"version\"`, `[{\"version\"`, `result is not an object`",
            })
    void refusesWhatIsNotExactlyV1(String from, String to, String why) {
        assertThat(RESULT).contains(from);

        assertThatThrownBy(() -> read(RESULT.replace(from, to)))
                .isInstanceOf(MalformedPayload.class)
                .hasMessageContaining(why);
    }

    @Test
    void boundsListsAndTexts() throws Exception {
        String file = "{\"path\":\"a\",\"size\":1,\"truncated\":true}";
        assertThat(read(RESULT.replace("[]", "[" + (file + ",").repeat(31) + file + "]"))
                        .result()
                        .files())
                .hasSize(32);

        assertThatThrownBy(() -> read(RESULT.replace("[]", "[" + (file + ",").repeat(32) + file + "]")))
                .hasMessage("result.files is not an array of at most 32");
        assertThatThrownBy(() -> read(RESULT.replace("done", "x".repeat(4097)))).isInstanceOf(MalformedPayload.class);
    }

    @Test
    void saysNothingOfWhatTheCodeWrote() {
        for (String broken : new String[] {"\"secret", "{\"secret\":secret}", "secret", "[secret]"}) {
            assertThatThrownBy(() -> read(RESULT.replace("{\"version\"", "{\"value\":" + broken + ",\"version\"")))
                    .isInstanceOf(MalformedPayload.class)
                    .hasMessage("result is not JSON")
                    .hasNoCause();
        }
    }

    @Test
    void textOfAResultShowsNothingTheCodeWrote() throws Exception {
        var result = read(RESULT.replace("{\"version\"", "{\"value\":\"secret\",\"version\"")
                .replace("done", "secret"));

        assertThat(result.result().toString()).contains("Completed").doesNotContain("secret");
        assertThat(result.stdoutSha256()).isEqualTo(EMPTY_SHA256);
    }

    private static String without(String field) {
        String renamed = RESULT.replaceFirst("\"" + field + "\":(\"[^\"]*\"|\\{[^}]*\\}|[^,}]*),?", "");
        return renamed.replace(",}", "}");
    }

    private static ResultReader.Parsed read(String json) throws MalformedPayload {
        return ResultReader.result(Bytes.ofUtf8(json));
    }
}
