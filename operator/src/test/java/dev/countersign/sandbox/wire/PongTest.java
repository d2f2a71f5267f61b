package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PongTest {
    /** Pieces are set apart by |, and _ stands for a line feed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "COUNTERSIGN-PONG/1_; true",
                "COUNTER|SIGN-PONG/1|_; true",
                "noise COUNTERSIGN-PONG/1_; true",
                "CCOUNTERSIGN-PONG/1_; true",
                "COUNTERSIGN-PONG/COUNTERSIGN-PONG/1_; true",
                "COUNTERSIGN-PONG/1; false",
                "COUNTERSIGN-PING/1_; false",
                "COUNTERSIGN-PONG/2_; false"
            })
    void isFoundHoweverItIsCut(String pieces, boolean found) {
        var pong = new Pong();

        boolean seen = false;
        for (String piece : pieces.replace('_', '\n').split("\\|")) {
            seen |= pong.feed(piece.getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(seen).isEqualTo(found);
    }
}
