package dev.countersign.audit;

import java.nio.channels.FileChannel;
import java.time.Duration;

/**
 * What tests make smaller.
 *
 * @param segmentBytes a segment that has reached this is closed and the next one begun; it ends up larger by at most
 *     one write
 * @param batchRecords most records in one write
 * @param queueRecords most records waiting to be written; more are refused, so that a slow volume costs no memory
 * @param probeInterval how often a log that failed is tried again
 */
record LogSettings(
        long segmentBytes, int batchRecords, int queueRecords, Duration probeInterval, ChannelOpener opener) {

    static final LogSettings DEFAULT = new LogSettings(64L << 20, 256, 4096, Duration.ofSeconds(1), FileChannel::open);
}
