package postlink

import (
	"encoding/binary"
	"errors"
	"slices"
)

// takeLate removes from a program's memory what only functions of the rest use in the tables that Arrange laid out, and
// returns the data section that puts it back.
func takeLate(img []byte, stays []bool) ([]byte, error) {
	u, err := findUses(img, stays)
	if err != nil {
		return nil, err
	}
	var pctab, funcdata, structures ends
	for i, f := range u.funcs {
		for _, at := range append([]int{f.at + funcPcsp}, f.pcdata...) {
			if offset := int(binary.LittleEndian.Uint32(img[at:])); offset != 0 {
				pctab.add(u.pctab.from+offset, u.stays[i])
			}
		}
		for _, at := range f.funcdata {
			if offset := binary.LittleEndian.Uint32(img[at:]); offset != noFuncdata {
				funcdata.add(u.funcdata.from+int(offset), u.stays[i])
			}
		}
		structures.add(f.at, u.standIn[i] == i)
	}
	late := []span{{u.functab.from, u.functab.from + 8*len(u.funcs)}}
	for i, table := range []ends{pctab, structures, funcdata} {
		from, err := table.boundary()
		if err != nil {
			return nil, err
		}
		to := []int{u.pctab.to, u.functab.to, u.funcdata.to}[i]
		for to > from && img[to-1] == 0 {
			to--
		}
		late = append(late, span{min(from, to), to})
	}
	content := appendUint(nil, uint64(len(late)))
	for _, s := range late {
		content = appendSegment(content, img, s)
	}
	for i, other := range u.standIn {
		u.point(img, i, u.funcs[other].at)
	}
	for _, s := range late[1:] {
		clear(img[s.from:s.to])
	}
	return content, nil
}

// ends are the addresses in a table that the functions of each part refer to.
type ends struct{ early, late []int }

func (e *ends) add(at int, early bool) {
	if early {
		e.early = append(e.early, at)
	} else {
		e.late = append(e.late, at)
	}
}

// boundary returns where that begins to which nothing of the first part refers.
func (e ends) boundary() (int, error) {
	last := 0
	if len(e.early) > 0 {
		last = slices.Max(e.early)
	}
	first := int(^uint(0) >> 1)
	var shared []int
	for _, at := range e.late {
		if at > last {
			first = min(first, at)
		} else {
			shared = append(shared, at)
		}
	}
	slices.Sort(e.early)
	for _, at := range shared {
		if _, ok := slices.BinarySearch(e.early, at); !ok {
			return 0, errors.New("the function tables are not arranged for this")
		}
	}
	return first, nil
}
