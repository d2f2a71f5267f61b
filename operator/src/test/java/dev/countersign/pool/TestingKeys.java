package dev.countersign.pool;

import dev.countersign.api.Language;
import dev.countersign.sandbox.SandboxSupply.Key;
import dev.countersign.sandbox.pod.SandboxShape;

/** Keys of two departments. A Python one takes 304 MiB with overhead, a large one 1,200. */
final class TestingKeys {
    static final Key PYTHON = key(Language.Python, 128, "finance");
    static final Key BASH = key(Language.Bash, 128, "finance");
    static final Key LARGE = key(Language.Python, 1024, "finance");
    static final Key RESEARCH = key(Language.Python, 128, "research");

    static final PoolBounds BOUNDS = new PoolBounds(2048L << 20, 4096L << 20, 64L << 20, 8);

    private TestingKeys() {}

    static Key key(Language language, int memory, String department) {
        return new Key(
                new SandboxShape(language, language.name(), (long) memory << 20, 64L << 20, "gvisor"),
                department,
                department + "-runs");
    }
}
