package dev.countersign.sandbox.wire;

import com.fasterxml.jackson.core.JsonProcessingException;

/** A job as bytes for the supervisor's stdin, or why there are none. */
public sealed interface JobFrame {
    /**
     * Ready to send: the header line {@code COUNTERSIGN-JOB/1 <length> <sha256>} and the payload. Holds the run's key.
     */
    record Encoded(Bytes bytes) implements JobFrame {}

    /** The payload would have {@code size} bytes, above {@code limit}. */
    record TooLarge(long size, long limit) implements JobFrame {}

    /** The inputs are nested deeper than JSON writers go. */
    record NotEncodable(String why) implements JobFrame {}

    /** Encodes {@code job}. The same job always gives the same bytes. */
    static JobFrame of(Job job) {
        byte[] payload;
        try {
            payload = JobPayload.of(job);
        } catch (JsonProcessingException e) {
            // The original message has no source excerpt in it, so no code or input leaks into a condition.
            return new NotEncodable(e.getOriginalMessage());
        }
        if (payload.length > Protocol.MAX_JOB_BYTES) {
            return new TooLarge(payload.length, Protocol.MAX_JOB_BYTES);
        }
        return new Encoded(Bytes.wrap(JobPayload.framed(payload)));
    }
}
