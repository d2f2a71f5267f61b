package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunKeyTest {
    private static final String POD = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    private static final String DIGEST = "sha256:" + "ab".repeat(32);
    private static final RunIdentity RUN = new RunIdentity(TestingSupervisor.UID, 1, POD, DIGEST);

    @Test
    void isWhatAnotherImplementationDerives() {
        // Made with Python's hmac module from the protocol's text.
        assertThat(keyOf(master(0), RUN)).isEqualTo("62ecc32c93bcda142f5f03bc3ac2feb988bfe5f84b938b531718947aa50dc5fd");
    }

    @Test
    void isAnotherForEverythingTheRunIsBoundTo() {
        Set<String> keys = Stream.of(
                        keyOf(master(0), RUN),
                        keyOf(master(1), RUN),
                        keyOf(master(0), new RunIdentity(new UUID(1, 2), 1, POD, DIGEST)),
                        keyOf(master(0), new RunIdentity(TestingSupervisor.UID, 2, POD, DIGEST)),
                        keyOf(master(0), new RunIdentity(TestingSupervisor.UID, 1, POD + "0", DIGEST)),
                        keyOf(master(0), new RunIdentity(TestingSupervisor.UID, 1, POD, "sha256:" + "ac".repeat(32))))
                .collect(Collectors.toSet());

        assertThat(keys).hasSize(6);
    }

    @Test
    void textShowsNoKey() {
        String base64 = RunKey.derive(master(0), RUN).base64();

        assertThat(RunKey.derive(master(0), RUN)).hasToString("RunKey[" + TestingSupervisor.UID + ", attempt 1]");
        assertThat(master(0)).hasToString("MasterKey[key-1]");
        assertThat(RunKey.derive(master(0), RUN).toString()).doesNotContain(base64.substring(0, 8));
    }

    @Test
    void masterKeyKeepsNoReferenceToTheCallersArray() {
        byte[] key = new byte[32];
        var master = new MasterKey("key-1", key);
        String before = keyOf(master, RUN);
        key[0] = 1;

        assertThat(keyOf(master, RUN)).isEqualTo(before);
    }

    @Test
    void refusesWhatIsNoKeyOrNoRun() {
        assertThatIllegalArgumentException().isThrownBy(() -> new MasterKey("key-1", new byte[31]));
        assertThatIllegalArgumentException().isThrownBy(() -> new MasterKey(" ", new byte[32]));
        assertThatIllegalArgumentException().isThrownBy(() -> new RunIdentity(TestingSupervisor.UID, 0, POD, DIGEST));
        // A newline would let one run's identity read as another's.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RunIdentity(TestingSupervisor.UID, 1, POD + "\n", DIGEST));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RunIdentity(TestingSupervisor.UID, 1, POD, DIGEST + "\n"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RunIdentity(TestingSupervisor.UID, 1, POD, "sha256:AB"));
    }

    private static MasterKey master(int first) {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (i + first);
        }
        return new MasterKey("key-1", key);
    }

    private static String keyOf(MasterKey master, RunIdentity run) {
        return HexFormat.of()
                .formatHex(Base64.getDecoder().decode(RunKey.derive(master, run).base64()));
    }
}
