package policy

import (
	"fmt"
	"net/netip"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
)

func TestBlocksLessExceptions(t *testing.T) {
	for _, c := range []struct {
		cidr   string
		except []string
		want   string
	}{
		{"0.0.0.0/0", nil, "[0.0.0.0-255.255.255.255]"},
		{"10.1.2.3/32", nil, "[10.1.2.3]"},
		{"10.1.2.3/24", nil, "[10.1.2.0-10.1.2.255]"},
		{"10.0.0.0/24", []string{"10.0.0.0/24"}, "[]"},
		{"10.0.0.0/24", []string{"10.0.0.0/25"}, "[10.0.0.128-10.0.0.255]"},
		{"10.0.0.0/24", []string{"10.0.0.64/26", "10.0.0.80/32"}, "[10.0.0.0-10.0.0.63 10.0.0.128-10.0.0.255]"},
		{"0.0.0.0/0", []string{"0.0.0.0/32", "255.255.255.255/32"}, "[0.0.0.1-255.255.255.254]"},
		{"10.0.0.0/24", []string{"10.9.0.0/16"}, "[10.0.0.0-10.0.0.255]"},
	} {
		spans, err := blockSpans(&networkingv1.IPBlock{CIDR: c.cidr, Except: c.except})
		if got := fmt.Sprint(ranges(spans)); err != nil || got != c.want {
			t.Errorf("%s less %v: %s (%v), want %s", c.cidr, c.except, got, err, c.want)
		}
	}
}

func TestBlocksThatCannotBeReadOpenNothing(t *testing.T) {
	for _, block := range []networkingv1.IPBlock{
		{CIDR: "nonsense"}, {CIDR: "fd00::/8"},
		{CIDR: "10.0.0.0/8", Except: []string{"nonsense"}}, {CIDR: "10.0.0.0/8", Except: []string{"fd00::/8"}},
	} {
		if spans, err := blockSpans(&block); err == nil || len(spans) > 0 {
			t.Errorf("%v: %v, %v", block, spans, err)
		}
	}
}

func TestRangesAreMerged(t *testing.T) {
	at := func(text string) uint32 { return number(netip.MustParseAddr(text)) }
	got := fmt.Sprint(ranges([]span{
		{at("10.0.0.9"), at("10.0.0.9")}, {at("10.0.0.1"), at("10.0.0.4")}, {at("10.0.0.3"), at("10.0.0.5")},
		{at("10.0.0.6"), at("10.0.0.6")}, {at("255.255.255.255"), at("255.255.255.255")},
	}))
	if want := "[10.0.0.1-10.0.0.6 10.0.0.9 255.255.255.255]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
