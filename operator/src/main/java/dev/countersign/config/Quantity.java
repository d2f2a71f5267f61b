package dev.countersign.config;

/** Kubernetes quantities, as far as the configuration uses them. */
final class Quantity {

    private Quantity() {}

    /**
     * Bytes.
     *
     * @param text as {@link TextRule#BYTES} accepts it
     * @return {@link Long#MAX_VALUE} for what does not fit, which every bound refuses
     */
    static long bytes(String text) {
        int shift =
                switch (text.charAt(Math.max(0, text.length() - 2))) {
                    case 'K' -> 10;
                    case 'M' -> 20;
                    case 'G' -> 30;
                    default -> 0;
                };
        long number = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 2));
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }

    /**
     * Thousandths of a CPU.
     *
     * @param text as {@link TextRule#CPU} accepts it
     */
    static long cpuMillis(String text) {
        return text.endsWith("m") ? Long.parseLong(text.substring(0, text.length() - 1)) : Long.parseLong(text) * 1000;
    }
}
