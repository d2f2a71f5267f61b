// Package latency keeps distributions of durations: HdrHistograms that travel in a report as they are.
package latency

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Three significant digits from a microsecond to ten minutes: nothing here takes longer, as every wait is bounded below
// that.
const (
	lowest  = 1
	highest = int64(10 * time.Minute / time.Microsecond)
	digits  = 3
)

// Histogram is a distribution of durations. The zero value is not usable: see New.
type Histogram struct {
	hdr *hdrhistogram.Histogram
}

// New makes an empty one.
func New() *Histogram {
	return &Histogram{hdr: hdrhistogram.New(lowest, highest, digits)}
}

// Of makes one of these durations.
func Of(durations ...time.Duration) *Histogram {
	histogram := New()
	for _, each := range durations {
		histogram.Record(each)
	}
	return histogram
}

// Record adds a duration. One outside the range counts at the range's end: a lost value would make the rest look better.
func (h *Histogram) Record(duration time.Duration) {
	micros := min(max(duration.Microseconds(), lowest), highest)
	if err := h.hdr.RecordValue(micros); err != nil {
		panic(fmt.Sprintf("a value within the range was refused: %v", err))
	}
}

// Merge adds all durations of another one.
func (h *Histogram) Merge(other *Histogram) { h.hdr.Merge(other.hdr) }

// Count is the number of durations recorded.
func (h *Histogram) Count() int64 { return h.hdr.TotalCount() }

// Quantile is the duration that this share of the values (0 to 1) does not exceed; 0 if there are none.
func (h *Histogram) Quantile(share float64) time.Duration {
	return time.Duration(h.hdr.ValueAtQuantile(share*100)) * time.Microsecond
}

// Min is the least value, within the histogram's precision.
func (h *Histogram) Min() time.Duration { return time.Duration(h.hdr.Min()) * time.Microsecond }

// Max is the greatest value, within the histogram's precision.
func (h *Histogram) Max() time.Duration { return time.Duration(h.hdr.Max()) * time.Microsecond }

// Mean is the arithmetic mean.
func (h *Histogram) Mean() time.Duration {
	return time.Duration(h.hdr.Mean() * float64(time.Microsecond))
}

// Step is a point of the cumulative distribution: this share of the values is at most At.
type Step struct {
	At    time.Duration
	Share float64
}

// Steps is the cumulative distribution, one step for each bucket that holds values.
func (h *Histogram) Steps() []Step {
	var steps []Step
	var seen int64
	for _, bar := range h.hdr.Distribution() {
		if bar.Count == 0 {
			continue
		}
		seen += bar.Count
		steps = append(steps, Step{
			At:    time.Duration(bar.To) * time.Microsecond,
			Share: float64(seen) / float64(h.Count()),
		})
	}
	return steps
}

// What stands in a report: figures for people, and the histogram itself in HdrHistogram's compressed V2 encoding, whose
// unit is a microsecond.
type document struct {
	Count  int64   `json:"count"`
	MinMs  float64 `json:"minMs"`
	MeanMs float64 `json:"meanMs"`
	P50Ms  float64 `json:"p50Ms"`
	P90Ms  float64 `json:"p90Ms"`
	P95Ms  float64 `json:"p95Ms"`
	P99Ms  float64 `json:"p99Ms"`
	MaxMs  float64 `json:"maxMs"`
	Hdr    string  `json:"hdr"`
}

// Millis is a duration in milliseconds.
func Millis(duration time.Duration) float64 {
	return float64(duration.Microseconds()) / 1000
}

// MarshalJSON writes the figures and the histogram itself.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	encoded, err := h.hdr.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return nil, fmt.Errorf("encoding a histogram: %w", err)
	}
	return json.Marshal(document{
		Count: h.Count(), MinMs: Millis(h.Min()), MeanMs: Millis(h.Mean()),
		P50Ms: Millis(h.Quantile(0.50)), P90Ms: Millis(h.Quantile(0.90)), P95Ms: Millis(h.Quantile(0.95)),
		P99Ms: Millis(h.Quantile(0.99)), MaxMs: Millis(h.Max()), Hdr: string(encoded),
	})
}

// UnmarshalJSON reads the histogram itself; the figures beside it follow from it.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var read document
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	decoded, err := hdrhistogram.Decode([]byte(read.Hdr))
	if err != nil {
		return fmt.Errorf("decoding a histogram: %w", err)
	}
	h.hdr = decoded
	return nil
}
