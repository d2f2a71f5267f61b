package dev.countersign.pool;

/**
 * How many sandboxes of a key should wait.
 *
 * @param wanted by demand and templates
 * @param allowed of those, within the bounds on memory
 */
public record Target(int wanted, int allowed) {
    static final Target NONE = new Target(0, 0);

    boolean isBounded() {
        return allowed < wanted;
    }
}
