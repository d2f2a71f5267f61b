package latency

import (
	"encoding/json"
	"testing"
	"time"
)

func near(t *testing.T, got, want time.Duration) {
	t.Helper()
	if diff := got - want; diff < -want/500 || diff > want/500 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestQuantiles(t *testing.T) {
	histogram := New()
	for i := 1; i <= 1000; i++ {
		histogram.Record(time.Duration(i) * time.Millisecond)
	}
	near(t, histogram.Quantile(0.5), 500*time.Millisecond)
	near(t, histogram.Quantile(0.99), 990*time.Millisecond)
	near(t, histogram.Max(), time.Second)
	if histogram.Count() != 1000 {
		t.Errorf("count %d", histogram.Count())
	}
}

func TestAReportHoldsTheWholeDistribution(t *testing.T) {
	histogram := Of(3*time.Millisecond, 4*time.Millisecond, 5*time.Second)
	data, err := json.Marshal(histogram)
	if err != nil {
		t.Fatal(err)
	}
	var read Histogram
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if read.Count() != 3 {
		t.Fatalf("count %d after reading", read.Count())
	}
	near(t, read.Quantile(0.5), 4*time.Millisecond)
	near(t, read.Max(), 5*time.Second)
}

func TestWhatIsTooLongCounts(t *testing.T) {
	histogram := Of(time.Hour, 0)
	if histogram.Count() != 2 {
		t.Fatalf("a value got lost: %d", histogram.Count())
	}
	near(t, histogram.Max(), 10*time.Minute)
}

func TestStepsEndAtOne(t *testing.T) {
	steps := Of(time.Millisecond, time.Millisecond, 9*time.Millisecond, time.Second).Steps()
	if len(steps) != 3 {
		t.Fatalf("%d steps", len(steps))
	}
	if steps[0].Share != 0.5 || steps[2].Share != 1 {
		t.Errorf("shares %v", steps)
	}
}
