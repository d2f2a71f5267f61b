package policy

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
)

// span is an inclusive range of IPv4 addresses as numbers: the kernel refuses overlapping set elements, so
// unions and differences are worked out here.
type span struct{ first, last uint32 }

func number(a netip.Addr) uint32 {
	four := a.As4()
	return binary.BigEndian.Uint32(four[:])
}

func address(n uint32) netip.Addr {
	var four [4]byte
	binary.BigEndian.PutUint32(four[:], n)
	return netip.AddrFrom4(four)
}

func spanOf(p netip.Prefix) span {
	first := number(p.Masked().Addr())
	return span{first, first | uint32(uint64(1)<<(32-p.Bits())-1)}
}

// blockSpans gives the addresses of an ipBlock less its exceptions. An IPv6 block has none: no pod uses IPv6 here.
func blockSpans(block *networkingv1.IPBlock) ([]span, error) {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil {
		return nil, fmt.Errorf("ipBlock: %w", err)
	}
	if !prefix.Addr().Is4() {
		return nil, fmt.Errorf("ipBlock %s is not IPv4", block.CIDR)
	}
	spans := []span{spanOf(prefix)}
	for _, text := range block.Except {
		except, err := netip.ParsePrefix(text)
		// An exception that cannot be read must not open what it meant to close: the whole block is refused.
		if err != nil || !except.Addr().Is4() {
			return nil, fmt.Errorf("ipBlock %s: exception %q is not an IPv4 prefix", block.CIDR, text)
		}
		spans = subtract(spans, spanOf(except))
	}
	return spans, nil
}

func subtract(spans []span, hole span) []span {
	var rest []span
	for _, s := range spans {
		if hole.last < s.first || s.last < hole.first {
			rest = append(rest, s)
			continue
		}
		if s.first < hole.first {
			rest = append(rest, span{s.first, hole.first - 1})
		}
		if hole.last < s.last {
			rest = append(rest, span{hole.last + 1, s.last})
		}
	}
	return rest
}

// ranges gives the union of spans as sorted, disjoint ranges that do not touch.
func ranges(spans []span) []AddressRange {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	var merged []span
	for _, s := range spans {
		if n := len(merged); n > 0 && uint64(s.first) <= uint64(merged[n-1].last)+1 {
			merged[n-1].last = max(merged[n-1].last, s.last)
			continue
		}
		merged = append(merged, s)
	}
	var out []AddressRange
	for _, s := range merged {
		out = append(out, AddressRange{address(s.first), address(s.last)})
	}
	return out
}

func addresses(pods []Pod) []netip.Addr {
	out := make([]netip.Addr, 0, len(pods))
	for _, p := range pods {
		out = append(out, p.Address)
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

func podSpans(pods []Pod) []span {
	var out []span
	for _, p := range pods {
		n := number(p.Address)
		out = append(out, span{n, n})
	}
	return out
}
